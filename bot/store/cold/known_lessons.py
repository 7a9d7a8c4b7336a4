"""Which lessons there have ever been, so that a vanished id is noticed before progress seems lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.course import Key, Shelf
from bot.store import tables
from bot.store.rows import insert

_CHUNK = 500
"""Rows in one statement, well under SQLite's limit on parameters."""


async def known(connection: AsyncConnection) -> set[Key]:
    rows = await connection.execute(select(tables.shelf.c.theme, tables.shelf.c.lesson))
    return {Key(theme, lesson) for theme, lesson in rows}


async def remember(connection: AsyncConnection, shelf: Shelf, at: datetime) -> None:
    """Record the lessons that there are now."""
    rows = [
        {"theme": lesson.theme, "lesson": lesson.id, "digest": lesson.digest, "seen": at} for lesson in shelf.lessons
    ]
    for start in range(0, len(rows), _CHUNK):
        made = insert(connection, tables.shelf).values(rows[start : start + _CHUNK])
        await connection.execute(
            made.on_conflict_do_update(
                index_elements=["theme", "lesson"],
                set_={"digest": made.excluded.digest, "seen": made.excluded.seen},
            )
        )
