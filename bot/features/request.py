"""What a handler has in hand: who asks, when, the content, the store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from cachetools import LRUCache
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.commands import Command, Who
from bot.core.errors import NotAllowed, StoreUnavailable
from bot.core.i18n import say
from bot.core.ports import Actor, Adapter, Services
from bot.core.record import replace
from bot.core.svg import Svg
from bot.core.views import Reader, View
from bot.domain.course import Shelf
from bot.domain.learner import Assignment, Follow, LearnerState, Seat
from bot.domain.outbox import front_of
from bot.domain.search import Index
from bot.domain.workspace import Workspace
from bot.packs.library import Edition
from bot.store.cold import audits, workspaces
from bot.store.hot.operations import HotResult, Writing
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.features.refused import RefusedForms

FRESH = timedelta(seconds=60)
Known = LRUCache[str, tuple[datetime, Workspace]]
"""How workspaces are set up, as of a minute ago: for what is shown, never for what is allowed."""


class Request:
    """One command being answered. Where the learner stands is read once, before the handler runs."""

    def __init__(
        self,
        actor: Actor,
        now: datetime,
        *,
        edition: Edition,
        store: Store,
        timezone: str,
        house: Services,
        known: Known,
        refused: RefusedForms,
    ) -> None:
        self.actor = actor
        self.now = now
        self.store = store
        self.seat = Seat(actor.workspace, actor.person)
        self.house = house
        self.refused = refused
        self._edition = edition
        self._timezone = timezone
        self._standing: LearnerState | None = None
        self._seen: LearnerState | None = None
        self._known = known
        self.offered: tuple[Assignment, ...] = ()
        """What rules suggest to the person, and is kept nowhere until they take it up."""
        self.for_room = False
        """Whether the answer shows what stands in a channel: then it is in the workspace's language."""
        self.decided = False
        """Whether they decided on a suggestion with this very command, or erased what was kept."""

    @property
    def edition(self) -> Edition:
        """The content in the reader's language, as far as they are known and it is translated."""
        return self._edition.read_in(self.language)

    @property
    def shelf(self) -> Shelf:
        return self.edition.shelf

    @property
    def index(self) -> Index:
        return self.edition.index

    @property
    def language(self) -> str:
        """The language of lessons and of our words: the learner's own choice, else their platform's, else the
        workspace's; empty where nobody said, which is the original's. In a channel it is the workspace's."""
        if self.for_room:
            return self._seen.workspace_language if self._seen else ""
        return self.own_language

    @property
    def own_language(self) -> str:
        """In which something is said to the person alone."""
        chosen = self._seen
        if chosen is None:
            return self.actor.locale
        return chosen.preferences.language or self.actor.locale or chosen.language

    async def know_reader(self, *, words: bool = False) -> None:
        """Read who asks before anything is named to them, where names are in more than one language, or before `words`
        are. Without a database they are who their platform says they are."""
        if words or self._edition.shelf.translated:
            with suppress(StoreUnavailable):
                await self.standing()

    @property
    def front(self) -> Adapter | None:
        """The front end that the person asks in; none in an engine without a process around it."""
        return self.house.fronts.get(front_of(self.actor.workspace))

    def direct(self, person: str) -> str:
        """The address of somebody's direct messages here; empty without a front end."""
        return self.front.direct(self.actor.workspace, person) if self.front else ""

    async def draw(self, drawn: Svg) -> bytes | None:
        """The drawing as PNG; None where it cannot be drawn."""
        return await self.house.draw(drawn)

    @property
    def server_timezone(self) -> str:
        """A new workspace's zone."""
        return self._timezone

    async def workspace(self) -> Workspace:
        async with self.store.reading() as connection:
            return await workspaces.find(connection, self.actor.workspace)

    async def note(self, connection: AsyncConnection, verb: str, what: str, *, about: str = "") -> None:
        """Keep a line of the audit, in the transaction of what it tells: what the asker did, to whom if to one."""
        line = audits.AuditEntry(self.now, self.actor.person, verb, what, about)
        await audits.note(connection, self.actor.workspace, line)

    async def manages(self) -> bool:
        """Whether they may manage this workspace: the platform says so, or somebody who may has named them."""
        actor = self.actor
        if actor.visits:
            return False
        return actor.manages or actor.private or (await self.workspace()).names(actor.person, actor.roles)

    async def check_allowed(self, command: Command) -> None:
        """Refuse what is for those who manage the workspace, to everybody else."""
        if command.spec.who is Who.MANAGERS and not await self.manages():
            raise NotAllowed(say("Only those who manage this workspace can do that."), say("Ask one of them."))

    async def is_shown_managing(self) -> bool:
        """Whether to show what managers do; whether they may is asked when they do it. Costs a statement a minute."""
        actor = self.actor
        if actor.visits or actor.manages or actor.private:
            return not actor.visits
        kept = self._known.get(actor.workspace)
        if kept is None or not timedelta() <= self.now - kept[0] < FRESH:
            kept = (self.now, await self.workspace())
            self._known[actor.workspace] = kept
        return kept[1].names(actor.person, actor.roles)

    async def standing(self) -> LearnerState:
        if self._standing is None:
            self._standing = self._seen = await self.store.standing(self.seat)
        offered = tuple(_suggestion(each) for each in self.offered if self._is_open(each))
        return replace(self._standing, offered=offered) if offered else self._standing

    def _is_open(self, offered: Assignment) -> bool:
        followed = self._standing.follows if self._standing else ()
        return all(each.theme != offered.theme for each in followed)

    @property
    def standing_in_hand(self) -> LearnerState | None:
        """The standing, if something needed it so far."""
        return self._standing

    async def write(self, change: Writing) -> HotResult:
        """Record something that people wait for; the standing after it is the one in hand from then on."""
        found = await self.store.write(change)
        if found.standing is not None:
            self._standing = self._seen = found.standing
        return found

    def forget(self) -> None:
        """The standing in hand is out of date. The reader stays who they were until it is read again."""
        self._standing = None

    @property
    def reader(self) -> Reader:
        """For whom the answer is drawn: with the zone, language and plain mode that they chose."""
        chosen = self._seen
        if chosen is None:
            return Reader(timezone=self.actor.timezone or self._timezone, language=self.language or "en")
        return Reader(
            timezone=zone_name(chosen, self.actor, self._timezone),
            language=self.language or "en",
            plain=chosen.preferences.plain,
        )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.reader.timezone)


def _suggestion(rule: Assignment) -> Follow:
    return Follow(rule.theme, rule.at, rule.suggested_by, required=rule.required, by_date=rule.by_date)


def zone_name(standing: LearnerState, actor: Actor, fallback: str) -> str:
    """The learner's own choice, else what the platform knows of them, else the workspace's, else the server's."""
    return standing.preferences.timezone or actor.timezone or standing.workspace_timezone or fallback


Handler = Callable[[Any, Request], Awaitable[View]]
"""Answers one kind of command."""
H = TypeVar("H", bound=Handler)
_HANDLERS: dict[type[Command], Handler] = {}


def handles(kind: type[Command]) -> Callable[[H], H]:
    """Register the function below as what answers this kind of command."""

    def register(handler: H) -> H:
        if kind in _HANDLERS:
            raise ValueError(f"{kind.__name__} has two handlers")
        _HANDLERS[kind] = handler
        return handler

    return register


def handler_of(command: Command) -> Handler:
    return _HANDLERS[type(command)]
