"""What Dualo costs in Discord: `/next` against a bare discord.py bot that answers with a constant.

Both meet the same little Discord, each side in a process of its own, run after run in turn. Dualo is the whole product:
`dualo run` with SQLite as its store, a fresh one each time, and every theme that comes along. Each side is judged by
its best round, because whatever else a machine does can only make a round worse.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.result import Line, Progress, Result

ROUNDS = 5
WARMING, ALONE, TOGETHER, IN_FLIGHT = 60, 300, 1_500, 50
THEME = "backend-architectures"
LATENCY, THROUGHPUT, MEMORY, START = 1.5, 0.6, 1.6, 1.0


@dataclass(slots=True)
class Discord:
    """The little Discord's process, by its control calls."""

    session: aiohttp.ClientSession
    api_url: str
    gateway_url: str
    control_url: str
    token: str

    async def call(self, verb: str, **body: object) -> Any:
        async with self.session.post(f"{self.control_url}/{verb}", json=body) as response:
            told = await response.json()
            if response.status != 200:
                raise RuntimeError(f"{verb}: {told}")
            return told


@dataclass(slots=True)
class Figures:
    latency: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)


async def run(progress: Progress) -> Result:
    figures = {"bare": Figures(), "dualo": Figures()}
    async with _discord() as discord:
        place = await discord.call("guild", name="Team")
        person = await discord.call("person", name="ada", guild=place["id"])
        asked = {
            "person": person["id"],
            "channel": place["channels"]["general"],
            "line": "next",
            "options": {"theme": THEME},
        }
        for number in range(ROUNDS):
            for who, kept in figures.items():
                progress(f"round {number + 1} of {ROUNDS}, {who}")
                await _measure(discord, who, asked, kept)
        book = await discord.call("book")
    wrong = len(book["rejected"]) + len(book["unexpected"])
    return _result(figures["bare"], figures["dualo"], wrong)


async def _measure(discord: Discord, who: str, asked: dict[str, object], kept: Figures) -> None:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        process = await _start(discord, who, Path(folder))
        try:
            await discord.call("connected", shards=1, within=30)
            await discord.call("slash", **asked)
            kept.start.append(time.perf_counter() - began)
            await discord.call("load", **asked, count=WARMING, in_flight=5)
            alone = await discord.call("load", **asked, count=ALONE, in_flight=1)
            kept.latency.append(statistics.median(alone["latencies"]) * 1000)
            together = await discord.call("load", **asked, count=TOGETHER, in_flight=IN_FLIGHT)
            kept.per_second.append(together["per_second"])
            kept.memory.append(_memory(process.pid))
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
            await process.wait()


async def _start(discord: Discord, who: str, folder: Path) -> Process:
    if who == "bare":
        given = ["-m", "benchmarks.discord_bare", discord.api_url, discord.gateway_url, discord.token]
        return await asyncio.create_subprocess_exec(sys.executable, *given, stdout=DEVNULL, stderr=DEVNULL)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DUALO_")},
        "DUALO_DISCORD_TOKEN": discord.token,
        "DUALO_DISCORD_API_URL": discord.api_url,
        "DUALO_DATA_DIR": str(folder),
        "DUALO_HTTP_PORT": "0",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, stdout=DEVNULL, stderr=DEVNULL
    )


@asynccontextmanager
async def _discord() -> AsyncIterator[Discord]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.wire.fake_discord", stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    told = json.loads(await process.stdout.readline())
    patient = aiohttp.ClientTimeout(total=300)
    async with aiohttp.ClientSession(timeout=patient) as session:
        yield Discord(session, told["api_url"], told["gateway_url"], told["control_url"], told["token"])
    process.stdin.close()
    await process.wait()


def _memory(pid: int) -> float:
    """Resident memory in MiB, as Linux tells it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _result(bare: Figures, dualo: Figures, wrong: int) -> Result:
    latency = [min(one.latency) for one in (dualo, bare)]
    speed = [max(one.per_second) for one in (dualo, bare)]
    memory = [statistics.median(one.memory) for one in (dualo, bare)]
    start = [min(one.start) for one in (dualo, bare)]
    return Result(
        f"/next in Discord against a bare discord.py bot (the best of {ROUNDS} rounds in turn, for each)",
        (
            Line(
                "median latency, one at a time",
                f"{latency[0]:.2f} ms = {latency[0] / latency[1]:.2f}×",
                f"{latency[1]:.2f} ms",
                f"≤ {LATENCY}×",
                latency[0] <= LATENCY * latency[1],
            ),
            Line(
                f"throughput, {IN_FLIGHT} in flight",
                f"{speed[0]:,.0f}/s = {speed[0] / speed[1]:.2f}×",
                f"{speed[1]:,.0f}/s",
                f"≥ {THROUGHPUT}×",
                speed[0] >= THROUGHPUT * speed[1],
            ),
            Line(
                "memory after that",
                f"{memory[0]:.0f} MiB = {memory[0] / memory[1]:.2f}×",
                f"{memory[1]:.0f} MiB",
                f"≤ {MEMORY}×",
                memory[0] <= MEMORY * memory[1],
            ),
            Line(
                "start to the first answer",
                f"{start[0]:.2f} s",
                f"{start[1]:.2f} s",
                f"≤ +{START:.0f} s",
                start[0] <= start[1] + START,
            ),
            Line("refused by Discord", str(wrong), "", "none", wrong == 0),
        ),
    )
