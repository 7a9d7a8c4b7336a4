"""What one test leaves in a PostgreSQL database, the next does not find."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.core.ports import Actor
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.store.database import Database
from bot.store.store import opened
from tests import postgres
from tests.hand_clock import HandClock
from tests.spare_databases import Spares

pytestmark = pytest.mark.postgres


@pytest.fixture
def own(postgres_server: postgres.Server) -> Iterator[Spares]:
    made = Spares(postgres_server)
    yield made
    made.close()


async def completions(own: Spares, name: str) -> int:
    async with own.server.connected(name) as connection:
        return int(await connection.fetchval("SELECT count(*) FROM completion"))


async def test_a_database_is_lent_again_without_its_rows(own: Spares, library: Library, clock: HandClock) -> None:
    async with own.borrowed() as first, opened(Database(first)) as store:
        engine = StudyEngine(store, library, clock)
        await engine.handle(commands.Done(lesson="backend-architectures/layers"), Actor("web", "ada"))
        name = Database(first).url.database or ""
        assert await completions(own, name) == 1
    async with own.borrowed() as second:
        assert second == first
        assert await completions(own, name) == 0


@pytest.mark.parametrize(
    "change",
    ["CREATE TABLE strange (id integer)", "DROP TABLE alembic_version", "UPDATE alembic_version SET version_num = '9'"],
)
async def test_a_database_with_other_tables_is_not_lent_again(own: Spares, change: str) -> None:
    async with own.borrowed() as first, own.server.connected(Database(first).url.database or "") as connection:
        await connection.execute(change)
    async with own.borrowed() as second:
        assert second != first


async def test_one_whose_connections_were_ended_is_lent_again_or_replaced(own: Spares) -> None:
    """As a test of what a restart of the server does may leave it."""
    for _ in range(3):
        async with own.borrowed() as url, own.server.connected(Database(url).url.database or "") as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert await completions(own, Database(url).url.database or "") == 0


async def test_whoever_still_holds_a_database_is_put_out(own: Spares) -> None:
    async with own.borrowed() as first:
        left = Database(first)
        async with left.engine.connect() as connection:
            await connection.exec_driver_sql("LOCK TABLE completion")
            assert await own._beside(own._empty(left.url.database or ""))
            await connection.invalidate()
        await left.close()
