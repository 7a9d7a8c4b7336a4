"""A whole delivery with the real reminders in it, and learners who press: the engine, the planner and the courier."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core import views
from bot.core.ports import Actor, Check, Services
from bot.delivery.message import Cancelled, Message
from bot.delivery.reminders import Reminders
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.recurrence import Occurrence
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.store import tables
from bot.store.outbox import nudges
from bot.store.outbox.nudges import Waiting
from bot.store.rows import insert
from bot.store.store import Store
from tests.conftest import Learner
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.platform import Platform
from tests.hand_clock import HandClock

WORKSPACE = "hand:w1"
THEME = "backend-architectures"
DAILY = commands.EditReminders(nudges=commands.Nudges.DM, days="daily", hour="09:00", a_week=7)


@dataclass(slots=True)
class Front(Platform):
    """A platform that knows where somebody's direct messages are."""

    def direct(self, workspace: str, person: str) -> str:
        return f"dm-{person}"

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        return ()


@dataclass(slots=True, kw_only=True)
class Nudged(Stage):
    library: Library
    engine: StudyEngine = field(init=False)
    reminding: Reminders = field(init=False)

    def __post_init__(self) -> None:
        self.engine = StudyEngine(self.store, self.library, self.clock)
        self.engine.settle(Services({self.platform.name: self.platform}))
        self.reminding = Reminders(self.store, self.library, self.clock)
        Stage.__post_init__(self)

    async def compose(self, entry: Entry) -> Message | Cancelled:
        return await self.reminding.compose(entry)

    async def foresee(self, waiting: Sequence[Waiting]) -> Sequence[Occurrence | datetime | None]:  # type: ignore[override]
        return await self.reminding.foresee(waiting)

    def learner(self, person: str = "ada", *, workspace: str = WORKSPACE) -> Learner:
        return Learner(self.engine, Actor(workspace=workspace, person=person))

    async def willing(self, person: str = "ada", wanted: commands.EditReminders = DAILY) -> Learner:
        """Somebody who follows a theme and said yes. What told them so is taken off the platform."""
        learner = self.learner(person)
        await learner.does(commands.FollowTheme(theme=THEME))
        await learner.does(wanted)
        self.platform.posts.clear()
        return learner

    async def assigned(self, person: str, by: str) -> Learner:
        """Somebody to whom a theme was suggested, and who said nothing yet."""
        learner, at = self.learner(person), self.clock.at
        seat = {"workspace": WORKSPACE, "person": person}
        async with self.store.transaction() as connection:
            made = insert(connection, tables.follow).values(**seat, theme=THEME, since=at, suggested_by=by)
            await connection.execute(made.on_conflict_do_nothing())
            made = insert(connection, tables.consent).values(**seat, assigned=True, since=at)
            await connection.execute(
                made.on_conflict_do_update(index_elements=["workspace", "person"], set_={"assigned": True})
            )
            await nudges.arm(connection, Seat(**seat), DeliveryKind.NUDGE, address=f"dm-{person}", now=at)
        return learner

    async def until(self, moment: datetime) -> None:
        """Let the clock run, with a look in time to foresee, in time to plan, and in time to send."""
        for early in (20, 10, 0):
            self.clock.at = max(self.clock.at, moment - timedelta(minutes=early))
            await self.tick()

    async def days(self, count: int) -> list[str]:
        """So many days on, to the same hour: which dates brought something, at nine."""
        before, end = len(self.platform.posts), self.clock.at + timedelta(days=count)
        nine = self.clock.at.replace(hour=9, minute=0)
        while nine < end:
            if self.clock.at < nine:
                await self.until(nine)
            self.clock.at = max(self.clock.at, min(end, nine + timedelta(hours=7)))
            await self.tick()
            nine += timedelta(days=1)
        await self.until(end)
        return [post.key.rpartition("/")[2] for post in self.platform.posts[before:]]

    @property
    def reminder(self) -> views.Reminder:
        """The last one that was posted."""
        view = self.platform.posts[-1].view
        assert isinstance(view, views.Reminder)
        return view

    async def endings(self) -> list[tuple[str, str, str]]:
        return [
            (str(line.name.local_date), line.state.value, line.reason) for line in await self.lines(DeliveryKind.NUDGE)
        ]


@asynccontextmanager
async def nudged(store: Store, clock: HandClock, library: Library) -> AsyncIterator[Nudged]:
    """The clock stands at Sunday noon."""
    clock.at = MONDAY - timedelta(hours=21)
    stage = Nudged(store, clock, Front(), library=library)
    await stage.leases.open()
    try:
        yield stage
    finally:
        await stage.courier.stop(5)
        await stage.leases.close()
