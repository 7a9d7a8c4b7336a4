"""When somebody is to be reminded next, or why no more. The lines that follow from it: `nudge_chunks`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import Occurrence
from bot.store import consents, tables
from bot.store.learners import insert

_table = tables.nudge
_order = (_table.c.next_due, _table.c.workspace, _table.c.person, _table.c.kind)


class Waiting(Record):
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
            line.c.state == DeliveryState.PLANNED,
            line.c.attempt == 0,
        )
    )


async def any_due(connection: AsyncConnection, horizon: datetime) -> bool:
    look = select(_table.c.person).where(_table.c.next_due <= horizon, _table.c.next_date != "").limit(1)
    return (await connection.execute(look)).first() is not None


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
