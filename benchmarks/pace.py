"""Whether three processes that share one bot keep to its rate together, and use all of it."""

from __future__ import annotations

import asyncio
import sys
import time

from benchmarks import databases, waiting
from benchmarks.claiming import fill
from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.core.ports import WallClock
from bot.delivery.leases import Leases
from bot.domain.posts import DeliveryState
from bot.domain.rate_limiter import Rate, Rates
from bot.store.database import Database
from bot.store.store import opened

STEPS = 1
RATE = Rate(45, 5)
PROCESSES, SECONDS, SHORT = 3, 12, 2
MOST, LEAST = 50, 43.0
LINES = 2_000


async def _claim_for(url: str, seconds: float) -> list[float]:
    """When each line was claimed, by the wall clock."""
    moments: list[float] = []
    async with opened(Database(url)) as store:
        leases = Leases(store, WallClock(), rates={"bench": Rates(front=RATE)})
        await leases.open()
        until = time.time() + seconds
        while time.time() < until:
            found = await leases.claim("bench", 16)
            moments += [time.time()] * len(found.entries)
            await asyncio.gather(*(leases.end(entry, DeliveryState.SENT) for entry in found.entries))
            await asyncio.sleep(min(found.wait or 0.0, 1.0))
        await leases.close()
    return moments


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    seconds = size.of(SECONDS, SHORT)
    with databases.server() as running:
        async with databases.postgresql(running) as url:
            await fill(url, 0, LINES)
            progress(f"{PROCESSES} processes, {seconds} s")
            command = [sys.executable, "-m", "benchmarks.pace", url, str(seconds)]
            children = [
                await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(PROCESSES)
            ]
            said = await waiting.ended(children, f"{PROCESSES} processes that claim", limit=seconds + 60)
    moments = sorted(float(each) for words in said for each in words.split())
    most = max(sum(begin <= each < begin + 1 for each in moments) for begin in moments)
    mean = (len(moments) - RATE.burst) / (moments[-1] - moments[0])
    return Result(
        f"{PROCESSES} processes on one bot, at {RATE.each_second:.0f} a second and {RATE.burst} at once",
        (
            Line("most in any second", f"{most}", f"{MOST}", "at most", most <= MOST, most / MOST),
            Line("on the average", f"{mean:.1f}/s", f"{LEAST:.0f}/s", "at least", mean >= LEAST, mean / LEAST),
        ),
    )


if __name__ == "__main__":
    print(*asyncio.run(_claim_for(sys.argv[1], float(sys.argv[2]))))
