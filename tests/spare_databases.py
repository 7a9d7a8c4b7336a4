"""PostgreSQL databases for tests, each with today's tables and no rows.

To copy one costs a tenth of a second of work; to empty the one of the test before, a tenth of that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Spares:
    """What one worker's tests have in turn."""

    server: postgres.Server
    _free: list[str] = field(default_factory=list)
    _shape: str = ""

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[str]:
        """For a test that leaves the tables as they are; if it does not, the next test gets another database."""
        name = self._free.pop() if self._free else await self._copy()
        yield self.server.database(name)
        if await self._empty(name):
            self._free.append(name)
        else:
            await self._drop(name)

    @asynccontextmanager
    async def copied(self) -> AsyncIterator[str]:
        """For a test that may do with it as it likes."""
        name = await self._copy()
        yield self.server.database(name)
        await self._drop(name)

    async def _copy(self) -> str:
        name = f"t{uuid4().hex[:12]}"
        await self.server.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        return name

    async def _drop(self, name: str) -> None:
        await self.server.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _empty(self, name: str) -> bool:
        """Whether it is again as it was copied: nobody in it, the same tables of the same version, small, no rows."""
        self._shape = self._shape or await self._asked(TEMPLATE)
        async with self.server.connected(name) as connection:
            await connection.execute(_ALONE)
            try:
                shape = await connection.fetchval(_SHAPE)
            except asyncpg.UndefinedTableError:
                return False
            if shape != self._shape or await connection.fetchval(_LARGEST) > _SWOLLEN:
                return False
            await connection.execute(_EMPTY)
        return True

    async def _asked(self, name: str) -> str:
        async with self.server.connected(name) as connection:
            return str(await connection.fetchval(_SHAPE))
