"""Certificates of completion: one of a person and a theme, found again by its code within its workspace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.course import Key
from bot.domain.learner import Seat
from bot.store import tables
from bot.store.rows import mine, put

_table = tables.certificate


class CertifiedLesson(Record):
    key: Key
    title: str


class Certificate(Record):
    """What it says, in the words of the day."""

    person: str
    theme: str
    code: str
    name: str
    title: str
    lessons: tuple[CertifiedLesson, ...]
    finished: date
    at: datetime


async def find(connection: AsyncConnection, seat: Seat, theme: str) -> Certificate | None:
    look = select(_table).where(mine(_table, seat), _table.c.theme == theme)
    row = (await connection.execute(look)).one_or_none()
    return _read(row) if row else None


async def all_of(connection: AsyncConnection, seat: Seat) -> Sequence[Certificate]:
    return [_read(row) for row in await connection.execute(select(_table).where(mine(_table, seat)))]


async def of_code(connection: AsyncConnection, workspace: str, code: str) -> Certificate | None:
    """Of this workspace alone: a code of another is unknown here."""
    look = select(_table).where(_table.c.workspace == workspace, _table.c.code == code)
    row = (await connection.execute(look)).first()
    return _read(row) if row else None


async def save(connection: AsyncConnection, workspace: str, made: Certificate) -> None:
    """In the place of an earlier one of the same theme, whose code is then unknown."""
    lessons = msgspec.json.encode(made.lessons).decode()
    await put(connection, _table, {"workspace": workspace, **asdict(made), "lessons": lessons})


def _read(row: Row[Any]) -> Certificate:
    lessons = msgspec.json.decode(row.lessons, type=tuple[CertifiedLesson, ...])
    return Certificate(row.person, row.theme, row.code, row.name, row.title, lessons, row.finished, row.at)
