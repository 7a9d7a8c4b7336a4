"""The lines of the ledger that follow from the nudges that are due: many at once, in chunks.

The cursor of a nudge moves on only where its line is in the ledger, in the same transaction. So a chunk that a crash
cut off leaves nothing behind, and one that is done again adds nothing. While a chunk is written to SQLite nobody else
writes: so its statements are made once, and run straight on the driver's connection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    FromClause,
    Insert,
    Select,
    String,
    Update,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    true,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.outbox import DeliveryKind, front_of
from bot.domain.posts import DeliveryState
from bot.store import tables
from bot.store.batches import Prepared, packed, prepared, upsert
from bot.store.columns import to_micros
from bot.store.door import Door, door_within
from bot.store.ledger_statements import compiled_touch

Bound = tuple[int, str, str, str]
"""A place in the order in which nudges are planned: when due, workspace, person, kind."""
BEGINNING: Bound = (-1, "", "", "")

_table = tables.nudge
_order = (_table.c.next_due, _table.c.workspace, _table.c.person, _table.c.kind)
_key = (_table.c.workspace, _table.c.person, _table.c.kind)
_MICROSECOND = timedelta(microseconds=1)


class Statements(Record):
    """Compiled once, for one dialect and one size of chunk."""

    last: Prepared
    earliest: Prepared
    """Per workspace; where there are several writers, it writes the lines and moves the cursors as well."""
    lines: Prepared | None
    move: Prepared | None
    wake: str


async def plan(
    connection: AsyncConnection, horizon: datetime, *, window: timedelta, after: Bound, most: int
) -> Bound | None:
    """One chunk of what is due up to the horizon, on from a bound: lines in the ledger, cursors moved. Returns where
    the chunk ended; None when nothing is left."""
    door, made = await door_within(connection), _compiled(connection.dialect, most)
    named: dict[str, object] = {
        "horizon": to_micros(horizon),
        **{f"after_{column.name}": value for column, value in zip(_order, after, strict=True)},
        "window": window // _MICROSECOND,
        "over": window // _MICROSECOND + 1,
    }
    last = await _asked(door, made.last, named)
    if made.lines:
        await _asked(door, made.lines, named)
    earliest = await _asked(door, made.earliest, named)
    if made.move:
        await _asked(door, made.move, named)
    lanes = [(workspace, "", front_of(workspace), due, None) for workspace, due in sorted(map(tuple, earliest))]
    if lanes:
        await door.run(made.wake, packed(lanes))
    return tuple(last[0]) if last else None


async def _asked(door: Door, statement: Prepared, named: Mapping[str, object]) -> Sequence[Sequence[Any]]:
    return await door.ask(statement.text, statement.values(**named))


@cache
def _compiled(dialect: Dialect, most: int) -> Statements:
    due = and_(
        _table.c.next_due <= _given("horizon"),
        _table.c.next_date != literal_column("''"),
        tuple_(*_order) > tuple_(_given("after_next_due"), *(_named(f"after_{each.name}") for each in _key)),
    )
    # By a limit: SQLite would not use the end of a range over several columns.
    ordered = select(*_table.c).where(due).order_by(*_order)
    last = ordered.with_only_columns(type_coerce(_table.c.next_due, BigInteger), *_key)
    rows = ordered.limit(literal_column(str(most)))
    earliest, lines, move = _in_turn(dialect, rows) if dialect.name == "sqlite" else _at_once(dialect, rows)
    return Statements(
        last=prepared(last.offset(literal_column(str(most - 1))).limit(literal_column("1")), dialect),
        earliest=prepared(earliest, dialect),
        lines=None if lines is None else prepared(lines, dialect),
        move=None if move is None else prepared(move, dialect),
        wake=compiled_touch(dialect),
    )


Chunked = tuple[Select[Any], Insert | None, Update | None]


def _at_once(dialect: Dialect, rows: Select[Any]) -> Chunked:
    """One statement. The rows are held, so that nobody decides otherwise between line and cursor; what somebody else
    holds comes with the next tick."""
    chunk = rows.with_for_update(skip_locked=True).cte("chunk").prefix_with("MATERIALIZED")
    same = and_(*(column == chunk.c[column.name] for column in _key))
    moved = update(_table).where(same).values(**_over()).cte("moved")
    return _earliest(chunk).add_cte(_lines(dialect, chunk).cte("made"), moved), None, None


def _in_turn(dialect: Dialect, rows: Select[Any]) -> Chunked:
    """The same rows for each statement: where only one may write, nobody changes them meanwhile."""
    chunk, named = rows.subquery("chunk"), rows.with_only_columns(*_key)
    return _earliest(chunk), _lines(dialect, chunk), update(_table).where(tuple_(*_key).in_(named)).values(**_over())


def _earliest(chunk: FromClause) -> Select[Any]:
    return select(chunk.c.workspace, type_coerce(func.min(chunk.c.next_due), BigInteger)).group_by(chunk.c.workspace)


def _over() -> dict[str, Any]:
    """Planned; when its time is over, the next one is to be worked out."""
    return {"next_date": literal_column("''"), "next_due": type_coerce(_table.c.next_due, BigInteger) + _given("over")}


def _lines(dialect: Dialect, chunk: FromClause) -> Any:
    found = chunk.c
    columns: dict[str, ColumnElement[Any]] = {
        "workspace": found.workspace,
        "person": found.person,
        "schedule": literal_column("''"),
        "kind": found.kind,
        "local_date": found.next_date,
        "state": literal_column(f"'{DeliveryState.PLANNED.value}'"),
        "rank": literal_column(str(DeliveryKind.NUDGE.rank)),
        "due_at": found.next_due,
        "ready_at": found.next_due,
        "expires_at": type_coerce(found.next_due, BigInteger) + _given("window"),
        "address": found.address,
    }
    made = upsert(tables.delivery, dialect).from_select(list(columns), select(*columns.values()).where(true()))
    return made.on_conflict_do_nothing()


def _given(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


def _named(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String)
