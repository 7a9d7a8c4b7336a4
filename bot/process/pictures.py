"""A process of its own that draws pictures. The renderer holds the interpreter while it draws, so in a thread it would
hold up every answer, too.

The main process starts it with the first picture, talks to it through its standard streams, and lets it go when nothing
was drawn for a while. It ends when its input ends, so it never outlives the main process. Where it cannot be had,
pictures are drawn in the main process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from typing import BinaryIO

import msgspec
import structlog

from bot.core import pictures
from bot.core.svg import Svg

log = structlog.get_logger(__name__)

IDLE_AFTER = 120.0
"""Seconds without a picture after which the process goes."""
PATIENCE = 5.0
"""Seconds for one picture; its process is started in them as well."""
RESTS = 60.0
"""Seconds after a failure before another process is tried."""
MODULE = "bot.process.pictures"
_LENGTH = struct.Struct(">I")


class PictureProcess:
    """Draws one picture after another, elsewhere."""

    def __init__(self, *, idle_after: float = IDLE_AFTER, module: str = MODULE) -> None:
        self._idle_after = idle_after
        self._module = module
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._resting_until = 0.0

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process is not None

    async def draw(self, drawn: Svg) -> bytes | None:
        """The picture, which is at hand for `pictures.png` from now on."""
        if found := pictures.known(drawn):
            return found
        async with self._turn:
            found = pictures.known(drawn)
            return found or await self._draw(drawn)

    async def _draw(self, drawn: Svg) -> bytes | None:
        loop = asyncio.get_running_loop()
        if loop.time() < self._resting_until:
            return pictures.png(drawn)
        try:
            async with asyncio.timeout(PATIENCE):
                content = await self._ask(drawn)
        except (OSError, EOFError, TimeoutError) as error:
            log.warning(
                f"The process that draws pictures failed; they are drawn here for now: {type(error).__name__} {error}",
                action="picture.here",
            )
            self._resting_until = loop.time() + RESTS
            await self._end()
            return pictures.png(drawn)
        self._stay()
        if content:
            pictures.keep(drawn, content)
        return content or None

    async def _ask(self, drawn: Svg) -> bytes:
        process = self._process = self._process or await _start(self._module)
        if process.stdin is None or process.stdout is None:
            raise EOFError("it has no streams")
        asked = msgspec.msgpack.encode(drawn)
        process.stdin.write(_LENGTH.pack(len(asked)) + asked)
        await process.stdin.drain()
        (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
        return await process.stdout.readexactly(length)

    def _stay(self) -> None:
        """For a while after each picture."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(self._idle_after, self._leave)

    def _leave(self) -> None:
        self._leaving = asyncio.get_running_loop().create_task(self.close())

    async def close(self) -> None:
        """End the process; another picture starts another."""
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                process.kill()
            await process.wait()


async def _start(module: str) -> Process:
    """Without the settings, of which it needs none; what it logs goes where the main process logs."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("DUALO_")}
    return await asyncio.create_subprocess_exec(sys.executable, "-m", module, stdin=PIPE, stdout=PIPE, env=known)


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Draw until there is nothing more to read. An empty answer means that it could not be drawn."""
    while len(head := asked.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        if len(drawn := asked.read(length)) < length:  # the main process was killed while it asked
            return
        content = pictures.png(msgspec.msgpack.decode(drawn, type=Svg)) or b""
        told.write(_LENGTH.pack(len(content)) + content)
        told.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to both; the main process closes this one
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:  # the main process was killed while a picture was drawn: nobody is there to have it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
