"""How long a press waits on SQLite while very many nudges are planned: both need the one writer."""

from __future__ import annotations

import asyncio
import gc
import itertools
import statistics
import time

from benchmarks import databases, hot, planning
from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.delivery.planner import Planner
from bot.store.database import Database
from bot.store.store import Store, opened
from tests.hand_clock import HandClock

STEPS = 2
PEOPLE, FEW = 300_000, 10_000
PRESSING, PRESSES = 20, 1_000
WORST = 0.020
"""Seconds, for 99 of 100."""


async def _press(store: Store, numbers: itertools.count[int], while_going: asyncio.Task[None] | None) -> list[float]:
    """Twenty press over and over, with a short rest in between; how long each press took."""
    press, taken = hot._ours(store), list[float]()

    async def one() -> None:
        for _ in range(PRESSES // PRESSING) if while_going is None else itertools.count():
            if while_going is not None and while_going.done():
                return
            began = time.perf_counter()
            await press(next(numbers))
            taken.append(time.perf_counter() - began)
            await asyncio.sleep(0.01)

    await asyncio.gather(*(one() for _ in range(PRESSING)))
    return taken


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    people, numbers = size.of(PEOPLE, FEW), itertools.count()
    async with databases.sqlite() as url, opened(Database(url)) as store:
        progress(f"{people:,} people")
        await planning.fill(store, people)
        gc.freeze()
        idle = statistics.quantiles(await _press(store, numbers, None), n=100)
        progress("pressing while planning")
        began = time.perf_counter()
        planned = asyncio.create_task(Planner(store, HandClock(planning.DUE)).plan_nudges())
        busy = statistics.quantiles(await _press(store, numbers, planned), n=100)
        took = time.perf_counter() - began
        await planned
    lines = [
        Line(
            f"{PRESSING} who press, {name}",
            f"{busy[each] * 1000:.1f} ms",
            f"idle {idle[each] * 1000:.1f} ms",
            f"< {WORST * 1000:.0f} ms" if each == -1 else "",
            busy[each] < WORST if each == -1 else None,
            busy[each] / idle[each],
        )
        for name, each in (("median", 49), ("99 of 100", -1))
    ]
    lines.append(Line("planned meanwhile", f"{people / took:,.0f}/s", "", "", None))
    return Result(f"A press while {people:,} nudges are planned (SQLite)", tuple(lines))
