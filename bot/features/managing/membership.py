"""Whether somebody who is named belongs to the workspace, as far as its platform can tell. Who does not is never
written to: nobody who manages one workspace reaches into anybody else's messages."""

from __future__ import annotations

from bot.core import text
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.features.request import Request


async def belongs(request: Request, person: str, *, actions: tuple[Action, ...] = ()) -> str:
    """The address of their direct messages; empty without a front end. No transaction may be open: it is asked."""
    front, workspace = request.front, request.actor.workspace
    if front is None:
        return ""
    address = front.direct(workspace, person)
    for check in await front.survey(workspace, [address]):
        if not check.healthy:
            said = text.shorten(f"Nothing was changed: {check.detail}", 300)
            raise StudyError(said, check.mend or "Pick somebody who is here.", actions=actions)
    return address
