"""Whether somebody who is named belongs to the workspace, as far as its platform can tell, and can be written to. Who
does not belong is never written to: nobody who manages one workspace reaches into anybody else's messages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from bot.core import i18n, text, views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.core.i18n import mark, say
from bot.core.ports import Adapter, Outcome
from bot.core.record import replace
from bot.core.views import Reader
from bot.features.request import Request
from bot.store.cold import workspaces
from bot.store.outbox import alerts
from bot.store.outbox.alerts import Alert

ANSWERS_WITHIN = 20.0
"""Seconds that somebody waits to learn whether they, or the contact, can be written to."""
NOBODY = mark("Nobody is told when a post fails.")


async def belongs(request: Request, person: str, *, actions: tuple[Action, ...] = ()) -> str:
    """The address of their direct messages; empty without a front end. No transaction may be open: it is asked."""
    front, workspace = request.front, request.actor.workspace
    if front is None:
        return ""
    address = front.direct(workspace, person)
    for check in await front.survey(workspace, [address]):
        if not check.healthy:
            said = text.shorten(say("Nothing was changed: {detail}", detail=check.detail), 300)
            raise StudyError(said, check.mend or say("Pick somebody who is here."), actions=actions)
    return address


async def takes_messages(request: Request, address: str) -> bool:
    """Whether the direct messages of whoever is to be told of failures are open: they are told so at once, and it is
    known then. What was kept of closed ones is over once a message came through. No transaction may be open."""
    if request.front is None:
        return False
    workspace = request.actor.workspace
    language = (await request.workspace()).language or request.reader.language
    with i18n.speaking(language):  # as they will be told of failures
        hello = views.Notice(
            say("This is where you are told when a post fails."), say("Whoever runs Dualo here named you for it.")
        )
    reader = replace(request.reader, language=language)
    outcome = await first_message(request.front, hello, address, f"{workspace}/contact", reader=reader)
    if outcome is Outcome.SENT:
        async with request.store.transaction() as connection:
            await alerts.cleared(connection, workspace, [alerts.contact_closed(address)])
    return outcome not in {Outcome.GONE, Outcome.REFUSED}


async def first_message(front: Adapter, hello: views.Notice, address: str, about: str, *, reader: Reader) -> Outcome:
    """What becomes of the first message to an address, by which it is known whether others can follow."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            return (await front.deliver(hello, address, f"{about}/{uuid4().hex[:12]}", reader=reader)).outcome
    except TimeoutError:
        return Outcome.UNKNOWN


async def contact_trouble(request: Request) -> str:
    """Why failures reach nobody; empty while they do, as far as is known."""
    async with request.store.reading() as connection:
        home = await workspaces.find(connection, request.actor.workspace)
        known = await alerts.of_workspace(connection, request.actor.workspace)
    if not home.alert_to:
        return say(NOBODY)
    closed = contact_closed(known, home.alert_to)
    return say("Whoever is told when a post fails could not be told: {reason}", reason=closed) if closed else ""


def contact_closed(known: Sequence[Alert], address: str) -> str:
    """Why the contact could not be told of the last failure; empty if they could be."""
    return next((say(each.reason) for each in known if each.cause == alerts.contact_closed(address)), "")
