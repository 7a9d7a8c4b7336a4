"""The cursors of reminders: when each person's next one is due, or why there are no more; planned in chunks.

A cursor moves on only where its row is in the outbox, in the same transaction. So a chunk that a crash cut off leaves
nothing behind, and one that is repeated adds nothing. While a chunk is written to SQLite nobody else can write, so its
statements run straight on the driver's connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind, front_of
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import Occurrence
from bot.store import rows, tables
from bot.store.cold import consents
from bot.store.columns import to_micros
from bot.store.hot.door import door_within
from bot.store.queries import packed, query

Bound = tuple[int, str, str, str]
"""A place in the order in which nudges are planned: when due, workspace, person, kind."""
BEGINNING: Bound = (-1, "", "", "")
_MICROSECOND = timedelta(microseconds=1)

_table = tables.nudge
_order = (_table.c.next_due, _table.c.workspace, _table.c.person, _table.c.kind)


class Waiting(Record):
    """A person whose next nudge is to be computed."""

    seat: Seat
    kind: str
    since: datetime


async def put(
    connection: AsyncConnection, seat: Seat, kind: DeliveryKind, *, address: str, following: Occurrence | None
) -> None:
    """When the next one is due, and its address; None for no more."""
    values = {
        "address": address,
        "next_date": following.local_date.isoformat() if following else "",
        "next_due": following.due if following else None,
        "stopped": "",
    }
    await rows.put(connection, _table, {**seat._asdict(), "kind": kind, **values})


async def arm(connection: AsyncConnection, seat: Seat, kind: DeliveryKind, *, address: str, now: datetime) -> None:
    """The next one is to be computed again, and goes to this address; what was planned before is deleted."""
    values = {"address": address, "next_date": "", "next_due": now, "stopped": ""}
    await rows.put(connection, _table, {**seat._asdict(), "kind": kind, **values})
    await _take_back(connection, seat, kind)


async def rearm(connection: AsyncConnection, seat: Seat, kind: DeliveryKind, *, now: datetime) -> None:
    """The next one is to be computed again, unless reminders were stopped."""
    await connection.execute(
        update(_table).where(_of(seat, kind), _table.c.stopped == "").values(next_date="", next_due=now)
    )
    await _take_back(connection, seat, kind)


async def redirect(connection: AsyncConnection, seat: Seat, kind: DeliveryKind, *, address: str) -> None:
    """A new address from the next one on."""
    await connection.execute(update(_table).where(_of(seat, kind)).values(address=address))


async def stop(connection: AsyncConnection, seat: Seat, kind: DeliveryKind, *, reason: str = "") -> None:
    """No more reminders: the consent is off. `reason` is empty if the learner said so themselves."""
    await consents.switch_off(connection, seat)
    await connection.execute(update(_table).where(_of(seat, kind)).values(next_due=None, next_date="", stopped=reason))
    await _take_back(connection, seat, kind)


async def is_closed(connection: AsyncConnection, seat: Seat, *, address: str) -> bool:
    """Whether that address of theirs is known to take no messages: reminders to it were stopped for that reason."""
    there = and_(_of(seat, DeliveryKind.NUDGE), _table.c.address == address, _table.c.stopped != "")
    return (await connection.execute(select(_table.c.person).where(there))).first() is not None


async def _take_back(connection: AsyncConnection, seat: Seat, kind: DeliveryKind) -> None:
    """Delete rows that were never tried; one that was tried may have been delivered, and stays. The cursor has to be
    changed before: a planner that holds it commits first, and then its row is there to be deleted."""
    line = tables.delivery
    await connection.execute(
        delete(line).where(
            line.c.workspace == seat.workspace,
            line.c.person == seat.person,
            line.c.schedule == "",
            line.c.kind == kind,
            line.c.state == DeliveryState.PLANNED,
            line.c.attempt == 0,
        )
    )


async def any_due(connection: AsyncConnection, horizon: datetime) -> bool:
    look = select(_table.c.person).where(_table.c.next_due <= horizon, _table.c.next_date != "").limit(1)
    return (await connection.execute(look)).first() is not None


async def plan(
    connection: AsyncConnection, horizon: datetime, *, window: timedelta, after: Bound, most: int
) -> Bound | None:
    """Plan one chunk of what is due up to the horizon, from a bound on. Returns where the chunk ended; None if nothing
    is left."""
    door, dialect = await door_within(connection), connection.dialect.name
    due, workspace, person, kind = after
    named: dict[str, object] = {
        "horizon": to_micros(horizon),
        "after_due": due,
        "after_workspace": workspace,
        "after_person": person,
        "after_kind": kind,
        "window": window // _MICROSECOND,
        "over": window // _MICROSECOND + 1,
    }

    async def run(name: str) -> Sequence[Sequence[Any]]:
        return await door.run(query("nudges", name, dialect, most=most), **named)

    last = await run("last")
    if dialect == "sqlite":
        await run("insert")
        earliest = await run("earliest")
        await run("move")
    else:
        earliest = await run("plan")
    lanes = [(workspace, "", front_of(workspace), ready, None) for workspace, ready in sorted(map(tuple, earliest))]
    if lanes:
        await door.run(query("outbox", "touch", dialect), batch=packed(lanes))
    return tuple(last[0]) if last else None


async def waiting(connection: AsyncConnection, now: datetime, *, most: int) -> list[Waiting]:
    """Those whose last nudge is over, so that the next can be computed."""
    found = await connection.execute(
        select(*_order).where(_table.c.next_due <= now, _table.c.next_date == "").order_by(*_order).limit(most)
    )
    return [Waiting(Seat(workspace, person), kind, since) for since, workspace, person, kind in found]


async def set_next(connection: AsyncConnection, found: Sequence[tuple[Waiting, Occurrence | datetime | None]]) -> None:
    """The next one of each, or when to compute it again, unless the cursor has changed meanwhile."""
    for each, following in found:
        await connection.execute(
            update(_table)
            .where(_of(each.seat, each.kind), _table.c.next_due == each.since, _table.c.next_date == "")
            .values(
                next_date=following.local_date.isoformat() if isinstance(following, Occurrence) else "",
                next_due=following.due if isinstance(following, Occurrence) else following,
            )
        )


async def find(connection: AsyncConnection, seat: Seat, kind: DeliveryKind) -> Occurrence | None:
    """The next one that is not planned yet."""
    row = (await connection.execute(select(_table).where(_of(seat, kind)))).one_or_none()
    if row is None or row.next_due is None or not row.next_date:
        return None
    return Occurrence(date.fromisoformat(row.next_date), row.next_due)


def _of(seat: Seat, kind: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == seat.workspace, _table.c.person == seat.person, _table.c.kind == kind)
