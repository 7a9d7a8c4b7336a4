"""Bolt's part: signatures, authorisation, and which listener hears what.

There is one listener for each sort of payload; which command it means is read from the payload, so a new command needs
no listener. Bolt awaits a listener before it answers (`process_before_response`), so nothing polls for the
acknowledgement.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from adapters.slack.calls import Calls
from adapters.slack.installs import Installs
from adapters.slack.payload import Origin, origin, text
from adapters.slack.turns import Turns
from bot.api import text as words

_ANYTHING = re.compile("")
_NOT_HERE = "Dualo is not installed in this workspace, or not any more. Ask an admin to install it."

Body = Mapping[str, object]
Answering = Callable[[Body, Origin], Awaitable[BoltResponse]]
Hearing = Callable[[Body, Origin], Awaitable[None]]


def build(calls: Calls, installs: Installs, turns: Turns, *, signing_secret: str) -> AsyncApp:
    """The Bolt app of this front end, the same for Socket Mode and HTTP."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        found = await installs.find(enterprise_id or "-", team_id or "")
        if found is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=found.token,
            bot_id=found.bot,
            bot_user_id=found.bot_user,
        )

    app = AsyncApp(
        name="dualo",
        process_before_response=True,
        signing_secret=signing_secret,
        client=calls.client(),
        authorize=authorize,  # type: ignore[arg-type] # None means that it is not installed there
        user_facing_authorize_error_message=_NOT_HERE,
        attaching_function_token_enabled=False,
    )
    app.command(_ANYTHING)(_answering(turns.command))
    app.action(_ANYTHING)(_answering(turns.action))
    app.view(_ANYTHING)(_answering(turns.submission))
    app.options(_ANYTHING)(_answering(turns.suggestion))
    app.shortcut({"type": "shortcut", "callback_id": _ANYTHING})(_answering(turns.shortcut))
    app.shortcut({"type": "message_action", "callback_id": _ANYTHING})(_answering(turns.message_shortcut))
    _hear(app, turns, installs)
    return app


def _hear(app: AsyncApp, turns: Turns, installs: Installs) -> None:
    """The events: somebody opens the Home tab, writes to the bot, or takes it away."""

    async def opened(body: Body, where: Origin) -> None:
        if text(body, "event", "tab") != "messages":
            await turns.home_opened(body, where)

    async def written(body: Body, where: Origin) -> None:
        event = body.get("event")
        by_person = not text(event, "bot_id") and not text(event, "subtype")
        if by_person and text(event, "channel_type") == "im" and words.clean(text(event, "text")):
            await turns.message(body, where)

    async def revoked(body: Body, where: Origin) -> None:
        tokens = body.get("event")
        if isinstance(tokens, Mapping) and tokens.get("tokens", {}).get("bot"):
            await installs.remove(where.enterprise, where.team)

    async def removed(_: Body, where: Origin) -> None:
        await installs.remove(where.enterprise, where.team)

    app.event("app_home_opened")(_hearing(opened))
    app.event("message")(_hearing(written))
    app.event("tokens_revoked")(_hearing(revoked))
    app.event("app_uninstalled")(_hearing(removed))


# Bolt passes what a listener names among its parameters.


def _origin(body: Body, context: AsyncBoltContext) -> Origin:
    return origin(body, enterprise=context.enterprise_id, team=context.team_id, person=context.user_id)


def _answering(answer: Answering) -> Callable[..., Awaitable[Any]]:
    async def listen(body: Body, context: AsyncBoltContext) -> BoltResponse:
        return await answer(body, _origin(body, context))

    return listen


def _hearing(hear: Hearing) -> Callable[..., Awaitable[Any]]:
    async def listen(body: Body, context: AsyncBoltContext) -> None:
        await hear(body, _origin(body, context))

    return listen
