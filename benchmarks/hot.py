"""What a press costs the database: record a lesson, and read where the learner stands, durably.

Against the plain loop of synchronous `sqlite3`, one press a transaction, which no asynchronous program should hope to
beat alone; against an ORM session a command, as bots are usually written; on PostgreSQL against two statements in a
transaction on the bare driver. All in one run, by turns.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import asyncpg
from sqlalchemy import String, select
from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from benchmarks import databases
from benchmarks.result import WHOLE, Line, Progress, Result, Size, at_least
from bot.core.ports import WallClock
from bot.domain.course import Key
from bot.domain.learner import Seat
from bot.store.database import Database
from bot.store.hot.operations import Complete
from bot.store.store import Store, opened

PEOPLE, LESSONS, TURNS = 1500, 10, 5
STEPS = 2 * TURNS
PRESSES = {1: 300, 32: 1600, 128: 3200}
FLOOR_PRESSES, ORM_PRESSES = 600, 120
SHARE = 10
"""Of all this, a short run does so much less."""
INSERT = (
    "INSERT INTO completion (workspace, person, theme, lesson, at, how, digest) "
    "VALUES ({0}, {1}, {2}, {3}, {4}, {5}, {6}) ON CONFLICT DO NOTHING"
)
STANDING = "SELECT theme, lesson, digest, how, at FROM completion WHERE workspace = {0} AND person = {1}"
ALONE, WORST = 0.001, 0.015
"""Seconds: the median of a press when nobody else is about; 99 of 100 among 32."""


class Base(DeclarativeBase):
    """The rival's own."""


class Completion(Base):
    __tablename__ = "completion"
    workspace: Mapped[str] = mapped_column(String, primary_key=True)
    person: Mapped[str] = mapped_column(String, primary_key=True)
    theme: Mapped[str] = mapped_column(String, primary_key=True)
    lesson: Mapped[str] = mapped_column(String, primary_key=True)
    at: Mapped[int]
    how: Mapped[str]
    digest: Mapped[str]


@dataclass(frozen=True, slots=True)
class Pace:
    each_second: float
    median: float
    worst: float
    """Of a hundred, in seconds."""


Press = Callable[[int], Awaitable[object]]


def _row(number: int) -> tuple[str, str, str, str, int, str, str]:
    """Learners take turns; each press is a new lesson of theirs."""
    return ("bench", f"p{number % PEOPLE}", "theme", f"l{number // PEOPLE}", number, "learner", "d")


async def _paced(press: Press, numbers: Iterator[int], *, presses: int, at_once: int) -> Pace:
    taken: list[float] = []

    async def presses_on(count: int) -> None:
        for _ in range(count):
            began = time.perf_counter()
            await press(next(numbers))
            taken.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(presses_on(presses // at_once) for _ in range(at_once)))
    took = time.perf_counter() - began
    return Pace(len(taken) / took, statistics.median(taken), statistics.quantiles(taken, n=100)[-1])


def _ours(store: Store) -> Press:
    now = WallClock().now()

    async def press(number: int) -> object:
        workspace, person, theme, lesson, _, how, digest = _row(number)
        key = Key(theme, lesson)
        found = await store.write(Complete(Seat(workspace, person), key, now, digest=digest, how=how))
        return found.standing.completions[key] if found.standing else None

    return press


def _orm(database: Database) -> Press:
    sessions = async_sessionmaker(AsyncEngine(database.engine.sync_engine), expire_on_commit=False)

    async def press(number: int) -> object:
        workspace, person, theme, lesson, at, how, digest = _row(number)
        session: AsyncSession
        async with database.turn(), sessions() as session, session.begin():
            given = dialect.insert(Completion).values(
                workspace=workspace, person=person, theme=theme, lesson=lesson, at=at, how=how, digest=digest
            )
            await session.execute(given.on_conflict_do_nothing())
            found = await session.scalars(
                select(Completion).where(Completion.workspace == workspace, Completion.person == person)
            )
            return found.all()

    return press


def _floor(path: str, numbers: Iterator[int], presses: int) -> float:
    """Presses a second of the plain loop."""
    insert, standing = INSERT.format(*"???????"), STANDING.format("?", "?")
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            raw.execute(f"PRAGMA {pragma}")
        began = time.perf_counter()
        for _ in range(presses):
            row = _row(next(numbers))
            raw.execute("BEGIN IMMEDIATE")
            raw.execute(insert, row)
            raw.execute(standing, row[:2]).fetchall()
            raw.execute("COMMIT")
        return presses / (time.perf_counter() - began)


async def _fill(store: Store, lessons: int = LESSONS) -> None:
    """Everybody has done some lessons."""
    press = _ours(store)
    for begin in range(0, PEOPLE * lessons, 500):
        await asyncio.gather(*(press(number) for number in range(begin, begin + 500)))
    gc.freeze()  # as the process does when it has loaded its shelf


async def _on_sqlite(progress: Progress, size: Size) -> list[Line]:
    less = size.of(1, SHARE)
    numbers = itertools.count(PEOPLE * LESSONS)
    ours: dict[int, list[Pace]] = {at_once: [] for at_once in PRESSES}
    floor: list[float] = []
    orm: list[Pace] = []
    async with databases.sqlite() as url:
        database = Database(url)
        async with opened(database) as store:
            await _fill(store, LESSONS // less)
            for turn in range(size.of(TURNS, 1)):
                progress(f"SQLite, turn {turn + 1} of {TURNS}")
                floor.append(_floor(str(database.path), numbers, FLOOR_PRESSES // less))
                for at_once, presses in PRESSES.items():
                    ours[at_once].append(await _paced(_ours(store), numbers, presses=presses // less, at_once=at_once))
                orm.append(await _paced(_orm(database), numbers, presses=max(32, ORM_PRESSES // less), at_once=32))
    return _sqlite_lines(ours, floor, orm)


def _median(paces: Sequence[Pace], what: str = "each_second") -> float:
    return statistics.median(float(getattr(pace, what)) for pace in paces)


def _sqlite_lines(ours: dict[int, list[Pace]], floor: Sequence[float], orm: Sequence[Pace]) -> list[Line]:
    lines = []
    rival = statistics.median(floor)
    for at_once, least in ((32, 0.7), (128, 1.0)):
        ratio = statistics.median(pace.each_second / base for pace, base in zip(ours[at_once], floor, strict=True))
        words = f"{_median(ours[at_once]):,.0f}/s"
        kept = ratio >= least
        lines.append(
            Line(f"SQLite, {at_once} at once", words, f"plain loop {rival:,.0f}/s", f"≥ {least}×", kept, ratio)
        )
    lines.append(at_least("SQLite, 32 at once", _median(ours[32]), _median(orm), 20, than="ORM"))
    alone, worst = _median(ours[1], "median"), _median(ours[32], "worst")
    for what, found, limit in (("alone, median", alone, ALONE), ("32 at once, 99 of 100", worst, WORST)):
        words = f"{found * 1000:.2f} ms"
        lines.append(Line(f"SQLite, {what}", words, f"{limit * 1000:.0f} ms", "at most", found <= limit, found / limit))
    return lines


async def _on_postgres(progress: Progress, size: Size) -> list[Line]:
    less = size.of(1, SHARE)
    numbers = itertools.count(PEOPLE * LESSONS)
    ours: list[Pace] = []
    bare: list[Pace] = []
    with databases.server() as running:
        async with databases.postgresql(running) as url:
            plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
            async with opened(Database(url)) as store, asyncpg.create_pool(plain, min_size=8, max_size=8) as pool:
                await _fill(store, LESSONS // less)
                await pool.execute("ANALYZE completion")
                for turn in range(size.of(TURNS, 1)):
                    progress(f"PostgreSQL, turn {turn + 1} of {TURNS}")
                    bare.append(await _paced(_bare(pool), numbers, presses=1600 // less, at_once=32))
                    ours.append(await _paced(_ours(store), numbers, presses=3200 // less, at_once=32))
    ratio = statistics.median(one.each_second / other.each_second for one, other in zip(ours, bare, strict=True))
    against = f"bare driver {_median(bare):,.0f}/s"
    return [Line("PostgreSQL, 32 at once", f"{_median(ours):,.0f}/s", against, "≥ 4×", ratio >= 4, ratio)]


def _bare(pool: asyncpg.Pool) -> Press:
    insert, standing = INSERT.format(*(f"${n}" for n in range(1, 8))), STANDING.format("$1", "$2")

    async def press(number: int) -> object:
        row = _row(number)
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(insert, *row)
            return await connection.fetch(standing, *row[:2])

    return press


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    lines = [*await _on_sqlite(progress, size), *await _on_postgres(progress, size)]
    return Result("A press: recorded durably, and where the learner stands after it", tuple(lines))
