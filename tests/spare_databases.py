"""PostgreSQL databases for tests, each with today's tables and no rows.

To copy one costs a tenth of a second of work; to empty the one of the test before a hundredth, and a fifth of that over
a connection that knows the tables.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg

from bot.store import tables
from tests import postgres

TEMPLATE = "template_dualo"
_ALONE = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_SHAPE = """SELECT (SELECT string_agg(version_num, ',') FROM alembic_version) || ' '
    || string_agg(concat_ws(' ', relname, relkind, relnatts), ',' ORDER BY relname)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace"""
_LARGEST = """SELECT max(pg_relation_size(oid)) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"""
_EMPTY = "; ".join(f"DELETE FROM {table.name}" for table in reversed(tables.metadata.sorted_tables))
_SWOLLEN = 2**20
"""Bytes of a table, or of an index, that had better not go to the next test."""


R = TypeVar("R")


class Spares:
    """What one worker's tests have in turn. A loop in a thread of its own keeps a connection to each that is in use
    again and again: the loops of tests come and go."""

    def __init__(self, server: postgres.Server) -> None:
        self.server = server
        self._free: list[str] = []
        self._shape = ""
        self._kept: dict[str, Any] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def close(self) -> None:
        for connection in self._kept.values():
            asyncio.run_coroutine_threadsafe(connection.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[str]:
        """For a test that leaves the tables as they are; if it does not, the next test gets another database."""
        name = self._free.pop() if self._free else await self._copy()
        yield self.server.database(name)
        if await self._beside(self._empty(name)):
            self._free.append(name)
        else:
            if connection := self._kept.pop(name, None):
                self._loop.call_soon_threadsafe(connection.terminate)
            await self._drop(name)

    @asynccontextmanager
    async def copied(self) -> AsyncIterator[str]:
        """For a test that may do with it as it likes."""
        name = await self._copy()
        yield self.server.database(name)
        await self._drop(name)

    async def _beside(self, work: Coroutine[Any, Any, R]) -> R:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _copy(self) -> str:
        name = f"t{uuid4().hex[:12]}"
        await self.server.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        return name

    async def _drop(self, name: str) -> None:
        await self.server.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _empty(self, name: str) -> bool:
        """Whether it is again as it was copied: nobody in it, the same tables of the same version, small, no rows."""
        if not self._shape:
            async with self.server.connected(TEMPLATE) as connection:
                self._shape = str(await connection.fetchval(_SHAPE))
        try:
            connection = await self._connection(name)
            await connection.execute(_ALONE)
            shape = await connection.fetchval(_SHAPE)
            if shape != self._shape or await connection.fetchval(_LARGEST) > _SWOLLEN:
                return False
            await connection.execute(_EMPTY)
        except (asyncpg.UndefinedTableError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
            return False
        return True

    async def _connection(self, name: str) -> Any:
        """Another one where a test has ended the one there was."""
        if name not in self._kept or self._kept[name].is_closed():
            self._kept[name] = await self.server.connect(name)
        return self._kept[name]
