"""A fresh database to measure on: a SQLite file, or a PostgreSQL of the run's own that keeps what it is given."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

from bot.store import migrate
from bot.store.database import Database
from tests import postgres


@contextmanager
def server() -> Iterator[postgres.Server]:
    with postgres.running(durable=True) as running:
        yield running


@asynccontextmanager
async def sqlite() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'measured.db'}"
        await _prepare(url)
        yield url


@asynccontextmanager
async def postgresql(running: postgres.Server) -> AsyncIterator[str]:
    name = f"b{uuid4().hex[:12]}"
    await running.run(f"CREATE DATABASE {name}")
    url = running.database(name)
    await _prepare(url)
    yield url
    await running.run(f"DROP DATABASE {name} WITH (FORCE)")


async def _prepare(url: str) -> None:
    database = Database(url)
    await migrate.upgrade(database)
    await database.close()
