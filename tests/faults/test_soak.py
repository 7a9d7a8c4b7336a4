"""A process that serves everybody at once for a while, over roads that break: what it holds stays flat.

A few seconds each time; `DUALO_THOROUGH=1` makes it a quarter of an hour of 5,000 people. An hour on a clock that is
turned, with a look at what is within the process (its tasks), is `python -m benchmarks soak`.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.faults.network import Network, between, gathered, until_over
from tests.promises.stage import Stage
from tests.promises.test_promises import JUST_AFTER, filled
from tests.thoroughness import THOROUGH

SECONDS, PEOPLE, AT_ONCE = (900, 5_000, 8) if THOROUGH else (6, 60, 4)
LINES = (
    "next",
    "done backend-architectures/layers",
    "lesson teach-with-dualo 1",
    "find queue",
    "quiz backend-architectures",
    "review",
    "progress",
    "settings",
    "nonsense",
)
MEMORY = 16.0
"""MiB that may come after the first third."""
FILES = 6
"""Connections that are being made anew just then."""
THREADS = 8
"""A pool makes its threads when it first needs them (the loop's own, one a connection of SQLite), and a line to Discord
that comes anew has its heartbeat before the old one's has ended."""
GUSTS = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds, as its system tells it."""

    memory: float
    files: int
    threads: int


def held_by(pid: int) -> Held:
    there = Path("/proc", str(pid))
    if not there.exists():
        pytest.skip("this system does not tell what another process holds")
    said = dict(line.split(":", 1) for line in (there / "status").read_text().splitlines() if ":" in line)
    memory = int(said["VmRSS"].split()[0]) / 1024
    return Held(memory, len(os.listdir(there / "fd")), int(said["Threads"]))  # noqa: PTH208 - of links that come and go


@pytest.fixture
async def network(stage: Stage) -> AsyncIterator[Network]:
    stage.settings["DUALO_WEB"] = "on"
    async with between(stage) as made:
        yield made


async def learn(address: str, until: float, numbers: itertools.count[int]) -> int:
    """Somebody after somebody says a line on the page; how many were answered."""
    headers = {"Origin": address, "Sec-Fetch-Site": "same-origin", "X-Dualo": "1"}
    answered = 0
    async with aiohttp.ClientSession(headers=headers) as http:
        while time.monotonic() < until:
            number = next(numbers)
            body = {"line": LINES[number % len(LINES)], "who": {"person": f"p{number % PEOPLE}", "locale": "de"}}
            async with http.post(f"{address}/web/say", json=body) as answer:
                answered += answer.status == 200 and "html" in await answer.json()
    return answered


async def test_what_a_process_holds_stays_flat_while_everybody_learns_and_roads_break(network: Network) -> None:
    stage, count = network.stage, 4
    monday = await filled(stage, count)
    learning = gathered(stage, 3)
    await network.start()
    process, numbers = network.process, itertools.count()
    assert process is not None
    stage.turn_to(monday + JUST_AFTER)
    stands = []
    for third in range(3):
        until = time.monotonic() + SECONDS / 3
        for road in network.roads:
            road.storm(third)
        pupils = [asyncio.create_task(learn(stage.address, until, numbers)) for _ in range(AT_ONCE)]
        while time.monotonic() < until:
            await asyncio.gather(learning.all_press(), asyncio.sleep(1))
            stage.turn(GUSTS)
            for road in network.roads:
                road.stir()
        for road in network.roads:
            road.calm()
        said = sum(await asyncio.gather(*pupils))
        assert said > 0
        await network.until_trouble()
        stands.append(held_by(process.pid))
    await until_over(network, 2 * count)
    assert await stage.imbalance(2 * count) == {}
    assert network.lives
    _, middle, last = stands
    print(stands, next(numbers))  # noqa: T201 - the figures of a long run
    assert last.memory - middle.memory <= MEMORY
    assert last.files - middle.files <= FILES
    assert last.threads - middle.threads <= THREADS
    await network.stop()
    assert "Traceback" not in network.log
