"""Processes that plan and post are killed at moments of chance, again and again; then the books are audited.

A seed is one run of `KILLS` kills against each database and each kind of platform: one that refuses a repeated key for
a while (Discord's nonce), one on which one can only look (Slack), one that has forgotten the key by the time of any
retry. The rival does what most bots do: it sends, and then notes that it sent.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks import databases, naive, waiting
from benchmarks.result import WHOLE, Line, Progress, Result, Size
from tests import forking, postgres
from tests.delivery.books import AWHILE, FASTER, NEVER, books, chaos, empty, fill
from tests.delivery.process import Orders

KILLS, FEW = 20, 3
FORGETFUL = 1.0
"""Of the run's fast seconds: any retry comes later."""
PLATFORMS = {"a nonce for a minute": AWHILE, "to be looked for": NEVER, "a nonce that is forgotten": FORGETFUL}
STEPS = 2 * len(PLATFORMS) + 1


@asynccontextmanager
async def _each(server: postgres.Server) -> AsyncIterator[dict[str, tuple[str, int]]]:
    async with databases.sqlite() as file, databases.postgresql(server) as url:
        yield {"SQLite, one process": (file, 1), "PostgreSQL, three": (url, 3)}


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    lines: list[Line] = []
    processes, kills = forking.context(), size.of(KILLS, FEW)
    seeds = 1 if size.quick else size.seeds
    platforms = {"to be looked for": NEVER} if size.quick else PLATFORMS
    with databases.server() as server:
        async with _each(server) as each:
            for name, (url, replicas) in each.items():
                for kind, remembers in platforms.items():
                    progress(f"{name}, {kind}")
                    wrong: Counter[str] = Counter()
                    for seed in range(seeds):
                        with tempfile.TemporaryDirectory() as folder:
                            found = await chaos(
                                url,
                                Path(folder),
                                processes,
                                replicas=replicas,
                                kills=kills,
                                seed=seed,
                                remembers=remembers,
                            )
                            await empty(url)
                        wrong.update({what: _how_many(which) for what, which in found.items()})
                    lines.append(_line(f"{name}, {kind}", wrong, seeds * kills))
            progress("send, then note")
            file = each["SQLite, one process"][0]
            lines.append(await _rival(file, kills))
    return Result(f"{kills} kills a run, {seeds} {'run' if seeds == 1 else 'runs'} of each", tuple(lines))


def _how_many(which: object) -> int:
    return len(which) if isinstance(which, list) else abs(int(str(which)))


def _line(what: str, wrong: Counter[str], kills: int) -> Line:
    words = ", ".join(f"{count} {kind}" for kind, count in sorted(wrong.items())) or "0 lost, 0 twice"
    return Line(what, words, f"{kills} kills", "0 lost, 0 twice", not wrong)


async def _rival(url: str, kills: int) -> Line:
    """Twice, on the same lines, under the same kills, by who sends and then notes it."""
    dice = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        await fill(url, people=60, workspaces=3)
        orders = Orders(url, Path(folder), NEVER, begin=time.time(), times=FASTER, slow=0.3)
        for _ in range(kills):
            child = forking.context().Process(target=naive.serve, args=(orders,))
            child.start()
            await asyncio.sleep(dice.uniform(0.4, 0.9))
            child.kill()
            await asyncio.to_thread(child.join, waiting.ENDING)
            if child.is_alive():
                raise waiting.Overdue(f"waited {waiting.ENDING:g} s for a killed process to be gone")
        _, posted = await books(url, Path(folder))
        await empty(url)
    twice = sum(count - 1 for count in posted.values())
    return Line("the rival: send, then note (SQLite)", f"{twice} twice of {len(posted)}", f"{kills} kills", "", None)
