"""Answers to questions of the week, and the row of the outbox that edits their number into the message.

That row is planned by whoever answers first, a minute ahead; those who answer meanwhile find it planned. Whoever
answers while the edit is under way locks the row first, so the edit's end counts them and is planned once more.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain import outbox, weekly_question
from bot.domain.course import Key
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry
from bot.domain.posts import DeliveryState
from bot.domain.quiz import Answered
from bot.domain.weekly_question import AnswerTally
from bot.store import tables
from bot.store.outbox import entries
from bot.store.rows import insert, mine

_answer = tables.answer
_line = tables.delivery
_OF_QUESTIONS = _answer.c.schedule != literal_column("''")
"""As in the index, so that it is used."""


class GivenAnswer(Record):
    """An answer to be recorded."""

    schedule: str
    local_date: date
    """Of the question."""
    key: Key
    question: str
    given: str
    correct: bool
    at: datetime


async def take(connection: AsyncConnection, seat: Seat, answer: GivenAnswer) -> tuple[Answered, bool]:
    """The answer that counts, which is the person's first, and whether it is this one."""
    row = {
        **seat._asdict(),
        "quiz": weekly_question.answers_id(answer.schedule, answer.local_date),
        "position": 0,
        "theme": answer.key.theme,
        "lesson": answer.key.lesson,
        "question": answer.question,
        "given": answer.given,
        "correct": answer.correct,
        "at": answer.at,
        "schedule": answer.schedule,
    }
    made = await connection.execute(insert(connection, _answer).values(row).on_conflict_do_nothing())
    if made.rowcount:
        return Answered(0, answer.given, correct=answer.correct), True
    first = await given(connection, seat, answer.schedule, answer.local_date)
    return first or Answered(0, answer.given, correct=answer.correct), False


async def given(connection: AsyncConnection, seat: Seat, schedule: str, day: date) -> Answered | None:
    """What somebody answered to a question."""
    this = and_(mine(_answer, seat), _answer.c.quiz == weekly_question.answers_id(schedule, day))
    row = (await connection.execute(select(_answer).where(this))).one_or_none()
    return Answered(0, row.given, correct=row.correct) if row else None


async def tally(connection: AsyncConnection, name: DeliveryKey) -> AnswerTally:
    """How a question was answered, counted in the database."""
    this = _answer.c.quiz == weekly_question.answers_id(name.schedule, name.local_date)
    rows = await connection.execute(
        select(_answer.c.given, _answer.c.correct, func.count())
        .where(_answer.c.workspace == name.workspace, this, _OF_QUESTIONS)
        .group_by(_answer.c.given, _answer.c.correct)
    )
    return weekly_question.tally((words, correct, people) for words, correct, people in rows)


async def read(connection: AsyncConnection, name: DeliveryKey) -> tuple[Entry | None, Entry | None]:
    """A question, and the edit that ends it; that one is planned once the question stands there."""
    kinds = (DeliveryKind.QUESTION, DeliveryKind.RESULT)
    same = and_(
        _line.c.workspace == name.workspace,
        _line.c.person == "",
        _line.c.schedule == name.schedule,
        _line.c.kind.in_(kinds),
        _line.c.local_date == name.local_date.isoformat(),
    )
    found = [entries.read(row) for row in (await connection.execute(select(_line).where(same))).mappings()]
    lines = {each.name.kind: each for each in found}
    return lines.get(DeliveryKind.QUESTION), lines.get(DeliveryKind.RESULT)


async def count_again(connection: AsyncConnection, question: Entry, *, now: datetime, until: datetime) -> None:
    """Plan the edit that says how many have answered, unless it is planned already."""
    edit = outbox.answers(question.name, question.address, now=now, until=until)
    # The lock: whoever ends an edit that is under way waits for this answer, and then counts it. It comes before the
    # lane's, as everywhere, so that no two wait for one another.
    held = select(_line.c.state).where(entries.named(edit.name)).with_for_update()
    state = (await connection.execute(held)).scalar_one_or_none()
    if state is None:
        await entries.plan(connection, [edit])
    elif state in {DeliveryState.SENT, DeliveryState.LATE, DeliveryState.SKIPPED}:
        await _replan(connection, edit, entries.named(edit.name))


async def end_count(connection: AsyncConnection, edit: Entry, *, now: datetime, message: str) -> None:
    """The number was edited into the message: the end of the row, unless there are other answers by now. Nothing is
    written if another process owns the row."""
    lease = edit.lease
    owned = and_(entries.named(edit.name), _line.c.lease_owner == lease.owner, _line.c.lease_epoch == lease.epoch)
    if (await connection.execute(select(_line.c.state).where(owned).with_for_update())).one_or_none() is None:
        return
    counted = await tally(connection, edit.name)
    if str(counted.answered) != edit.payload.get(outbox.SHOWN):
        again = outbox.answers(edit.name, edit.address, now=now, until=edit.expires)
        await _replan(connection, again, owned)
        return
    done: dict[str, Any] = {"state": DeliveryState.SENT, "ended_at": now, "lease_until": None, "message": message}
    await connection.execute(update(_line).where(owned).values(**done, reason=""))


async def _replan(connection: AsyncConnection, edit: Entry, this: ColumnElement[bool]) -> None:
    await connection.execute(
        update(_line)
        .where(this)
        .values(
            state=DeliveryState.PLANNED,
            due_at=edit.due,
            ready_at=edit.due,
            expires_at=edit.expires,
            attempt=0,
            first_try_at=None,
            doubt_at=None,
            lease_until=None,
            ended_at=None,
            reason="",
        )
    )
    await entries.wake(connection, {edit.name.workspace: edit.due})


async def sent(connection: AsyncConnection, question: Entry, at: datetime) -> None:
    """It stands there: plan the edit that ends it. An answer that came before this was known gets its count."""
    result = outbox.result(question, at)
    if (await tally(connection, question.name)).answered:
        await count_again(connection, question, now=at, until=result.due)
    await entries.plan(connection, [result])
