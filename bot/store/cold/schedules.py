"""Schedules: kept, changed, and searched for what is due.

A change deletes what was planned but never tried, and sets the cursor again, in one transaction: no post follows a
schedule that has been changed.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal, select, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record, replace
from bot.domain import outbox, weekly_question
from bot.domain.outbox import DeliveryKind, Entry, front_of
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import Rule, from_mask, to_mask
from bot.domain.schedule import Schedule, ScheduleState
from bot.domain.weekly_question import QuestionDelay
from bot.store import tables
from bot.store.outbox import entries

_table = tables.schedule


class Broken(Record):
    """One that cannot be read any more: its time zone was removed from the tz database, say."""

    workspace: str
    id: str
    reason: str


async def add(connection: AsyncConnection, schedule: Schedule, now: datetime) -> None:
    """Keep a new one; its first occurrence is the first after now."""
    await connection.execute(_table.insert().values(**_row(schedule), created_at=now, next_due=_next(schedule, now)))


async def enlist(connection: AsyncConnection, schedule: Schedule, now: datetime) -> Schedule:
    """Keep a new one under the next free id; an id that is still in the outbox is not free. The caller holds the
    workspace's lock, so two that are added at once get two ids."""
    line = tables.delivery
    known = union_all(
        select(_table.c.id).where(_table.c.workspace == schedule.workspace),
        select(line.c.schedule).where(line.c.workspace == schedule.workspace, line.c.person == "").distinct(),
    )
    taken = [int(id[1:]) for id in (await connection.execute(known)).scalars() if re.fullmatch(r"S[0-9]{1,9}", id)]
    kept = replace(schedule, id=f"S{max(taken, default=0) + 1}")
    await add(connection, kept, now)
    return kept


async def change(connection: AsyncConnection, schedule: Schedule, now: datetime) -> bool:
    """Replace the version that it was made from; False if it was changed meanwhile."""
    values = {**_row(schedule), "version": schedule.version + 1, "next_due": _next(schedule, now)}
    changed = await connection.execute(
        update(_table)
        .where(_named(schedule.workspace, schedule.id), _table.c.version == schedule.version)
        .values(values)
    )
    if changed.rowcount:
        await _take_back(connection, schedule.workspace, schedule.id, after=now)
        await _redirect(connection, schedule)
        await _ask_anew(connection, schedule, now)
    return changed.rowcount > 0


async def end(connection: AsyncConnection, workspace: str, identity: str, *, theme: str) -> Schedule | None:
    """End it; None if it had ended before, or teaches another theme by now."""
    ended = await connection.execute(
        update(_table)
        .where(_named(workspace, identity), _table.c.theme == theme, _table.c.state != ScheduleState.ENDED)
        .values(state=ScheduleState.ENDED, next_due=None, version=_table.c.version + 1)
        .returning(*_table.c)
    )
    row = ended.mappings().one_or_none()
    if row is None:
        return None
    await _take_back(connection, workspace, identity)
    return read(row)


async def remove(connection: AsyncConnection, workspace: str, identity: str) -> bool:
    """Delete it with what it planned; what it posted stays in the outbox."""
    gone = await connection.execute(delete(_table).where(_named(workspace, identity)))
    await _take_back(connection, workspace, identity)
    await _take_back_questions(connection, workspace, identity)
    return gone.rowcount > 0


async def find(connection: AsyncConnection, workspace: str, identity: str) -> Schedule | Broken | None:
    found = (await connection.execute(select(_table).where(_named(workspace, identity)))).mappings().one_or_none()
    return _read(found) if found else None


async def of_workspace(connection: AsyncConnection, workspace: str) -> list[Schedule | Broken]:
    """All of a workspace's, by id."""
    order = (func.length(_table.c.id), _table.c.id)
    found = await connection.execute(select(_table).where(_table.c.workspace == workspace).order_by(*order))
    return [_read(row) for row in found.mappings()]


async def soonest(connection: AsyncConnection, workspace: str, *, most: int) -> list[tuple[Schedule, list[Entry]]]:
    """Those of a workspace that are due next, each with what it posted, in one statement."""
    line = tables.delivery
    first = (
        select(_table)
        .where(_table.c.workspace == workspace, _table.c.next_due.is_not(None))
        .order_by(_table.c.next_due, _table.c.id)
        .limit(most)
        .subquery()
    )
    both = and_(
        line.c.workspace == first.c.workspace,
        line.c.person == "",
        line.c.schedule == first.c.id,
        line.c.kind == DeliveryKind.POST,
    )
    columns = [*(column.label(f"of_{column.name}") for column in first.c), *line.c]
    looked = await connection.execute(select(*columns).select_from(first.outerjoin(line, both)))
    found: dict[str, tuple[Schedule, list[Entry]]] = {}
    for row in looked.mappings():
        schedule = _read({column.name: row[f"of_{column.name}"] for column in first.c})
        if isinstance(schedule, Broken):
            continue
        posted = found.setdefault(schedule.id, (schedule, []))[1]
        if row[line.c.local_date] is not None:
            posted.append(entries.read({column.name: row[column] for column in line.c}))
    return list(found.values())


async def themes(connection: AsyncConnection, workspace: str) -> list[str]:
    """What a workspace's schedules teach, the one due next first; those that are paused come last."""
    due = _table.c.next_due
    look = (
        select(_table.c.theme)
        .where(_table.c.workspace == workspace, _table.c.state != ScheduleState.ENDED)
        .order_by(due.is_(None), due, func.length(_table.c.id), _table.c.id)
    )
    return list((await connection.execute(look)).scalars())


async def places(connection: AsyncConnection, workspace: str = "") -> list[tuple[str, str]]:
    """Where schedules that have not ended post, a workspace's or everybody's: the front end, and the address there."""
    look = select(_table.c.workspace, _table.c.address).where(_table.c.state != ScheduleState.ENDED).distinct()
    if workspace:
        look = look.where(_table.c.workspace == workspace)
    found = await connection.execute(look)
    return sorted({(front_of(home), address) for home, address in found})


async def due(connection: AsyncConnection, before: datetime, *, most: int) -> list[tuple[Schedule, datetime] | Broken]:
    """Those with an occurrence to plan, most urgent first, each with the moment of the first one. A workspace that
    removed the bot gets nothing until it comes back."""
    home = tables.workspace
    gone = select(literal(1)).where(home.c.workspace == _table.c.workspace, home.c.left_at.is_not(None)).exists()
    order = (_table.c.next_due, _table.c.workspace, _table.c.id)
    look = select(_table).where(_table.c.next_due <= before, ~gone).order_by(*order).limit(most)
    rows = await connection.execute(look)
    found: list[tuple[Schedule, datetime] | Broken] = []
    for row in rows.mappings():
        schedule = _read(row)
        found.append(schedule if isinstance(schedule, Broken) else (schedule, row["next_due"]))
    return found


async def park(connection: AsyncConnection, broken: Broken) -> None:
    """Plan nothing for it until it is changed."""
    await connection.execute(update(_table).where(_named(broken.workspace, broken.id)).values(next_due=None))


async def advance(
    connection: AsyncConnection, schedule: Schedule, *, seen: datetime, to: datetime | None, ended: bool = False
) -> bool:
    """Move the cursor, if it is where it was read: of two processes that plan the same, one succeeds."""
    moved = await connection.execute(
        update(_table)
        .where(
            _named(schedule.workspace, schedule.id),
            _table.c.version == schedule.version,
            _table.c.next_due == seen,
        )
        .values(next_due=to, state=ScheduleState.ENDED if ended else schedule.state)
    )
    return moved.rowcount > 0


async def _take_back(
    connection: AsyncConnection, workspace: str, identity: str, *, after: datetime | None = None
) -> None:
    """Delete posts that were never tried, and the counts of deleted posts. With a moment, only posts due after it: what
    is due already and waits to be sent must not vanish silently."""
    entry, post = tables.delivery, tables.delivery.alias("post")
    untried = _untried(workspace, identity)
    posted = exists().where(
        post.c.workspace == workspace,
        post.c.person == "",
        post.c.schedule == identity,
        post.c.kind == DeliveryKind.POST,
        post.c.local_date == entry.c.local_date,
    )
    later = entry.c.due_at > after if after is not None else true()
    await connection.execute(delete(entry).where(untried, entry.c.kind == DeliveryKind.POST, later))
    await connection.execute(delete(entry).where(untried, entry.c.kind == DeliveryKind.COUNT, ~posted))


def _untried(workspace: str, identity: str) -> ColumnElement[bool]:
    entry = tables.delivery
    return and_(
        entry.c.workspace == workspace,
        entry.c.person == "",
        entry.c.schedule == identity,
        entry.c.state == DeliveryState.PLANNED,
        entry.c.attempt == 0,
    )


async def _take_back_questions(
    connection: AsyncConnection, workspace: str, identity: str, *, after: datetime | None = None
) -> None:
    """Delete questions that were never tried. The end of a schedule leaves them: they are on what it has posted."""
    entry = tables.delivery
    later = entry.c.due_at > after if after is not None else true()
    this = and_(_untried(workspace, identity), entry.c.kind == DeliveryKind.QUESTION, later)
    await connection.execute(delete(entry).where(this))


async def _ask_anew(connection: AsyncConnection, schedule: Schedule, now: datetime) -> None:
    """Questions on what is posted already, by the rule that holds from now on; what would have been before, is not."""
    await _take_back_questions(connection, schedule.workspace, schedule.id, after=now)
    posted, asked = await entries.of_schedule_and_questions(connection, schedule.workspace, schedule.id)
    done = outbox.asked_after(asked)
    dates = [each.name.local_date for each in posted if not each.state.over or each.state in outbox.OUT]
    coming = outbox.questions(schedule, [day for day in dates if day.isoformat() not in done])
    await entries.plan(connection, [each for each in coming if each.due > now])


async def _redirect(connection: AsyncConnection, schedule: Schedule) -> None:
    """What waits to be sent goes to the schedule's new address."""
    entry = tables.delivery
    await connection.execute(
        update(entry)
        .where(
            _untried(schedule.workspace, schedule.id),
            entry.c.kind.in_((DeliveryKind.POST, DeliveryKind.QUESTION)),
        )
        .values(address=schedule.address)
    )


def _next(schedule: Schedule, now: datetime) -> datetime | None:
    found = schedule.first_after(now)
    return found.due if found else None


def _named(workspace: str, identity: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == workspace, _table.c.id == identity)


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
        "start": rule.start,
        "until": rule.until,
        "paused_until": schedule.paused_until,
        "start_at": schedule.start_at,
        "skips": json.dumps(sorted(day.isoformat() for day in schedule.skips)),
        "mention": schedule.mention,
        "thread": schedule.thread,
        "holidays": schedule.holidays,
        "late_window": int(schedule.window.total_seconds()),
        "state": schedule.state,
        "version": schedule.version,
        "created_by": schedule.created_by,
        "question_after": schedule.question_after.words if schedule.question_after else "",
    }


def _read(row: Any) -> Schedule | Broken:
    try:
        return read(row)
    except ValueError as error:
        return Broken(row["workspace"], row["id"], str(error))


def read(row: Any) -> Schedule:
    hour, minute = divmod(row["minute"], 60)
    rule = Rule(
        from_mask(row["weekdays"]),
        time(hour, minute),
        zone=row["zone"],
        start=row["start"],
        every_weeks=row["every_weeks"],
        until=row["until"],
    )
    return Schedule(
        row["workspace"],
        row["id"],
        row["theme"],
        row["address"],
        rule,
        start_at=row["start_at"],
        skips=frozenset(map(date.fromisoformat, json.loads(row["skips"] or "[]"))),
        paused_until=row["paused_until"],
        mention=row["mention"],
        thread=row["thread"],
        holidays=row["holidays"],
        window=timedelta(seconds=row["late_window"]),
        state=ScheduleState(row["state"]),
        created_by=row["created_by"],
        version=row["version"],
        question_after=_delay(row["question_after"]),
    )


def _delay(stored: str) -> QuestionDelay | None:
    if not stored:
        return None
    found = weekly_question.parse(stored)
    if found is None:
        raise ValueError(f"no such time for a question: {stored!r}")
    return found
