"""A press on a disk that takes two milliseconds to be sure of a write, as real ones do: the plain loop waits for each.

The disk is slowed by a few lines of C that stand before the system's `fsync`; where they cannot be built or put there,
this says so and measures nothing.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks import databases, hot, waiting
from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.store.database import Database
from bot.store.store import opened

STEPS = 1
TURNS, PRESSES, FLOOR_PRESSES = 3, 3_200, 200
LEAST = 8.0
AT_ONCE = 32
COMPILED, MEASURED = 60.0, 600.0
"""Seconds; they take one, and half a minute."""
SLOW = """
#include <time.h>
static int late(void) { struct timespec t = {0, 2000000}; nanosleep(&t, 0); return 0; }
int fsync(int fd) { (void)fd; return late(); }
int fdatasync(int fd) { (void)fd; return late(); }
"""


async def _built(folder: Path) -> Path | None:
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    source, made = folder / "slow.c", folder / "slow.so"
    source.write_text(SLOW)
    command = (compiler, "-shared", "-fPIC", "-o", str(made), str(source))
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    await waiting.ended([process], "the compiler", limit=COMPILED)
    return made if process.returncode == 0 else None


async def _measure(less: int) -> None:
    """In a process whose disk is slow: say ours and the loop's presses a second."""
    numbers = itertools.count()
    async with databases.sqlite() as url:
        database = Database(url)
        async with opened(database) as store:
            for _ in range(TURNS):
                floor = hot._floor(str(database.path), numbers, FLOOR_PRESSES // less)
                pace = await hot._paced(hot._ours(store), numbers, presses=PRESSES // less, at_once=AT_ONCE)
                print(pace.each_second, floor)


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    title = "A press where the disk takes 2 ms for each durable write (SQLite)"
    with tempfile.TemporaryDirectory() as folder:
        slow = await _built(Path(folder))
        if slow is None:
            return Result(title, (Line("not measured", "", "needs Linux and a C compiler", f"≥ {LEAST:g}×", None),))
        progress("on the slow disk")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.slow_disk", str(size.of(1, 8))),
            env={**os.environ, "LD_PRELOAD": str(slow)},
            stdout=asyncio.subprocess.PIPE,
        )
        (said,) = await waiting.ended([process], "the measurement on the slow disk", limit=MEASURED)
    pairs = [tuple(map(float, line.split())) for line in said.splitlines()]
    ratio = statistics.median(ours / floor for ours, floor in pairs)
    ours, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    words = (f"{ours:,.0f}/s", f"plain loop {floor:,.0f}/s", f"≥ {LEAST:g}×")
    return Result(title, (Line(f"{AT_ONCE} at once", *words, ratio >= LEAST, ratio),))


if __name__ == "__main__":
    asyncio.run(_measure(int(sys.argv[1])))
