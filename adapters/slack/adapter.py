"""Slack as a front end: what the process starts, stops, delivers through and asks after.

Payloads pass Bolt, which has them authorised. Events have listeners. What a person waits for (commands, buttons, forms,
shortcuts) is answered by a middleware before Bolt looks for one: which command is meant its payload says, and building
the arguments of matchers and listeners doubles the time that a payload spends in Bolt (by 45 to 80 µs).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from adapters.shared import phrases
from adapters.shared.inflight import InFlight
from adapters.slack import doctor, painter
from adapters.slack.api import CallFailed, Installation, Refused, SlackApi
from adapters.slack.background import BackgroundTasks
from adapters.slack.delivery import SlackDelivery, place
from adapters.slack.engine_gateway import Directory, EngineGateway
from adapters.slack.events import SlackEvents
from adapters.slack.home_tabs import HomeTabs
from adapters.slack.installations import DEAD, Installations
from adapters.slack.payload import (
    NO_ENTERPRISE,
    CommandNames,
    PayloadOrigin,
    SeenPayloads,
    address,
    channel_name,
    flag,
    items,
    origin,
    text,
)
from adapters.slack.people import Groups, People
from adapters.slack.pictures import SlackPictures
from adapters.slack.registration import EVENTS_PATH, OAuthPages
from adapters.slack.responder import SlackResponder, acknowledge
from adapters.slack.rich import is_group, is_person
from adapters.slack.socket_mode import LINES, TWIN_AFTER, Sockets
from bot.api import (
    Check,
    Clock,
    Delivered,
    Engine,
    Outcome,
    StudyError,
    Vault,
    WallClock,
    i18n,
    layout,
    pictures,
    reference,
    replace,
    views,
    welcome,
)

log = structlog.get_logger(__name__)

READER = views.Reader()


_NOT_CONNECTED = Delivered(Outcome.LATER, reason=i18n.mark("Slack is not connected yet."), wait=5.0)


class SlackAdapter:
    """Socket Mode with an app token, HTTP mode with a signing secret; everything behind them is the same."""

    name = "slack"

    def __init__(
        self,
        engine: Engine,
        *,
        vault: Vault,
        bot_token: str = "",
        app_token: str = "",
        signing_secret: str = "",
        client_id: str = "",
        client_secret: str = "",
        api_url: str = "",
        public_url: str = "",
        prefix: str = "",
        clock: Clock | None = None,
        lines: int = LINES,
        twin_after: float = TWIN_AFTER,
        draw: pictures.Draw = pictures.here,
    ) -> None:
        clock = clock or WallClock()
        names = CommandNames(prefix)
        self._calls = SlackApi(api_url)
        self._installs = Installations(self._calls, vault, engine, token=bot_token)
        self._groups = Groups(self._calls, clock, called=names.called)
        self._people = People(self._calls, self._groups, clock, called=names.called)
        self._tasks = BackgroundTasks()
        self._post = SlackDelivery(self._installs, names, clock)
        directory = Directory(self._calls, self._people, clock, called=names.called)
        gateway = EngineGateway(
            engine, self._people, self._installs, directory=directory, api=self._calls, post=self._post
        )
        self._pictures = SlackPictures(self._calls, self._installs, vault, self._tasks, draw=draw)
        responder = SlackResponder(self._calls, self._installs, self._post, names, self._pictures)
        self._homes = HomeTabs(gateway, responder, names, self._tasks)
        events = SlackEvents(gateway, responder, self._homes, names=names, tasks=self._tasks)
        app = _app(self._calls.client(), self._installs, events, people=self._people)
        self._sockets = Sockets(app, self._calls, app_token, lines=lines, twin_after=twin_after) if app_token else None
        self._endpoint = Endpoint(app, signing_secret) if signing_secret else None
        self._open = False
        self._installing: OAuthPages | None = None
        if client_id and client_secret:
            self._installing = OAuthPages(
                self._calls, self._installs, vault, clock,
                client_id=client_id, client_secret=client_secret, public_url=public_url, installed=self._installed,
            )  # fmt: skip

    # Running --------------------------------------------------------------------------------------------------------

    def attach(self, app: web.Application) -> None:
        """Mount what Slack and browsers call: HTTP mode only with a secret, as anybody could call it without."""
        if self._endpoint:
            app.router.add_post(EVENTS_PATH, self._endpoint.take)
        if self._installing:
            self._installing.attach(app)

    async def start(self) -> None:
        """Connect; returns when people are being answered."""
        await self._calls.open()
        try:
            await self._installs.learn_single()
            self._open = True
            if self._endpoint:
                self._endpoint.open()
            if self._sockets:
                await self._sockets.start()
        except BaseException:
            await self._close()
            raise

    async def stop(self) -> None:
        """Finish what is in flight, then disconnect."""
        self._open = False
        if self._endpoint:
            await self._endpoint.close()
        if self._sockets:
            await self._sockets.stop()
        await self._tasks.finish()
        await self._close()

    async def workspaces(self) -> Mapping[str, str]:
        return await self._installs.names()

    async def _close(self) -> None:
        self._open = False
        if self._sockets:
            await self._sockets.close()
        await self._people.close()
        await self._calls.close()

    def _installed(self, install: Installation, person: str) -> None:
        self._tasks.start(self._welcome(install, person), name="welcome")

    async def _welcome(self, install: Installation, person: str) -> None:
        """One private line to whoever installed the bot."""
        if not is_person(person) or not await self._installs.may_welcome(install):
            return
        where = address(install.enterprise, install.team, person)
        sent = await self._post.deliver(
            welcome.first_step(), where, f"welcome {reference.new()}", reader=READER, first_try=None
        )
        if sent.outcome is not Outcome.SENT:
            log.info("Whoever installed the bot was not told.", action="slack.unwelcomed", reason=sent.reason)

    # What the engine asks of a front end ----------------------------------------------------------------------------

    @property
    def trouble(self) -> str:
        if not self._open:
            return "not connected to Slack"
        return "no socket to Slack is open" if self._sockets and not self._sockets.connected else ""

    async def deliver(
        self,
        view: views.View,
        address: str,
        key: str,
        *,
        reader: views.Reader = READER,
        first_try: datetime | None = None,
    ) -> Delivered:
        """Post at an address that this front end once wrote; the same key never posts twice."""
        if not self._open:
            return _NOT_CONNECTED
        delivered = await self._post.deliver(view, address, key, reader=reader, first_try=first_try)
        where = place(address)
        if delivered.outcome is Outcome.SENT and where and not where.is_person:
            self._homes.changed(where.workspace)
            call = layout.page(view, reader).call
            if call and isinstance(call.whom, views.Group):
                return await self._with_lacking(delivered, where.workspace, call.whom.role)
        return delivered

    async def _with_lacking(self, delivered: Delivered, workspace: str, group: str) -> Delivered:
        lacking = phrases.nobody_was_notified(await self._unheard(workspace, group))
        if not lacking:
            return delivered
        return replace(delivered, reason=" ".join(filter(None, (delivered.reason, lacking))), lacking=lacking)

    async def silent(self, workspace: str, role: str, place: str) -> str:
        """Why a post would notify nobody by the user group, and the fix."""
        return phrases.nobody_would_be_notified(await self._unheard(workspace, role))

    async def _unheard(self, workspace: str, group: str) -> str:
        try:
            members = await self.members(workspace, group)
        except StudyError as silence:
            log.info(f"Whether a group is heard is not known: {silence.message}", action="slack.unheard_unknown")
            return ""
        if members:
            return ""
        return i18n.say("the user group has nobody in it, or is no more. Choose another one for this schedule.")

    async def edit(self, view: views.View, message: str, *, reader: views.Reader = READER) -> Delivered:
        """Change an earlier post."""
        return await self._post.edit(view, message, reader=reader)

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        """What the doctor reports of Slack, or of one workspace; it may ask without anything being started."""
        looking = not self._open
        if looking:
            await self._calls.open()
        try:
            return await doctor.check(
                self._calls,
                self._installs,
                self._sockets,
                serves_http=self._endpoint is not None,
                due=places,
                tenant=_tenant(workspace) if workspace else None,
                pictures=self._pictures.trouble(workspace),
            )
        finally:
            if looking:
                await self._calls.close()

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        """For each place, whether it is this workspace's own, and what is missing there by name. Posts nothing."""
        return await doctor.survey(self._calls, self._installs, workspace, places)

    def direct(self, workspace: str, person: str) -> str:
        """The address of somebody's direct messages with the bot."""
        enterprise, team = _tenant(workspace)
        return address(enterprise, team, person)

    async def members(self, workspace: str, group: str) -> Sequence[str]:
        """Who is in a user group; raises a `StudyError` while Slack does not say."""
        enterprise, team = _tenant(workspace)
        install = await self._installs.find(enterprise, team)
        if install is None or not is_group(group):
            return ()
        return await self._groups.members(workspace, group, team=team, install=install)

    async def belongs(self, workspace: str, person: str) -> bool:
        """Whether somebody still has an account there; raises a `StudyError` while Slack does not say."""
        enterprise, team = _tenant(workspace)
        try:
            answer = await self._installs.ask(enterprise, team, "users.info", lambda c: c.users_info(user=person))
        except Refused as refused:
            return refused.error not in DEAD | _NOBODY
        except CallFailed as failed:
            raise StudyError(f"Slack did not say who somebody is: {failed}.") from failed
        return not flag(answer.data, "user", "deleted")

    def fits(self, view: views.View) -> Sequence[str]:
        """Why the view would not fit one message; nothing if it does."""
        return painter.fits(view, READER)


_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})


def _tenant(workspace: str) -> tuple[str, str]:
    """The enterprise and the team of a tenant's key."""
    _, enterprise, team = workspace.split(":")
    return enterprise, team


# Payloads on their way through Bolt -----------------------------------------------------------------------------------

_NOT_HERE = "Dualo is not installed in this workspace, or not any more. Ask an admin to install it."


def _app(client: Any, installs: Installations, events: SlackEvents, *, people: People) -> AsyncApp:
    """The Bolt app of this front end, the same for Socket Mode and HTTP."""
    app = AsyncApp(
        name="dualo",
        client=client,
        process_before_response=True,
        request_verification_enabled=False,  # `Endpoint` verifies, before anything is parsed; a web socket needs none
        authorize=Authorizing(installs),  # type: ignore[arg-type] # an AsyncAuthorize is taken as it is
        user_facing_authorize_error_message=_NOT_HERE,
        raise_error_for_unhandled_request=True,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.use(Answering(events, people))
    app.event("app_home_opened")(events.home_opened)
    app.event("app_mention")(events.mentioned)
    app.event("message")(events.message)
    removals = Removals(installs)
    app.event("tokens_revoked")(removals.tokens_revoked)
    app.event("app_uninstalled")(removals.app_uninstalled)
    app.error(_failed)
    return app


class Authorizing(AsyncAuthorize):
    """Whose token serves a payload; none where the bot is not installed."""

    def __init__(self, installs: Installations) -> None:
        self._installs = installs

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        found = await self._installs.find(enterprise_id or NO_ENTERPRISE, team_id or "")
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=found.enterprise,  # as it was when the bot was installed, so that the tenant stays the same
            team_id=team_id,
            bot_token=found.token,
            bot_id=found.bot,
            bot_user_id=found.bot_user,
        )


class Answering(AsyncMiddleware):
    """Answers what a person waits for; gives every listener behind it the `origin` of its payload."""

    def __init__(self, events: SlackEvents, people: People) -> None:
        self._people = people
        self._answers: Mapping[str, Callable[[Mapping[str, object], PayloadOrigin], Awaitable[BoltResponse]]] = {
            "command": events.command,
            "block_actions": events.action,
            "block_suggestion": events.suggestion,
            "view_submission": events.submission,
            "shortcut": events.shortcut,
            "message_action": events.message_shortcut,
        }

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        body, context = req.body, req.context
        authorized = context.authorize_result
        enterprise = authorized.enterprise_id if authorized else context.enterprise_id
        where = origin(body, enterprise=enterprise, team=context.team_id, person=context.user_id)
        if name := channel_name(body):
            self._people.called[where.channel] = name
        answer = self._answers.get("command" if "command" in body else text(body, "type"))
        with i18n.speaking(self._people.locale(where.workspace, where.person)):  # until it is known what they chose
            if answer is not None:
                return await answer(body, where)
            context["origin"] = where
            return await next()


class Removals:
    """Listens for a workspace that takes the bot away."""

    def __init__(self, installs: Installations) -> None:
        self._installs = installs
        self._seen = SeenPayloads()

    async def tokens_revoked(self, body: Mapping[str, object], origin: PayloadOrigin) -> None:
        if items(body, "event", "tokens", "bot"):
            await self.app_uninstalled(body, origin)

    async def app_uninstalled(self, body: Mapping[str, object], origin: PayloadOrigin) -> None:
        turn, _ = self._seen.turn(text(body, "event_id"))
        if not turn.elsewhere:
            await self._installs.remove(origin.enterprise, origin.team)
            turn.elsewhere = True


async def _failed(error: Exception) -> BoltResponse:
    """How a payload is acknowledged whose listener failed, or that has none."""
    if isinstance(error, BoltUnhandledRequestError):
        return acknowledge()
    if isinstance(error, CallFailed):
        log.warning(f"An event has to come again: {error}.", action="slack.event_again")
        return BoltResponse(status=503)
    log.error("A payload could not be answered.", exc_info=error, action="slack.failed")
    return BoltResponse(status=500)


class Endpoint:
    """HTTP mode: a request is read once its signature and age are known to be Slack's, and no sooner."""

    def __init__(self, app: AsyncApp, signing_secret: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._in_flight = InFlight()
        self._open = False

    def open(self) -> None:
        self._open = True

    async def close(self) -> None:
        """Take nothing more, and answer what was taken."""
        self._open = False
        await self._in_flight.idle()

    async def take(self, request: web.Request) -> web.StreamResponse:
        if not self._open:
            return web.Response(status=503)
        body = await request.read()
        if not self._is_signed(body, request.headers):
            return web.Response(status=401)
        try:
            asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            # No JSON, or JSON of another shape than Slack's.
            return web.Response(status=400)
        with self._in_flight:
            return await to_aiohttp_response(await self._app.async_dispatch(asked))

    def _is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        try:
            return self._verifier.is_valid_request(body, headers)
        except (TypeError, ValueError):
            # A time that is no number; a signature or a body that is no text.
            return False
