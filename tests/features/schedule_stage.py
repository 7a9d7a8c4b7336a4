"""Somebody who runs a workspace, on an engine with a front end around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update

from bot.core import views
from bot.core.ports import Actor, Services
from bot.delivery.planner import Planner
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry
from bot.domain.posts import DeliveryState
from bot.domain.schedule import Schedule
from bot.domain.workspace import Workspace
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import Channel
from bot.store import tables
from bot.store.cold import audits, schedules, workspaces
from bot.store.outbox import entries
from bot.store.store import Store
from tests.conftest import Learner
from tests.delivery.platform import Platform
from tests.hand_clock import HandClock

HOME = "hand:w1"
THEME = "teach-with-dualo"
HERE = Channel("#lessons")
SUNDAY = datetime(2025, 10, 5, 12, tzinfo=UTC)
SETUP = commands.Setup(channel=HERE, theme=THEME, weekday="mon", hour="9", timezone="paris")


@dataclass(slots=True)
class Office:
    """A manager at work, and what may be looked at behind the scene."""

    engine: StudyEngine
    store: Store
    clock: HandClock
    platform: Platform
    ada: Learner
    bob: Learner

    async def add(self, **more: object) -> views.Listing:
        given = {"theme": THEME, "channel": HERE, "weekdays": "mon", "time": "09:00", "timezone": "Europe/Paris"}
        view = await self.ada.does(commands.ScheduleAdd(**{**given, **more}))  # type: ignore[arg-type]
        assert isinstance(view, views.Listing), view
        return view

    async def schedule(self, identity: str = "S1") -> Schedule:
        async with self.store.reading() as connection:
            found = await schedules.find(connection, HOME, identity)
        assert isinstance(found, Schedule)
        return found

    async def posted(
        self, day: datetime, lesson: str, *, theme: str = THEME, state: DeliveryState = DeliveryState.SENT
    ) -> None:
        """As if the clock had posted it."""
        name = DeliveryKey(HOME, "", "S1", DeliveryKind.POST, day.date())
        payload = {"theme": theme, **({"lesson": lesson} if lesson else {"closing": "1"})}
        reason = "In #lessons the bot lacks Send Messages." if state is DeliveryState.FAILED else ""
        async with self.store.transaction() as connection:
            await entries.plan(
                connection, [Entry(name, day, day, HERE, state, payload=payload, reason=reason, ended=day)]
            )
            table = tables.delivery
            where = entries.named(name)
            await connection.execute(update(table).where(where).values(message=f"m{day.day}"))

    async def lines(self, kind: DeliveryKind = DeliveryKind.POST) -> list[Entry]:
        table = tables.delivery
        async with self.store.reading() as connection:
            rows = await connection.execute(
                select(table).where(table.c.kind == kind).order_by(table.c.schedule, table.c.local_date)
            )
            return [entries.read(row) for row in rows.mappings()]

    async def home(self) -> Workspace:
        async with self.store.reading() as connection:
            return await workspaces.find(connection, HOME)

    async def audited(self) -> list[tuple[str, str]]:
        async with self.store.reading() as connection:
            found = await audits.since(connection, HOME, datetime(2020, 1, 1, tzinfo=UTC), skip=0, most=50)
        return [(line.verb, line.what) for line in reversed(found)]

    async def plan(self) -> None:
        await Planner(self.store, self.clock, direct=self.platform.direct).plan()


def office(engine: StudyEngine, store: Store, clock: HandClock) -> Office:
    """The clock stands at noon on a Sunday; the next day is Monday, 6 October 2025."""
    clock.at = SUNDAY
    platform = Platform()
    engine.settle(Services({platform.name: platform}))
    ada = Learner(engine, Actor(HOME, "ada", manages=True, place=HERE))
    bob = Learner(engine, Actor(HOME, "bob", manages=True, place="@bob"))
    return Office(engine, store, clock, platform, ada, bob)


def fact(view: views.View, name: str, *, item: int = 0) -> tuple[views.Value, ...]:
    """The values of a listing's fact; none if it has none of that name."""
    assert isinstance(view, views.Listing), view
    return next((each.values for each in view.items[item].facts if each.name == name), ())


def said(view: views.View) -> str:
    """The words of a notice, or what a listing says first."""
    assert isinstance(view, (views.Notice, views.Listing)), view
    return f"{view.text} {view.hint}" if isinstance(view, views.Notice) else view.intro
