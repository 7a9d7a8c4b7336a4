"""Copies of the SQLite file: by hand into any folder, and one a day by itself while Dualo runs.

A copy's name ends with the moment it was made, so that the names alone say which are old. Each kind is thinned out by
itself: a daily copy never takes the place of one that somebody made.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.core.ports import Clock
from bot.process.clock import Job
from bot.store import migrate

log = structlog.get_logger(__name__)

DAILY, BY_HAND, BEFORE_RESTORE = "daily", "dualo", "before-restore"
"""The kinds of copies, as their names begin."""
DAY = timedelta(days=1)
LOOK = 900.0
"""Seconds between two looks whether the daily copy is due."""
_STAMP = "%Y%m%d-%H%M%S"


def name(kind: str, now: datetime) -> str:
    return f"{kind}-{now.astimezone(UTC):{_STAMP}}.db"


def found(folder: Path, kind: str) -> list[Path]:
    """The copies of a kind, oldest first."""
    form = re.compile(rf"{re.escape(kind)}-\d{{8}}-\d{{6}}\.db")
    return sorted(file for file in folder.glob(f"{kind}-*.db") if form.fullmatch(file.name))


def thin_out(folder: Path, kind: str, keep: int) -> list[Path]:
    """Delete all but the newest copies of a kind; returns what went."""
    old = found(folder, kind)[: -keep or None]
    for file in old:
        file.unlink(missing_ok=True)
    return old


def is_due(folder: Path, now: datetime) -> bool:
    """Whether the newest daily copy is a day old. One from the future, by a clock that was wrong, does not count."""
    moments = (datetime.strptime(file.stem, f"{DAILY}-{_STAMP}").replace(tzinfo=UTC) for file in found(folder, DAILY))
    newest = max((moment for moment in moments if moment <= now), default=None)
    return newest is None or now - newest >= DAY


def jobs(database: Path | None, folder: Path, *, keep: int, clock: Clock) -> Mapping[str, tuple[float, Job]]:
    """What the process's clock runs: nothing for PostgreSQL, or where no daily copies are wanted."""
    if database is None or not keep:
        return {}
    source = database

    async def look() -> None:
        await asyncio.to_thread(copy_daily, source, folder, keep=keep, now=clock.now())

    return {"backup": (LOOK, look)}


def copy_daily(database: Path, folder: Path, *, keep: int, now: datetime) -> Path | None:
    """Make the daily copy if it is due, and then let the oldest go."""
    if not is_due(folder, now):
        return None
    target = folder / name(DAILY, now)
    try:
        migrate.copy_sqlite(database, target)
        thin_out(folder, DAILY, keep)
    except (OSError, sqlite3.Error) as error:
        log.error(f"The daily copy of the database failed, and is tried again soon: {error}.", action="backup.failed")
        return None
    log.info("The database was copied, as every day.", action="backup.made", file=target.name)
    return target
