"""When somebody is to be reminded next, and the lines of the ledger that follow from it: many at once, in chunks.

The cursor of a nudge moves on only where its line is in the ledger, in the same transaction. So a chunk that a crash
cut off leaves nothing behind, and one that is done again adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    func,
    literal,
    select,
    true,
    tuple_,
    type_coerce,
    update,
)

from bot.domain.entry import Kind
from bot.domain.posts import State
from bot.domain.recurrence import Occurrence
from bot.domain.standing import Seat
from bot.store import entries, tables
from bot.store.columns import Instant
from bot.store.connections import AsyncConnection
from bot.store.learners import insert

Bound = tuple[datetime, str, str, str]
"""A place in the order in which nudges are planned: when due, workspace, person, kind."""

_table = tables.nudge
_order = (_table.c.next_due, _table.c.workspace, _table.c.person, _table.c.kind)
_key = (_table.c.workspace, _table.c.person, _table.c.kind)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose next nudge is to be worked out."""

    seat: Seat
    kind: str
    since: datetime


async def put(
    connection: AsyncConnection, seat: Seat, kind: str, *, address: str, following: Occurrence | None
) -> None:
    """When the next one is due, and where it goes; None for silence."""
    values = {
        "address": address,
        "next_date": following.local_date.isoformat() if following else "",
        "next_due": following.due if following else None,
        "stopped": "",
    }
    made = insert(connection, _table).values(workspace=seat.workspace, person=seat.person, kind=kind, **values)
    await connection.execute(made.on_conflict_do_update(index_elements=["workspace", "person", "kind"], set_=values))


async def stop(connection: AsyncConnection, seat: Seat, kind: str, *, reason: str) -> None:
    """No more of them, and why."""
    await connection.execute(update(_table).where(_of(seat, kind)).values(next_due=None, next_date="", stopped=reason))


async def any_due(connection: AsyncConnection, horizon: datetime) -> bool:
    look = select(_table.c.person).where(_table.c.next_due <= horizon, _table.c.next_date != "").limit(1)
    return (await connection.execute(look)).first() is not None


async def plan(
    connection: AsyncConnection, horizon: datetime, *, window: timedelta, after: Bound | None, most: int
) -> Bound | None:
    """One chunk of what is due up to the horizon, on from a bound: lines in the ledger, cursors moved. Returns where
    the chunk ended; None when nothing is left."""
    due = and_(_table.c.next_due <= horizon, _table.c.next_date != "")
    if after is not None:
        due = and_(due, tuple_(*_order) > _bound(after))
    # The same rows for each statement, by a limit: SQLite would not use the end of a range over several columns.
    chunk = select(_table).where(due).order_by(*_order).limit(most)
    last = (await connection.execute(_last(chunk))).one_or_none()
    if last is None:
        return None
    await _write(connection, chunk.subquery("chunk"), window)
    found = chunk.subquery("chunk").c
    earliest = select(found.workspace, func.min(found.next_due)).group_by(found.workspace)
    await entries.wake(connection, dict(tuple(row) for row in await connection.execute(earliest)))
    line = tables.delivery
    there = select(literal(1)).where(
        line.c.workspace == _table.c.workspace,
        line.c.person == _table.c.person,
        line.c.schedule == "",
        line.c.kind == _table.c.kind,
        line.c.local_date == _table.c.next_date,
    )
    named = chunk.with_only_columns(*_key)
    await connection.execute(
        update(_table)
        .where(tuple_(*_key).in_(named), there.exists())
        .values(next_date="", next_due=_later(_table.c.next_due, window + _MICROSECOND))
    )
    return tuple(last)


def _last(chunk: Select[Any]) -> Select[Any]:
    """Where the chunk ends."""
    found = chunk.subquery("chunk").c
    order = (found.next_due, found.workspace, found.person, found.kind)
    return select(*order).order_by(*(column.desc() for column in order)).limit(1)


async def _write(connection: AsyncConnection, chunk: Subquery, window: timedelta) -> None:
    line, found = tables.delivery, chunk.c
    columns: dict[str, ColumnElement[Any]] = {
        "workspace": found.workspace,
        "person": found.person,
        "schedule": literal(""),
        "kind": found.kind,
        "local_date": found.next_date,
        "state": literal(State.PLANNED.value),
        "rank": literal(Kind.NUDGE.rank),
        "due_at": found.next_due,
        "ready_at": found.next_due,
        "expires_at": _later(found.next_due, window),
        "address": found.address,
    }
    made = insert(connection, line).from_select(list(columns), select(*columns.values()).where(true()))
    await connection.execute(made.on_conflict_do_nothing())


def _bound(bound: Bound) -> ColumnElement[Any]:
    moment, *words = bound
    return tuple_(literal(moment, Instant), *(literal(word) for word in words))


def _later(moment: ColumnElement[Any], by: timedelta) -> ColumnElement[Any]:
    return type_coerce(moment, BigInteger) + literal(by // _MICROSECOND, BigInteger)


async def waiting(connection: AsyncConnection, now: datetime, *, most: int) -> list[Waiting]:
    """Those whose last nudge is over, so that the next can be worked out."""
    found = await connection.execute(
        select(*_order).where(_table.c.next_due <= now, _table.c.next_date == "").order_by(*_order).limit(most)
    )
    return [Waiting(Seat(workspace, person), kind, since) for since, workspace, person, kind in found]


async def set_next(connection: AsyncConnection, found: Sequence[tuple[Waiting, Occurrence | None]]) -> None:
    """The next one of each, unless something else was decided meanwhile."""
    for each, following in found:
        await connection.execute(
            update(_table)
            .where(_of(each.seat, each.kind), _table.c.next_due == each.since, _table.c.next_date == "")
            .values(
                next_date=following.local_date.isoformat() if following else "",
                next_due=following.due if following else None,
            )
        )


async def find(connection: AsyncConnection, seat: Seat, kind: str) -> Occurrence | None:
    """The next one that is not planned yet."""
    row = (await connection.execute(select(_table).where(_of(seat, kind)))).one_or_none()
    if row is None or row.next_due is None or not row.next_date:
        return None
    return Occurrence(date.fromisoformat(row.next_date), row.next_due)


def _of(seat: Seat, kind: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == seat.workspace, _table.c.person == seat.person, _table.c.kind == kind)
