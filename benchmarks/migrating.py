"""Six processes start at once on a database without a table: all of them must come up."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from benchmarks import databases
from benchmarks.result import Line, Progress, Result
from bot.store import migrate
from bot.store.database import Database

PROCESSES = 6


async def _all_at_once(url: str) -> tuple[int, float]:
    """How many came up, and in how long."""
    command = [sys.executable, "-m", "benchmarks.migrating", url]
    began = time.perf_counter()
    children = [await asyncio.create_subprocess_exec(*command) for _ in range(PROCESSES)]
    codes = [await child.wait() for child in children]
    return codes.count(0), time.perf_counter() - began


async def _upgrade(url: str) -> None:
    database = Database(url)
    await migrate.upgrade(database)
    await database.close()


def _line(name: str, came_up: int, took: float) -> Line:
    words = f"{came_up} of {PROCESSES} in {took:.1f} s"
    return Line(name, words, f"{PROCESSES}", "all", came_up == PROCESSES)


async def run(progress: Progress) -> Result:
    progress("SQLite")
    with tempfile.TemporaryDirectory() as folder:
        lines = [_line("SQLite", *await _all_at_once(f"sqlite:///{Path(folder) / 'fresh.db'}"))]
    progress("PostgreSQL")
    with databases.server() as running:
        name = f"b{uuid4().hex[:12]}"
        await running.run(f"CREATE DATABASE {name}")
        lines.append(_line("PostgreSQL", *await _all_at_once(running.database(name))))
    return Result(f"{PROCESSES} processes migrate a fresh database at once", tuple(lines))


if __name__ == "__main__":
    asyncio.run(_upgrade(sys.argv[1]))
