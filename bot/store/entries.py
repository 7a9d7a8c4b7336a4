"""The ledger by the cold door: lines planned, looked at, let go of when they are too late or too old."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.lines import CLOSING, LESSON
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry, front_of
from bot.domain.posts import DeliveryState, PostedDate
from bot.store import tables
from bot.store.claims import read_payload
from bot.store.rows import insert

_table = tables.delivery
KEY = tuple(_table.primary_key.columns)
OPEN = (DeliveryState.PLANNED, DeliveryState.CLAIMED)
_LANES_AT_ONCE = 50


async def plan(connection: AsyncConnection, entries: Sequence[Entry]) -> int:
    """Write lines down; what is there already stays as it is. Says how many are new."""
    if not entries:
        return 0
    made = insert(connection, _table).values([_row(each) for each in entries]).on_conflict_do_nothing()
    new = len((await connection.execute(made.returning(_table.c.workspace))).all())
    ready: dict[str, datetime] = {}
    for each in entries:
        if each.state is DeliveryState.PLANNED:
            ready[each.name.workspace] = min(each.due, ready.get(each.name.workspace, each.due))
    await wake(connection, ready)
    return new


async def wake(connection: AsyncConnection, ready: Mapping[str, datetime]) -> None:
    """Note in each workspace's lane that something may be ready by then; sorted, as whoever touches lanes does it."""
    if not ready:
        return
    lane = tables.lane
    made = insert(connection, lane).values(
        [
            {"workspace": workspace, "name": "", "front": front_of(workspace), "next_due": ready[workspace]}
            for workspace in sorted(ready)
        ]
    )
    earlier = case((lane.c.next_due <= made.excluded.next_due, lane.c.next_due), else_=made.excluded.next_due)
    await connection.execute(
        made.on_conflict_do_update(index_elements=["workspace", "name"], set_={"next_due": earlier})
    )


async def find(connection: AsyncConnection, name: DeliveryKey) -> Entry | None:
    found = (await connection.execute(select(_table).where(named(name)))).mappings().one_or_none()
    return read(found) if found else None


async def of_schedule(
    connection: AsyncConnection, workspace: str, schedule: str, *, kind: DeliveryKind = DeliveryKind.POST
) -> list[Entry]:
    """What a schedule planned and posted, by date."""
    found = await connection.execute(
        select(_table)
        .where(
            _table.c.workspace == workspace,
            _table.c.person == "",
            _table.c.schedule == schedule,
            _table.c.kind == kind,
        )
        .order_by(_table.c.local_date)
    )
    return [read(row) for row in found.mappings()]


async def posts_of(connection: AsyncConnection, workspace: str, identities: Sequence[str]) -> Mapping[str, list[Entry]]:
    """What several schedules planned and posted, each by date."""
    found = await connection.execute(
        select(_table)
        .where(
            _table.c.workspace == workspace,
            _table.c.person == "",
            _table.c.schedule.in_(identities),
            _table.c.kind == DeliveryKind.POST,
        )
        .order_by(_table.c.local_date)
    )
    lines: dict[str, list[Entry]] = {identity: [] for identity in identities}
    for row in found.mappings():
        lines[row["schedule"]].append(read(row))
    return lines


async def post_now(connection: AsyncConnection, entry: Entry) -> bool:
    """Plan a date's post for now. A date on which nothing came out yet may be taken up again, its tries remembered;
    False if its post is out, or about to be."""
    if await plan(connection, [entry]):
        return True
    revived = await connection.execute(
        update(_table)
        .where(named(entry.name), _table.c.state.in_((DeliveryState.SKIPPED, DeliveryState.FAILED)))
        .values(
            state=DeliveryState.PLANNED,
            due_at=entry.due,
            ready_at=entry.due,
            expires_at=entry.expires,
            address=entry.address,
            payload=json.dumps(dict(entry.payload)),
            reason="",
            ended_at=None,
        )
    )
    if revived.rowcount:
        await wake(connection, {entry.name.workspace: entry.due})
    return revived.rowcount > 0


def as_post(entry: Entry) -> PostedDate:
    """The line as the rules of posts see it. One that is to be tried again holds what it settled: it may be out."""
    lesson, closing = entry.payload.get(LESSON, ""), CLOSING in entry.payload
    state = DeliveryState.CLAIMED if entry.state is DeliveryState.PLANNED and (lesson or closing) else entry.state
    return PostedDate(entry.name.local_date, state, lesson, closing=closing)


async def let_go(connection: AsyncConnection, now: datetime, *, reason: str, before: datetime, most: int) -> int:
    """End what was never tried and is too late by now, among the oldest ready lines of workspaces that have waited
    since before that moment. The others are met when they are claimed. Says how many."""
    lane = tables.lane
    overdue = (
        select(lane.c.workspace)
        .where(lane.c.name == "", lane.c.next_due <= before)
        .order_by(lane.c.next_due)
        .limit(_LANES_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ended = 0
    for workspace in list((await connection.execute(overdue)).scalars()):
        here = and_(_table.c.workspace == workspace, _table.c.state == DeliveryState.PLANNED)
        for rank in (0, 1):
            oldest = select(*KEY).where(here, _table.c.rank == rank, _table.c.ready_at <= now)
            gone = await connection.execute(
                update(_table)
                .where(
                    tuple_(*KEY).in_(oldest.order_by(_table.c.ready_at).limit(most)),
                    _table.c.state == DeliveryState.PLANNED,
                    _table.c.expires_at <= now,
                    _table.c.first_try_at.is_(None),
                )
                .values(state=DeliveryState.SKIPPED, reason=reason, ended_at=now)
                .returning(_table.c.workspace)
            )
            ended += len(gone.all())
        ready = select(func.min(_table.c.ready_at)).where(here).scalar_subquery()
        this = and_(lane.c.workspace == workspace, lane.c.name == "")
        await connection.execute(update(lane).where(this).values(next_due=ready))
    return ended


async def old(
    connection: AsyncConnection, before: datetime, *, after: Sequence[Any] | None, most: int
) -> list[Sequence[Any]]:
    """The keys of ended lines from before that moment, on from a key. Posts stay while their schedule is there: what
    it has posted decides what comes next."""
    order = tables.schedule
    kept = select(literal(1)).where(order.c.workspace == _table.c.workspace, order.c.id == _table.c.schedule).exists()
    look: Select[Any] = select(*KEY).where(_table.c.due_at < before, _table.c.state.not_in(OPEN), ~kept)
    if after is not None:
        look = look.where(tuple_(*KEY) > tuple_(*(literal(part) for part in after)))
    return [tuple(row) for row in await connection.execute(look.order_by(*KEY).limit(most))]


async def drop(connection: AsyncConnection, keys: Sequence[Sequence[Any]]) -> None:
    await connection.execute(delete(_table).where(tuple_(*KEY).in_(keys)))


def named(name: DeliveryKey) -> ColumnElement[bool]:
    return and_(
        _table.c.workspace == name.workspace,
        _table.c.person == name.person,
        _table.c.schedule == name.schedule,
        _table.c.kind == name.kind,
        _table.c.local_date == name.local_date.isoformat(),
    )


def _row(entry: Entry) -> dict[str, object]:
    name = entry.name
    return {
        "workspace": name.workspace,
        "person": name.person,
        "schedule": name.schedule,
        "kind": name.kind,
        "local_date": name.local_date.isoformat(),
        "state": entry.state,
        "rank": DeliveryKind(name.kind).rank,
        "due_at": entry.due,
        "ready_at": entry.due,
        "expires_at": entry.expires,
        "address": entry.address,
        "reason": entry.reason,
        "ended_at": entry.ended,
        "payload": json.dumps(dict(entry.payload)) if entry.payload else "",
    }


def read(row: Any) -> Entry:
    name = DeliveryKey(
        row["workspace"], row["person"], row["schedule"], row["kind"], date.fromisoformat(row["local_date"])
    )
    return Entry(
        name,
        row["due_at"],
        row["expires_at"],
        row["address"],
        DeliveryState(row["state"]),
        payload=read_payload(row["payload"]),
        attempt=row["attempt"],
        doubt=row["first_try_at"],
        message=row["message"],
        reason=row["reason"],
        ended=row["ended_at"],
    )
