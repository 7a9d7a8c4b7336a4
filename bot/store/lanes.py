"""Lanes by the cold door: one that keeps two processes out of each other's way, and those that have nothing to say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables
from bot.store.columns import from_micros, to_micros
from bot.store.rows import insert, put

_table = tables.lane
_RESTORED = "only restored"


async def hold(connection: AsyncConnection, name: str) -> bool:
    """Be the only one to do a thing until the transaction ends; False if somebody else is doing it."""
    lock = (
        select(_table.c.name)
        .where(_table.c.workspace == "", _table.c.name == f"only {name}")
        .with_for_update(skip_locked=True)
    )
    if (await connection.execute(lock)).one_or_none():
        return True
    made = insert(connection, _table).values(workspace="", name=f"only {name}")
    new = await connection.execute(made.on_conflict_do_nothing().returning(_table.c.name))
    return new.one_or_none() is not None


async def note_restored(connection: AsyncConnection, at: datetime) -> None:
    """A copy from before that moment was put back: what it says to be unsent may well have been posted."""
    await put(connection, _table, {"workspace": "", "name": _RESTORED, "tat": to_micros(at)})


async def restored_at(connection: AsyncConnection) -> datetime | None:
    look = select(_table.c.tat).where(_table.c.workspace == "", _table.c.name == _RESTORED)
    stored = (await connection.execute(look)).scalar_one_or_none()
    return None if stored is None else from_micros(stored)


async def tidy(connection: AsyncConnection, before: datetime) -> None:
    """Let go of places' lanes that limit nothing any more."""
    await connection.execute(
        delete(_table).where(
            _table.c.workspace != "",
            _table.c.name != "",
            _table.c.tat < to_micros(before),
            case((_table.c.paused_until > before, 0), else_=1) == 1,
        )
    )
