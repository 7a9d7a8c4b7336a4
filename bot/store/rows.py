"""What the statements of the cold door share: whose rows, INSERT or update, a row as a domain value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, Table, and_, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.learner import Seat

T = TypeVar("T")


def mine(table: Table, seat: Seat) -> ColumnElement[bool]:
    return and_(table.c.workspace == seat.workspace, table.c.person == seat.person)


def on_either(table: Table, seat: Seat, linked: Seat | None) -> ColumnElement[bool]:
    """The rows of a learner; of somebody who is linked, on both sides."""
    return or_(mine(table, seat), mine(table, linked)) if linked else mine(table, seat)


def insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the database at hand, so that it can say what to do on a conflict."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


async def put(
    connection: AsyncConnection, table: Table, values: Mapping[str, object], *, new: Mapping[str, object] | None = None
) -> None:
    """Insert a row, or update the one that has its key. `new` are values that an existing row keeps as they are."""
    key = [column.name for column in table.primary_key]
    made = insert(connection, table).values({**values, **(new or {})})
    changed = {name: value for name, value in values.items() if name not in key}
    await connection.execute(made.on_conflict_do_update(index_elements=key, set_=changed))


def read(kind: type[T], row: Row[Any]) -> T:
    """A row as a value whose fields are named as the columns are."""
    return msgspec.convert(row._mapping, kind)
