"""Standing orders: kept, changed, and looked through for what falls due.

A change takes back what was planned but never tried, and sets the cursor anew, in one transaction: no post follows an
order that has been changed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, select, update

from bot.domain.entry import Kind
from bot.domain.posts import State
from bot.domain.recurrence import Rule, from_mask, to_mask
from bot.domain.schedule import Schedule, Standing
from bot.store import tables
from bot.store.connections import AsyncConnection

_table = tables.schedule


@dataclass(frozen=True, slots=True)
class Broken:
    """One that cannot be understood any more: its zone has left the world's list, say."""

    workspace: str
    id: str
    reason: str


async def add(connection: AsyncConnection, schedule: Schedule, now: datetime) -> None:
    """Keep a new one; its first occurrence is the first after now."""
    await connection.execute(_table.insert().values(**_row(schedule), created_at=now, next_due=_next(schedule, now)))


async def change(connection: AsyncConnection, schedule: Schedule, now: datetime) -> bool:
    """Put it in the place of the version it was made from; False if somebody else changed it meanwhile."""
    values = {**_row(schedule), "version": schedule.version + 1, "next_due": _next(schedule, now)}
    changed = await connection.execute(
        update(_table)
        .where(_named(schedule.workspace, schedule.id), _table.c.version == schedule.version)
        .values(values)
    )
    if changed.rowcount:
        await _take_back(connection, schedule.workspace, schedule.id)
    return changed.rowcount > 0


async def remove(connection: AsyncConnection, workspace: str, identity: str) -> bool:
    """Let it go with what it planned; what it posted stays in the ledger."""
    gone = await connection.execute(delete(_table).where(_named(workspace, identity)))
    await _take_back(connection, workspace, identity)
    return gone.rowcount > 0


async def find(connection: AsyncConnection, workspace: str, identity: str) -> Schedule | None:
    found = (await connection.execute(select(_table).where(_named(workspace, identity)))).mappings().one_or_none()
    return read(found) if found else None


async def of_workspace(connection: AsyncConnection, workspace: str) -> list[Schedule]:
    """All of a workspace's, by id."""
    found = await connection.execute(select(_table).where(_table.c.workspace == workspace).order_by(_table.c.id))
    return [read(row) for row in found.mappings()]


async def due(connection: AsyncConnection, before: datetime, *, most: int) -> list[tuple[Schedule, datetime] | Broken]:
    """Those with an occurrence to plan, the most urgent first, each with the first one's moment."""
    rows = await connection.execute(
        select(_table).where(_table.c.next_due <= before).order_by(_table.c.next_due, *_key()).limit(most)
    )
    found: list[tuple[Schedule, datetime] | Broken] = []
    for row in rows.mappings():
        try:
            found.append((read(row), row["next_due"]))
        except ValueError as error:
            found.append(Broken(row["workspace"], row["id"], str(error)))
    return found


async def park(connection: AsyncConnection, broken: Broken) -> None:
    """Plan nothing for it until somebody changes it."""
    await connection.execute(update(_table).where(_named(broken.workspace, broken.id)).values(next_due=None))


async def advance(
    connection: AsyncConnection, schedule: Schedule, *, seen: datetime, to: datetime | None, ended: bool = False
) -> bool:
    """Move the cursor, if it stands where it was seen: of two that plan the same, one gets on."""
    moved = await connection.execute(
        update(_table)
        .where(
            _named(schedule.workspace, schedule.id),
            _table.c.version == schedule.version,
            _table.c.next_due == seen,
        )
        .values(next_due=to, state=Standing.ENDED if ended else schedule.standing)
    )
    return moved.rowcount > 0


async def _take_back(connection: AsyncConnection, workspace: str, identity: str) -> None:
    """Plans that nobody tried yet, and the counts of posts that are none."""
    entry, post = tables.delivery, tables.delivery.alias("post")
    untried = and_(
        entry.c.workspace == workspace,
        entry.c.person == "",
        entry.c.schedule == identity,
        entry.c.state == State.PLANNED,
        entry.c.attempt == 0,
    )
    posted = exists().where(
        post.c.workspace == workspace,
        post.c.person == "",
        post.c.schedule == identity,
        post.c.kind == Kind.POST,
        post.c.local_date == entry.c.local_date,
    )
    await connection.execute(delete(entry).where(untried, entry.c.kind == Kind.POST))
    await connection.execute(delete(entry).where(untried, entry.c.kind == Kind.COUNT, ~posted))


def _next(schedule: Schedule, now: datetime) -> datetime | None:
    found = schedule.first_after(now)
    return found.due if found else None


def _named(workspace: str, identity: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == workspace, _table.c.id == identity)


def _key() -> tuple[ColumnElement[str], ColumnElement[str]]:
    return (_table.c.workspace, _table.c.id)


def _row(schedule: Schedule) -> dict[str, object]:
    rule = schedule.rule
    return {
        "workspace": schedule.workspace,
        "id": schedule.id,
        "theme": schedule.theme,
        "address": schedule.address,
        "weekdays": to_mask(rule.weekdays),
        "minute": rule.at.hour * 60 + rule.at.minute,
        "zone": rule.zone,
        "every_weeks": rule.every_weeks,
        "start": rule.start.isoformat(),
        "until": _day(rule.until),
        "paused_until": _day(schedule.paused_until),
        "start_at": schedule.start_at,
        "skips": json.dumps(sorted(day.isoformat() for day in schedule.skips)),
        "mention": schedule.mention,
        "thread": schedule.thread,
        "holidays": schedule.holidays,
        "late_window": int(schedule.window.total_seconds()),
        "state": schedule.standing,
        "version": schedule.version,
        "created_by": schedule.created_by,
    }


def read(row: Any) -> Schedule:
    hour, minute = divmod(row["minute"], 60)
    rule = Rule(
        from_mask(row["weekdays"]),
        time(hour, minute),
        zone=row["zone"],
        start=date.fromisoformat(row["start"]),
        every_weeks=row["every_weeks"],
        until=_date(row["until"]),
    )
    return Schedule(
        row["workspace"],
        row["id"],
        row["theme"],
        row["address"],
        rule,
        start_at=row["start_at"],
        skips=frozenset(map(date.fromisoformat, json.loads(row["skips"] or "[]"))),
        paused_until=_date(row["paused_until"]),
        mention=row["mention"],
        thread=row["thread"],
        holidays=row["holidays"],
        window=timedelta(seconds=row["late_window"]),
        standing=Standing(row["state"]),
        created_by=row["created_by"],
        version=row["version"],
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _date(stored: str) -> date | None:
    return date.fromisoformat(stored) if stored else None
