"""The checks of `dualo doctor`: each part, its state, and how to fix it."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence

from bot.core import pictures
from bot.core.errors import SettingsError, StoreUnavailable
from bot.core.ports import Check, WallClock
from bot.domain import search
from bot.packs.problems import Severity
from bot.process import checkup, fronts, main
from bot.process.settings import Settings
from bot.process.sources import sources_of
from bot.store import migrate
from bot.store.cold import schedules
from bot.store.database import Database
from bot.store.store import opened

NEWER = "A newer Dualo wrote it: start that one again, or restore the backup made before the update."


async def examine(settings: Settings) -> Sequence[Check]:
    """Every check; none of them changes anything."""
    database = Database(settings.database)
    checks = [
        _python(),
        _search(),
        _pictures(),
        checkup.room(settings.data_dir),
        checkup.rights(settings.data_dir),
        *_content(settings),
        checkup.backup(settings.data_dir, sqlite=database.is_sqlite),
    ]
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


def _search() -> Check:
    detail = f"SQLite {sqlite3.sqlite_version} searches lessons by its FTS5"
    return Check("Search", search.is_available(), detail, search.MISSING)


def _pictures() -> Check:
    """Chats get diagrams as pictures; the page draws them itself."""
    found = pictures.font()
    detail = f"Diagrams in chats are drawn with {found.family}" if found else "No font: diagrams in chats come as words"
    return Check("Pictures", found is not None, detail, pictures.MISSING)


def _content(settings: Settings) -> list[Check]:
    sources = sources_of(settings, WallClock())
    loaded = main.content_of(sources.folders())
    errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
    detail = f"{len(loaded.shelf.lessons)} lessons in {len(loaded.shelf.themes)} themes"
    if errors:
        detail += f"; {len(errors)} errors, the first: {errors[0]}"
    mend = "`dualo content check` lists every error with its line."
    return [Check("Content", not errors, detail, mend), *checkup.in_git(sources)]


async def _database(database: Database) -> Check:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    mend = "Check DUALO_DATABASE_URL or DUALO_DATA_DIR, and that the place is there and writable."
    try:
        stands = await migrate.current(database)
    except StoreUnavailable as error:
        return Check("Database", healthy=False, detail=f"{kind} does not answer: {error}", mend=mend)
    if stands != migrate.head():
        words = f"{kind} stands at {stands or 'nothing'}, this Dualo at {migrate.head()}"
        newer = stands and stands not in migrate.revisions()
        mend = NEWER if newer else "Run `dualo db upgrade`, or start `dualo run`."
        return Check("Database", healthy=False, detail=words, mend=mend)
    return Check("Database", healthy=True, detail=f"{kind}, tables up to date at {stands}")


async def _front_ends(settings: Settings, database: Database) -> list[Check]:
    """Each front end, with every place that something is posted to there."""
    checks: list[Check] = []
    async with opened(database) as store:
        engine = main.engine_of(settings, store)
        async with store.reading() as connection:
            places = await schedules.places(connection)
        for adapter in fronts.build_adapters(settings, engine, store=store, clock=WallClock()):
            try:
                checks += await adapter.check([place for front, place in places if front == adapter.name])
            except SettingsError as error:
                checks.append(Check(adapter.name.capitalize(), healthy=False, detail=str(error)))
    return checks
