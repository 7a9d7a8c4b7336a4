"""When somebody is to be reminded next, and the lines of the ledger that follow from it: many at once, in chunks.

The cursor of a nudge moves on only where its line is in the ledger, in the same transaction. So a chunk that a crash
cut off leaves nothing behind, and one that is done again adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal, select, tuple_, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.entry import Kind
from bot.domain.posts import State
from bot.domain.recurrence import Occurrence
from bot.domain.standing import Seat
from bot.store import entries, tables
from bot.store.columns import Instant
from bot.store.learners import insert

Bound = tuple[datetime, str, str, str]
"""A place in the order in which nudges are planned: when due, workspace, person, kind."""

_table = tables.nudge
_order = (_table.c.next_due, _table.c.workspace, _table.c.person, _table.c.kind)
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
    last = await _last(connection, due, most)
    if last is None:
        return None
    chunk = and_(due, tuple_(*_order) <= _bound(last))
    await _write(connection, chunk, window)
    earliest = await connection.execute(
        select(_table.c.workspace, func.min(_table.c.next_due)).where(chunk).group_by(_table.c.workspace)
    )
    await entries.wake(connection, dict(tuple(row) for row in earliest))
    line = tables.delivery
    there = select(literal(1)).where(
        line.c.workspace == _table.c.workspace,
        line.c.person == _table.c.person,
        line.c.schedule == "",
        line.c.kind == _table.c.kind,
        line.c.local_date == _table.c.next_date,
    )
    await connection.execute(
        update(_table).where(chunk, there.exists()).values(next_date="", next_due=_later(window + _MICROSECOND))
    )
    return last


async def _last(connection: AsyncConnection, due: ColumnElement[bool], most: int) -> Bound | None:
    """Where the chunk ends."""
    look = select(*_order).where(due).order_by(*_order)
    found = (await connection.execute(look.offset(most - 1).limit(1))).one_or_none()
    if found is None:
        backwards = [column.desc() for column in _order]
        found = (await connection.execute(select(*_order).where(due).order_by(*backwards).limit(1))).one_or_none()
    return tuple(found) if found else None


async def _write(connection: AsyncConnection, chunk: ColumnElement[bool], window: timedelta) -> None:
    line = tables.delivery
    columns: dict[str, ColumnElement[Any]] = {
        "workspace": _table.c.workspace,
        "person": _table.c.person,
        "schedule": literal(""),
        "kind": _table.c.kind,
        "local_date": _table.c.next_date,
        "state": literal(State.PLANNED.value),
        "rank": literal(Kind.NUDGE.rank),
        "due_at": _table.c.next_due,
        "ready_at": _table.c.next_due,
        "expires_at": _later(window),
        "address": _table.c.address,
    }
    made = insert(connection, line).from_select(list(columns), select(*columns.values()).where(chunk))
    await connection.execute(made.on_conflict_do_nothing())


def _bound(bound: Bound) -> ColumnElement[Any]:
    moment, *words = bound
    return tuple_(literal(moment, Instant), *(literal(word) for word in words))


def _later(by: timedelta) -> ColumnElement[Any]:
    return type_coerce(_table.c.next_due, BigInteger) + literal(by // _MICROSECOND, BigInteger)


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
