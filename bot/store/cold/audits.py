"""The audit log of a workspace. A line is written in the transaction of the change that it describes."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from msgspec.structs import asdict
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.store import tables
from bot.store.rows import read

_table = tables.audit


OPERATOR = "operator"
"""The verb of what the operator did at the command line; nobody stands beside it."""


class AuditEntry(Record):
    at: datetime
    by: str
    """The person who did it; empty if they were erased since."""
    verb: str
    what: str
    """For people to read."""
    about: str = ""
    """The affected person, if it was one."""


async def note(connection: AsyncConnection, workspace: str, line: AuditEntry) -> None:
    await connection.execute(_table.insert().values(workspace=workspace, id=uuid4().hex, **asdict(line)))


async def since(connection: AsyncConnection, workspace: str, at: datetime, *, skip: int, most: int) -> list[AuditEntry]:
    """What was changed since that moment, newest first."""
    found = await connection.execute(
        select(_table)
        .where(_table.c.workspace == workspace, _table.c.at >= at)
        .order_by(_table.c.at.desc(), _table.c.id)
        .offset(skip)
        .limit(most)
    )
    return [read(AuditEntry, row) for row in found]


async def naming(connection: AsyncConnection, seat: Seat) -> list[AuditEntry]:
    """Every line that names a person, oldest first."""
    found = await connection.execute(
        select(_table)
        .where(_table.c.workspace == seat.workspace, or_(_table.c.by == seat.person, _table.c.about == seat.person))
        .order_by(_table.c.at, _table.c.id)
    )
    return [read(AuditEntry, row) for row in found]


async def forget(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(_table).where(_table.c.at < before))


async def erase(connection: AsyncConnection, seat: Seat) -> None:
    """Remove a person's name from every line."""
    for column in (_table.c.by, _table.c.about):
        await connection.execute(
            update(_table).where(_table.c.workspace == seat.workspace, column == seat.person).values({column: ""})
        )
