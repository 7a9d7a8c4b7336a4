"""Rows about lessons: which there have ever been, and the mistakes that people reported in them.

A lesson that vanished is noticed by the first, before progress seems lost. Nobody is shown who reported a mistake.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.course import Key, Shelf
from bot.domain.learner import Seat
from bot.store import tables
from bot.store.rows import insert, mine

_table = tables.mistake
_CHUNK = 500
"""Rows in one statement, well under SQLite's limit on parameters."""


async def known(connection: AsyncConnection) -> set[Key]:
    rows = await connection.execute(select(tables.shelf.c.theme, tables.shelf.c.lesson))
    return {Key(theme, lesson) for theme, lesson in rows}


async def begun(connection: AsyncConnection, theme: str) -> int:
    """How many people have done something in a theme, in all workspaces."""
    done = tables.completion
    people = select(done.c.workspace, done.c.person).where(done.c.theme == theme).distinct().subquery()
    return int((await connection.execute(select(func.count()).select_from(people))).scalar_one())


async def done_by(connection: AsyncConnection, theme: str) -> dict[str, int]:
    """How many people have done each lesson of a theme, in all workspaces."""
    done = tables.completion
    counted = select(done.c.lesson, func.count()).where(done.c.theme == theme).group_by(done.c.lesson)
    return {lesson: int(number) for lesson, number in await connection.execute(counted)}


async def let_go(connection: AsyncConnection, keys: Collection[Key]) -> None:
    """Miss these lessons no longer. What people did in them stays."""
    shelf = tables.shelf
    names = [(key.theme, key.lesson) for key in keys]
    for start in range(0, len(names), _CHUNK):
        some = tuple_(shelf.c.theme, shelf.c.lesson).in_(names[start : start + _CHUNK])
        await connection.execute(delete(shelf).where(some))


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


class Mistake(Record):
    id: str
    key: Key
    digest: str
    """Of the lesson as it was when the mistake was reported."""
    what: str
    at: datetime
    note: str = ""
    """What was done about it, once it is closed."""


async def open_mistakes(connection: AsyncConnection, workspace: str, *, skip: int, most: int) -> list[Mistake]:
    """Open reports, oldest first."""
    found = await connection.execute(
        select(_table).where(_open(workspace)).order_by(_table.c.at, _table.c.id).offset(skip).limit(most)
    )
    return [_read(row) for row in found]


async def count_mistakes(connection: AsyncConnection, workspace: str) -> int:
    counted = select(func.count()).select_from(_table).where(_open(workspace))
    return (await connection.execute(counted)).scalar_one()


async def find_mistake(connection: AsyncConnection, workspace: str, identity: str) -> Mistake | None:
    row = (await connection.execute(select(_table).where(_open(workspace), _table.c.id == identity))).one_or_none()
    return _read(row) if row else None


async def close_mistake(
    connection: AsyncConnection, workspace: str, identity: str, *, note: str, at: datetime
) -> Seat | None:
    """Close it with a note. Returns who is to hear of it, for the outbox alone; None if it was closed already."""
    closed = update(_table).where(_open(workspace), _table.c.id == identity).values(closed_at=at, note=note)
    person = (await connection.execute(closed.returning(_table.c.person))).scalar_one_or_none()
    return Seat(workspace, person) if person is not None else None


async def closed_mistake(connection: AsyncConnection, seat: Seat, identity: str) -> Mistake | None:
    """A report of that person's, once it is closed; None if it was erased."""
    look = select(_table).where(mine(_table, seat), _table.c.id == identity, _table.c.closed_at.is_not(None))
    row = (await connection.execute(look)).one_or_none()
    return _read(row) if row else None


def _open(workspace: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == workspace, _table.c.closed_at.is_(None))


def _read(row: Any) -> Mistake:
    return Mistake(row.id, Key(row.theme, row.lesson), row.digest, row.what, row.at, note=row.note)
