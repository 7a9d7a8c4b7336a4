"""Consent to reminders, and what else the rules of reminders need: what was sent, the last activity, the address, the
time zone. Read for many seats in the same few statements.

Only a learner's own choice or an assignment makes a row; everything else changes one that is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    case,
    false,
    func,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record, replace
from bot.domain import linking
from bot.domain.learner import Seat
from bot.domain.nudging import A_WEEK, Consent, Nudge, Past, Way
from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import WORKDAYS, from_mask, to_mask
from bot.domain.schedule import ScheduleState
from bot.store import tables
from bot.store.outbox.claims import read_payload
from bot.store.queries import batch, packed
from bot.store.rows import mine, on_either, put

REMEMBERED = timedelta(days=92)
"""How far back nudges are read: as long as the outbox keeps them."""
INTRODUCES = "introduces"
"""In the payload of the one nudge that says who suggested the theme."""

_table = tables.consent


class ActiveSchedule(Record):
    """A schedule of the workspace, as far as reminders need it."""

    theme: str
    zone: str
    address: str
    active: bool = True
    """If not, it has ended, and its place is still where people learn."""


class Agreement(Record):
    """A learner's consent and what else decides on reminders. Activity that a `LearnerState` holds is not in `past`."""

    consent: Consent
    past: Past
    zone: str = ""
    """The platform's time zone of theirs when they chose."""
    address: str = ""
    """The address of reminders; empty if it is not known yet."""
    closed: str = ""
    """Why delivery failed for good, if that is why reminders are off."""
    told: bool = False
    """The outbox shows that they were told who suggested it, and their row does not say so yet."""
    schedules: tuple[ActiveSchedule, ...] = ()
    reviews: int = 0
    """Questions that are due again."""
    linked: Seat | None = None
    yields: bool = False
    """Whether the other side of a link reminds them."""


async def find(connection: AsyncConnection, seat: Seat, now: datetime) -> Agreement | None:
    return (await find_all(connection, [seat], now)).get(seat)


async def find_all(connection: AsyncConnection, seats: Sequence[Seat], now: datetime) -> Mapping[Seat, Agreement]:
    """The agreements of those seats that have chosen about reminders, or were assigned something. What was sent, done
    and is due on the other side of a link counts as well."""
    found = await _find_all(connection, seats, now)
    linked = {seat: each.linked for seat, each in found.items() if each.linked}
    if not linked:
        return found
    others = await _find_all(connection, tuple(linked.values()), now)
    paused = await _paused(connection, linked.values())
    for seat, other in linked.items():
        due = await _due_on_both(connection, seat, other, now)
        there = others.get(other)
        found[seat] = _as_one(seat, found[seat], other, there, due=due, paused=other in paused)
    return found


async def _paused(connection: AsyncConnection, seats: Collection[Seat]) -> set[Seat]:
    table = tables.learner
    asked = select(table.c.workspace, table.c.person).where(
        or_(*(mine(table, seat) for seat in seats)), table.c.paused.is_(True)
    )
    return {Seat(*row) for row in await connection.execute(asked)}


def _as_one(seat: Seat, mine: Agreement, other: Seat, theirs: Agreement | None, *, due: int, paused: bool) -> Agreement:
    """An agreement of somebody who is linked: whatever was sent on either side is sent."""
    if theirs is None:
        return replace(mine, reviews=due)
    nudges = sorted((*mine.past.nudges, *theirs.past.nudges), key=lambda each: each.sent)
    alive = max((at for at in (mine.past.alive, theirs.past.alive) if at), default=None)
    return replace(
        mine,
        past=replace(mine.past, nudges=tuple(nudges), alive=alive),
        reviews=due,
        yields=not paused and linking.yields(mine.consent, seat, theirs.consent, other),
    )


async def _find_all(connection: AsyncConnection, seats: Sequence[Seat], now: datetime) -> dict[Seat, Agreement]:
    wanted = list(dict.fromkeys(seats))
    asked = batch("i bigint, workspace text, person text", connection.dialect)
    these = {"batch": packed([(index, *seat) for index, seat in enumerate(wanted)])}
    rows = (await connection.execute(_agreements(asked), these)).mappings().all()
    if not rows:
        return {}
    nudges: dict[int, list[Nudge]] = defaultdict(list)
    told: set[int] = set()
    for index, day, sent, payload in await connection.execute(_sent(asked, now - REMEMBERED), these):
        nudges[index].append(Nudge(date.fromisoformat(day), sent))
        if INTRODUCES in read_payload(payload):
            told.add(index)
    signs = {row.i: row.at for row in await connection.execute(_signs(asked), these)}
    reviews = {row.i: row for row in await connection.execute(_reviews(asked, now), these)}
    schedules = await running(connection, {wanted[row["i"]].workspace for row in rows})
    found = {}
    for row in rows:
        seat, index = wanted[row["i"]], row["i"]
        reviewed, due = (reviews[index].last, reviews[index].due) if index in reviews else (None, 0)
        alive = max((at for at in (row["alive_at"], signs.get(index), reviewed) if at), default=None)
        past = Past(tuple(nudges[index]), alive, row["silent_since"])
        consent = _read(row)
        found[seat] = Agreement(
            replace(consent, introduced=consent.introduced or index in told),
            past,
            zone=row["zone"],
            address=row["address"] or "",
            closed=row["stopped"] or "",
            told=index in told and not consent.introduced,
            schedules=schedules.get(seat.workspace, ()),
            reviews=due,
            linked=Seat(row["other_workspace"], row["other_person"]) if row["other_workspace"] else None,
        )
    return found


async def running(connection: AsyncConnection, workspaces: Collection[str]) -> Mapping[str, tuple[ActiveSchedule, ...]]:
    """Schedules by workspace; active ones first."""
    order = tables.schedule
    found: dict[str, list[ActiveSchedule]] = defaultdict(list)
    rows = await connection.execute(
        select(order.c.workspace, order.c.theme, order.c.zone, order.c.address, order.c.state == ScheduleState.ACTIVE)
        .where(order.c.workspace.in_(sorted(workspaces)))
        .order_by(order.c.workspace, order.c.state != ScheduleState.ACTIVE, order.c.id)
    )
    for workspace, *each in rows:
        found[workspace].append(ActiveSchedule(*each))
    return {workspace: tuple(each) for workspace, each in found.items()}


async def save(connection: AsyncConnection, seat: Seat, consent: Consent, *, zone: str, now: datetime) -> None:
    """A learner's choice, as of now. A snooze stays, and so do assignments."""
    values = {
        "way": consent.way,
        "days": to_mask(consent.days),
        "minute": consent.at.hour * 60 + consent.at.minute,
        "a_week": consent.a_week,
        "until": consent.until,
        "zone": zone,
        "since": now,
        "alive_at": now,
    }
    await put(connection, _table, {**seat._asdict(), **values})


async def moved(connection: AsyncConnection, seat: Seat, zone: str) -> None:
    """The platform has another time zone of theirs by now."""
    await connection.execute(update(_table).where(mine(_table, seat)).values(zone=zone))


async def switch_off(connection: AsyncConnection, seat: Seat) -> None:
    """A no, which takes precedence over any assignment."""
    await connection.execute(update(_table).where(mine(_table, seat)).values(way=Way.OFF))


async def snooze(connection: AsyncConnection, seat: Seat, until: date | None, now: datetime) -> None:
    """No reminders before that date; without one, they go on."""
    values = {"snoozed_until": until, "alive_at": now}
    await connection.execute(update(_table).where(mine(_table, seat)).values(values))


async def alive(connection: AsyncConnection, seat: Seat, now: datetime) -> None:
    """Activity that leaves no other trace."""
    await connection.execute(update(_table).where(mine(_table, seat)).values(alive_at=now))


async def fell_silent(connection: AsyncConnection, seats: Sequence[Seat], now: datetime) -> None:
    """Too many nudges went unanswered. Kept here, since the outbox deletes its rows."""
    await connection.execute(update(_table).where(_among(seats)).values(silent_since=now))


async def introduced(connection: AsyncConnection, seats: Sequence[Seat]) -> None:
    """They have been told who suggested it."""
    await connection.execute(update(_table).where(_among(seats)).values(introduced=True))


def _among(seats: Sequence[Seat]) -> ColumnElement[bool]:
    return or_(false(), *(mine(_table, seat) for seat in seats))


def _agreements(asked: Subquery) -> Any:
    cursor = tables.nudge
    there = and_(
        cursor.c.workspace == _table.c.workspace,
        cursor.c.person == _table.c.person,
        cursor.c.kind == DeliveryKind.NUDGE,
    )
    link = tables.link
    other = and_(link.c.workspace == _table.c.workspace, link.c.person == _table.c.person)
    return (
        select(asked.c.i, _table, cursor.c.address, cursor.c.stopped, link.c.other_workspace, link.c.other_person)
        .select_from(asked)
        .join(_table, and_(_table.c.workspace == asked.c.workspace, _table.c.person == asked.c.person))
        .outerjoin(cursor, there)
        .outerjoin(link, other)
    )


def _sent(asked: Subquery, since: datetime) -> Any:
    """What was sent, as of when sending began: an answer given before the mark counts."""
    line = tables.delivery
    return (
        select(asked.c.i, line.c.local_date, func.coalesce(line.c.first_try_at, line.c.ended_at), line.c.payload)
        .select_from(asked)
        .join(line, and_(line.c.workspace == asked.c.workspace, line.c.person == asked.c.person))
        .where(
            line.c.schedule == "",
            line.c.kind == DeliveryKind.NUDGE,
            line.c.local_date >= since.date().isoformat(),
            line.c.state.in_((DeliveryState.SENT, DeliveryState.LATE)),
        )
        .order_by(asked.c.i, line.c.local_date)
    )


def _signs(asked: Subquery) -> Any:
    """When a quiz was last begun or answered. The quizzes that are kept suffice: an answer to an older one is older."""
    quiz, answer = tables.quiz, tables.answer
    here = and_(quiz.c.workspace == asked.c.workspace, quiz.c.person == asked.c.person)
    begun = select(asked.c.i, quiz.c.at).select_from(asked).join(quiz, here)
    given = (
        select(asked.c.i, answer.c.at)
        .select_from(asked)
        .join(quiz, here)
        .join(
            answer,
            and_(answer.c.workspace == quiz.c.workspace, answer.c.person == quiz.c.person, answer.c.quiz == quiz.c.id),
        )
    )
    both = union_all(begun, given).subquery("sign")
    return select(both.c.i, func.max(both.c.at).label("at")).group_by(both.c.i)


def _reviews(asked: Subquery, now: datetime) -> Any:
    """When a question was last answered, and how many are due again: of what is remembered, not of the whole log."""
    table = tables.memory
    here = and_(table.c.workspace == asked.c.workspace, table.c.person == asked.c.person)
    due = func.sum(case((table.c.due <= now, 1), else_=0))
    found = select(asked.c.i, func.max(table.c.last).label("last"), due.label("due"))
    return found.select_from(asked).join(table, here).group_by(asked.c.i)


async def _due_on_both(connection: AsyncConnection, seat: Seat, other: Seat, now: datetime) -> int:
    """How many questions are due again, of which either side may have the latest memory."""
    table, joint = tables.memory, tables.joint
    asked = ("theme", "lesson", "question")
    sides = [
        select(*(each.c[name] for name in (*asked, "last", "reviews", "due"))).where(of)
        for each, of in ((table, on_either(table, seat, other)), (joint, mine(joint, seat)))
    ]
    both = union_all(*sides).subquery("side")
    place = func.row_number().over(
        partition_by=[both.c[name] for name in asked], order_by=(both.c.last.desc(), both.c.reviews.desc())
    )
    ranked = select(both.c.due, place.label("place")).subquery("ranked")
    counted = select(func.count()).select_from(ranked).where(ranked.c.place == 1, ranked.c.due <= now)
    return (await connection.execute(counted)).scalar_one()


def _read(row: Any) -> Consent:
    """A row that an assignment made holds no choice: then the defaults for days and hour apply."""
    consent = Consent(
        since=row["since"],
        way=Way(row["way"] or Way.UNSAID),
        assigned=row["assigned"],
        introduced=row["introduced"],
        until=row["until"],
        snoozed_until=row["snoozed_until"],
    )
    if not row["a_week"]:
        return consent
    hour, minute = divmod(row["minute"], 60)
    return replace(
        consent, days=from_mask(row["days"]) or WORKDAYS, at=time(hour, minute), a_week=row["a_week"] or A_WEEK
    )
