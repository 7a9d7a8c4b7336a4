"""A million nudges that fall due at the same minute: how long until all are lines of the ledger, how long the longest
transaction holds everybody up, and what it takes of memory.

The rivals: an ORM object and a commit for each, as bots are usually written; on PostgreSQL, too, one statement that
copies the same rows into a table with a key and nothing else, which nobody can beat.
"""

from __future__ import annotations

import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from benchmarks import databases
from benchmarks.result import WHOLE, Line, Progress, Result, Size, at_least
from bot.delivery.planner import Planner
from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from bot.store import tables
from bot.store.columns import to_micros
from bot.store.database import Database
from bot.store.store import Store
from tests.hand_clock import HandClock

STEPS = 7
PEOPLE, FEW = 1_000_000, 20_000
DUE = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECONDS = {"SQLite": 20.0, "PostgreSQL": 30.0}
HELD = {"SQLite": 0.025, "PostgreSQL": None}
MEMORY = {"SQLite": 120, "PostgreSQL": 20}
"""Mebibytes."""
OF_THE_FLOOR = 0.4

FILL = """
WITH RECURSIVE n(i) AS (SELECT {begin} UNION ALL SELECT i + 1 FROM n WHERE i < {end} - 1)
INSERT INTO nudge (workspace, person, kind, address, next_date, next_due)
SELECT 'bench:w' || (i % 40), 'p' || (i + 10000000), 'nudge', 'dm-' || i, '2026-01-05', {due} FROM n
"""
FLOOR = (
    "CREATE TABLE floor (workspace varchar, person varchar, schedule varchar, kind varchar, local_date varchar, "
    "state varchar, due_at bigint, ready_at bigint, expires_at bigint, address varchar, "
    "PRIMARY KEY (workspace, person, schedule, kind, local_date))",
    "INSERT INTO floor SELECT workspace, person, '', kind, '2026-01-05', 'planned', {due}, {due}, {due}, address "
    "FROM nudge ON CONFLICT DO NOTHING",
)


class Base(DeclarativeBase):
    """The rival's own."""

    metadata = tables.metadata


class Delivery(Base):
    __table__ = tables.delivery


class Watched(Store):
    """A store that notes how long each writing transaction took."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.held: list[float] = []

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with super().transaction() as connection:
            began = time.perf_counter()
            yield connection
        self.held.append(time.perf_counter() - began)


async def fill(store: Store, people: int) -> None:
    for begin in range(0, people, 50_000):
        statement = FILL.format(begin=begin, end=min(people, begin + 50_000), due=to_micros(DUE))
        async with store.transaction() as connection:
            await connection.execute(text(statement))
    if not store.alone:
        async with store.transaction() as connection:
            await connection.execute(text("ANALYZE nudge"))


async def _one_by_one(database: Database, rows: int) -> float:
    """Lines a second."""
    rival = create_async_engine(database.engine.sync_engine.url)
    sessions = async_sessionmaker(rival)
    began = time.perf_counter()
    for number in range(rows):
        line = Delivery(
            workspace="bench:r", person=f"p{number}", schedule="", kind=DeliveryKind.NUDGE, local_date="2026-01-05",
            state=DeliveryState.PLANNED, rank=1, due_at=DUE, ready_at=DUE, expires_at=DUE + timedelta(hours=6),
            address="dm",
        )  # fmt: skip
        async with database.turn(), sessions() as session:
            session.add(line)
            await session.commit()
    took = time.perf_counter() - began
    await rival.dispose()
    return rows / took


async def _floor(store: Store, people: int) -> float:
    """Lines a second of the plainest statement there is."""
    async with store.transaction() as connection:
        await connection.execute(text(FLOOR[0]))
    began = time.perf_counter()
    async with store.transaction() as connection:
        await connection.execute(text(FLOOR[1].format(due=to_micros(DUE))))
    return people / (time.perf_counter() - began)


def _forget_peak() -> None:
    """From here on the peak of memory is counted anew, where the system can do that."""
    peak = Path("/proc/self/clear_refs")
    if peak.exists():
        peak.write_text("5")


def _peak() -> float:
    """Mebibytes."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


async def _measure(url: str, name: str, people: int, progress: Progress) -> list[Line]:
    progress(f"{name}: {people:,} people")
    database = Database(url)
    store = Watched(database)
    await store.open()
    try:
        await fill(store, people)
        planner = Planner(store, HandClock(DUE))
        store.held.clear()
        _forget_peak()
        before, began = _peak(), time.perf_counter()
        progress(f"{name}: planning")
        await planner.plan_nudges()
        took, grown = time.perf_counter() - began, _peak() - before
        held = sorted(store.held)
        async with store.reading() as connection:
            planned = (await connection.execute(text("SELECT count(*) FROM delivery"))).scalar_one()
        progress(f"{name}: one by one")
        rival = await _one_by_one(database, max(200, people // 500))
        lines = _lines(name, people, planned=planned, took=took, held=held, grown=grown)
        ours, theirs = f"{people / took:,.0f}/s", f"{rival:,.0f}/s"
        lines.append(Line(f"{name}, an ORM object and a commit each", ours, theirs, "", None, people / took / rival))
        if not store.alone:
            progress(f"{name}: the plainest statement")
            floor = await _floor(store, people)
            lines.append(at_least(f"{name}, a bare INSERT … SELECT", people / took, floor, OF_THE_FLOOR))
    finally:
        await store.close()
    return lines


def _lines(name: str, people: int, *, planned: int, took: float, held: list[float], grown: float) -> list[Line]:
    limit, most, bound = SECONDS[name] * people / PEOPLE, HELD[name], MEMORY[name]
    half, longest = held[len(held) // 2] * 1000, held[-1] * 1000
    return [
        Line(f"{name}, everybody is there", f"{planned:,}", f"{people:,}", "all", planned == people),
        Line(f"{name}, time", f"{took:.1f} s", f"{limit:.1f} s", "under", took < limit, took / limit),
        Line(
            f"{name}, longest transaction (half of them)",
            f"{longest:.0f} ms ({half:.0f} ms)",
            f"{most * 1000:.0f} ms" if most else "",
            "under" if most else "",
            longest < most * 1000 if most else None,
            longest / most / 1000 if most else None,
        ),
        Line(f"{name}, memory", f"+{grown:.0f} MiB", f"{bound} MiB", "under", grown < bound, grown / bound),
    ]


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    people = size.of(PEOPLE, FEW)
    async with databases.sqlite() as url:
        lines = await _measure(url, "SQLite", people, progress)
    with databases.server() as running:
        async with databases.postgresql(running) as url:
            lines += await _measure(url, "PostgreSQL", people, progress)
    return Result(f"{people:,} nudges due at once become lines of the ledger", tuple(lines))
