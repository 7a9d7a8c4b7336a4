"""Migrations: from an empty database or an older version's, safe when several processes start at once.

SQLite is backed up before it is changed. A newer version's database is refused in one line and left untouched.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.core.errors import SettingsError
from bot.core.record import Record
from bot.store import tables
from bot.store.database import PRIVATE_FOLDER, Database, make_private, translated

_LOCK = 0x6475616C6F  # "dualo": the advisory lock of migrations on PostgreSQL
_SCRIPTS = Path(__file__).parent / "migrations"
_VERSION = """CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""
"""Alembic's own table, as Alembic makes it."""


class Upgraded(Record):
    """What an upgrade did."""

    before: str
    after: str
    backup: Path | None = None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def revisions() -> list[str]:
    """Every revision this version knows, oldest first; a script's name begins with its revision."""
    return sorted(script.name.partition("_")[0] for script in _SCRIPTS.glob("versions/[0-9]*.py"))


def head() -> str:
    return revisions()[-1]


async def current(database: Database) -> str:
    """The revision the database stands at; empty if it has no tables yet."""
    async with database.reading() as connection:
        return await connection.run_sync(_revision)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


async def upgrade(database: Database, *, backups: Path | None = None) -> Upgraded:
    """Upgrade the tables; if they are up to date, that costs one query."""
    before = await current(database)
    if before == head():
        return Upgraded(before, before)
    refuse_newer(before)
    backup = await _backup(database, backups, before) if before and backups and database.path else None
    if database.is_sqlite:
        await _upgrade_sqlite(database)
    else:
        await _upgrade_postgres(database)
    return Upgraded(before, await current(database), backup)


def refuse_newer(revision: str) -> None:
    """Refuse the database of a later version in one line, untouched."""
    if revision and revision not in revisions():
        raise SettingsError(
            f"The database was written by a newer Dualo (revision {revision}); this one knows up to {head()}. "
            "Start the newer version again, or restore the backup made before the update. Nothing was changed."
        )


async def _upgrade_sqlite(database: Database) -> None:
    """One write transaction is the lock."""
    async with database.transaction() as connection:
        await connection.run_sync(run)


async def _upgrade_postgres(database: Database) -> None:
    """A session lock on a connection of its own: one process migrates, the others wait and find it done."""
    with translated():
        async with database.unhurried() as engine, engine.connect() as guard:
            autocommit = await guard.execution_options(isolation_level="AUTOCOMMIT")
            await autocommit.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            try:
                async with engine.begin() as connection:
                    await connection.run_sync(run)
            finally:
                await autocommit.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


def run(connection: Connection, revision: str = "head") -> None:
    """Upgrade to a revision, in the transaction at hand: script by script; an empty database gets today's tables."""
    before = _revision(connection)
    refuse_newer(before)
    if revision == "head" and before == head():
        return  # another process was faster
    if revision == "head" and not before and not inspect(connection).get_table_names():
        _draw(connection)
        return
    # Alembic is large, and most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _draw(connection: Connection) -> None:
    """Today's tables in an empty database. A test holds them equal to what the scripts lead to."""
    tables.metadata.create_all(connection)
    connection.execute(text(_VERSION))
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": head()})


async def _backup(database: Database, folder: Path, revision: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = folder / f"before-upgrade-{revision}-{stamp}.db"
    await asyncio.to_thread(copy_sqlite, Path(str(database.path)), target)
    return target


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a database in use: complete, or not there at all."""
    target.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    make_private(unfinished)
    try:
        with closing(sqlite3.connect(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
