"""Lanes by the cold door: one that keeps two processes out of each other's way, and those that have nothing to say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, delete, select

from bot.store import tables
from bot.store.columns import to_micros
from bot.store.connections import AsyncConnection
from bot.store.learners import insert

_table = tables.lane


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
