"""Real processes that start quickly: each is forked from one that has loaded what any of them needs.

A start anew takes more than a second of work, most of it for imports. What an operator starts is started in
tests/wire/test_whole_process.py and tests/packaging.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

_LOADED = (
    *("bot.process.cli.app", "adapters.discord.adapter", "adapters.slack.adapter"),
    *("tests.delivery.process", "tests.promises.served"),
)


def context() -> ForkServerContext:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(_LOADED))  # one for all: the first who asks starts the one that is forked
    return found


class Forked:
    """A running process, with the handles that asyncio gives for one; its stdout is heard."""

    def __init__(
        self,
        work: Callable[..., None],
        *given: object,
        environment: Mapping[str, str],
        stderr: int | Path | None = None,
    ) -> None:
        """`stderr` is heard (`PIPE`), goes to the end of a file, or to where ours goes."""
        self.stdout = asyncio.StreamReader()
        self.stderr = asyncio.StreamReader() if stderr == asyncio.subprocess.PIPE else None
        self._readers = [each for each in (self.stdout, self.stderr) if each is not None]
        self._pipes = [context().Pipe(duplex=False) for _ in self._readers]
        theirs = tuple(their for _, their in self._pipes)
        log = stderr if isinstance(stderr, Path) else None
        self._process = context().Process(target=_work, args=(work, given, dict(environment), theirs, log), daemon=True)

    async def start(self) -> None:
        await asyncio.to_thread(self._process.start)
        for reader, (mine, their) in zip(self._readers, self._pipes, strict=True):
            their.close()
            await _read(mine, reader)

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        assert self.returncode is not None
        return self.returncode


async def _read(mine: Connection, into: asyncio.StreamReader) -> None:
    """What the other end writes, until it is closed there."""
    file = os.fdopen(os.dup(mine.fileno()), "rb")
    mine.close()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(into), file)


def _work(
    work: Callable[..., None],
    given: tuple[object, ...],
    environment: Mapping[str, str],
    pipes: tuple[Connection, ...],
    log: Path | None,
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, pipe in zip((1, 2), pipes, strict=False):
        os.dup2(pipe.fileno(), number)
        pipe.close()
    if log is not None:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
    work(*given)
