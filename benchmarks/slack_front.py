"""What Dualo costs in Slack: `/next` against a bare slack-bolt bot that answers with a constant, over Socket Mode.

Both meet the same little Slack, each side in a process of its own, run after run in turn. Dualo is the whole product:
`dualo run` with SQLite as its store, a fresh one each time, and every theme that comes along. What is timed ends on
the reader's screen.
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

ROUNDS = 3
WARMING, ALONE, TOGETHER, IN_FLIGHT = 60, 300, 3_000, 50
THEME = "backend-architectures"
LATENCY, THROUGHPUT, MEMORY = 1.0, 0.6, 1.6


@dataclass(slots=True)
class Slack:
    """The little Slack's process, by its control calls."""

    session: aiohttp.ClientSession
    told: dict[str, str]
    token: str = ""

    async def call(self, verb: str, **body: object) -> Any:
        async with self.session.post(self.told["control_url"] + verb, json=body) as response:
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
    async with _slack() as slack:
        team = await slack.call("team", name="Team")
        slack.token = team["token"]
        asked = {"team": team["team"], "command": "/next", "text": THEME}
        trouble: list[str] = []
        for number in range(ROUNDS):
            for who, kept in figures.items():
                progress(f"round {number + 1} of {ROUNDS}, {who}")
                trouble += await _measure(slack, who, asked, kept)
    return _result(figures["bare"], figures["dualo"], trouble)


async def _measure(slack: Slack, who: str, asked: dict[str, object], kept: Figures) -> list[str]:
    """One run of one side; what Slack had to complain of comes out."""
    connections = 1 if who == "bare" else 2
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        process = await _start(slack, who, Path(folder))
        try:
            await slack.call("connected", count=connections, within=30)
            await slack.call("storm", **asked, count=1)
            kept.start.append(time.perf_counter() - began)
            await slack.call("storm", **asked, count=WARMING, in_flight=5)
            alone = await slack.call("storm", **asked, count=ALONE)
            kept.latency.append(alone["p50_ms"])
            together = await slack.call("storm", **asked, count=TOGETHER, in_flight=IN_FLIGHT)
            kept.per_second.append(together["per_second"])
            kept.memory.append(_memory(process.pid))
            trouble: list[str] = (await slack.call("trouble"))["trouble"]
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
            await process.wait()
        await slack.call("connected", count=0, within=30)
        await slack.call("forget")
    return trouble


async def _start(slack: Slack, who: str, folder: Path) -> Process:
    if who == "bare":
        given = ["-m", "benchmarks.slack_bare", slack.told["api_url"], slack.token, slack.told["app_token"]]
        return await asyncio.create_subprocess_exec(sys.executable, *given, stdout=DEVNULL, stderr=DEVNULL)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DUALO_")},
        "DUALO_SLACK_BOT_TOKEN": slack.token,
        "DUALO_SLACK_APP_TOKEN": slack.told["app_token"],
        "DUALO_SLACK_API_URL": slack.told["api_url"],
        "DUALO_DATA_DIR": str(folder),
        "DUALO_HTTP_PORT": "0",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, stdout=DEVNULL, stderr=DEVNULL
    )


@asynccontextmanager
async def _slack() -> AsyncIterator[Slack]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.wire.fake_slack", stdin=PIPE, stdout=PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    told = json.loads(await process.stdout.readline())
    patient = aiohttp.ClientTimeout(total=300)
    async with aiohttp.ClientSession(timeout=patient) as session:
        yield Slack(session, told)
    process.stdin.close()
    await process.wait()


def _memory(pid: int) -> float:
    """Resident memory in MiB, as Linux tells it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _result(bare: Figures, dualo: Figures, trouble: list[str]) -> Result:
    latency = [statistics.median(one.latency) for one in (dualo, bare)]
    speed = [statistics.median(one.per_second) for one in (dualo, bare)]
    memory = [statistics.median(one.memory) for one in (dualo, bare)]
    start = [statistics.median(one.start) for one in (dualo, bare)]
    return Result(
        f"/next in Slack against a bare slack-bolt bot ({ROUNDS} rounds in turn, medians)",
        (
            Line(
                "latency, one at a time",
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
            Line("start to the first answer", f"{start[0]:.2f} s", f"{start[1]:.2f} s", "", None),
            Line("refused by Slack", str(len(trouble)), "", "none", not trouble),
        ),
    )
