"""An update that is killed half way, on a database that is in use: nothing is lost, and the next start ends it."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import migrate
from bot.store.cold import schedules
from bot.store.database import Database
from bot.store.store import opened
from tests.delivery.conftest import MONDAY, weekly
from tests.migrations.test_migrations import difference, empty_url

__all__ = ["empty_url"]

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from bot.store import migrate
from bot.store.database import Database

async def main() -> None:
    database, left = Database(sys.argv[1]), [int(sys.argv[3])]

    @event.listens_for(Engine, "after_cursor_execute")  # on PostgreSQL an update has one of its own
    def count(connection, cursor, statement, *_):
        left[0] -= statement.lstrip().startswith(("CREATE", "ALTER", "UPDATE alembic_version"))
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    await migrate.upgrade(database, backups=Path(sys.argv[2]))

asyncio.run(main())
"""


@pytest.mark.parametrize("statements", [1, 4])
async def test_an_update_that_was_killed_half_way_keeps_what_was_there(
    empty_url: str, tmp_path: Path, statements: int
) -> None:
    database = Database(empty_url)
    async with database.transaction() as connection:
        await connection.run_sync(migrate.run, "0001")
        await connection.execute(text("INSERT INTO learner (workspace, person) VALUES ('hand:w1', 'ada')"))
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, empty_url, str(tmp_path / "copies"), str(statements)
    )
    assert await killed.wait() == -signal.SIGKILL
    assert await migrate.current(database) == "0001"
    await migrate.upgrade(database)
    async with database.reading() as connection:
        people = (await connection.execute(text("SELECT person FROM learner"))).scalars().all()
        assert (people, await connection.run_sync(difference)) == (["ada"], [])
    await database.close()
    async with opened(Database(empty_url)) as store, store.transaction() as connection:
        await schedules.add(connection, weekly(), MONDAY - timedelta(days=1))


async def test_the_copy_made_before_a_killed_update_is_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dualo.db'}"
    database = Database(url)
    async with database.transaction() as connection:
        await connection.run_sync(migrate.run, "0001")
        await connection.execute(text("INSERT INTO learner (workspace, person) VALUES ('hand:w1', 'ada')"))
    await database.close()
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, url, str(tmp_path / "copies"), "1")
    assert await killed.wait() == -signal.SIGKILL
    [copy] = (tmp_path / "copies").iterdir()
    kept = Database(f"sqlite:///{copy}")
    assert await migrate.current(kept) == "0001"
    async with kept.reading() as connection:
        assert (await connection.execute(text("SELECT person FROM learner"))).scalars().all() == ["ada"]
    await kept.close()
