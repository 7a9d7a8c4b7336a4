"""A TCP proxy that fails on purpose, to stand between a process of Dualo and what it speaks to.

It listens on 127.0.0.1, at a port of the system's choice. A `Fault` says what happens, which way, and where: after so
many bytes of the next connection, or after so many that follow certain words of the process. `storm(seed)` draws faults
for each connection by chance, the same ones for the same seed.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
import struct
from collections import deque
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

Target: TypeAlias = tuple[str, int] | Path
"""What stands behind the proxy: host and port, or the path of a Unix socket."""
CHUNK = 64 * 1024
RESETS = struct.pack("ii", 1, 0)
"""SO_LINGER with nothing to wait for: closing the socket sends a reset instead of an end."""
MORSEL = 97
"""Bytes of each piece of what trickles."""


class Way(StrEnum):
    OUT = "out"
    """From the process."""
    BACK = "back"
    """To the process."""


class Act(StrEnum):
    CUT = "cut"
    """Both ends are told that the connection is over."""
    RESET = "reset"
    """Both ends are told that it broke."""
    SWALLOW = "swallow"
    """Nothing more arrives this way, and nobody is told: half open, as behind a cable that was pulled."""
    DELAY = "delay"
    """Each piece waits before it passes."""
    TRICKLE = "trickle"
    """What comes passes in morsels, with a pause before each."""


@dataclass(frozen=True, slots=True)
class Fault:
    act: Act
    way: Way = Way.BACK
    after: int = 0
    """Bytes that still pass this way."""
    words: bytes = b""
    """Strikes the connection on which the process says this first, and counts from there; without it, the next
    connection, from its beginning."""
    seconds: float = 0.0
    """How long what is slow waits each time; after how long what is half open breaks, if it is to break at all."""


class _Over(Exception):
    """The connection has ended."""


@dataclass(slots=True)
class _Armed:
    fault: Fault
    left: int


@dataclass(slots=True, eq=False)
class Passage:
    """One connection from the process to what stands behind."""

    proxy: Proxy
    writers: dict[Way, asyncio.StreamWriter]
    """To whom each way leads."""
    armed: list[_Armed] = field(default_factory=list)
    silent: set[Way] = field(default_factory=set)
    slow: dict[Way, Fault] = field(default_factory=dict)
    heard: bytes = b""
    """The last bytes of the process, in which words may have begun."""

    def arm(self, *faults: Fault) -> None:
        self.armed += [_Armed(fault, fault.after) for fault in faults]

    async def carry(self, reader: asyncio.StreamReader, way: Way) -> None:
        """Pass on what comes until one end ends."""
        while chunk := await reader.read(CHUNK):
            if way is Way.OUT:
                await self._listen(chunk)
            else:
                await self._pass(chunk, way)
        # Whom nothing reaches any more is not told of the end either.
        if way is Way.BACK and way in self.silent:
            return
        raise _Over

    async def _listen(self, chunk: bytes) -> None:
        """Pass on what the process says; words that somebody waits for split it, so that bytes count from there."""
        while chunk:
            known = len(self.heard)
            text = self.heard + chunk
            ends = [(end, fault) for fault in self.proxy.traps if (end := _end_of(fault.words, text, known)) > known]
            end, trap = min(ends, key=lambda found: found[0], default=(len(text), None))
            said, chunk = chunk[: end - known], chunk[end - known :]
            self.heard = text[:end][-self.proxy.longest_words :]
            await self._pass(said, Way.OUT)
            if trap is not None:
                self.proxy.traps.remove(trap)
                self.arm(trap)

    async def _pass(self, chunk: bytes, way: Way) -> None:
        """A fault strikes when the first byte comes that may not pass any more."""
        while chunk:
            for each in [each for each in self.armed if each.fault.way is way and each.left <= 0]:
                self.armed.remove(each)
                self.strike(each.fault)
            waiting = [each for each in self.armed if each.fault.way is way]
            room = min((each.left for each in waiting), default=len(chunk))
            said, chunk = chunk[:room], chunk[room:]
            await self._write(said, way)
            for each in waiting:
                each.left -= len(said)

    async def _write(self, said: bytes, way: Way) -> None:
        if way in self.silent:
            return
        while said:
            slow = self.slow.get(way)
            if slow is not None:
                await asyncio.sleep(slow.seconds)
            size = MORSEL if slow and slow.act is Act.TRICKLE else len(said)
            self.writers[way].write(said[:size])
            await self.writers[way].drain()
            said = said[size:]

    def strike(self, fault: Fault) -> None:
        self.proxy.struck.append(fault)
        match fault.act:
            case Act.CUT:
                raise _Over
            case Act.RESET:
                self.reset()
                raise _Over
            case Act.SWALLOW:
                self.silent.add(fault.way)
                if fault.seconds:
                    asyncio.get_running_loop().call_later(fault.seconds, self.reset)
            case Act.DELAY | Act.TRICKLE:
                self.slow[fault.way] = fault

    def reset(self) -> None:
        for writer in self.writers.values():
            if not writer.is_closing():
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESETS)
                writer.transport.abort()

    def end(self) -> None:
        for writer in self.writers.values():
            writer.close()

    async def close(self) -> None:
        self.end()
        for writer in self.writers.values():
            try:
                await writer.wait_closed()
            except OSError:
                continue  # it broke before it was closed


class Proxy:
    """`async with Proxy(("127.0.0.1", 8080)) as proxy:`; then `proxy.port` leads there."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.port = 0
        self.traps: list[Fault] = []
        self.struck: list[Fault] = []
        """What has happened so far."""
        self.turned_away = 0
        self._planned: deque[Fault] = deque()
        self._weather: Iterator[Sequence[Fault]] = itertools.repeat(())
        self._passages: set[Passage] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.refuse()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # The door ---------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Take connections, again at the port that was there before."""
        if self._server is None:
            self._server = await asyncio.start_server(self._begin, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Nobody listens at the port from now on; connections that are there stay."""
        if self._server is not None:
            self._server.close()
            self._server = None
            await asyncio.sleep(0)  # the socket is gone once the loop has turned

    # What goes wrong --------------------------------------------------------------------------------------------------

    def plan(self, *faults: Fault) -> None:
        """Those with words wait for them; the others fall to the next connections, one each."""
        self.traps += [fault for fault in faults if fault.words]
        self._planned += [fault for fault in faults if not fault.words]

    def always(self, *faults: Fault) -> None:
        """From now on each connection has these, those that are there as well."""
        self._weather = itertools.repeat(faults)
        self.stir()

    def storm(self, seed: int) -> None:
        """From now on each connection has its faults by chance, those that are there as well."""
        self._weather = storm(seed)
        self.stir()

    def stir(self) -> None:
        """More faults for the connections that are there: some are spared, and some live on with what is slow."""
        for passage in self._passages:
            passage.arm(*next(self._weather))

    def spare(self) -> None:
        """Connections that come are spared; those that are there go on as they are."""
        self._weather = itertools.repeat(())
        self._planned.clear()
        self.traps.clear()

    def calm(self) -> None:
        """Nothing more goes wrong. What was half open breaks, and what was slow goes on, as on a network that is
        mended."""
        self.spare()
        for passage in self._passages:
            passage.armed.clear()
            passage.slow.clear()
            if passage.silent:
                passage.reset()

    def strike(self, fault: Fault) -> None:
        """All connections that are there, at once."""
        for passage in list(self._passages):
            try:
                passage.strike(fault)
            except _Over:
                passage.end()

    @property
    def connections(self) -> int:
        return len(self._passages)

    @property
    def longest_words(self) -> int:
        return max((len(fault.words) for fault in self.traps), default=1)

    # Connections ------------------------------------------------------------------------------------------------------

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, beyond = await _connected(self.target)
        except OSError:
            self.turned_away += 1
            writer.close()
            return
        passage = Passage(self, {Way.OUT: beyond, Way.BACK: writer})
        passage.arm(*([self._planned.popleft()] if self._planned else next(self._weather)))
        self._passages.add(passage)
        try:
            await _both(passage.carry(reader, Way.OUT), passage.carry(there, Way.BACK))
        finally:
            self._passages.discard(passage)
            await passage.close()


async def _connected(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(target, Path):
        return await asyncio.open_unix_connection(str(target))
    return await asyncio.open_connection(*target)


async def _both(*ways: Awaitable[None]) -> None:
    """Until one of them says that it is over. An end that breaks is over, too."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        for task in asyncio.as_completed(tasks):
            try:
                await task
            except (_Over, OSError):
                return
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _end_of(words: bytes, text: bytes, known: int) -> int:
    """Where the words end; none of them may be known already, or they are old."""
    found = text.find(words, max(0, known - len(words) + 1))
    return found + len(words) if found >= 0 else -1


# Chance ---------------------------------------------------------------------------------------------------------------

_SPARED = 0.15
"""How many connections of a storm are spared."""
_BYTES = 2_500
"""Within which a fault of a storm strikes: a request with its answer, or a few frames of a web socket."""
_SLOW, _HALF_OPEN = 0.02, 1.0
_SECONDS = {Act.CUT: 0.0, Act.RESET: 0.0, Act.SWALLOW: _HALF_OPEN, Act.DELAY: _SLOW, Act.TRICKLE: _SLOW}


def storm(seed: int) -> Iterator[Sequence[Fault]]:
    """Faults for each connection, one in each direction, or none; without end."""
    dice = random.Random(seed)
    while True:
        acts = [(way, dice.choice(tuple(Act))) for way in Way]
        drawn = [Fault(act, way, dice.randrange(_BYTES), seconds=_SECONDS[act]) for way, act in acts]
        yield () if dice.random() < _SPARED else drawn
