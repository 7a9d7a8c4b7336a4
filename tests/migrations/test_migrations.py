"""One chain of migrations for both databases: from nothing to today, by several at once, never down."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select, text

from bot.core.errors import SettingsError
from bot.store import migrate
from bot.store.database import Database
from bot.store.tables import metadata
from tests import postgres

VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32)))

UPGRADE = """
import asyncio, sys
from bot.store import migrate
from bot.store.database import Database

async def main() -> None:
    database = Database(sys.argv[1])
    await migrate.upgrade(database)
    await database.close()

asyncio.run(main())
"""

KILLED = """
import asyncio, os, signal, sys
from sqlalchemy import Engine, event
from bot.store import migrate
from bot.store.database import Database

async def main() -> None:
    database = Database(sys.argv[1])
    left = [int(sys.argv[2])]

    @event.listens_for(Engine, "after_cursor_execute")  # on PostgreSQL an update has one of its own
    def count(connection, cursor, statement, *_):
        left[0] -= statement.lstrip().startswith(("CREATE", "ALTER"))
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    await migrate.upgrade(database)

asyncio.run(main())
"""


def difference(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return [each for each in compare_metadata(context, metadata) if "alembic_version" not in str(each)]


def drawn(connection: Connection) -> dict[str, object]:
    """What Alembic does not compare: keys, checks, the conditions of indexes."""
    look = inspect(connection)
    return {
        name: (
            sorted(look.get_pk_constraint(name)["constrained_columns"]),
            sorted(
                f"{index['column_names']} {[str(option) for option in index['dialect_options'].values()]}"
                for index in look.get_indexes(name)
            ),
            sorted(str(check["sqltext"]) for check in look.get_check_constraints(name)),
        )
        for name in sorted(look.get_table_names())
    }


def filled(connection: Connection) -> dict[str, list[object]]:
    """Every row there is."""
    return {
        table.name: [tuple(row) for row in connection.execute(select(table)).all()]
        for table in (*metadata.sorted_tables, VERSION)
    }


async def test_migrations_lead_to_the_tables_that_the_code_describes(database_url: str) -> None:
    """Script by script and at one stroke, an empty database becomes the same."""
    database = Database(database_url)
    async with database.transaction() as connection:
        at_one_stroke = await connection.run_sync(drawn), await connection.run_sync(filled)
        for table in (*reversed(metadata.sorted_tables), VERSION):
            await connection.execute(text(f'DROP TABLE "{table.name}"'))
        await connection.run_sync(migrate.run, migrate.head())
        assert await connection.run_sync(difference) == []
        assert (await connection.run_sync(drawn), await connection.run_sync(filled)) == at_one_stroke
    await database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'fresh.db'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = f"e{uuid4().hex[:12]}"
    await server.run(f"CREATE DATABASE {name}")
    return server.database(name)


async def test_several_processes_may_start_on_a_fresh_database_at_once(empty_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", UPGRADE, empty_url, stderr=subprocess.PIPE, env={**os.environ}
        )
        for _ in range(4)
    ]
    said = await asyncio.gather(*(process.communicate() for process in processes))
    assert [process.returncode for process in processes] == [0, 0, 0, 0], said
    database = Database(empty_url)
    assert await migrate.current(database) == migrate.head()
    await database.close()


@pytest.mark.parametrize("revision", migrate.revisions()[:-1])
async def test_what_an_older_version_kept_is_there_after_an_upgrade(empty_url: str, revision: str) -> None:
    database = Database(empty_url)
    async with database.transaction() as connection:
        await connection.run_sync(migrate.run, revision)
        await connection.execute(text("INSERT INTO workspace (workspace, timezone, since) VALUES ('web', 'UTC', 7)"))
    await migrate.upgrade(database)
    async with database.reading() as connection:
        found = (await connection.execute(text("SELECT timezone, alert_to, since FROM workspace"))).all()
    assert found == [("UTC", "", 7)]
    async with database.transaction() as connection:
        assert await connection.run_sync(difference) == []
    await database.close()


@pytest.mark.parametrize(("start", "statements"), [("", 1), ("", 9), ("", 15), ("0001", 1), ("0001", 6)])
async def test_an_upgrade_that_was_killed_is_done_again_from_where_it_was(
    empty_url: str, start: str, statements: int
) -> None:
    if start:
        database = Database(empty_url)
        async with database.transaction() as connection:
            await connection.run_sync(migrate.run, start)
        await database.close()
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, empty_url, str(statements))
    assert await killed.wait() == -signal.SIGKILL
    database = Database(empty_url)
    await migrate.upgrade(database)
    async with database.reading() as connection:
        assert await connection.run_sync(difference) == []
    await database.close()


async def test_a_database_of_a_newer_version_is_refused_untouched(database_url: str) -> None:
    database = Database(database_url)
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="newer Dualo"):
        await migrate.upgrade(database)
    assert await migrate.current(database) == "9999"
    await database.close()


def test_the_scripts_form_one_chain_that_their_names_tell() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert [each.revision for each in reversed(list(scripts.walk_revisions()))] == migrate.revisions()
    assert scripts.get_current_head() == migrate.head()


async def test_what_is_up_to_date_is_left_alone(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    done = await migrate.upgrade(database, backups=tmp_path / "backups")
    assert (done.changed, done.backup, (tmp_path / "backups").exists()) == (False, None, False)
    await database.close()


def test_a_copy_of_a_database_in_use_is_whole_or_not_there(tmp_path: Path) -> None:
    source = tmp_path / "a.db"
    with sqlite3.connect(source) as raw:
        raw.execute("CREATE TABLE t (x)")
        raw.execute("INSERT INTO t VALUES (7)")
    target = tmp_path / "backups" / "b.db"
    migrate.copy_sqlite(source, target)
    raw.close()
    with sqlite3.connect(target) as copy:
        assert copy.execute("SELECT x FROM t").fetchall() == [(7,)]
    copy.close()
    assert [file.name for file in target.parent.iterdir()] == ["b.db"]
