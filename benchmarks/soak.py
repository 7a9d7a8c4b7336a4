"""An hour of 5,000 people in minutes: whether memory, open files, tasks and threads stay flat, and the books balance.

The clock is turned by five seconds a step. People read, answer and search; everybody is reminded once; forty channels
get their weekly post; and of every eight deliveries one meets a platform that limits, breaks or loses its answer.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import tempfile
import threading
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.core import typed
from bot.core.metrics import Metrics
from bot.core.ports import Actor, Delivered, Services
from bot.core.views import Notice
from bot.delivery.composer import Composer
from bot.delivery.courier import Courier
from bot.delivery.leases import Leases, Sweeper
from bot.delivery.message import Cancelled, Message
from bot.delivery.planner import Planner
from bot.delivery.sender import Sender
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import Occurrence, Rule, Weekday
from bot.domain.schedule import Schedule
from bot.engine import StudyEngine
from bot.packs import load
from bot.packs.library import Library
from bot.packs.load import bundled
from bot.store import migrate, tables
from bot.store.cold import schedules
from bot.store.database import Database
from bot.store.outbox import nudges
from bot.store.store import Store, opened
from tests.delivery.platform import Fault, Platform, later
from tests.hand_clock import HandClock

PEOPLE, CHANNELS, WORKSPACES = 5_000, 40, 20
BEGINS = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
STEP, HOUR = timedelta(seconds=5), timedelta(hours=1)
QUARTERS = 4
REMEMBERED = 500
"""Posts that the platform keeps, so that what is in doubt can be looked for."""
AFTERWARDS = 240
"""Steps after the hour within which everything that is due has come to its end."""
LINES = (
    "next",
    "done backend-architectures/layers",
    "lesson teach-with-dualo/1",
    "find queue",
    "quiz backend-architectures",
    "review",
    "progress",
    "themes",
    "settings",
    "lesson nonsense",
)
MOST_MEMORY = 12.0
"""MiB that an hour may add after its first quarter."""
STEPS = QUARTERS + 2


@dataclass(frozen=True, slots=True)
class Standing:
    """What the process holds."""

    memory: float
    files: int
    tasks: int
    threads: int


@dataclass(slots=True)
class Soak:
    """One process's worth of everything, on a clock that is turned."""

    store: Store
    engine: StudyEngine
    clock: HandClock
    platform: Platform
    planner: Planner
    leases: Leases
    courier: Courier
    sweeper: Sweeper
    people: int
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    posted: Counter[int] = field(default_factory=Counter)
    """By the hash of the key: the platform's own memory is not ours."""

    async def tick(self, commands: int) -> None:
        self.clock.at += STEP
        await asyncio.gather(self._deliver(), *(self._press() for _ in range(commands)))
        self.forget(but=REMEMBERED)
        self.platform.edits.clear()
        self.platform.sought.clear()

    def forget(self, *, but: int) -> None:
        """The platform forgets what it has, but for the newest."""
        old = len(self.platform.posts) - but
        for post in self.platform.posts[: max(0, old)]:
            self.posted[hash(post.key)] += 1
        del self.platform.posts[: max(0, old)]

    async def _deliver(self) -> None:
        await self.planner.plan()
        await self.leases.recover()
        await self.courier.work(self.platform.name)
        await self.courier.idle()
        await self.sweeper.skip_expired()

    async def _press(self) -> None:
        number = self.chance.randrange(self.people)
        actor = Actor(workspace=f"hand:w{number % WORKSPACES}", person=f"p{number}")
        await self.engine.handle(typed.parse(self.chance.choice(LINES)), actor)

    async def left_open(self) -> int:
        """Lines whose time has come, and that have no end."""
        table = tables.delivery
        open_ones = table.c.state.in_((DeliveryState.PLANNED, DeliveryState.CLAIMED))
        look = select(func.count()).select_from(table).where(open_ones, table.c.due_at <= self.clock.at)
        async with self.store.reading() as connection:
            return (await connection.execute(look)).scalar_one()

    async def sent(self) -> int:
        table = tables.delivery
        look = select(func.count()).where(table.c.state.in_((DeliveryState.SENT, DeliveryState.LATE)))
        async with self.store.reading() as connection:
            return (await connection.execute(look.select_from(table))).scalar_one()


def _trouble(chance: random.Random) -> Delivered | Fault | None:
    match chance.randrange(24):
        case 0:
            return later(wait=2.0)
        case 1:
            return Fault.REQUEST_LOST
        case 2:
            return Fault.ANSWER_LOST
        case _:
            return None


async def _made(stack: AsyncExitStack, folder: Path, people: int) -> Soak:
    database = Database(f"sqlite:///{folder / 'soak.db'}")
    await migrate.upgrade(database)
    store = await stack.enter_async_context(opened(database))
    clock, chance, metrics = HandClock(BEGINS), random.Random(7), Metrics()
    platform = Platform(dedupes=True, script=lambda _address, _key: _trouble(chance))
    library = Library(load.load([bundled()]).shelf)
    engine = StudyEngine(store, library, clock, metrics=metrics)
    engine.settle(Services({platform.name: platform}))
    leases = Leases(store, clock)
    composer = Composer(store, library, clock, timezone="UTC", nudges=_reminded)
    fronts = {platform.name: platform}
    sender = Sender(leases, fronts, composer.compose, store=store, clock=clock, metrics=metrics)
    await leases.open()
    stack.push_async_callback(leases.close)
    courier = Courier(leases, sender)
    stack.push_async_callback(courier.stop, 5.0)
    return Soak(
        store, engine, clock, platform, Planner(store, clock), leases, courier, Sweeper(store, clock), people
    )  # fmt: skip


async def _reminded(entry: Entry) -> Message | Cancelled:
    return Message(Notice(entry.name.key))


async def _fill(soak: Soak) -> None:
    """Everybody's reminder at a minute of its own, every channel's post at nine."""
    async with soak.store.transaction() as connection:
        for number in range(CHANNELS):
            rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=BEGINS.date())
            place = f"#c{number}"
            order = Schedule(f"hand:w{number % WORKSPACES}", f"S{number}", "backend-architectures", place, rule)
            await schedules.add(connection, order, soak.clock.now())
        for number in range(soak.people):
            due = BEGINS + HOUR * (number / soak.people)
            seat = Seat(f"hand:w{number % WORKSPACES}", f"p{number}")
            following = Occurrence(due.date(), due)
            await nudges.put(connection, seat, DeliveryKind.NUDGE, address=f"@p{number}", following=following)


def _standing() -> Standing:
    gc.collect()
    with Path("/proc/self/statm").open() as file:
        pages = int(file.read().split()[1])
    return Standing(
        pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - the folder of this very look is in it either way
        len(asyncio.all_tasks()),
        threading.active_count(),
    )


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    people, steps = size.of(PEOPLE, 100), size.of(int(HOUR / STEP), 40)
    commands = max(1, 2 * people // steps)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        soak = await _made(stack, folder, people)
        progress(f"{people:,} people")
        await _fill(soak)
        stands = []
        for quarter in range(QUARTERS):
            progress(f"quarter {quarter + 1}")
            for _ in range(steps // QUARTERS):
                await soak.tick(commands)
            stands.append(_standing())
        progress("the books")
        soak.clock.at = max(soak.clock.at, BEGINS + HOUR)
        left = AFTERWARDS
        while left and (await soak.left_open() or left > AFTERWARDS - 2):
            await soak.tick(0)
            left -= 1
        soak.forget(but=0)
        unended, sent = await soak.left_open(), await soak.sent()
    return Result(
        f"An hour of {people:,} people, {commands * steps:,} commands and {sent:,} deliveries (SQLite)",
        (*_flat(stands[0], stands[-1]), *_balanced(soak, unended=unended, sent=sent)),
    )


def _flat(first: Standing, last: Standing) -> list[Line]:
    more = last.memory - first.memory
    flat = f"≤ +{MOST_MEMORY:g} MiB after the first quarter"
    lines = [Line("memory", f"{last.memory:.1f} MiB", f"{first.memory:.1f} MiB", flat, more <= MOST_MEMORY)]
    for what in ("files", "tasks", "threads"):
        held, before = getattr(last, what), getattr(first, what)
        lines.append(
            Line(f"{what} open", str(held), str(before), "no more than after the first quarter", held <= before)
        )
    return lines


def _balanced(soak: Soak, *, unended: int, sent: int) -> list[Line]:
    twice = sum(count > 1 for count in soak.posted.values())
    lost = sent - len(soak.posted)
    return [
        Line("due and without an end", str(unended), "0", "none", unended == 0),
        Line("posted twice", str(twice), "0", "none", twice == 0),
        Line("sent by the ledger, and not there", str(max(0, lost)), "0", "none", lost <= 0),
    ]
