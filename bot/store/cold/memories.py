"""What a learner remembers, and the log of the answers it comes from. An answer counts once for each state: the log's
key has the number of the state that was answered, and whoever comes second finds the row of the first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Row,
    Table,
    and_,
    case,
    func,
    literal,
    select,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record, replace
from bot.domain import memory as domain
from bot.domain.learner import Seat
from bot.domain.linking import LoggedAnswer
from bot.domain.memory import CAP, Grade, How, Memory, ReviewPlan, Strength
from bot.domain.quiz import Asked
from bot.store import tables
from bot.store.cold import links, weeks
from bot.store.columns import DAY, to_micros
from bot.store.rows import insert, mine, on_either, put

_KEY = ("theme", "lesson", "question")


class Reviewed(Record):
    """A row of the log: an answer that counted."""

    asked: Asked
    number: int
    at: datetime
    grade: Grade
    given: str
    correct: bool
    guessed: bool
    elapsed: int | None
    """Days since the one before; None for the first."""
    desired: int
    before: Strength | None
    """The state that was answered."""


class ReviewAnswer(Record):
    """An answer to be recorded."""

    names: tuple[Asked, ...]
    """Every name of the question, today's first."""
    right: str
    given: str
    correct: bool
    how: How
    at: datetime
    zone: tzinfo
    desired: int
    number: int | None = None
    """Which answer it is to be; None if it counts only where one is due."""


async def look(
    connection: AsyncConnection, seat: Seat, midnight: datetime, *, linked: Seat | None = None
) -> tuple[Sequence[Memory], ReviewPlan, int]:
    """All that is remembered, what the learner decided, how many reviews there were since midnight: one statement,
    by key, whatever the length of the log. Of somebody who is linked, the rows of both sides, of which the latest
    counts."""
    plan, log = tables.review_plan, tables.review
    today = (
        select(func.count())
        .select_from(log)
        .where(on_either(log, seat, linked), log.c.at >= midnight, log.c.how == How.REVIEW.value)
        .scalar_subquery()
    )
    one = select(literal(1).label("one")).subquery()
    table, of = _remembered(seat, linked)
    joined = one.outerjoin(plan, mine(plan, seat)).outerjoin(table, of)
    columns = select(plan.c.cap, plan.c.frozen_until, today.label("today"), *table.c).select_from(joined)
    rows = (await connection.execute(columns)).all()
    first = rows[0]
    return [_memory(row) for row in rows if row.theme is not None], _plan(first), first.today


def _remembered(seat: Seat, linked: Seat | None) -> tuple[FromClause, ColumnElement[bool]]:
    """Where a learner's memories stand, and which they are."""
    table, joint = tables.memory, tables.joint
    if linked is None:
        return table, mine(table, seat)
    both = union_all(select(table).where(on_either(table, seat, linked)), select(joint).where(mine(joint, seat)))
    return both.subquery("remembered"), literal(1) == 1


async def record(
    connection: AsyncConnection, seat: Seat, answer: ReviewAnswer, *, linked: bool = False
) -> Reviewed | None:
    """Let an answer count, unless another one counted for the same state; returns the one that counts. None if the
    question is not due, where that is asked, or has moved on. Who is linked is looked up again, and held: an answer on
    the other side waits for this one."""
    other = await links.hold(connection, seat) if linked else None
    before = await _find(connection, seat, answer.names, other)
    plan = await plan_of(connection, seat)
    today = answer.at.astimezone(answer.zone).date()
    number = before.reviews if before else 0
    asked = before.asked if before else answer.names[0]
    if answer.number is None and before and not _is_due(before, plan, today, answer.zone):
        return None
    if answer.number is not None and answer.number != number:
        return await _counted(connection, seat, answer.names, answer.number, other)
    strength = before.strength if before and before.right == answer.right else None
    grade = Grade.GOOD if answer.correct else Grade.AGAIN
    elapsed = domain.days_since(strength.last, answer.at, answer.zone) if strength else None
    row = _row(answer, grade, strength, elapsed)
    key = {**seat._asdict(), **_named(asked), "number": number}
    made = insert(connection, tables.review).values({**key, **row}).on_conflict_do_nothing()
    if (await connection.execute(made)).rowcount:
        after, due = domain.answered(strength, grade, answer.at, elapsed=elapsed or 0, desired=answer.desired)
        due += timedelta(days=plan.frozen_days(today))
        await _keep(connection, seat, Memory(asked, answer.right, number + 1, after, due))
    return await _counted(connection, seat, answer.names, number, other)


def _row(answer: ReviewAnswer, grade: Grade, before: Strength | None, elapsed: int | None) -> dict[str, object]:
    """The log's facts: the answer, and the state before it."""
    return {
        "at": answer.at,
        "how": answer.how.value,
        "given": answer.given,
        "correct": answer.correct,
        "grade": int(grade),
        "elapsed": elapsed,
        "stability": before.stability if before else None,
        "difficulty": before.difficulty if before else None,
        "last": before.last if before else None,
        "desired": answer.desired,
    }


def _is_due(memory: Memory, plan: ReviewPlan, today: date, zone: tzinfo) -> bool:
    return not plan.frozen(today) and memory.due.astimezone(zone).date() <= today


async def take_back(
    connection: AsyncConnection,
    seat: Seat,
    names: Collection[Asked],
    number: int,
    *,
    now: datetime,
    zone: tzinfo,
    linked: bool = False,
) -> bool:
    """A right answer was a guess: once, and only while it is the question's last."""
    log = tables.review
    other = await links.hold(connection, seat) if linked else None
    memory = await _find(connection, seat, names, other)
    if memory is None or memory.reviews != number + 1:
        return False
    this = and_(mine(log, seat), _is(log, memory.asked), log.c.number == number)
    lucky = and_(this, log.c.guessed.is_(False), log.c.grade == int(Grade.GOOD))
    changed = await connection.execute(update(log).where(lucky).values(guessed=True, grade=int(Grade.AGAIN)))
    if not changed.rowcount:
        return False
    row = (await connection.execute(select(log).where(this))).one()
    before = _before(row)
    after, due = domain.answered(before, Grade.AGAIN, row.at, elapsed=row.elapsed or 0, desired=row.desired)
    due += timedelta(days=(await plan_of(connection, seat)).frozen_days(now.astimezone(zone).date()))
    await _keep(connection, seat, Memory(memory.asked, memory.right, memory.reviews, after, due))
    return True


async def plan_of(connection: AsyncConnection, seat: Seat) -> ReviewPlan:
    table = tables.review_plan
    row = (await connection.execute(select(table).where(mine(table, seat)))).one_or_none()
    return _plan(row) if row else ReviewPlan()


async def set_cap(connection: AsyncConnection, seat: Seat, cap: int) -> None:
    await put(connection, tables.review_plan, {**seat._asdict(), "cap": cap})


async def freeze(
    connection: AsyncConnection,
    seat: Seat,
    until: date | None,
    *,
    now: datetime,
    zone: tzinfo,
    linked: bool = False,
) -> None:
    """Let reviews wait until a day, or go on, on both sides of a link: what each had left to wait, it has left after
    that. The weeks of rest are kept, so that they stay neutral."""
    other = await links.hold(connection, seat) if linked else None
    today = now.astimezone(zone).date()
    days = max(0, (until - today).days) if until else 0
    for side in (seat, other) if other else (seat,):
        was = (await plan_of(connection, side)).frozen_days(today)
        await weeks.snooze(connection, side, until, today=today)
        await put(connection, tables.review_plan, {**side._asdict(), "frozen_until": until})
        for table in (tables.memory, tables.joint) if other else (tables.memory,):
            if was != days:
                await _shift(connection, table, side, was, days, now=now)


async def _shift(connection: AsyncConnection, table: Table, seat: Seat, was: int, days: int, *, now: datetime) -> None:
    due = type_coerce(table.c.due, BigInteger) - literal(was * DAY, BigInteger)
    start = literal(to_micros(now), BigInteger)
    left = case((due < start, start), else_=due) + literal(days * DAY, BigInteger)
    await connection.execute(update(table).where(mine(table, seat)).values(due=type_coerce(left, table.c.due.type)))


async def log_of(connection: AsyncConnection, seat: Seat) -> list[Reviewed]:
    """The whole log, oldest first, with what was carried over when a link ended."""
    columns = [column.name for column in tables.carried_review.columns]
    kept = [
        select(*(table.c[name] for name in columns)).where(mine(table, seat))
        for table in (tables.review, tables.carried_review)
    ]
    both = union_all(*kept).subquery("log")
    rows = await connection.execute(select(both).order_by(both.c.at, both.c.number))
    return [_reviewed(row) for row in rows]


async def all_of(connection: AsyncConnection, seat: Seat) -> tuple[list[Memory], list[LoggedAnswer]]:
    """All that one side remembers, and the log that it comes from."""
    table = tables.memory
    rows = await connection.execute(select(table).where(mine(table, seat)))
    log = [
        LoggedAnswer(each.asked, each.number, each.at, each.grade, each.desired, each.before)
        for each in await log_of(connection, seat)
    ]
    return [_memory(row) for row in rows], log


async def _find(
    connection: AsyncConnection, seat: Seat, names: Collection[Asked], linked: Seat | None = None
) -> Memory | None:
    """What is remembered of a question. Nobody else changes it before this transaction ends."""
    table, joint = tables.memory, tables.joint
    held = select(table).where(on_either(table, seat, linked), _among(table, names)).with_for_update()
    rows = list((await connection.execute(held)).all())
    if linked:
        rows += (await connection.execute(select(joint).where(mine(joint, seat), _among(joint, names)))).all()
    found = [_memory(row) for row in rows]
    if not found:
        return None
    return replace(max(found, key=domain.latest), reviews=max(each.reviews for each in found))


async def _counted(
    connection: AsyncConnection, seat: Seat, names: Collection[Asked], number: int, linked: Seat | None = None
) -> Reviewed | None:
    log = tables.review
    here = and_(on_either(log, seat, linked), _among(log, names), log.c.number == number)
    row = (await connection.execute(select(log).where(here).order_by(log.c.at.desc()))).first()
    return _reviewed(row) if row else None


async def _keep(connection: AsyncConnection, seat: Seat, memory: Memory) -> None:
    values = {
        **seat._asdict(),
        **_named(memory.asked),
        "answer_key": memory.right,
        "reviews": memory.reviews,
        "stability": memory.strength.stability,
        "difficulty": memory.strength.difficulty,
        "last": memory.strength.last,
        "due": memory.due,
    }
    await put(connection, tables.memory, values)


def _named(asked: Asked) -> dict[str, str]:
    return {"theme": asked.theme, "lesson": asked.lesson, "question": asked.question}


def _is(table: Table, asked: Asked) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _named(asked).items()))


def _among(table: Table, names: Collection[Asked]) -> ColumnElement[bool]:
    """Every name of one question: whole columns, so that the key is used."""
    return and_(*(table.c[name].in_(sorted({getattr(each, name) for each in names})) for name in _KEY))


def _memory(row: Row[Any]) -> Memory:
    strength = Strength(row.stability, row.difficulty, row.last)
    return Memory(Asked(row.theme, row.lesson, row.question), row.answer_key, row.reviews, strength, row.due)


def _plan(row: Row[Any]) -> ReviewPlan:
    return ReviewPlan(row.cap or CAP, row.frozen_until)


def _reviewed(row: Row[Any]) -> Reviewed:
    return Reviewed(
        Asked(row.theme, row.lesson, row.question),
        row.number,
        row.at,
        Grade(row.grade),
        row.given,
        correct=row.correct,
        guessed=row.guessed,
        elapsed=row.elapsed,
        desired=row.desired,
        before=_before(row),
    )


def _before(row: Row[Any]) -> Strength | None:
    return None if row.last is None else Strength(row.stability, row.difficulty, row.last)
