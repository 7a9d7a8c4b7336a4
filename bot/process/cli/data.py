"""The operator's commands on the database: copy it, put a copy back."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from concurrent import futures
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from sqlalchemy import inspect

from bot.core.errors import SettingsError
from bot.process import backups
from bot.process.cli import erasures, people
from bot.process.cli.start import chosen, plainly
from bot.process.settings import Settings
from bot.store import migrate
from bot.store.database import PRIVATE_FOLDER, Database, alone
from bot.store.outbox import entries

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


UNKNOWN = (
    "There was no database here that could be read, so nobody knows what was erased since the copy was made. If you "
    "saved the list, apply it before Dualo starts: `dualo erasures apply FILE`; if not, erase again whom you know of: "
    "`dualo user erase`."
)


def backup(
    target: Annotated[
        Path | None,
        typer.Argument(help="The file to write, or a folder for a dated one; the data folder's own without"),
    ] = None,
    *,
    keep: Annotated[int, typer.Option(min=0, help="Dated copies to keep there, the newest; 0 keeps all.")] = 0,
) -> None:
    """Copy the database, also while Dualo runs."""
    with plainly("No backup was made"):
        wanted = chosen()
        file, folder = _file(wanted), target or wanted.backups
        dated = target is None or target.is_dir()
        if keep and not dated:
            raise SettingsError("--keep goes with dated copies: name a folder that is there, or leave the name away.")
        written = folder / backups.name(backups.BY_HAND, datetime.now(UTC)) if dated else folder
        if written.exists():
            raise SettingsError(f"{written} is there already; name another file.")
        _copy("Copying", file, written)
        out.print(f"Copied to {written}", soft_wrap=True)
        gone = backups.thin_out(folder, backups.BY_HAND, keep) if keep else []
        if gone:
            out.print(f"Kept the newest {keep}; deleted {', '.join(old.name for old in gone)}", soft_wrap=True)


def restore(source: Annotated[Path, typer.Argument(help="The copy to put back")]) -> None:
    """Put a copy back, if it is sound. The database as it is now is copied first; Dualo must not be running."""
    with plainly("Nothing was restored"):
        wanted = chosen()
        file = _file(wanted, must_exist=False)
        with err.status("Checking the copy …"):
            revision = _check_copy(source)
            _check_place(source, file, wanted.backups)
        with alone(Database(wanted.database)):
            damaged = _is_damaged(file)
            since = asyncio.run(erasures.listed(wanted)) if file.exists() and not damaged else None
            kept = _set_aside(file, wanted.backups, damaged=damaged)
            # Nobody else has the file open, the copy aside holds all of it: the old log must not meet the new file.
            for leftover in (file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
                leftover.unlink(missing_ok=True)
            _copy("Putting it in place", source, file)
            asyncio.run(_note_restored(wanted))
            out.print(f"{source} is in place." + (f" What was there before: {kept}" if kept else ""), soft_wrap=True)
            if since:
                out.print(erasures.said(asyncio.run(erasures.applied(wanted, since))), soft_wrap=True)
        if since is None:
            out.print(UNKNOWN, soft_wrap=True)
        if not since and revision != migrate.head():
            out.print("It is of an older version; the next start brings its tables up to date.", soft_wrap=True)


def _copy(words: str, source: Path, target: Path) -> None:
    """Copy, and on a terminal tell how far it is."""
    _tell_progress(words, lambda: migrate.copy_sqlite(source, target), target.with_suffix(".part"), _size(source))


def _tell_progress(words: str, work: Callable[[], None], growing: Path, whole: int) -> None:
    columns = (TextColumn(f"{words} …"), BarColumn(), DownloadColumn())
    with (
        Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar,
        futures.ThreadPoolExecutor(1) as pool,
    ):
        task, done = bar.add_task(words, total=whole), pool.submit(work)
        while not futures.wait((done,), timeout=0.2).done:
            bar.update(task, completed=_size(growing))
        try:
            done.result()
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(
                f"{growing.parent} cannot be written to, or the database not be read: {error}."
            ) from None


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


async def _note_restored(wanted: Settings) -> None:
    """What the copy takes for unsent is looked for before it is posted."""
    database = Database(wanted.database)
    try:
        async with database.transaction() as connection:
            if await connection.run_sync(lambda known: inspect(known).has_table("lane")):
                await entries.note_restored(connection, datetime.now(UTC))
    finally:
        await database.close()


def _file(wanted: Settings, *, must_exist: bool = True) -> Path:
    path = Database(wanted.database).path
    if path is None:
        raise SettingsError("PostgreSQL has its own tools for this: use pg_dump and pg_restore.")
    if must_exist and not path.exists():
        raise SettingsError(people.NO_DATABASE.format(path))
    return path


def _check_copy(source: Path) -> str:
    """Only a whole database of ours that this version understands may take the place; returns its revision."""
    if not source.is_file():
        raise SettingsError(f"there is no file {source}.")
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            row = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        raise SettingsError(f"{source} is no database of Dualo's.") from None
    if not sound:
        raise SettingsError(f"{source} is damaged. Try an older copy.")
    if row is None:
        raise SettingsError(f"{source} is no database of Dualo's: it names no version.")
    migrate.refuse_newer(row[0])
    return str(row[0])


def _check_place(source: Path, file: Path, folder: Path) -> None:
    """The copy is not the database itself, and there is room for it beside what is set aside."""
    if file.exists() and source.samefile(file):
        raise SettingsError(f"{source} is the database in use; name a copy of it.")
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    needed, free = _size(source) + _size(file), shutil.disk_usage(there).free
    if needed > free:
        raise SettingsError(
            f"there is too little room in {there}: {needed // 2**20:,} MiB are needed, {free // 2**20:,} are free."
        )


def _is_damaged(file: Path) -> bool:
    """Whether what is there is no database any more; one that is locked is none the worse for it."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as present:
            return bool(present.execute("PRAGMA quick_check").fetchone()[0] != "ok")
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True


def _set_aside(file: Path, folder: Path, *, damaged: bool) -> Path | None:
    """What is damaged cannot be copied, so it is moved, with what SQLite kept beside it."""
    if not file.exists():
        return None
    kept = folder / backups.name(backups.BEFORE_RESTORE, datetime.now(UTC))
    if damaged:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        for ending in ("-wal", "-shm", ""):
            beside = file.with_name(file.name + ending)
            if beside.exists():
                shutil.move(beside, kept.with_name(kept.name + ending))
        return kept
    _copy("Setting the present one aside", file, kept)
    return kept
