"""Checks of an installation: disk, content, backups, database, clock; each says how to fix what is wrong.

The operator's doctor and the one asked from a chat share these, so nothing here names a path, an address or a secret.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core import text
from bot.core.errors import StoreUnavailable
from bot.core.ports import Advice, Check, Clock, Examine
from bot.domain.course import Shelf
from bot.packs import load
from bot.packs.library import Library
from bot.process.git.source import GitSource
from bot.process.sources import ContentSources
from bot.store.cold import lessons, workspaces
from bot.store.database import is_open
from bot.store.store import Store

LITTLE_ROOM = 200 * 1024 * 1024
"""Bytes of free disk below which the disk is unhealthy."""
OLD = timedelta(days=7)
"""A newest backup older than this is warned about."""
_DAILY = "One is made a day unless DUALO_BACKUP_KEEP is 0; a failure is logged. “dualo backup” makes one now."
APART = timedelta(seconds=5)
"""By which this machine's clock and the database's may differ."""


def of_process(*, data_dir: Path, store: Store, library: Library, clock: Clock, sources: ContentSources) -> Examine:
    """The checks of a serving process, for the doctor of a chat."""

    async def examine(workspace: str) -> Sequence[Check]:
        files = await asyncio.to_thread(_files, data_dir, sqlite=store.alone, now=clock.now())
        shelf, seen = library.edition.shelf, library.seen_from(workspace).shelf
        there = taught(Shelf(seen.themes, shelf.problems))
        content = [there, *in_git(sources), *await missed(store, shelf, workspace=workspace)]
        return [*await _database(store, clock), *files, *content]

    return examine


def _files(data_dir: Path, *, sqlite: bool, now: datetime) -> list[Check]:
    return [room(data_dir), backup(data_dir, sqlite=sqlite, now=now)]


def room(folder: Path) -> Check:
    there = next((each for each in (folder, *folder.absolute().parents) if each.exists()), Path("/"))
    free = shutil.disk_usage(there).free
    mend = "Make room, or move DUALO_DATA_DIR: a full disk stops everything that is recorded."
    return Check("Disk", free > LITTLE_ROOM, f"{free // 1024**2:,} MiB free", mend)


def backup(folder: Path, *, sqlite: bool = True, now: datetime | None = None) -> Check:
    """How old the newest copy is; PostgreSQL's are made by its own tools, out of our sight."""
    if not sqlite:
        return Check("Backups", healthy=True, detail="PostgreSQL is backed up by its own tools; see that somebody does")
    found = sorted((folder / "backups").glob("*.db"), key=lambda file: file.stat().st_mtime)
    if not found:
        detail = "none yet; the first is made a quarter of an hour after the start"
        return Check("Backups", healthy=True, detail=detail, mend=_DAILY, advice=Advice.WARNING)
    made = datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    age = (now or datetime.now(UTC)) - made
    detail = f"the newest is of {made:%Y-%m-%d %H:%M} UTC: {found[-1].name}"
    if age > OLD:
        return Check("Backups", healthy=True, detail=detail, mend=_DAILY, advice=Advice.WARNING)
    return Check("Backups", healthy=True, detail=detail)


def rights(folder: Path) -> Check:
    """Whether other users of this machine can read what is kept."""
    found = (folder, *folder.glob("*.db*"), folder / "backups", *folder.glob("backups/*.db"))
    opened = sum(each.exists() and is_open(each) for each in found)
    detail = f"{opened} of its files and folders are open to other users" if opened else "this user's alone"
    return Check("Data folder", not opened, detail, "Stop Dualo, then `chmod -R go-rwx` the data folder.")


def taught(shelf: Shelf) -> Check:
    """What is on the shelf, and what could not be put there."""
    detail = f"{len(shelf.lessons)} lessons in {len(shelf.themes)} themes"
    if shelf.problems:
        detail += f"; {len(shelf.problems)} errors keep others off the shelf"
    return Check("Content", not shelf.problems, detail, "/study-admin content check lists every error with its line.")


def in_git(sources: ContentSources) -> list[Check]:
    """Each place in Git: what of it is live, and why it is not newer."""
    mend = "What was taken last stays. “dualo content check” fetches it anew and says what is wrong with it."
    return [_source(source, mend) for source in sources.in_git]


def _source(source: GitSource, mend: str) -> Check:
    if source.stale:
        return Check("Content from Git", healthy=False, detail=source.described(), mend=mend)
    return Check("Content from Git", healthy=True, detail=source.described(), advice=Advice.NOTE)


async def missed(store: Store, shelf: Shelf, *, workspace: str) -> list[Check]:
    """Lessons that were taught here and are gone, unless the operator let them go. Without a database nobody knows.
    For whom they were is not known any more, so they are named where no other workspace is served, and else counted."""
    try:
        async with store.reading() as connection:
            gone = load.vanished(await lessons.known(connection), shelf)
            alone = await workspaces.alone(connection, workspace)
    except StoreUnavailable:
        return []
    if not gone:
        return []
    some = ", ".join(str(key) for key in gone[:5]) + (f" and {len(gone) - 5} more" if len(gone) > 5 else "")
    if not alone:
        some = f"{text.count(len(gone), 'lesson')}; the log of the last start names them"
    mend = "List the old ids under `aliases`, or let them go with `dualo content drop`."
    return [Check("Lessons that are gone", healthy=False, detail=some, mend=mend)]


async def _database(store: Store, clock: Clock) -> list[Check]:
    kind = "SQLite" if store.alone else "PostgreSQL"
    try:
        theirs = await store.time()
    except StoreUnavailable:
        mend = "Look at the log, and whether the database is up and has room."
        return [Check("Database", healthy=False, detail=f"{kind} does not answer.", mend=mend)]
    apart = abs(theirs - clock.now())
    told = f"this machine’s clock and the database’s are {apart.total_seconds():.1f} seconds apart"
    mend = "Let both machines keep their time by NTP: what is due goes by the clock."
    return [Check("Database", healthy=True, detail=f"{kind} answers"), Check("Clock", apart < APART, told, mend)]
