"""The hot door: calls of the same moment go in one durable transaction, straight on the driver's connection.

A call resolves only after the commit. If a batch fails, each of its calls is replayed alone, so one bad call harms no
other. Nothing waits for company: a batch is what gathered while the one before it was under way.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util.concurrency import greenlet_spawn

from bot.core import tracing
from bot.core.errors import StoreUnavailable
from bot.core.metrics import Timed, untimed
from bot.store.database import first_line, is_unavailable
from bot.store.queries import Query

MOST = 256
"""Calls in one transaction."""

Request = TypeVar("Request")
Result = TypeVar("Result")
Rows = Sequence[Sequence[Any]]

_BY_KEY = (
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off; "
    "SET enable_sort = off; SET plan_cache_mode = force_generic_plan"
)
"""Every hot statement goes by a key, and in its order. Before PostgreSQL has counted a young table's rows it reads all
of them. As there is one good plan, it is made once and not for each batch, which saves a third of a batch's time."""


class SqliteDoor:
    """aiosqlite; each call is one hop to its thread."""

    def __init__(self, held: Any, *, writing: bool) -> None:
        self._held = held
        self._connection = held.driver_connection
        self._writing = writing

    async def begin(self) -> None:
        # A read is one statement, and consistent by itself; a transaction around it would cost two more hops.
        if self._writing:
            await self._connection.execute_fetchall("BEGIN IMMEDIATE")

    async def run(self, query: Query, **values: object) -> Rows:
        with tracing.step(f"statement {query.name}"):
            rows: Rows = await self._connection.execute_fetchall(query.text, values)
        return rows

    async def commit(self) -> None:
        if self._writing:
            await self._connection.execute_fetchall("COMMIT")

    async def rollback(self) -> None:
        if self._connection.in_transaction:
            await self._connection.execute_fetchall("ROLLBACK")

    async def close(self, *, broken: bool = False) -> None:
        await _let_go(self._held, broken=broken)


class PostgresDoor:
    """asyncpg; statements are prepared once a connection."""

    def __init__(self, held: Any, *, writing: bool) -> None:
        self._held = held
        self._connection = held.driver_connection
        self._transaction: Any = None
        self._writing = writing

    async def begin(self) -> None:
        if self._writing:
            self._transaction = self._connection.transaction()
            await self._transaction.start()

    async def run(self, query: Query, **values: object) -> Rows:
        with tracing.step(f"statement {query.name}"):
            rows: Rows = await self._connection.fetch(query.text, *(values[name] for name in query.names))
        return rows

    async def commit(self) -> None:
        if self._transaction is not None:
            await self._transaction.commit()

    async def rollback(self) -> None:
        if self._connection.is_closed():
            raise ConnectionResetError("the connection is closed")  # so that it is discarded
        if self._transaction is not None:
            await self._transaction.rollback()

    async def close(self, *, broken: bool = False) -> None:
        try:
            if not broken:
                await self._connection.execute("RESET ALL")
        finally:
            await _let_go(self._held, broken=broken)


Door = SqliteDoor | PostgresDoor
"""The driver's connection, used by one dispatcher."""


async def _let_go(held: Any, *, broken: bool) -> None:
    """Return the connection to the pool, or discard it."""
    await greenlet_spawn(held.invalidate if broken else held.close)


async def open_door(engine: AsyncEngine, *, writing: bool) -> Door:
    held = await engine.raw_connection()
    if engine.dialect.name == "sqlite":
        return SqliteDoor(held, writing=writing)
    connection: Any = held.driver_connection
    try:
        await connection.execute(_BY_KEY)
    except BaseException:
        await _let_go(held, broken=True)
        raise
    return PostgresDoor(held, writing=writing)


async def door_within(connection: AsyncConnection) -> Door:
    """The same verbs inside a transaction of the cold door, which begins and ends it. Something has to be executed on
    the connection first: on PostgreSQL, SQLAlchemy begins a transaction with its first statement."""
    held = await connection.get_raw_connection()
    made = SqliteDoor if connection.dialect.name == "sqlite" else PostgresDoor
    return made(held, writing=False)


@dataclass(slots=True)
class _Waiting(Generic[Request, Result]):
    request: Request
    place: object | None = field(default_factory=tracing.here)
    """Where its caller is in a trace."""
    done: asyncio.Future[Result] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Dispatcher(Generic[Request, Result]):
    """One connection, one task, one transaction at a time."""

    def __init__(
        self,
        opener: Callable[[], Awaitable[Door]],
        work: Callable[[Door, Sequence[Request]], Awaitable[Sequence[Result]]],
        turn: Callable[[], AbstractAsyncContextManager[Any]],
        *,
        name: str = "",
        timed: Timed = untimed,
    ) -> None:
        self._opener = opener
        self._work = work
        self._turn = turn
        self._name = name
        self._timed = timed
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
        """Finish what waits, then return the connection."""
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
                # Calls of several traces share a transaction: it is a part of the first one's.
                with tracing.within(next((each.place for each in calls if each.place), None)):
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
        """One transaction; if the connection turns out dead, once more on a new one."""
        fresh = self._door is None
        try:
            return await self._transact(requests)
        except Exception as error:
            if fresh or not is_unavailable(error):
                raise
            return await self._transact(requests)

    async def _transact(self, requests: Sequence[Request]) -> Sequence[Result]:
        began = monotonic()
        try:
            with tracing.step(f"transaction {self._name}", calls=len(requests)):
                async with self._turn():
                    return await self._work_through(requests)
        finally:
            self._timed(self._name, monotonic() - began)

    async def _work_through(self, requests: Sequence[Request]) -> Sequence[Result]:
        door = self._door = self._door or await self._opener()
        try:
            await door.begin()
            results = await self._work(door, requests)
            await door.commit()
        except TimeoutError:
            await self._drop(broken=True)  # no answer came, and none would come to a rollback
            raise
        except BaseException:
            await self._give_up(door)
            raise
        return results

    async def _give_up(self, door: Door) -> None:
        """Roll back; a connection that cannot even do that is discarded."""
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
