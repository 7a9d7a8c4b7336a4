"""Slack's payloads on their way through Bolt: verified, authorised, and handed to whatever answers them.

Events have listeners. What a person waits for (commands, buttons, forms, shortcuts) is answered by a middleware before
Bolt looks for one: which command is meant its payload says, so there is nothing to match, and building the arguments of
matchers and listeners doubles the time that a payload spends in Bolt (by 45 to 80 µs).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
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

from adapters.shared.inflight import InFlight
from adapters.slack.api import CallFailed
from adapters.slack.events import SlackEvents
from adapters.slack.installations import Installations
from adapters.slack.payload import NO_ENTERPRISE, PayloadOrigin, items, origin, text
from adapters.slack.responder import acknowledge
from adapters.slack.tasks import SeenPayloads

log = structlog.get_logger(__name__)

_NOT_HERE = "Dualo is not installed in this workspace, or not any more. Ask an admin to install it."


def build(client: Any, installs: Installations, turns: SlackEvents) -> AsyncApp:
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
    app.use(Answering(turns))
    app.event("app_home_opened")(turns.home_opened)
    app.event("message")(turns.message)
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

    def __init__(self, turns: SlackEvents) -> None:
        self._answers: Mapping[str, Callable[[Mapping[str, object], PayloadOrigin], Awaitable[BoltResponse]]] = {
            "command": turns.command,
            "block_actions": turns.action,
            "block_suggestion": turns.suggestion,
            "view_submission": turns.submission,
            "shortcut": turns.shortcut,
            "message_action": turns.message_shortcut,
        }

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        body, context = req.body, req.context
        authorized = context.authorize_result
        enterprise = authorized.enterprise_id if authorized else context.enterprise_id
        where = origin(body, enterprise=enterprise, team=context.team_id, person=context.user_id)
        answer = self._answers.get("command" if "command" in body else text(body, "type"))
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
