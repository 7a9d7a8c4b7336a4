"""What the two chats' measurements share: the rival and Dualo in turn, each a process of its own on the same fake.

Both sides answer with the same message, buttons and all, because what is to be compared is the bot: a little chat that
runs on the same machine, and checks every answer against the platform's limits, spends three times as long on twelve
thousand characters as on one line, and would measure itself. The rival has the message ready as a constant. Each side
is judged by its best round, since whatever else a machine does can only make a round worse.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp

from benchmarks import waiting
from benchmarks.result import Line
from bot.core.views import LessonPage
from bot.features.learning.pages import lesson_page
from bot.packs import load
from bot.packs.load import bundled

WARMING, ALONE, IN_FLIGHT = 60, 300, 50
THEME = "backend-architectures"
THROUGHPUT, MEMORY, START = 0.75, 2.3, 1.5
READY, ANSWER = 60.0, 300.0
"""Seconds that the little chat has to start in, and to carry one call out."""


@dataclass(slots=True)
class Fake:
    """The little chat's process, by its control calls."""

    session: aiohttp.ClientSession
    told: Mapping[str, str]

    async def call(self, verb: str, **body: object) -> Any:
        url = f"{self.told['control_url'].rstrip('/')}/{verb}"
        limit = waiting.within(ANSWER, f"the little chat to carry out {verb!r}")
        async with limit, self.session.post(url, json=body) as response:
            if response.status != 200:
                raise RuntimeError(f"{verb}: {response.status} {await response.text()}")
            return await response.json()


@contextmanager
def as_installed() -> Iterator[None]:
    """Byte code for all that is imported, ours and the libraries', as an installed package has it: where there is none
    and Python may write none, it would be the compiler that is measured. Each side's first round writes it."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


@asynccontextmanager
async def fake(module: str) -> AsyncIterator[Fake]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        async with waiting.within(READY, f"the address of {module}"):
            told = json.loads(await process.stdout.readline())
        patient = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(timeout=patient) as session:
            yield Fake(session, told)
        process.stdin.close()
        async with waiting.within(waiting.ENDING, f"{module} to end once its input was closed"):
            await process.wait()
    finally:
        await waiting.kill(process)


@asynccontextmanager
async def serving(
    words: Sequence[str], folder: Path, settings: Mapping[str, str], *, ending: float = waiting.ENDING
) -> AsyncIterator[Process]:
    """A bot's process, from its start to its end, for which it is given so many seconds."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DUALO_")},
        **{f"DUALO_{name}": value for name, value in settings.items()},
        "DUALO_DATA_DIR": str(folder),
        "DUALO_HTTP_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=environment, stdout=DEVNULL, stderr=DEVNULL
    )
    name = words[1]
    try:
        yield process
        if process.returncode is not None:
            raise RuntimeError(f"{name} ended by itself, with {process.returncode}")
        process.send_signal(signal.SIGINT)
        async with waiting.within(ending, f"{name} to end after SIGINT"):
            await process.wait()
    except Exception as error:
        if process.returncode is not None:
            error.add_note(f"{name} had ended with {process.returncode}")
        raise
    finally:
        await waiting.kill(process)


def lesson() -> LessonPage:
    """What a newcomer gets for `/next`, and the rival for a constant."""
    theme = load.load([bundled()]).shelf.theme(THEME)
    assert theme is not None
    return lesson_page(theme, theme.lessons[0])


@dataclass(slots=True)
class Figures:
    """Of one side, round by round."""

    latency: list[float] = field(default_factory=list)
    """Milliseconds, one at a time."""
    per_second: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """MiB, after all that."""
    start: list[float] = field(default_factory=list)
    """Seconds to the first answer."""
    began: float = 0.0

    def begin(self) -> None:
        self.began = time.perf_counter()

    def started(self) -> None:
        self.start.append(time.perf_counter() - self.began)

    def keep(self, process: Process, *, latency: float, per_second: float) -> None:
        self.latency.append(latency)
        self.per_second.append(per_second)
        self.memory.append(_memory(process.pid))


def _memory(pid: int) -> float:
    """Resident memory in MiB, as Linux tells it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def lines(bare: Figures, dualo: Figures, *, latency: float, refused: int) -> tuple[Line, ...]:
    """The figures against what was promised; `latency` is how many times the rival's may be ours."""
    quick = [min(one.latency) for one in (dualo, bare)]
    speed = [max(one.per_second) for one in (dualo, bare)]
    memory = [median(one.memory) for one in (dualo, bare)]
    start = [min(one.start) for one in (dualo, bare)]
    return (
        Line(
            "median latency, one at a time",
            f"{quick[0]:.2f} ms = {quick[0] / quick[1]:.2f}×",
            f"{quick[1]:.2f} ms",
            f"≤ {latency}×",
            quick[0] <= latency * quick[1],
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
            f"{memory[0]:.1f} MiB = {memory[0] / memory[1]:.2f}×",
            f"{memory[1]:.1f} MiB",
            f"≤ {MEMORY}×",
            memory[0] <= MEMORY * memory[1],
        ),
        Line(
            "start to the first answer",
            f"{start[0]:.2f} s",
            f"{start[1]:.2f} s",
            f"≤ +{START:.1f} s",
            start[0] <= start[1] + START,
        ),
        Line("answers refused", str(refused), "", "none", refused == 0),
    )
