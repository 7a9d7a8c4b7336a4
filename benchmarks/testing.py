"""How long a test waits for its database: a PostgreSQL of its own, and then one more with the tables in it."""

from __future__ import annotations

import statistics
import time
from uuid import uuid4

from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.store import migrate
from bot.store.database import Database
from tests import postgres

STEPS = 2
TIMES = 20
READY, EACH = 1.5, 0.05
"""Seconds."""


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    progress("a server")
    began = time.perf_counter()
    with postgres.running() as server:
        ready = time.perf_counter() - began
        progress("a database for each test")
        await server.run("CREATE DATABASE pattern")
        database = Database(server.database("pattern"))
        await migrate.upgrade(database)
        await database.close()
        taken = []
        for _ in range(size.of(TIMES, 3)):
            began = time.perf_counter()
            await server.run(f"CREATE DATABASE t{uuid4().hex[:12]} TEMPLATE pattern STRATEGY file_copy")
            taken.append(time.perf_counter() - began)
    each = statistics.median(taken)
    return Result(
        "A PostgreSQL for the tests",
        (
            Line("server ready", f"{ready:.2f} s", f"{READY} s", "under", ready < READY, ready / READY),
            Line(
                "database for one test",
                f"{each * 1000:.0f} ms",
                f"{EACH * 1000:.0f} ms",
                "under",
                each < EACH,
                each / EACH,
            ),
        ),
    )
