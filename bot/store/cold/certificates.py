"""Certificates of completion: one of a person and a theme, found again by its code within its workspace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
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
    return _read((await connection.execute(look)).one_or_none())


async def all_of(connection: AsyncConnection, seat: Seat) -> Sequence[Certificate]:
    found = [_read(row) for row in await connection.execute(select(_table).where(mine(_table, seat)))]
    return [made for made in found if made]


async def of_code(connection: AsyncConnection, workspace: str, code: str) -> Certificate | None:
    """Of this workspace alone: a code of another is unknown here."""
    look = select(_table).where(_table.c.workspace == workspace, _table.c.code == code)
    return _read((await connection.execute(look)).first())


async def save(connection: AsyncConnection, workspace: str, made: Certificate) -> None:
    """In the place of an earlier one of the same theme, whose code is then unknown."""
    values = {name: getattr(made, name) for name in ("person", "theme", "code", "name", "title", "finished", "at")}
    lessons = msgspec.json.encode(made.lessons).decode()
    await put(connection, _table, {"workspace": workspace, **values, "lessons": lessons})


def _read(row: Row[tuple[object, ...]] | None) -> Certificate | None:
    if row is None:
        return None
    found = row._mapping
    lessons = msgspec.json.decode(found["lessons"], type=tuple[CertifiedLesson, ...])
    facts = {name: found[name] for name in ("person", "theme", "code", "name", "title", "finished", "at")}
    return Certificate(lessons=lessons, **facts)
