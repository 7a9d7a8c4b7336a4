"""The data kept on a person, over every table that has a `person` column: counted, exported, erased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, literal, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.store import tables
from bot.store.cold import assignments, audits, workspaces
from bot.store.rows import mine


class RowCount(Record):
    """How many rows of one kind there are."""

    table: str
    rows: int


async def counts(connection: AsyncConnection, seat: Seat) -> list[RowCount]:
    """Every kind of row and how many there are, in one statement."""
    looks = [
        select(literal(table.name).label("kind"), func.count().label("rows"))
        .select_from(table)
        .where(mine(table, seat))
        for table in tables.personal
    ]
    table = tables.audit
    looks.append(
        select(literal(table.name).label("kind"), func.count().label("rows"))
        .select_from(table)
        .where(table.c.workspace == seat.workspace, or_(table.c.by == seat.person, table.c.about == seat.person))
    )
    found = await connection.execute(union_all(*looks))
    return [RowCount(kind, rows) for kind, rows in found]


async def export(connection: AsyncConnection, seat: Seat) -> dict[str, list[dict[str, Any]]]:
    """Every row kept on the person, as plain values; lines of the audit log without the names of others."""
    rows = {
        table.name: [
            {name: _plain(value) for name, value in row.items()}
            for row in (await connection.execute(select(table).where(mine(table, seat)))).mappings()
        ]
        for table in tables.personal
    }
    named = await audits.naming(connection, seat)
    rows[tables.audit.name] = [
        {"at": _plain(each.at), "verb": each.verb, "what": each.what}
        | {name: said for name, said in (("by", each.by), ("about", each.about)) if said == seat.person}
        for each in named
    ]
    return rows


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


async def erase(connection: AsyncConnection, seat: Seat) -> int:
    """Delete every row kept on the person; returns how many. What they set up for others stays, without their name."""
    gone = 0
    order = tables.schedule
    await connection.execute(
        update(order)
        .where(order.c.workspace == seat.workspace, order.c.created_by == seat.person)
        .values(created_by="")
    )
    await audits.erase(connection, seat)
    await assignments.erase(connection, seat)
    await workspaces.forget(connection, seat)
    # The cursor first: a planner that holds it commits before, and then its row is there to be deleted.
    for table in sorted(tables.personal, key=lambda each: each is not tables.nudge):
        gone += (await connection.execute(delete(table).where(mine(table, seat)))).rowcount
    return gone
