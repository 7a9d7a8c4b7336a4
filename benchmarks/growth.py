"""Whether a command's time stays flat from empty tables to a million completions and ten million reviews."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.core import typed
from bot.core.ports import Actor, WallClock
from bot.engine import StudyEngine
from bot.packs import load
from bot.packs.library import Library
from bot.packs.load import bundled
from bot.store import migrate
from bot.store.database import Database
from bot.store.store import Store, opened

ROWS = 1_000_000
REVIEWS = 10_000_000
LEARNERS = 30_000
TIMES = 300
COMMANDS = ("next backend-architectures", "done backend-architectures/layers", "themes", "progress", "review")
STEPS = 2 * len(COMMANDS) + 1

FILL = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :most - 1)
INSERT INTO completion (workspace, person, theme, lesson, at, how, digest)
SELECT 'w' || (i % 40), 'p' || (i % :learners), 'theme', 'l' || (i / :learners), i, 'learner', 'd' FROM n
"""

FILL_LOG = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :most - 1)
INSERT INTO review (workspace, person, theme, lesson, question, number, at, how, given, correct, grade, desired)
SELECT 'w' || (i % 40), 'p' || (i % :learners), 'theme', 'l', 'q', i / :learners, i, 'review', '', 1, 3, 90 FROM n
"""


async def _times(engine: StudyEngine, progress: Progress, times: int) -> dict[str, float]:
    """The median time of each command, in milliseconds."""
    actor = Actor(workspace="elsewhere", person="ada")
    medians = {}
    for line in COMMANDS:
        progress(line)
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            await engine.handle(typed.parse(line), actor)
            taken.append(time.perf_counter() - began)
        medians[line] = statistics.median(taken) * 1000
    return medians


async def _fill(store: Store, *, rows: int, reviews: int) -> None:
    async with store.transaction() as connection:
        await connection.execute(text(FILL), {"most": rows, "learners": LEARNERS})
        await connection.execute(text(FILL_LOG), {"most": reviews, "learners": LEARNERS})


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    rows, reviews, times = size.of(ROWS, 10_000), size.of(REVIEWS, 20_000), size.of(TIMES, 20)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'growth.db'}")
        await migrate.upgrade(database)
        async with opened(database) as store:
            engine = StudyEngine(store, Library(load.load([bundled()]).shelf), WallClock())
            few = await _times(engine, progress, times)
            progress(f"{rows:,} completions, {reviews:,} reviews")
            await _fill(store, rows=rows, reviews=reviews)
            many = await _times(engine, progress, times)
    lines = [
        Line(
            f"/{line}",
            f"{many[line]:.2f} ms",
            f"{few[line]:.2f} ms",
            "≤ 1.5× the empty table's",
            many[line] <= 1.5 * few[line],
            many[line] / few[line],
        )
        for line in COMMANDS
    ]
    title = f"A command with {rows:,} completions and {reviews:,} reviews, against empty tables (SQLite, medians)"
    return Result(title, tuple(lines))
