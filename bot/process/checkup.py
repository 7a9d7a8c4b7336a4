"""Checks of an installation: disk, content, backups, database, clock; each says how to fix what is wrong.

The operator's doctor and the one asked from a chat share these, so nothing here names a path, an address or a secret.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core import i18n
from bot.core.errors import StoreUnavailable
from bot.core.i18n import mark, say, say_many
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
_DAILY = mark("One is made a day unless DUALO_BACKUP_KEEP is 0; a failure is logged. “dualo backup” makes one now.")
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
    mend = say("Make room, or move DUALO_DATA_DIR: a full disk stops everything that is recorded.")
    told = say("{megabytes} MiB free", megabytes=i18n.figure(free // 1024**2))
    return Check(say("Disk"), free > LITTLE_ROOM, told, mend)


def backup(folder: Path, *, sqlite: bool = True, now: datetime | None = None) -> Check:
    """How old the newest copy is; PostgreSQL's are made by its own tools, out of our sight."""
    if not sqlite:
        theirs = say("PostgreSQL is backed up by its own tools; see that somebody does")
        return Check(say("Backups"), healthy=True, detail=theirs)
    found = sorted((folder / "backups").glob("*.db"), key=lambda file: file.stat().st_mtime)
    if not found:
        detail = say("none yet; the first is made a quarter of an hour after the start")
        return Check(say("Backups"), healthy=True, detail=detail, mend=say(_DAILY), advice=Advice.WARNING)
    made = datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    age = (now or datetime.now(UTC)) - made
    moment = i18n.day(made, "y-MM-dd HH:mm")
    detail = say("the newest is of {moment} UTC: {file}", moment=moment, file=found[-1].name)
    if age > OLD:
        return Check(say("Backups"), healthy=True, detail=detail, mend=say(_DAILY), advice=Advice.WARNING)
    return Check(say("Backups"), healthy=True, detail=detail)


def rights(folder: Path) -> Check:
    """Whether other users of this machine can read what is kept."""
    found = (folder, *folder.glob("*.db*"), folder / "backups", *folder.glob("backups/*.db"))
    opened = sum(each.exists() and is_open(each) for each in found)
    detail = (
        say("{opened} of its files and folders are open to other users", opened=opened)
        if opened
        else say("this user's alone")
    )
    return Check(say("Data folder"), not opened, detail, say("Stop Dualo, then `chmod -R go-rwx` the data folder."))


def taught(shelf: Shelf) -> Check:
    """What is on the shelf, and what could not be put there."""
    detail = say("{lessons} lessons in {themes} themes", lessons=len(shelf.lessons), themes=len(shelf.themes))
    if shelf.problems:
        detail += say("; {errors} errors keep others off the shelf", errors=len(shelf.problems))
    mend = say("/study-admin content check lists every error with its line.")
    return Check(say("Content"), not shelf.problems, detail, mend)


def in_git(sources: ContentSources) -> list[Check]:
    """Each place in Git: what of it is live, and why it is not newer."""
    mend = say("What was taken last stays. “dualo content check” fetches it anew and says what is wrong with it.")
    return [_source(source, mend) for source in sources.in_git]


def _source(source: GitSource, mend: str) -> Check:
    if source.stale:
        return Check(say("Content from Git"), healthy=False, detail=source.described(), mend=mend)
    return Check(say("Content from Git"), healthy=True, detail=source.described(), advice=Advice.NOTE)


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
    some = ", ".join(str(key) for key in gone[:5])
    if len(gone) > 5:
        some = say("{named} and {rest} more", named=some, rest=len(gone) - 5)
    if not alone:
        some = say_many(
            len(gone),
            "{n} lesson; the log of the last start names them",
            "{n} lessons; the log of the last start names them",
        )
    mend = say("List the old ids under `aliases`, or let them go with `dualo content drop`.")
    return [Check(say("Lessons that are gone"), healthy=False, detail=some, mend=mend)]


async def _database(store: Store, clock: Clock) -> list[Check]:
    kind = "SQLite" if store.alone else "PostgreSQL"
    try:
        theirs = await store.time()
    except StoreUnavailable:
        mend = say("Look at the log, and whether the database is up and has room.")
        return [
            Check(say("Database"), healthy=False, detail=say("{database} does not answer.", database=kind), mend=mend)
        ]
    apart = abs(theirs - clock.now())
    seconds = i18n.decimal(apart.total_seconds(), 1)
    told = say("this machine’s clock and the database’s are {seconds} seconds apart", seconds=seconds)
    mend = say("Let both machines keep their time by NTP: what is due goes by the clock.")
    answers = Check(say("Database"), healthy=True, detail=say("{database} answers", database=kind))
    return [answers, Check(say("Clock"), apart < APART, told, mend)]
