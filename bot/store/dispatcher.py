"""The hot door: what people wait for goes in one durable transaction with whoever waits at the same moment.

A call resolves only after the commit. If a batch fails, each of its calls is replayed alone, so a poisoned neighbour
harms nobody. Nothing waits for company: a batch is what has gathered while the one before it was under way.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Generic, TypeVar

from bot.core.errors import StoreUnavailable
from bot.store.database import first_line, is_unavailable
from bot.store.door import Door

MOST = 256
"""Calls in one transaction."""

Request = TypeVar("Request")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Waiting(Generic[Request, Result]):
    request: Request
    done: asyncio.Future[Result] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Dispatcher(Generic[Request, Result]):
    """One connection, one task, one transaction at a time."""

    def __init__(
        self,
        open_door: Callable[[], Awaitable[Door]],
        work: Callable[[Door, Sequence[Request]], Awaitable[Sequence[Result]]],
        turn: Callable[[], AbstractAsyncContextManager[Any]],
    ) -> None:
        self._open_door = open_door
        self._work = work
        self._turn = turn
        self._queue: list[_Waiting[Request, Result]] = []
        self._called = asyncio.Event()
        self._closing = False
        self._last = -math.inf
        self._door: Door | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._serve(), name="dispatcher")

    async def call(self, request: Request) -> Result:
        """Put a request into the next transaction; returns when that is committed."""
        if self._task is None or self._task.done() or self._closing:
            raise StoreUnavailable("the store is closed")
        waiting: _Waiting[Request, Result] = _Waiting(request)
        self._queue.append(waiting)
        self._last = monotonic()
        self._called.set()
        return await waiting.done

    @property
    def quiet_for(self) -> float:
        """Seconds since the last call."""
        return monotonic() - self._last

    async def close(self) -> None:
        """Finish what waits, then let the connection go."""
        if self._task is not None:
            self._closing = True
            self._called.set()
            await self._task
        await self._drop()

    async def _serve(self) -> None:
        while not (self._closing and not self._queue):
            await self._called.wait()
            batch, self._queue = self._queue[:MOST], self._queue[MOST:]
            if not (self._queue or self._closing):
                self._called.clear()
            if calls := [each for each in batch if not each.done.done()]:
                await self._answer(calls)

    async def _answer(self, calls: Sequence[_Waiting[Request, Result]]) -> None:
        try:
            results = await self._attempt([call.request for call in calls])
        except Exception as error:
            if len(calls) == 1:
                if not calls[0].done.done():
                    calls[0].done.set_exception(_as_said(error))
                return
            for call in calls:
                await self._answer([call])
            return
        for call, result in zip(calls, results, strict=True):
            if not call.done.done():
                call.done.set_result(result)

    async def _attempt(self, requests: Sequence[Request]) -> Sequence[Result]:
        """One transaction; on a connection found dead, once more on a new one."""
        fresh = self._door is None
        try:
            return await self._transact(requests)
        except Exception as error:
            if fresh or not is_unavailable(error):
                raise
            return await self._transact(requests)

    async def _transact(self, requests: Sequence[Request]) -> Sequence[Result]:
        async with self._turn():
            door = self._door = self._door or await self._open_door()
            try:
                await door.begin()
                results = await self._work(door, requests)
                await door.commit()
            except BaseException:
                await self._give_up(door)
                raise
            return results

    async def _give_up(self, door: Door) -> None:
        """Roll back; a connection that cannot even do that is let go."""
        try:
            await door.rollback()
        except Exception:
            await self._drop(broken=True)

    async def _drop(self, *, broken: bool = False) -> None:
        door, self._door = self._door, None
        if door is not None:
            with suppress(Exception):
                await door.close(broken=broken)


def _as_said(error: Exception) -> Exception:
    return StoreUnavailable(first_line(error)) if is_unavailable(error) else error
