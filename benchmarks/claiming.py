"""How fast the ledger gives out and takes back: claim fifty, mark fifty, one process and two.

The platforms take fifty a second of one bot, so a hundredfold is room enough; what must not happen is that it slows
down as the ledger fills.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

from sqlalchemy import text

from benchmarks import databases
from benchmarks.result import Line, Progress, Result
from bot.delivery.ledger import Ledger
from bot.domain.posts import State
from bot.ports import WallClock
from bot.store.database import Database
from bot.store.store import opened

AT_ONCE = 50
WORKSPACES = 4
FEW, MANY, TIMED = 100_000, 1_000_000, 20_000
SQLITE_LEAST, POSTGRES_ONE, POSTGRES_TWO, FLAT = 10_000, 6_000, 9_000, 0.5

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
        ledger = Ledger(store, WallClock())
        await ledger.open()
        began, done = time.perf_counter(), 0
        entries = (await ledger.claim("bench", AT_ONCE)).entries
        while entries and done < most:
            done += len(entries)
            # As the courier does it: what is over is marked while the next is being claimed.
            ends = asyncio.gather(*(ledger.end(entry, State.SENT, message="m") for entry in entries))
            entries = (await ledger.claim("bench", AT_ONCE)).entries
            await ends
        took = time.perf_counter() - began
        await ledger.close()
    return done, took


async def _one(url: str, times: int = 3) -> float:
    """Lines a second, the median of some runs."""
    runs = [await drain(url, TIMED // times) for _ in range(times)]
    return statistics.median(done / took for done, took in runs)


async def _two(url: str) -> float:
    """Lines a second of two processes together."""
    command = [sys.executable, "-m", "benchmarks.claiming", url, str(TIMED // 2)]
    children = [await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(2)]
    said = [(await child.communicate())[0].split() for child in children]
    return sum(int(done) / float(took) for done, took in said)


async def _sqlite(progress: Progress) -> list[Line]:
    async with databases.sqlite() as url:
        progress("SQLite, a hundred thousand")
        await fill(url, 0, FEW)
        few = await _one(url)
        progress("SQLite, a million")
        await fill(url, FEW, MANY)
        many = await _one(url)
    return [
        Line("SQLite, of 100,000", f"{few:,.0f}/s", f"{SQLITE_LEAST:,}/s", "at least", few >= SQLITE_LEAST),
        Line("SQLite, of 1,000,000", f"{many:,.0f}/s", f"{few:,.0f}/s", f"≥ {FLAT}×", many >= FLAT * few),
    ]


async def _postgres(progress: Progress) -> list[Line]:
    with databases.server() as running:
        async with databases.postgresql(running) as url:
            progress("PostgreSQL, a hundred thousand")
            await fill(url, 0, FEW)
            one = await _one(url)
            progress("PostgreSQL, two processes")
            two = await _two(url)
            progress("PostgreSQL, a million")
            await fill(url, FEW, MANY)
            many = await _one(url)
    return [
        Line("PostgreSQL, one process", f"{one:,.0f}/s", f"{POSTGRES_ONE:,}/s", "at least", one >= POSTGRES_ONE),
        Line("PostgreSQL, two processes", f"{two:,.0f}/s", f"{POSTGRES_TWO:,}/s", "at least", two >= POSTGRES_TWO),
        Line("PostgreSQL, of 1,000,000", f"{many:,.0f}/s", f"{one:,.0f}/s", f"≥ {FLAT}×", many >= FLAT * one),
    ]


async def run(progress: Progress) -> Result:
    lines = [*await _sqlite(progress), *await _postgres(progress)]
    return Result(f"Claim and mark, {AT_ONCE} at a time", tuple(lines))


if __name__ == "__main__":
    print(*asyncio.run(drain(sys.argv[1], int(sys.argv[2]))))
