"""The driver's own connection behind the hot statements, the same three verbs on either database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util.concurrency import greenlet_spawn

Rows = Sequence[Sequence[Any]]


_BY_KEY = (
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off; "
    "SET enable_sort = off; SET plan_cache_mode = force_generic_plan"
)
"""Every hot statement goes by a key, and in its order. Before PostgreSQL has counted a young table's rows it reads all
of them; and as there is one good plan, it need not be thought out anew for each batch, a third of a batch's time."""


class Door(Protocol):
    """One connection, used by one dispatcher."""

    async def begin(self) -> None: ...

    async def run(self, statement: str, batch: str) -> Rows: ...

    async def ask(self, statement: str, values: Sequence[object]) -> Rows: ...

    async def commit(self) -> None: ...

    async def rollback(self) -> None: ...

    async def close(self, *, broken: bool = False) -> None: ...


class SqliteDoor:
    """aiosqlite; each call is one hop to its thread."""

    def __init__(self, held: Any, *, writing: bool) -> None:
        self._held = held
        self._connection = held.driver_connection
        self._writing = writing

    async def begin(self) -> None:
        # A look is one statement, which sees one moment by itself; round it, a transaction would be two more hops.
        if self._writing:
            await self._connection.execute_fetchall("BEGIN IMMEDIATE")

    async def run(self, statement: str, batch: str) -> Rows:
        # A statement may use the batch more than once; each place takes it anew.
        rows: Rows = await self._connection.execute_fetchall(statement, (batch,) * statement.count("?"))
        return rows

    async def ask(self, statement: str, values: Sequence[object]) -> Rows:
        rows: Rows = await self._connection.execute_fetchall(statement, values)
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

    async def run(self, statement: str, batch: str) -> Rows:
        rows: Rows = await self._connection.fetch(statement, *(batch,) * (1 if "$1" in statement else 0))
        return rows

    async def ask(self, statement: str, values: Sequence[object]) -> Rows:
        rows: Rows = await self._connection.fetch(statement, *values)
        return rows

    async def commit(self) -> None:
        if self._transaction is not None:
            await self._transaction.commit()

    async def rollback(self) -> None:
        if self._connection.is_closed():
            raise ConnectionResetError("the connection is closed")  # so that it is let go, and not used again
        if self._transaction is not None:
            await self._transaction.rollback()

    async def close(self, *, broken: bool = False) -> None:
        try:
            if not broken:
                await self._connection.execute("RESET ALL")
        finally:
            await _let_go(self._held, broken=broken)


async def _let_go(held: Any, *, broken: bool) -> None:
    """Give the connection back to the pool, or throw it away."""
    await greenlet_spawn(held.invalidate if broken else held.close)


async def open_door(engine: AsyncEngine, *, writing: bool) -> Door:
    held = await engine.raw_connection()
    if engine.dialect.name == "sqlite":
        return SqliteDoor(held, writing=writing)
    connection: Any = held.driver_connection
    await connection.execute(_BY_KEY)
    return PostgresDoor(held, writing=writing)


async def door_within(connection: AsyncConnection) -> Door:
    """The same verbs inside a transaction of the cold door, which begins and ends it. Something has to be asked of the
    connection before: on PostgreSQL, SQLAlchemy begins a transaction with its first statement."""
    held = await connection.get_raw_connection()
    made = SqliteDoor if connection.dialect.name == "sqlite" else PostgresDoor
    return made(held, writing=False)
