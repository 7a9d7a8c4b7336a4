"""The operator's commands on data: copy the database, put a copy back, answer for one person."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import inspect

from bot.core.errors import SettingsError
from bot.domain.learner import Seat
from bot.process.cli.start import chosen, plainly
from bot.process.settings import Settings
from bot.store import migrate
from bot.store.cold import privacy
from bot.store.database import Database, alone
from bot.store.outbox import entries

user = typer.Typer(help="One person's data, when they ask the operator.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Workspace = Annotated[str, typer.Argument(help="As the rows name it: discord:…, slack:…, web")]
Person = Annotated[str, typer.Argument(help="The platform's own id of the person")]


def backup(
    target: Annotated[Path | None, typer.Argument(help="The file to write; a dated one by default")] = None,
) -> None:
    """Copy the database, also while Dualo runs."""
    with plainly():
        wanted = chosen()
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        file = target or wanted.data_dir / "backups" / f"dualo-{stamp}.db"
        if file.exists():
            raise SettingsError(f"{file} is there already; name another file.")
        with err.status("Copying …"):
            migrate.copy_sqlite(_file(wanted), file)
        out.print(f"Copied to {file}", soft_wrap=True)


def restore(source: Annotated[Path, typer.Argument(help="The copy to put back")]) -> None:
    """Put a copy back. The database as it is now is copied first; Dualo must not be running."""
    with plainly():
        wanted = chosen()
        file = _file(wanted, must_exist=False)
        _check_copy(source)
        with alone(Database(wanted.database)):
            kept = _set_aside(file, wanted.data_dir)
            migrate.copy_sqlite(source, file)
            for leftover in (file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
                leftover.unlink(missing_ok=True)
            asyncio.run(_note_restored(wanted))
        out.print(f"{source} is in place." + (f" What was there before: {kept}" if kept else ""), soft_wrap=True)


@asynccontextmanager
async def _database(wanted: Settings) -> AsyncIterator[Database]:
    database = Database(wanted.database)
    try:
        yield database
    finally:
        await database.close()


async def _note_restored(wanted: Settings) -> None:
    """What the copy takes for unsent is looked for before it is posted."""
    async with _database(wanted) as database, database.transaction() as connection:
        if await connection.run_sync(lambda known: inspect(known).has_table("lane")):
            await entries.note_restored(connection, datetime.now(UTC))


def _file(wanted: Settings, *, must_exist: bool = True) -> Path:
    path = Database(wanted.database).path
    if path is None:
        raise SettingsError("PostgreSQL has its own tools for this: use pg_dump and pg_restore.")
    if must_exist and not path.exists():
        raise SettingsError(f"There is no database at {path} yet. Check DUALO_DATA_DIR, or start `dualo run` once.")
    return path


def _check_copy(source: Path) -> None:
    """Only a whole database of ours that this version understands may take the place."""
    if not source.is_file():
        raise SettingsError(f"There is no file {source}.")
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except sqlite3.Error:
        raise SettingsError(f"{source} is no database of Dualo's.") from None
    if not sound:
        raise SettingsError(f"{source} is damaged. Nothing was changed; try an older copy.")
    migrate.refuse_newer(revision)


def _set_aside(file: Path, data_dir: Path) -> Path | None:
    if not file.exists():
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    kept = data_dir / "backups" / f"before-restore-{stamp}.db"
    migrate.copy_sqlite(file, kept)
    return kept


@user.command("export")
def export(workspace: Workspace, person: Person) -> None:
    """Print every row kept on a person, as JSON."""
    with plainly():
        rows = asyncio.run(_export(chosen(), Seat(workspace, person)))
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))


async def _export(wanted: Settings, seat: Seat) -> object:
    async with _database(wanted) as database, database.reading() as connection:
        return await privacy.export(connection, seat)


@user.command("erase")
def erase(
    workspace: Workspace,
    person: Person,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again")] = False,
) -> None:
    """Erase every row kept on a person."""
    with plainly():
        wanted = chosen()
        if not yes:
            typer.confirm(f"Erase everything kept on {person} in {workspace}? It cannot be brought back", abort=True)
        gone = asyncio.run(_erase(wanted, Seat(workspace, person)))
        out.print(f"Erased {gone} rows." if gone else "Nothing was kept on that person there.")


async def _erase(wanted: Settings, seat: Seat) -> int:
    async with _database(wanted) as database, database.transaction() as connection:
        return await privacy.erase(connection, seat)
