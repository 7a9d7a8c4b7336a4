"""Bolt's part: signatures, authorisation, whose payload it is; and ours behind it, which answers every sort of payload.

Our part is the last of Bolt's middleware and not a set of listeners: which command is meant is read from the payload,
so there is nothing to match, and Bolt awaits middleware, so nothing polls for the acknowledgement.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.calls import CallFailed, Calls
from adapters.slack.errands import Seen
from adapters.slack.installs import Installs
from adapters.slack.payload import NO_ENTERPRISE, Origin, items, origin, text
from adapters.slack.stage import acknowledge
from adapters.slack.turns import Turns
from bot.api import replace
from bot.api import text as words

_LOG = logging.getLogger(__name__)

_NOT_HERE = "Dualo is not installed in this workspace, or not any more. Ask an admin to install it."

Body = Mapping[str, object]
Answering = Callable[[Body, Origin], Awaitable[BoltResponse]]
Hearing = Callable[[Body, Origin], Awaitable[None]]


def build(calls: Calls, installs: Installs, turns: Turns, *, signing_secret: str) -> AsyncApp:
    """The Bolt app of this front end, the same for Socket Mode and HTTP."""
    app = AsyncApp(
        name="dualo",
        process_before_response=True,
        signing_secret=signing_secret,
        client=calls.client(),
        authorize=Authorizing(installs),  # type: ignore[arg-type] # an AsyncAuthorize is taken as it is
        user_facing_authorize_error_message=_NOT_HERE,
        attaching_function_token_enabled=False,
    )
    app.use(Reception(turns, installs))
    return app


class Authorizing(AsyncAuthorize):
    """Whose token serves this payload; none where the bot is not installed."""

    def __init__(self, installs: Installs) -> None:
        self._installs = installs

    async def __call__(self, *, enterprise_id: str | None, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        found = await self._installs.find(enterprise_id or NO_ENTERPRISE, team_id or "")
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=found.token,
            bot_id=found.bot,
            bot_user_id=found.bot_user,
        )


class Reception(AsyncMiddleware):
    """Hands each payload to the turn that answers it."""

    def __init__(self, turns: Turns, installs: Installs) -> None:
        self._turns = turns
        self._installs = installs
        self._seen = Seen()
        self._answers: Mapping[str, Answering] = {
            "block_actions": turns.action,
            "block_suggestion": turns.suggestion,
            "view_submission": turns.submission,
            "shortcut": turns.shortcut,
            "message_action": turns.message_shortcut,
        }
        self._events: Mapping[str, Hearing] = {
            "app_home_opened": self._opened,
            "message": self._written,
            "tokens_revoked": self._revoked,
            "app_uninstalled": self._removed,
        }

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        body: Body = req.body
        where = await self._origin(body, req.context)
        if "command" in body:
            return await self._turns.command(body, where)
        kind = text(body, "type")
        if kind == "event_callback":
            if hear := self._events.get(text(body, "event", "type")):
                return await _heard(hear(body, where))
            return acknowledge()
        answer = self._answers.get(kind)
        return await answer(body, where) if answer else acknowledge()

    async def _origin(self, body: Body, context: AsyncBoltContext) -> Origin:
        """Where it comes from; the organisation as it was when the bot was installed, so that the tenant stays one."""
        where = origin(body, enterprise=context.enterprise_id, team=context.team_id, person=context.user_id)
        install = await self._installs.find(where.enterprise, where.team)
        if install is None or install.enterprise == where.enterprise:
            return where
        return replace(where, enterprise=install.enterprise)

    # The events: somebody opens the Home tab, writes to the bot, or takes it away ------------------------------------

    async def _opened(self, body: Body, where: Origin) -> None:
        if text(body, "event", "tab") != "messages":
            await self._turns.home_opened(body, where)

    async def _written(self, body: Body, where: Origin) -> None:
        event = body.get("event")
        by_person = not text(event, "bot_id") and not text(event, "subtype")
        if by_person and text(event, "channel_type") == "im" and words.clean(text(event, "text")):
            await self._turns.message(body, where)

    async def _revoked(self, body: Body, where: Origin) -> None:
        if items(body, "event", "tokens", "bot"):
            await self._removed(body, where)

    async def _removed(self, body: Body, where: Origin) -> None:
        turn, _ = self._seen.turn(text(body, "event_id"))
        if not turn.elsewhere:
            await self._installs.remove(where.enterprise, where.team)
            turn.elsewhere = True


async def _heard(hearing: Awaitable[None]) -> BoltResponse:
    """An event is acknowledged once it is dealt with; while Slack does not answer us, it is to come again."""
    try:
        await hearing
    except CallFailed as failed:
        _LOG.warning("An event has to come again: %s.", failed, extra={"action": "slack.event_again"})
        return BoltResponse(status=503)
    return acknowledge()
