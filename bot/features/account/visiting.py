"""The way from a chat to the learner's own page, and whether they may still be there."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from cachetools import LRUCache

from bot.core import views
from bot.core.actions import Action
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import say
from bot.core.ports import Actor, Membership, Services
from bot.domain.learner import Seat
from bot.domain.outbox import front_of
from bot.features import commands, ways
from bot.features.request import Request, handles
from bot.store.cold import workspaces
from bot.store.store import Store

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=5)
"""How long it holds that somebody is in their workspace; then the platform is asked again."""
MOST = 20_000


def offer(request: Request) -> tuple[Action, ...]:
    """The button, where there is a page that the outside reaches, and they are not there already."""
    actor = request.actor
    if not request.house.visits or actor.visits or front_of(actor.workspace) == "web":
        return ()
    return (Action(say("Open on the web"), commands.OpenOwnPage()),)


@handles(commands.OpenOwnPage)
async def open_own_page(_: commands.OpenOwnPage, request: Request) -> views.View:
    if not offer(request) or request.house.visits is None:
        raise NotYet(
            say("Your own page cannot be opened from here."),
            say("Whoever runs this installation can allow it, with DUALO_WEB, DUALO_WEB_TOKEN and DUALO_PUBLIC_URL."),
        )
    link = await request.house.visits.invite(request.actor)
    return views.OwnPageLink(
        text=say("Your own page is ready."),
        link=views.SourceLink(say("Open it in your browser"), link),
        hint=say(
            "The link works once, within ten minutes, and whoever opens it is you there: do not pass it on. "
            "There you read, answer and look after your data as here; you stay signed in for a week at most."
        ),
        actions=(ways.home(),),
    )


class Belonging:
    """Whether visitors are still in their workspaces, as their front ends say."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: LRUCache[Seat, tuple[datetime, bool]] = LRUCache(MOST)

    async def holds(self, actor: Actor, house: Services, *, now: datetime) -> bool:
        seat = Seat(actor.workspace, actor.person)
        known = self._known.get(seat)
        if known is None or not timedelta() <= now - known[0] < FRESH:
            known = self._known[seat] = (now, await self._ask(seat, house))
        return known[1]

    async def _ask(self, seat: Seat, house: Services) -> bool:
        async with self._store.reading() as connection:
            if await workspaces.is_gone(connection, seat.workspace):
                return False
        front: object = house.fronts.get(front_of(seat.workspace))
        try:
            return await front.belongs(*seat) if isinstance(front, Membership) else front is not None
        except StudyError as unsaid:
            log.warning("It was not said whether a visitor still belongs.", action="visit.unsaid", reason=str(unsaid))
            return True
