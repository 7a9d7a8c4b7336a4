"""SQLAlchemy's engine and connection for coroutines, as much of them as the store asks for.

SQLAlchemy's own asyncio package brings its whole ORM along, 6 MiB that nothing here uses. Beneath, it does what this
does: the synchronous call goes on in a greenlet, which hands each wait for the driver to the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, TypeVar, TypeVarTuple, overload

from sqlalchemy import Connection, CursorResult, Dialect, Engine, Executable, RootTransaction
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.util.concurrency import greenlet_spawn

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class AsyncConnection:
    """One connection, used by one task at a time."""

    def __init__(self, sync_connection: Connection) -> None:
        self.sync_connection = sync_connection

    @property
    def dialect(self) -> Dialect:
        return self.sync_connection.dialect

    @overload
    async def execute(self, statement: TypedReturnsRows[*Ts], parameters: Any = None) -> CursorResult[*Ts]: ...

    @overload
    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[*tuple[Any, ...]]: ...

    async def execute(self, statement: Executable, parameters: Any = None) -> Any:
        return await greenlet_spawn(self.sync_connection.execute, statement, parameters)

    async def exec_driver_sql(self, statement: str) -> CursorResult[Any]:
        return await greenlet_spawn(self.sync_connection.exec_driver_sql, statement)

    async def run_sync(self, work: Callable[[Connection, *Ts], T], *arguments: *Ts) -> T:
        """Run a function that knows nothing of coroutines on the connection beneath."""
        return await greenlet_spawn(work, self.sync_connection, *arguments)

    async def execution_options(self, **options: Any) -> AsyncConnection:
        await greenlet_spawn(self.sync_connection.execution_options, **options)
        return self

    def begin(self) -> _Transaction:
        return _Transaction(self.sync_connection)

    async def commit(self) -> None:
        await greenlet_spawn(self.sync_connection.commit)

    async def rollback(self) -> None:
        await greenlet_spawn(self.sync_connection.rollback)

    async def close(self) -> None:
        await greenlet_spawn(self.sync_connection.close)


class _Transaction:
    """Committed on leaving; rolled back if that is by an exception."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._begun: RootTransaction | None = None

    async def __aenter__(self) -> None:
        self._begun = await greenlet_spawn(self._connection.begin)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._begun is not None:
            await greenlet_spawn(self._begun.__exit__, kind, error, trace)


class AsyncEngine:
    """A pool of connections."""

    def __init__(self, sync_engine: Engine) -> None:
        self.sync_engine = sync_engine

    @property
    def dialect(self) -> Dialect:
        return self.sync_engine.dialect

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        connection = AsyncConnection(await greenlet_spawn(self.sync_engine.connect))
        try:
            yield connection
        finally:
            await _to_the_end(connection.close())

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        async with self.connect() as connection, connection.begin():
            yield connection

    async def raw_connection(self) -> PoolProxiedConnection:
        """The driver's own, to be given back by whoever took it."""
        return await greenlet_spawn(self.sync_engine.raw_connection)

    async def dispose(self) -> None:
        await greenlet_spawn(self.sync_engine.dispose)


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """A connection goes back to the pool whole, even while its task is being cancelled again and again."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None and not task.cancelled():
        raise cancelled
    task.result()
