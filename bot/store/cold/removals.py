"""Completions that a manager removed, and can restore: moved from one table to the other, never lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.learner import Seat
from bot.store import tables
from bot.store.columns import Instant
from bot.store.rows import insert, mine

_KEY = ("workspace", "person", "theme", "lesson")
_FACTS = ("at", "how", "digest")


async def done(connection: AsyncConnection, seat: Seat, *, themes: Sequence[str], lessons: Sequence[str]) -> int:
    """How many completions there are of these themes and lessons; without any named, of all."""
    return await _count(connection, tables.completion, _those(tables.completion, seat, themes, lessons))


async def removed(connection: AsyncConnection, seat: Seat, *, themes: Sequence[str], lessons: Sequence[str]) -> int:
    """How many were removed and can be restored."""
    return await _count(connection, tables.removed, _those(tables.removed, seat, themes, lessons))


async def reset(
    connection: AsyncConnection, seat: Seat, at: datetime, *, themes: Sequence[str], lessons: Sequence[str]
) -> int:
    """Remove completions; returns how many."""
    table = tables.completion
    those = _those(table, seat, themes, lessons)
    taken = select(*(table.c[name] for name in (*_KEY, *_FACTS)), literal(at, Instant)).where(those)
    await _copy(connection, tables.removed, (*_KEY, *_FACTS, "removed_at"), taken)
    return await _drop(connection, table, those, kept_in=tables.removed)


async def restore(connection: AsyncConnection, seat: Seat, *, themes: Sequence[str], lessons: Sequence[str]) -> int:
    """Restore what was removed; where it was done again meanwhile, the earliest counts. Returns how many."""
    table = tables.removed
    those = _those(table, seat, themes, lessons)
    taken = select(*(table.c[name] for name in (*_KEY, *_FACTS))).where(those)
    await _copy(connection, tables.completion, (*_KEY, *_FACTS), taken)
    return await _drop(connection, table, those, kept_in=tables.completion)


async def _drop(connection: AsyncConnection, table: Table, those: ColumnElement[bool], *, kept_in: Table) -> int:
    """Delete what was copied, and nothing that was recorded since."""
    same = and_(*(kept_in.c[name] == table.c[name] for name in _KEY), kept_in.c.at <= table.c.at)
    gone = delete(table).where(those, exists(select(kept_in.c.person).where(same)))
    return (await connection.execute(gone)).rowcount


async def _copy(connection: AsyncConnection, into: Table, names: Sequence[str], taken: object) -> None:
    made = insert(connection, into).from_select(list(names), taken)  # type: ignore[arg-type]
    await connection.execute(
        made.on_conflict_do_update(
            index_elements=list(_KEY),
            set_={name: made.excluded[name] for name in _FACTS},
            where=made.excluded.at < into.c.at,
        )
    )


def _those(table: Table, seat: Seat, themes: Sequence[str], lessons: Sequence[str]) -> ColumnElement[bool]:
    return and_(
        mine(table, seat),
        table.c.theme.in_(themes) if themes else true(),
        table.c.lesson.in_(lessons) if lessons else true(),
    )


async def _count(connection: AsyncConnection, table: Table, those: ColumnElement[bool]) -> int:
    return (await connection.execute(select(func.count()).select_from(table).where(those))).scalar_one()
