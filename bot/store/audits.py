"""Who changed what in a workspace. A line is written in the transaction of the change that it tells of."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.store import tables

_table = tables.audit


class AuditEntry(Record):
    at: datetime
    by: str
    """The person who did it; empty if they were erased since."""
    verb: str
    what: str
    """In words."""
    about: str = ""
    """The person whom it befell, if it was one."""


async def note(connection: AsyncConnection, workspace: str, line: AuditEntry) -> None:
    await connection.execute(
        _table.insert().values(
            workspace=workspace,
            id=uuid4().hex,
            at=line.at,
            by=line.by,
            verb=line.verb,
            what=line.what,
            about=line.about,
        )
    )


async def since(connection: AsyncConnection, workspace: str, at: datetime, *, skip: int, most: int) -> list[AuditEntry]:
    """What was changed since that moment, newest first."""
    found = await connection.execute(
        select(_table)
        .where(_table.c.workspace == workspace, _table.c.at >= at)
        .order_by(_table.c.at.desc(), _table.c.id)
        .offset(skip)
        .limit(most)
    )
    return [AuditEntry(row.at, row.by, row.verb, row.what, row.about) for row in found]


async def naming(connection: AsyncConnection, seat: Seat) -> list[AuditEntry]:
    """Every line that names somebody, oldest first."""
    found = await connection.execute(
        select(_table)
        .where(_table.c.workspace == seat.workspace, or_(_table.c.by == seat.person, _table.c.about == seat.person))
        .order_by(_table.c.at, _table.c.id)
    )
    return [AuditEntry(row.at, row.by, row.verb, row.what, row.about) for row in found]


async def forget(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(_table).where(_table.c.at < before))


async def erase(connection: AsyncConnection, seat: Seat) -> None:
    """Take a person's name out of every line."""
    for column in (_table.c.by, _table.c.about):
        await connection.execute(
            update(_table).where(_table.c.workspace == seat.workspace, column == seat.person).values({column: ""})
        )
