"""How fast the ledger gives out and takes back: claim fifty, mark fifty, one process and two.

The platforms take fifty a second of one bot, so a hundredfold is room enough; what must not happen is that it slows
down as the ledger fills.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass

from sqlalchemy import text

from benchmarks import databases, rival_queue, waiting
from benchmarks.result import WHOLE, Line, Progress, Result, Size, at_least
from bot.core.ports import WallClock
from bot.delivery.leases import Leases
from bot.domain.posts import DeliveryState
from bot.store.database import Database
from bot.store.store import opened

STEPS = 6
AT_ONCE = 50
WORKSPACES = 4
TURNS = 3
DRAINED = 600.0
"""Seconds; it takes a few."""
SQLITE_LEAST, POSTGRES_ONE, POSTGRES_TWO, FLAT, RIVAL = 10_000, 6_000, 9_000, 0.5, 1


@dataclass(frozen=True, slots=True)
class Rows:
    """How many there are, and how many of them are timed."""

    few: int
    many: int
    timed: int


FULL, QUICK = Rows(100_000, 1_000_000, 20_000), Rows(6_000, 8_000, 900)

FILL = """
WITH RECURSIVE n(i) AS (SELECT {begin} UNION ALL SELECT i + 1 FROM n WHERE i < {end} - 1)
INSERT INTO delivery (workspace, person, schedule, kind, local_date, state, rank, due_at, ready_at, expires_at, address)
SELECT 'bench:w' || (i % 4), 'p' || i, '', 'nudge', '2026-01-05', 'planned', 1, 1000, 1000, 9000000000000000, 'dm-' || i
FROM n
"""
LANES = (
    "INSERT INTO lane (workspace, name, front, next_due) VALUES ('bench:w{0}', '', 'bench', 1000) "
    "ON CONFLICT (workspace, name) DO UPDATE SET next_due = 1000"
)


async def fill(url: str, begin: int, end: int) -> None:
    """Nudges that are due."""
    async with opened(Database(url)) as store:
        for chunk in range(begin, end, 50_000):
            async with store.transaction() as connection:
                await connection.execute(text(FILL.format(begin=chunk, end=min(end, chunk + 50_000))))
        async with store.transaction() as connection:
            for workspace in range(WORKSPACES):
                await connection.execute(text(LANES.format(workspace)))
            if not store.alone:
                await connection.execute(text("ANALYZE"))


async def drain(url: str, most: int) -> tuple[int, float]:
    """Claim and mark up to so many; how many it was, and in how long."""
    async with opened(Database(url)) as store:
        leases = Leases(store, WallClock())
        await leases.open()
        began, done = time.perf_counter(), 0
        entries = (await leases.claim("bench", AT_ONCE)).entries
        while entries and done < most:
            done += len(entries)
            # As the courier does it: what is over is marked while the next is being claimed.
            ends = asyncio.gather(*(leases.end(entry, DeliveryState.SENT, message="m") for entry in entries))
            entries = (await leases.claim("bench", AT_ONCE)).entries
            await ends
        took = time.perf_counter() - began
        await leases.close()
    return done, took


async def _one(url: str, timed: int) -> float:
    """Lines a second, the median of some runs."""
    runs = [await drain(url, timed // TURNS) for _ in range(TURNS)]
    return statistics.median(done / took for done, took in runs)


async def _two(url: str, timed: int) -> float:
    """Lines a second of two processes together."""
    command = [sys.executable, "-m", "benchmarks.claiming", url, str(timed // 2)]
    children = [await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(2)]
    said = await waiting.ended(children, "two processes that claim", limit=DRAINED)
    return sum(int(done) / float(took) for done, took in map(str.split, said))


async def _sqlite(progress: Progress, rows: Rows) -> list[Line]:
    async with databases.sqlite() as url:
        progress(f"SQLite, {rows.few:,}")
        await fill(url, 0, rows.few)
        few = await _one(url, rows.timed)
        progress(f"SQLite, {rows.many:,}")
        await fill(url, rows.few, rows.many)
        many = await _one(url, rows.timed)
    return [
        at_least(f"SQLite, of {rows.few:,}", few, SQLITE_LEAST, 1, than="the limit,"),
        at_least(f"SQLite, of {rows.many:,}", many, few, FLAT, than=f"of {rows.few:,}"),
    ]


async def _postgres(progress: Progress, rows: Rows) -> list[Line]:
    with databases.server() as running:
        async with databases.postgresql(running) as url:
            progress(f"PostgreSQL, {rows.few:,}, by turns with pgqueuer")
            await fill(url, 0, rows.few)
            one, rival = await _by_turns(url, rows)
            progress("PostgreSQL, two processes")
            two = await _two(url, rows.timed)
            progress(f"PostgreSQL, {rows.many:,}")
            await fill(url, rows.few, rows.many)
            many = await _one(url, rows.timed)
    return [
        at_least("PostgreSQL, one process", one, POSTGRES_ONE, 1, than="the limit,"),
        _against(one, rival),
        at_least("PostgreSQL, two processes", two, POSTGRES_TWO, 1, than="the limit,"),
        at_least(f"PostgreSQL, of {rows.many:,}", many, one, FLAT, than=f"of {rows.few:,}"),
    ]


async def _by_turns(url: str, rows: Rows) -> tuple[float, float | None]:
    """Lines a second, ours and the rival's, each the median of its turns; None if the rival is not here."""
    ours, theirs = [], []
    for _ in range(TURNS):
        ours.append(await _one(url, rows.timed))
        if rival_queue.present():
            theirs.append(await rival_queue.drain(url, rows.timed // TURNS, at_once=AT_ONCE))
    return statistics.median(ours), statistics.median(theirs) if theirs else None


def _against(ours: float, rival: float | None) -> Line:
    what = "PostgreSQL, against pgqueuer"
    if rival is None:
        return Line(what, f"{ours:,.0f}/s", "needs pgqueuer", f"≥ {RIVAL}×", None)
    return at_least(what, ours, rival, RIVAL, than="pgqueuer")


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    rows = QUICK if size.quick else FULL
    lines = [*await _sqlite(progress, rows), *await _postgres(progress, rows)]
    return Result(f"Claim and mark, {AT_ONCE} at a time", tuple(lines))


if __name__ == "__main__":
    print(*asyncio.run(drain(sys.argv[1], int(sys.argv[2]))))
