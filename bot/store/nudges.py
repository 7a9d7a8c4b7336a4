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
    FromClause,
    Select,
    and_,
    delete,
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
from bot.store import consents, entries, tables
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


async def arm(connection: AsyncConnection, seat: Seat, kind: str, *, address: str, now: datetime) -> None:
    """The next one is to be worked out anew, and goes there; what was planned before is taken back."""
    values = {"address": address, "next_date": "", "next_due": now, "stopped": ""}
    made = insert(connection, _table).values(workspace=seat.workspace, person=seat.person, kind=kind, **values)
    await connection.execute(made.on_conflict_do_update(index_elements=["workspace", "person", "kind"], set_=values))
    await _take_back(connection, seat, kind)


async def rearm(connection: AsyncConnection, seat: Seat, kind: str, *, now: datetime) -> None:
    """The next one is to be worked out anew, for whoever has a way to be reminded."""
    await connection.execute(
        update(_table).where(_of(seat, kind), _table.c.stopped == "").values(next_date="", next_due=now)
    )
    await _take_back(connection, seat, kind)


async def redirect(connection: AsyncConnection, seat: Seat, kind: str, *, address: str) -> None:
    """They go somewhere else from the next one on."""
    await connection.execute(update(_table).where(_of(seat, kind)).values(address=address))


async def stop(connection: AsyncConnection, seat: Seat, kind: str, *, reason: str = "") -> None:
    """No more of them: what the learner had agreed to is off. The reason, if they did not say so themselves."""
    await consents.switch_off(connection, seat)
    await connection.execute(update(_table).where(_of(seat, kind)).values(next_due=None, next_date="", stopped=reason))
    await _take_back(connection, seat, kind)


async def _take_back(connection: AsyncConnection, seat: Seat, kind: str) -> None:
    """Lines that nobody has tried yet. Once one was tried it may have got through, and stands. The cursor is changed
    before: whoever plans just now holds it, and only when they are done is their line there to be taken back."""
    line = tables.delivery
    await connection.execute(
        delete(line).where(
            line.c.workspace == seat.workspace,
            line.c.person == seat.person,
            line.c.schedule == "",
            line.c.kind == kind,
            line.c.state == State.PLANNED,
            line.c.attempt == 0,
        )
    )


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
    # By a limit: SQLite would not use the end of a range over several columns.
    ordered = select(_table).where(due).order_by(*_order)
    last = (await connection.execute(ordered.with_only_columns(*_order).offset(most - 1).limit(1))).one_or_none()
    move = _move_at_once if connection.dialect.name == "postgresql" else _move_in_turn
    await entries.wake(connection, await move(connection, ordered.limit(most), window))
    return tuple(last) if last else None


async def _move_at_once(connection: AsyncConnection, rows: Select[Any], window: timedelta) -> dict[str, datetime]:
    """One statement. The rows are held, so that nobody decides otherwise between line and cursor; what somebody else
    holds comes with the next tick."""
    chunk = rows.with_for_update(skip_locked=True).cte("chunk").prefix_with("MATERIALIZED")
    same = and_(*(column == chunk.c[column.name] for column in _key))
    moved = update(_table).where(same).values(**_over(window)).cte("moved")
    look = select(chunk.c.workspace, func.min(chunk.c.next_due)).group_by(chunk.c.workspace)
    found = await connection.execute(look.add_cte(_lines(connection, chunk, window).cte("made"), moved))
    return dict(tuple(row) for row in found)


async def _move_in_turn(connection: AsyncConnection, rows: Select[Any], window: timedelta) -> dict[str, datetime]:
    """The same rows for each statement: where only one may write, nobody changes them meanwhile."""
    chunk = rows.subquery("chunk")
    await connection.execute(_lines(connection, chunk, window))
    look = select(chunk.c.workspace, func.min(chunk.c.next_due)).group_by(chunk.c.workspace)
    earliest = dict(tuple(row) for row in await connection.execute(look))
    named = rows.with_only_columns(*_key)
    await connection.execute(update(_table).where(tuple_(*_key).in_(named)).values(**_over(window)))
    return earliest


def _over(window: timedelta) -> dict[str, Any]:
    """Planned; when its time is over, the next one is to be worked out."""
    return {"next_date": "", "next_due": _later(_table.c.next_due, window + _MICROSECOND)}


def _lines(connection: AsyncConnection, chunk: FromClause, window: timedelta) -> Any:
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
    return made.on_conflict_do_nothing()


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


async def set_next(connection: AsyncConnection, found: Sequence[tuple[Waiting, Occurrence | datetime | None]]) -> None:
    """The next one of each, or when to work it out again, unless something else was decided meanwhile."""
    for each, following in found:
        await connection.execute(
            update(_table)
            .where(_of(each.seat, each.kind), _table.c.next_due == each.since, _table.c.next_date == "")
            .values(
                next_date=following.local_date.isoformat() if isinstance(following, Occurrence) else "",
                next_due=following.due if isinstance(following, Occurrence) else following,
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
