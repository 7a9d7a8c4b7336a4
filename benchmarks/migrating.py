"""Six processes start at once on a database without a table: all of them must come up, and the tables be the code's."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from benchmarks import databases, waiting
from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.store import migrate
from bot.store.database import Database
from bot.store.tables import metadata
from tests.migrations.test_migrations import difference, drawn

STEPS = 2
PROCESSES = 6
MIGRATED = 300.0
"""Seconds; it takes a few."""


async def _all_at_once(url: str) -> tuple[int, float]:
    """How many came up, and in how long."""
    command = [sys.executable, "-m", "benchmarks.migrating", url]
    began = time.perf_counter()
    children = [await asyncio.create_subprocess_exec(*command) for _ in range(PROCESSES)]
    await waiting.ended(children, f"{PROCESSES} processes that migrate", limit=MIGRATED)
    codes = [child.returncode for child in children]
    return codes.count(0), time.perf_counter() - began


async def _upgrade(url: str) -> None:
    database = Database(url)
    await migrate.upgrade(database)
    await database.close()


async def _drift(url: str) -> list[str]:
    """Where the migrated tables are not those that the code describes: by columns, then by keys and conditions."""
    database = Database(url)
    async with database.transaction() as connection:
        found = [str(each) for each in await connection.run_sync(difference)]
        migrated = await connection.run_sync(drawn)
        for table in reversed(metadata.sorted_tables):
            await connection.execute(text(f'DROP TABLE "{table.name}"'))
        await connection.run_sync(metadata.create_all)
        made = await connection.run_sync(drawn)
    await database.close()
    return found + [name for name in migrated.keys() | made.keys() if migrated.get(name) != made.get(name)]


async def _lines(name: str, url: str) -> list[Line]:
    came_up, took = await _all_at_once(url)
    drift = await _drift(url)
    words = f"{came_up} in {took:.1f} s"
    return [
        Line(f"{name}, came up", words, f"{PROCESSES}", "all", came_up == PROCESSES, came_up / PROCESSES),
        Line(f"{name}, tables that differ from the code's", str(len(drift)), "0", "none", not drift),
    ]


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    progress("SQLite")
    with tempfile.TemporaryDirectory() as folder:
        lines = await _lines("SQLite", f"sqlite:///{Path(folder) / 'fresh.db'}")
    progress("PostgreSQL")
    with databases.server() as running:
        name = f"b{uuid4().hex[:12]}"
        await running.run(f"CREATE DATABASE {name}")
        lines += await _lines("PostgreSQL", running.database(name))
    return Result(f"{PROCESSES} processes migrate a fresh database at once", tuple(lines))


if __name__ == "__main__":
    asyncio.run(_upgrade(sys.argv[1]))
