"""The outbox by the cold door: rows planned, looked up, ended when they are too late, deleted when they are old.

Also lanes, as far as the cold door needs them: one that keeps two processes apart, and those that limit nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, literal, literal_column, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.outbox import CLOSING, LESSON, DeliveryKey, DeliveryKind, Entry, front_of
from bot.domain.posts import DeliveryState, PostedDate
from bot.store import tables
from bot.store.columns import from_micros, to_micros
from bot.store.outbox.claims import read_payload
from bot.store.rows import insert, put

_table = tables.delivery
_lane = tables.lane
KEY = tuple(_table.primary_key.columns)
OPEN = (DeliveryState.PLANNED, DeliveryState.CLAIMED)
_LANES_AT_ONCE = 50
COUNTED = 10_000
"""Waiting rows that are counted; more are so many at least."""
_RESTORED = "only restored"


async def plan(connection: AsyncConnection, entries: Sequence[Entry]) -> int:
    """Insert rows; what is there already stays as it is. Returns how many are new."""
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
    """Note in each workspace's lane that something may be ready by then. Sorted, so that no two writers deadlock."""
    if not ready:
        return
    made = insert(connection, _lane).values(
        [
            {"workspace": workspace, "name": "", "front": front_of(workspace), "next_due": ready[workspace]}
            for workspace in sorted(ready)
        ]
    )
    earlier = case((_lane.c.next_due <= made.excluded.next_due, _lane.c.next_due), else_=made.excluded.next_due)
    await connection.execute(
        made.on_conflict_do_update(index_elements=["workspace", "name"], set_={"next_due": earlier})
    )


async def find(connection: AsyncConnection, name: DeliveryKey) -> Entry | None:
    found = (await connection.execute(select(_table).where(named(name)))).mappings().one_or_none()
    return read(found) if found else None


async def of_schedule_and_questions(
    connection: AsyncConnection, workspace: str, schedule: str
) -> tuple[list[Entry], list[Entry]]:
    """The posts of a schedule and its questions, each by date, in one statement."""
    found = await connection.execute(
        select(_table)
        .where(
            _table.c.workspace == workspace,
            _table.c.person == "",
            _table.c.schedule == schedule,
            _table.c.kind.in_((DeliveryKind.POST, DeliveryKind.QUESTION)),
        )
        .order_by(_table.c.local_date)
    )
    lines = [read(row) for row in found.mappings()]
    posts = [each for each in lines if each.name.kind is DeliveryKind.POST]
    return posts, [each for each in lines if each.name.kind is DeliveryKind.QUESTION]


async def posts_of(connection: AsyncConnection, workspace: str, identities: Sequence[str]) -> Mapping[str, list[Entry]]:
    """The planned and posted rows of several schedules, each by date."""
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
    """Plan a date's post for now. If it was skipped or failed, it is planned again and keeps its attempts; False if it
    is out, or about to be."""
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
    """The row as the rules of posts see it. A retry whose content is stored counts as claimed, since it may be out."""
    lesson, closing = entry.payload.get(LESSON, ""), CLOSING in entry.payload
    state = DeliveryState.CLAIMED if entry.state is DeliveryState.PLANNED and (lesson or closing) else entry.state
    return PostedDate(entry.name.local_date, state, lesson, closing=closing)


async def waiting(connection: AsyncConnection, now: datetime, *, late: datetime) -> Mapping[str, tuple[int, int]]:
    """By front end, how many rows are due and not being sent, and how many of them were due before `late`. Counted up
    to `COUNTED`, so that a hundred thousand nudges of one minute cost no more than a glance."""
    due = (
        select(_table.c.workspace, case((_table.c.due_at <= late, 1), else_=0).label("late"))
        .where(_table.c.state == literal_column("'planned'"), _table.c.due_at <= now)
        .limit(COUNTED)
        .subquery()
    )
    counted = select(due.c.workspace, func.count(), func.sum(due.c.late)).group_by(due.c.workspace)
    found: dict[str, tuple[int, int]] = {}
    for workspace, rows, overdue in await connection.execute(counted):
        before = found.get(front_of(workspace), (0, 0))
        found[front_of(workspace)] = (before[0] + rows, before[1] + int(overdue))
    return found


async def skip_expired(connection: AsyncConnection, now: datetime, *, reason: str, before: datetime, most: int) -> int:
    """Skip what was never tried and has expired, among the oldest ready rows of workspaces that have waited since
    before that moment. Other expired rows are found when they are claimed. Returns how many."""
    overdue = (
        select(_lane.c.workspace)
        .where(_lane.c.name == "", _lane.c.next_due <= before)
        .order_by(_lane.c.next_due)
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
        this = and_(_lane.c.workspace == workspace, _lane.c.name == "")
        await connection.execute(update(_lane).where(this).values(next_due=ready))
    return ended


async def ended_keys(
    connection: AsyncConnection, before: datetime, *, after: Sequence[Any] | None, most: int
) -> list[Sequence[Any]]:
    """The keys of ended rows from before that moment, from a key on. Posts stay while their schedule is there: what
    it has posted decides what comes next."""
    order = tables.schedule
    kept = select(literal(1)).where(order.c.workspace == _table.c.workspace, order.c.id == _table.c.schedule).exists()
    look: Select[Any] = select(*KEY).where(_table.c.due_at < before, _table.c.state.not_in(OPEN), ~kept)
    if after is not None:
        look = look.where(tuple_(*KEY) > tuple_(*(literal(part) for part in after)))
    return [tuple(row) for row in await connection.execute(look.order_by(*KEY).limit(most))]


async def delete_all(connection: AsyncConnection, keys: Sequence[Sequence[Any]]) -> None:
    await connection.execute(delete(_table).where(tuple_(*KEY).in_(keys)))


async def try_lock(connection: AsyncConnection, name: str) -> bool:
    """A lock by name until the transaction ends; False if another process holds it."""
    lock = (
        select(_lane.c.name)
        .where(_lane.c.workspace == "", _lane.c.name == f"only {name}")
        .with_for_update(skip_locked=True)
    )
    if (await connection.execute(lock)).one_or_none():
        return True
    made = insert(connection, _lane).values(workspace="", name=f"only {name}")
    new = await connection.execute(made.on_conflict_do_nothing().returning(_lane.c.name))
    return new.one_or_none() is not None


async def note_restored(connection: AsyncConnection, at: datetime) -> None:
    """A backup from before that moment was restored: what it says is unsent may have been posted."""
    await put(connection, _lane, {"workspace": "", "name": _RESTORED, "tat": to_micros(at)})


async def restored_at(connection: AsyncConnection) -> datetime | None:
    look = select(_lane.c.tat).where(_lane.c.workspace == "", _lane.c.name == _RESTORED)
    stored = (await connection.execute(look)).scalar_one_or_none()
    return None if stored is None else from_micros(stored)


async def delete_idle_limits(connection: AsyncConnection, before: datetime) -> None:
    """Delete lanes of places that limit nothing any more."""
    await connection.execute(
        delete(_lane).where(
            _lane.c.workspace != "",
            _lane.c.name != "",
            _lane.c.tat < to_micros(before),
            case((_lane.c.paused_until > before, 0), else_=1) == 1,
        )
    )


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
        "rank": name.kind.rank,
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
        row["workspace"],
        row["person"],
        row["schedule"],
        DeliveryKind(row["kind"]),
        date.fromisoformat(row["local_date"]),
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
