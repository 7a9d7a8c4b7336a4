"""What the operator's doctor looks at: each part, how it is, and the mend in words."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import main
from bot.errors import SettingsError, StoreUnavailable
from bot.packs import load
from bot.packs.problems import Severity
from bot.ports import Check, WallClock
from bot.settings import Settings
from bot.store import migrate
from bot.store.database import Database
from bot.store.store import opened

LITTLE_ROOM = 200 * 1024 * 1024
"""Bytes of free disk below which the doctor speaks up."""


async def examine(settings: Settings) -> Sequence[Check]:
    """Every check; none of them changes anything."""
    checks = [_python(), _room(settings.data_dir), _content(settings), _backup(settings.data_dir)]
    database = Database(settings.database)
    try:
        stand = await _database(database)
        checks.append(stand)
        if stand.healthy:
            checks += await _front_ends(settings, database)
    finally:
        await database.close()
    return checks


def _python() -> Check:
    return Check("Python", sys.version_info >= (3, 11), sys.version.split()[0], "Dualo needs Python 3.11 or newer.")


def _room(folder: Path) -> Check:
    there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), Path("/"))
    free = shutil.disk_usage(there).free
    mend = "Make room, or move DUALO_DATA_DIR: a full disk stops everything that is recorded."
    return Check("Disk", free > LITTLE_ROOM, f"{free // 1024**2:,} MiB free", mend)


def _content(settings: Settings) -> Check:
    loaded = load.load(main.folders_of(settings))
    errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
    detail = f"{len(loaded.shelf.lessons)} lessons in {len(loaded.shelf.themes)} themes"
    if errors:
        detail += f"; {len(errors)} errors, the first: {errors[0]}"
    return Check("Content", not errors, detail, "`dualo content check` lists every error with its line.")


def _backup(folder: Path) -> Check:
    found = sorted((folder / "backups").glob("*.db"), key=lambda file: file.stat().st_mtime)
    if not found:
        return Check("Backups", healthy=True, detail="none yet; one is made before every change of the tables")
    made = datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    return Check("Backups", healthy=True, detail=f"the newest is of {made:%Y-%m-%d %H:%M} UTC: {found[-1].name}")


async def _database(database: Database) -> Check:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    mend = "Check DUALO_DATABASE_URL or DUALO_DATA_DIR, and that the place is there and writable."
    try:
        stands = await migrate.current(database)
    except StoreUnavailable as error:
        return Check("Database", healthy=False, detail=f"{kind} does not answer: {error}", mend=mend)
    if stands != migrate.head():
        words = f"{kind} stands at {stands or 'nothing'}, this Dualo at {migrate.head()}"
        return Check("Database", healthy=False, detail=words, mend="Run `dualo db upgrade`, or start `dualo run`.")
    return Check("Database", healthy=True, detail=f"{kind}, tables up to date at {stands}")


async def _front_ends(settings: Settings, database: Database) -> list[Check]:
    checks: list[Check] = []
    async with opened(database) as store:
        engine = main.engine_of(settings, store)
        for adapter in main.build_adapters(settings, engine, store=store, clock=WallClock()):
            try:
                checks += await adapter.check()
            except SettingsError as error:
                checks.append(Check(adapter.name.capitalize(), healthy=False, detail=str(error)))
    return checks
