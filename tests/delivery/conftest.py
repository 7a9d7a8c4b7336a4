"""A whole delivery on a real store, with a clock and a platform in the hand of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.core.metrics import Metrics
from bot.core.views import Notice
from bot.delivery.courier import Courier
from bot.delivery.leases import Leases, Sweeper
from bot.delivery.message import Cancelled, Message
from bot.delivery.planner import Planner
from bot.delivery.sender import Sender
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry
from bot.domain.rate_limiter import Rates
from bot.domain.recurrence import Occurrence, Rule, Weekday
from bot.domain.schedule import Schedule
from bot.store import tables
from bot.store.cold import schedules
from bot.store.outbox import entries, nudges
from bot.store.outbox.nudges import Waiting
from bot.store.store import Store
from tests.delivery.platform import Platform
from tests.hand_clock import HandClock

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(slots=True)
class Stage:
    """One process's worth of delivery. Several on one store are several replicas."""

    store: Store
    clock: HandClock
    platform: Platform
    rates: Rates = field(default_factory=Rates)
    cancelled: dict[str, str] = field(default_factory=dict)
    """Keys for which there is nothing to say, and why."""
    payload: dict[str, str] | None = None
    """What composing decides."""
    broken: bool = False
    following: Occurrence | None = None
    metrics: Metrics = field(default_factory=Metrics)
    leases: Leases = field(init=False)
    planner: Planner = field(init=False)
    courier: Courier = field(init=False)
    sender: Sender = field(init=False)
    sweeper: Sweeper = field(init=False)

    def __post_init__(self) -> None:
        self.leases = Leases(self.store, self.clock, rates={self.platform.name: self.rates})
        self.planner = Planner(self.store, self.clock, foresee=self.foresee)
        self.sender = Sender(
            self.leases,
            {self.platform.name: self.platform},
            self.compose,
            store=self.store,
            clock=self.clock,
            metrics=self.metrics,
        )
        self.courier = Courier(self.leases, self.sender, sleep=self.sleep, metrics=self.metrics)
        self.sweeper = Sweeper(self.store, self.clock)

    async def compose(self, entry: Entry) -> Message | Cancelled:
        if self.broken:
            raise ZeroDivisionError
        if why := self.cancelled.get(entry.name.key):
            return Cancelled(why)
        edits = ""
        if entry.name.kind == DeliveryKind.COUNT:
            async with self.store.reading() as connection:
                post = await entries.find(connection, _as_post(entry.name))
            if post is None or not post.message:
                return Cancelled("There is no post to edit.")
            edits = post.message
        return Message(Notice(entry.name.key), payload=self.payload, edits=edits)

    async def foresee(self, waiting: Sequence[Waiting]) -> Sequence[Occurrence | None]:
        return [self.following for _ in waiting]

    async def sleep(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)

    async def tick(self, seconds: float = 0.0) -> None:
        """What the process's clock does each second, after so many."""
        self.clock.at += timedelta(seconds=seconds)
        await self.planner.plan()
        await self.carry()

    async def carry(self) -> None:
        await self.leases.recover()
        await self.courier.work(self.platform.name)
        await self.courier.idle()

    async def claim(self, most: int = 100) -> Sequence[Entry]:
        return (await self.leases.claim(self.platform.name, most)).entries

    async def lines(self, kind: DeliveryKind | None = None) -> list[Entry]:
        """The whole ledger, by key."""
        table = tables.delivery
        async with self.store.reading() as connection:
            found = await connection.execute(select(table).order_by(*table.primary_key.columns))
            lines = [entries.read(row) for row in found.mappings()]
        return [line for line in lines if kind is None or line.name.kind == kind]

    async def states(self, kind: DeliveryKind = DeliveryKind.POST) -> list[tuple[str, str]]:
        """Each line's date or person, and state."""
        return [(line.name.person or str(line.name.local_date), line.state.value) for line in await self.lines(kind)]

    async def add(self, schedule: Schedule) -> Schedule:
        async with self.store.transaction() as connection:
            await schedules.add(connection, schedule, self.clock.now())
        return schedule

    async def plan(self, *lines: Entry) -> int:
        async with self.store.transaction() as connection:
            return await entries.plan(connection, lines)

    async def nudge(self, person: str, due: datetime, *, workspace: str = "hand:w1") -> None:
        async with self.store.transaction() as connection:
            await nudges.put(
                connection,
                Seat(workspace, person),
                DeliveryKind.NUDGE,
                address=f"dm-{person}",
                following=Occurrence(due.date(), due),
            )


@asynccontextmanager
async def replica(
    stage: Stage, *, rates: Rates | None = None, platform: Platform | None = None
) -> AsyncIterator[Stage]:
    """Another process on the same store."""
    other = Stage(stage.store, stage.clock, platform or stage.platform, rates=rates or stage.rates)
    await other.leases.open()
    try:
        yield other
    finally:
        await other.courier.stop(5)
        await other.leases.close()


def _as_post(name: DeliveryKey) -> DeliveryKey:
    return DeliveryKey(name.workspace, name.person, name.schedule, DeliveryKind.POST, name.local_date)


def weekly(identity: str = "s1", *, workspace: str = "hand:w1", zone: str = "UTC", **more: object) -> Schedule:
    """Every Monday at nine."""
    rule = Rule(frozenset({Weekday.MON}), time(9), zone=zone, start=date(2026, 1, 1))
    return Schedule(workspace, identity, "theme", f"place-{identity}", rule, **more)  # type: ignore[arg-type]


def line(
    identity: str,
    due: datetime,
    *,
    workspace: str = "hand:w1",
    kind: DeliveryKind = DeliveryKind.POST,
    window: timedelta = timedelta(hours=6),
) -> Entry:
    person, schedule = (identity, "") if kind is DeliveryKind.NUDGE else ("", identity)
    return Entry(DeliveryKey(workspace, person, schedule, kind, due.date()), due, due + window, f"place-{identity}")


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def stage(store: Store, clock: HandClock, platform: Platform) -> AsyncIterator[Stage]:
    """The clock stands at Sunday noon."""
    clock.at = MONDAY - timedelta(hours=21)
    stage = Stage(store, clock, platform)
    await stage.leases.open()
    yield stage
    await stage.courier.stop(5)
    await stage.leases.close()
