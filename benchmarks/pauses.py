"""Ten thousand random lines of everybody's: how long the longest step of the loop keeps all others waiting.

In processor time of the loop's own thread, so that what else the machine does is not blamed on Dualo. Now and then a
step has the garbage collector look over all that lives long; a process puts that aside at its start, and the rival is
one that does not.
"""

from __future__ import annotations

import asyncio
import gc
import random
import tempfile
import time

from adapters.discord import painter as discord_painter
from adapters.slack import painter as slack_painter
from adapters.web import painter as web_painter
from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.core import typed, views
from bot.core.errors import StudyError
from bot.engine import StudyEngine
from bot.packs import load
from bot.packs.library import Library
from bot.packs.load import bundled
from bot.process.main import long_lived
from bot.store import migrate
from bot.store.database import Database
from bot.store.store import Store, opened
from tests import steps
from tests.conftest import Learner
from tests.hand_clock import HandClock
from tests.security.test_random_input import SEED, lines, people

LINES, FEW = 10_000, 200
MOST = 50.0
"""Milliseconds."""
STEPS = 2


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    count = size.of(LINES, FEW)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/dualo.db")
        await migrate.upgrade(database)
        async with opened(database) as store:
            library = Library(load.load([bundled()]).shelf)
            await asyncio.to_thread(library.edition.ready)
            progress("everything looked over")
            rival = _look_over()
            progress("answering")
            with long_lived():
                step, line = await _longest(store, library, count)
                look = _look_over()
    told = (
        Line(f"longest step, at {line[:40]!r}", f"{step:.1f} ms", "", f"≤ {MOST:g} ms", step <= MOST),
        Line(
            "the garbage collector's look at all", f"{look:.1f} ms", f"{rival:.1f} ms", f"≤ {MOST:g} ms", look <= MOST
        ),
    )
    return Result(f"{count:,} random lines on SQLite", told)


def _look_over() -> float:
    """Milliseconds of one look of the garbage collector at everything; the first one may find much to do."""
    gc.collect()
    began = time.thread_time()
    gc.collect()
    return (time.thread_time() - began) * 1000


async def _longest(store: Store, library: Library, count: int) -> tuple[float, str]:
    """Milliseconds of the longest step, and for which line it was taken."""
    everybody = people(StudyEngine(store, library, HandClock()))
    dice, longest, at = random.Random(SEED), 0.0, ""
    with steps.timed() as step:
        await asyncio.sleep(0)
        for line in lines(count):
            await asyncio.sleep(0)
            step.taken()
            await _answer(line, dice.choice(everybody))
            await asyncio.sleep(0)
            if (took := step.taken()) > longest:
                longest, at = took, line
    return longest * 1000, at


async def _answer(line: str, person: Learner) -> None:
    """As each front end would: read, asked, and drawn by each in a step of its own."""
    try:
        view = await person.does(typed.parse(line))
    except StudyError:
        return
    await asyncio.sleep(0)
    web_painter.draw(view, views.Reader())
    await asyncio.sleep(0)
    discord_painter.fits(view)
    await asyncio.sleep(0)
    slack_painter.fits(view, views.Reader())
