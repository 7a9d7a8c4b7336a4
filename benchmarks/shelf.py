"""How long a thousand lessons take to be taught, and how long an answer waits while they are reloaded."""

from __future__ import annotations

import asyncio
import functools
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.features.learning import pages
from bot.packs import lint, translations
from bot.packs.library import Edition
from bot.packs.load import bundled
from bot.process import fronts

STEPS = 4
THEMES, LESSONS = 20, 50
LIMIT, LONGEST = 3.0, 0.05
"""Seconds: of the load, and that an answer may wait during a reload."""


def make(folder: Path, themes: int) -> None:
    """Themes out of our own lessons, so that they are as long as real ones."""
    files = sorted(file for file in bundled().glob("*/*.yaml") if file.name != "theme.yaml")
    sources = [file for file in files if not translations.called(file.name)]
    for theme in range(themes):
        home = folder / f"theme-{theme}"
        home.mkdir(parents=True)
        names = [f"lesson-{number}" for number in range(LESSONS)]
        listed = "".join(f"  - {name}\n" for name in names)
        head = f"id: theme-{theme}\nemoji: 📘\ntitle: Theme {theme}\ndescription: Made to be measured.\n"
        (home / "theme.yaml").write_text(f"{head}language: en\nlicence: MIT\nlessons:\n{listed}", encoding="utf-8")
        for drawing in bundled().glob("*/*.svg"):
            shutil.copy(drawing, home)
        for number, name in enumerate(names):
            lines = sources[(theme + number) % len(sources)].read_text(encoding="utf-8").split("\n", 1)
            (home / f"{number:02}-{name}.yaml").write_text(f"id: {name}\n{lines[1]}", encoding="utf-8")


async def _stall(work: asyncio.Task[object]) -> float:
    """The longest that the loop was kept from its other work, in seconds."""
    worst = 0.0
    while not work.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        worst = max(worst, time.perf_counter() - began - 0.001)
    return worst


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    themes = size.of(THEMES, 4)
    folder = Path(tempfile.mkdtemp())
    try:
        progress("writing the files")
        make(folder, themes)
        read = functools.partial(lint.load, [folder], fronts.fits(), page=pages.lesson_page)
        progress("loading")
        began = time.perf_counter()
        loaded = read()
        took = time.perf_counter() - began
        progress("indexing for the search")
        began = time.perf_counter()
        Edition(loaded.shelf).ready()
        indexed = time.perf_counter() - began
        progress("reloading beside the loop")
        work: asyncio.Task[object] = asyncio.create_task(asyncio.to_thread(lambda: Edition(read().shelf).ready()))
        stall = await _stall(work)
    finally:
        shutil.rmtree(folder)
    count = len(loaded.shelf.lessons)
    return Result(
        f"A shelf of {themes} themes of {LESSONS} lessons",
        (
            Line("all of it is sound", f"{count:,} lessons", f"{themes * LESSONS:,}", "all", count == themes * LESSONS),
            Line("loading, with every rule", f"{took:.2f} s", f"{LIMIT:.0f} s", "under the limit", took < LIMIT),
            Line(
                "longest that an answer waits during a reload",
                f"{stall * 1000:.0f} ms",
                f"{LONGEST * 1000:.0f} ms",
                "under the limit",
                stall < LONGEST,
            ),
            Line("indexing for the search, in the background", f"{indexed:.2f} s", "", "", None),
        ),
    )
