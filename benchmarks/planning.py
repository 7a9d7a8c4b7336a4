"""A million nudges fall due at once: how long until they are lines of the ledger, how long the longest transaction
holds everybody up, and what it takes of memory. The rival puts them there one at a time, each in a transaction.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import text

from benchmarks import databases
from benchmarks.result import Line, Progress, Result
from bot.delivery.planner import Planner
from bot.domain.entry import Entry, Kind, Name
from bot.ports import HandClock
from bot.store import entries
from bot.store.columns import to_micros
from bot.store.connections import AsyncConnection
from bot.store.database import Database
from bot.store.store import Store

PEOPLE = int(os.environ.get("DUALO_BENCH_ROWS", "1000000"))
RIVALS = 5_000
DUE = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECONDS = {"SQLite": 8.0, "PostgreSQL": 15.0}
HELD = {"SQLite": 0.025, "PostgreSQL": None}
MEMORY = {"SQLite": 120, "PostgreSQL": 20}
"""Mebibytes."""

FILL = """
WITH RECURSIVE n(i) AS (SELECT {begin} UNION ALL SELECT i + 1 FROM n WHERE i < {end} - 1)
INSERT INTO nudge (workspace, person, kind, address, next_date, next_due)
SELECT 'bench:w' || (i % 40), 'p' || (i + 10000000), 'nudge', 'dm-' || i, '2026-01-05', {due} FROM n
"""


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


async def _one_by_one(store: Store) -> float:
    """Lines a second."""
    began = time.perf_counter()
    for number in range(RIVALS):
        line = Entry(Name("bench:r", f"p{number}", "", Kind.NUDGE, DUE.date()), DUE, DUE, "dm")
        async with store.transaction() as connection:
            await entries.plan(connection, [line])
    return RIVALS / (time.perf_counter() - began)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _measure(url: str, name: str, progress: Progress) -> list[Line]:
    progress(f"{name}: {PEOPLE:,} people")
    store = Watched(Database(url))
    await store.open()
    try:
        await fill(store, PEOPLE)
        planner = Planner(store, HandClock(DUE))
        store.held.clear()
        before, began = _memory(), time.perf_counter()
        progress(f"{name}: planning")
        await planner.plan_nudges()
        took, grown = time.perf_counter() - began, _memory() - before
        held = sorted(store.held)
        async with store.reading() as connection:
            planned = (await connection.execute(text("SELECT count(*) FROM delivery"))).scalar_one()
        progress(f"{name}: one by one")
        rival = await _one_by_one(store)
    finally:
        await store.close()
    limit, most, bound = SECONDS[name] * PEOPLE / 1_000_000, HELD[name], MEMORY[name]
    half, longest = held[len(held) // 2], held[-1]
    return [
        Line(f"{name}, everybody is there", f"{planned:,}", f"{PEOPLE:,}", "all", planned == PEOPLE),
        Line(f"{name}, time", f"{took:.1f} s", f"{limit:.1f} s", "under the limit", took < limit),
        Line(f"{name}, against one by one", f"{PEOPLE / took:,.0f}/s", f"{rival:,.0f}/s", "", None),
        Line(
            f"{name}, transactions: half, longest",
            f"{half * 1000:.0f} ms, {longest * 1000:.0f} ms",
            f"{most * 1000:.0f} ms" if most else "",
            "half of them under" if most else "",
            half < most if most else None,
        ),
        Line(f"{name}, memory", f"+{grown:.0f} MiB", f"{bound} MiB", "under the limit", grown < bound),
    ]


async def run(progress: Progress) -> Result:
    async with databases.sqlite() as url:
        lines = await _measure(url, "SQLite", progress)
    with databases.server() as running:
        async with databases.postgresql(running) as url:
            lines += await _measure(url, "PostgreSQL", progress)
    return Result(f"{PEOPLE:,} nudges due at once become lines of the ledger", tuple(lines))
