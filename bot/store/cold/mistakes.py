"""Mistakes that people reported in lessons. Nobody is shown who reported one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.course import Key
from bot.store import tables

_table = tables.mistake


class Mistake(Record):
    id: str
    key: Key
    digest: str
    """Of the lesson as it was when the mistake was reported."""
    what: str
    at: datetime


async def waiting(connection: AsyncConnection, workspace: str, *, skip: int, most: int) -> list[Mistake]:
    """Open reports, oldest first."""
    found = await connection.execute(
        select(_table).where(_open(workspace)).order_by(_table.c.at, _table.c.id).offset(skip).limit(most)
    )
    return [_read(row) for row in found]


async def count(connection: AsyncConnection, workspace: str) -> int:
    counted = select(func.count()).select_from(_table).where(_open(workspace))
    return (await connection.execute(counted)).scalar_one()


async def find(connection: AsyncConnection, workspace: str, identity: str) -> Mistake | None:
    row = (await connection.execute(select(_table).where(_open(workspace), _table.c.id == identity))).one_or_none()
    return _read(row) if row else None


async def close(connection: AsyncConnection, workspace: str, identity: str, *, note: str, at: datetime) -> bool:
    """Close it with a note, which the reporter finds in their own data; False if it was closed already."""
    closed = await connection.execute(
        update(_table).where(_open(workspace), _table.c.id == identity).values(closed_at=at, note=note)
    )
    return closed.rowcount > 0


def _open(workspace: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == workspace, _table.c.closed_at.is_(None))


def _read(row: Any) -> Mistake:
    return Mistake(row.id, Key(row.theme, row.lesson), row.digest, row.what, row.at)
