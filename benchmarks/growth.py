"""Whether a command's time stays flat from empty tables to a million completions and ten million reviews, and whether a
million reviews that are due cost the planning of reminders more than one aggregate over each person's own."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text

from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.core import typed
from bot.core.ports import Actor, WallClock
from bot.delivery.reminders import AT_ONCE
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from bot.packs import load
from bot.packs.library import Library
from bot.packs.load import bundled
from bot.store import migrate
from bot.store.cold import consents
from bot.store.database import Database
from bot.store.store import Store, opened

ROWS = 1_000_000
REVIEWS = 10_000_000
LEARNERS = 30_000
TIMES = 300
COMMANDS = ("next backend-architectures", "done backend-architectures/layers", "themes", "progress", "review")
STEPS = 2 * len(COMMANDS) + 3
DUE, FEW_DUE, EACH, TURNS = 1_000_000, 10_000, 50, 5
"""Reviews that are due, how many of them each person has, and how often the planning is timed."""
CHUNK = 500_000
AGGREGATES = 1.5

FILL = """
WITH RECURSIVE n(i) AS (SELECT :begin UNION ALL SELECT i + 1 FROM n WHERE i < :end - 1)
INSERT INTO completion (workspace, person, theme, lesson, at, how, digest)
SELECT 'w' || (i % 40), 'p' || (i % :learners), 'theme', 'l' || (i / :learners), i, 'learner', 'd' FROM n
"""

FILL_LOG = """
WITH RECURSIVE n(i) AS (SELECT :begin UNION ALL SELECT i + 1 FROM n WHERE i < :end - 1)
INSERT INTO review (workspace, person, theme, lesson, question, number, at, how, given, correct, grade, desired)
SELECT 'w' || (i % 40), 'p' || (i % :learners), 'theme', 'l', 'q', i / :learners, i, 'review', '', 1, 3, 90 FROM n
"""

FILL_CONSENT = """
WITH RECURSIVE n(i) AS (SELECT :begin UNION ALL SELECT i + 1 FROM n WHERE i < :end - 1)
INSERT INTO consent (workspace, person, way, days, minute, a_week, since)
SELECT 'due', 'p' || i, 'dm', 127, 540, 3, 0 FROM n
"""

FILL_MEMORY = """
WITH RECURSIVE n(i) AS (SELECT :begin UNION ALL SELECT i + 1 FROM n WHERE i < :end - 1)
INSERT INTO memory (workspace, person, theme, lesson, question, answer_key, reviews, stability, difficulty, last, due)
SELECT 'due', 'p' || (i / :each), 'theme', 'l', 'q' || (i % :each), 'a', 1, 3.0, 5.0, 1, 2 FROM n
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


async def _fill(store: Store, statement: str, rows: int, **more: int) -> None:
    for begin in range(0, rows, CHUNK):
        async with store.transaction() as connection:
            await connection.execute(text(statement), {"begin": begin, "end": min(rows, begin + CHUNK), **more})


def _settle(path: Path) -> None:
    """What was filled in goes to its place at once, and not little by little with each press that is timed."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _planning(store: Store, due: int, progress: Progress) -> Line:
    """What reviews that are due add to finding out who is to be reminded, against the aggregate alone."""
    seats = [Seat("due", f"p{number}") for number in range(due // EACH)]
    await _fill(store, FILL_CONSENT, len(seats))
    progress("planning without reviews")
    without = await _median_look(store, seats)
    await _fill(store, FILL_MEMORY, due, each=EACH)
    progress(f"planning with {due:,} due")
    full = await _median_look(store, seats)
    alone = await _median_aggregate(store, seats)
    added, ratio = max(0.0, full - without), max(0.0, full - without) / alone
    return Line(
        f"{due:,} reviews due, added to the look at a person",
        f"{1e6 * added:.0f} µs (to {1e6 * without:.0f})",
        f"{1e6 * alone:.0f} µs",
        f"≤ {AGGREGATES}× one aggregate",
        ratio <= AGGREGATES,
        ratio,
    )


async def _median_look(store: Store, seats: Sequence[Seat]) -> float:
    """Seconds for each person."""
    taken = []
    for _ in range(TURNS):
        began = time.perf_counter()
        for start in range(0, len(seats), AT_ONCE):
            async with store.reading() as connection:
                found = await consents.find_all(connection, seats[start : start + AT_ONCE], WallClock().now())
            if not found:
                raise ValueError("nobody was found")
        taken.append((time.perf_counter() - began) / len(seats))
    return statistics.median(taken)


async def _median_aggregate(store: Store, seats: Sequence[Seat]) -> float:
    """Seconds for each person, of one aggregate over their own rows."""
    aggregate = text(
        "SELECT person, max(last), sum(due <= 9) FROM memory WHERE workspace = 'due' AND person IN "
        "(SELECT value FROM json_each(:people)) GROUP BY person"
    )
    taken = []
    for _ in range(TURNS):
        began = time.perf_counter()
        for start in range(0, len(seats), AT_ONCE):
            people = json.dumps([seat.person for seat in seats[start : start + AT_ONCE]])
            async with store.reading() as connection:
                (await connection.execute(aggregate, {"people": people})).all()
        taken.append((time.perf_counter() - began) / len(seats))
    return statistics.median(taken)


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    rows, reviews, times = size.of(ROWS, 10_000), size.of(REVIEWS, 20_000), size.of(TIMES, 20)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "growth.db"
        database = Database(f"sqlite:///{path}")
        await migrate.upgrade(database)
        async with opened(database) as store:
            engine = StudyEngine(store, Library(load.load([bundled()]).shelf), WallClock())
            few = await _times(engine, progress, times)
            progress(f"{rows:,} completions, {reviews:,} reviews")
            await _fill(store, FILL, rows, learners=LEARNERS)
            await _fill(store, FILL_LOG, reviews, learners=LEARNERS)
            _settle(path)
            many = await _times(engine, progress, times)
            planning = await _planning(store, size.of(DUE, FEW_DUE), progress)
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
    return Result(title, (*lines, planning))
