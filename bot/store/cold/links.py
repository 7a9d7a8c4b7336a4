"""Links: two seats of one learner, the codes that make them, and what each side keeps when one ends.

Both sides keep their own rows. While linked, a look reads both; when a link ends, what was learned on one side since it
began is copied to the other, into tables that nothing reads but the learner's own looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, case, delete, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.domain.memory import Memory
from bot.store import tables
from bot.store.cold import certificates
from bot.store.rows import insert, mine, put

CODE_KEPT = timedelta(hours=1)
"""How long it is still known that a code expired, or was used."""
WINDOW = timedelta(hours=1)
"""Over which wrong codes are counted."""
MOST_WRONG = 5
"""Of one person within the window; then typing rests for them."""
MOST_WRONG_OF_ALL = 100
"""Of everybody within the window; then it rests for all."""

_link, _code, _guess = tables.link, tables.link_code, tables.link_guess


class CodeState(StrEnum):
    OPEN = "open"
    TYPED = "typed"
    """On the other side, which has not confirmed yet."""
    AGREED = "agreed"
    """By the other side; the one who asked confirms last."""
    USED = "used"


class LinkCode(Record):
    """A code that was given out."""

    asker: Seat
    name: str
    digest: str
    expires_at: datetime
    state: CodeState
    other: Seat | None = None
    """Who typed it."""


class Linked(Record):
    other: Seat
    since: datetime


# Links ----------------------------------------------------------------------------------------------------------------


async def find(connection: AsyncConnection, seat: Seat) -> Linked | None:
    row = (await connection.execute(select(_link).where(mine(_link, seat)))).one_or_none()
    return Linked(Seat(row.other_workspace, row.other_person), row.since) if row else None


async def hold(connection: AsyncConnection, seat: Seat) -> Seat | None:
    """The other side of a link; until this transaction ends, nothing that holds it happens on either side."""
    both = select(_link).where(or_(mine(_link, seat), _leads_to(_link, seat)))
    rows = (await connection.execute(both.order_by(_link.c.workspace, _link.c.person).with_for_update())).all()
    own = next((row for row in rows if (row.workspace, row.person) == seat), None)
    return Seat(own.other_workspace, own.other_person) if own else None


def _leads_to(table: Table, seat: Seat) -> ColumnElement[bool]:
    return and_(table.c.other_workspace == seat.workspace, table.c.other_person == seat.person)


async def make(connection: AsyncConnection, one: Seat, other: Seat, at: datetime) -> bool:
    """Link two seats; False if one of them is linked already, and then the transaction is to be given up."""
    made = 0
    for mine_, theirs in sorted([(one, other), (other, one)]):
        row = {**mine_._asdict(), "other_workspace": theirs.workspace, "other_person": theirs.person, "since": at}
        wanted = insert(connection, _link).values(row).on_conflict_do_nothing()
        made += (await connection.execute(wanted)).rowcount
    return made == 2


async def keep_joint(connection: AsyncConnection, seats: Iterable[Seat], memories: Sequence[Memory]) -> None:
    """What is remembered of questions that both sides answered, for each side."""
    rows = [
        {
            **seat._asdict(),
            "theme": each.asked.theme,
            "lesson": each.asked.lesson,
            "question": each.asked.question,
            "answer_key": each.right,
            "reviews": each.reviews,
            "stability": each.strength.stability,
            "difficulty": each.strength.difficulty,
            "last": each.strength.last,
            "due": each.due,
        }
        for seat in seats
        for each in memories
    ]
    if rows:
        await connection.execute(tables.joint.insert(), rows)


async def end(connection: AsyncConnection, seat: Seat) -> Seat | None:
    """Unlink: each side keeps its own rows, and gets what was learned on the other since they were linked."""
    other, linked = await hold(connection, seat), await find(connection, seat)
    if other is None or linked is None:
        return None
    for source, target in ((seat, other), (other, seat)):
        await _carry(connection, source, target, linked.since)
    await forget(connection, seat)
    return other


async def forget(connection: AsyncConnection, seat: Seat) -> int:
    """End a link without carrying anything over, and forget what another side holds of this one; how many rows of its
    own that were."""
    there = select(_link.c.workspace, _link.c.person).where(_leads_to(_link, seat))
    joint = tables.joint
    await connection.execute(delete(joint).where(tuple_(joint.c.workspace, joint.c.person).in_(there)))
    gone = (await connection.execute(delete(joint).where(mine(joint, seat)))).rowcount
    for table in (_link, _code):
        await connection.execute(delete(table).where(_leads_to(table, seat)))
        gone += (await connection.execute(delete(table).where(mine(table, seat)))).rowcount
    return gone


async def forget_workspace(connection: AsyncConnection, workspace: str) -> None:
    """The same for everybody in a workspace that is erased."""
    there = select(_link.c.workspace, _link.c.person).where(_link.c.other_workspace == workspace)
    joint = tables.joint
    await connection.execute(delete(joint).where(tuple_(joint.c.workspace, joint.c.person).in_(there)))
    for table in (_link, _code):
        await connection.execute(delete(table).where(table.c.other_workspace == workspace))


async def _carry(connection: AsyncConnection, source: Seat, target: Seat, since: datetime) -> None:
    done, log, saved = tables.completion, tables.review, tables.saved
    await _copy(connection, done, tables.carried, target, and_(mine(done, source), done.c.at >= since))
    await _copy(connection, log, tables.carried_review, target, and_(mine(log, source), log.c.at >= since))
    await _copy(connection, saved, saved, target, and_(mine(saved, source), saved.c.at >= since))
    await _carry_certified(connection, source, target)
    table = tables.memory
    await _copy(connection, table, table, target, and_(mine(table, source), table.c.last >= since), newest="last")


async def _carry_certified(connection: AsyncConnection, source: Seat, target: Seat) -> None:
    """The lessons that a certificate of the target names, so that it stands after the split."""
    for made in await certificates.all_of(connection, target):
        named = [(each.key.theme, each.key.lesson) for each in made.lessons]
        for table in (tables.completion, tables.carried):
            those = and_(mine(table, source), tuple_(table.c.theme, table.c.lesson).in_(named))
            await _copy(connection, table, tables.carried, target, those)


async def _copy(
    connection: AsyncConnection, source: Table, into: Table, seat: Seat, those: ColumnElement[bool], *, newest: str = ""
) -> None:
    """Copy rows to a seat. What it has already stays, unless the copy is newer, where that is asked."""
    values = {"workspace": literal(seat.workspace), "person": literal(seat.person)}
    columns = [values.get(each.name, source.c[each.name]) for each in into.columns]
    made: Any = insert(connection, into).from_select(
        [each.name for each in into.columns], select(*columns).where(those)
    )
    key = [each.name for each in into.primary_key]
    if newest:
        facts = {each.name: made.excluded[each.name] for each in into.columns if each.name not in key}
        newer = made.excluded[newest] > into.c[newest]
        made = made.on_conflict_do_update(index_elements=key, set_=facts, where=newer)
    else:
        made = made.on_conflict_do_nothing()
    await connection.execute(made)


# Codes ----------------------------------------------------------------------------------------------------------------


async def give_out(
    connection: AsyncConnection, seat: Seat, *, name: str, selector: str, digest: str, expires_at: datetime
) -> None:
    """Keep a code of theirs; an earlier one is gone with it."""
    values = {
        "name": name,
        "selector": selector,
        "digest": digest,
        "expires_at": expires_at,
        "state": CodeState.OPEN.value,
        "other_workspace": "",
        "other_person": "",
    }
    await put(connection, _code, {**seat._asdict(), **values})


async def under_way(connection: AsyncConnection, seat: Seat, now: datetime) -> LinkCode | None:
    """The code that somebody asked for or typed and that is not used yet, the latest."""
    here = or_(mine(_code, seat), _leads_to(_code, seat))
    found = (
        select(_code)
        .where(here, _code.c.state != CodeState.USED.value, _code.c.expires_at > now)
        .order_by(_code.c.expires_at.desc())
    )
    row = (await connection.execute(found)).first()
    return _read(row) if row else None


async def called(connection: AsyncConnection, name: str) -> LinkCode | None:
    """The code of that name; nobody else changes it before this transaction ends."""
    row = (await connection.execute(select(_code).where(_code.c.name == name).with_for_update())).one_or_none()
    return _read(row) if row else None


async def beginning(connection: AsyncConnection, selector: str) -> Sequence[LinkCode]:
    """The codes that begin so; nobody else changes them before this transaction ends."""
    found = select(_code).where(_code.c.selector == selector).order_by(_code.c.name).with_for_update()
    return [_read(row) for row in await connection.execute(found)]


async def move(connection: AsyncConnection, code: LinkCode, state: CodeState, *, other: Seat | None = None) -> None:
    values: dict[str, object] = {"state": state.value}
    if other:
        values |= {"other_workspace": other.workspace, "other_person": other.person}
    await connection.execute(update(_code).where(_code.c.name == code.name).values(values))


async def drop(connection: AsyncConnection, code: LinkCode) -> None:
    await connection.execute(delete(_code).where(_code.c.name == code.name))


def _read(row: Row[Any]) -> LinkCode:
    other = Seat(row.other_workspace, row.other_person) if row.other_workspace else None
    return LinkCode(Seat(row.workspace, row.person), row.name, row.digest, row.expires_at, CodeState(row.state), other)


# Guesses --------------------------------------------------------------------------------------------------------------


async def count_guess(connection: AsyncConnection, seat: Seat, now: datetime) -> bool:
    """Count a typed code before it is looked for; whether it may be looked for. A locked person counts no further, so
    that nobody alone locks out the others."""
    of_all = select(func.coalesce(func.sum(_guess.c.wrong), 0)).where(_guess.c.since > now - WINDOW)
    before = (await connection.execute(of_all)).scalar_one()
    made = insert(connection, _guess).values(**seat._asdict(), wrong=1, since=now)
    over = _guess.c.since <= now - WINDOW
    more = case((over, 1), (_guess.c.wrong > MOST_WRONG, _guess.c.wrong), else_=_guess.c.wrong + 1)
    since = case((over, made.excluded.since), else_=_guess.c.since)
    counted = made.on_conflict_do_update(index_elements=["workspace", "person"], set_={"wrong": more, "since": since})
    wrong: int = (await connection.execute(counted.returning(_guess.c.wrong))).scalar_one()
    return wrong <= MOST_WRONG and before < MOST_WRONG_OF_ALL


async def guessed_right(connection: AsyncConnection, seat: Seat) -> None:
    """That one was none: it does not count."""
    await connection.execute(update(_guess).where(mine(_guess, seat)).values(wrong=_guess.c.wrong - 1))
    await connection.execute(delete(_guess).where(mine(_guess, seat), _guess.c.wrong <= 0))


async def tidy(connection: AsyncConnection, now: datetime) -> None:
    """Forget codes and guesses that are over."""
    await connection.execute(delete(_code).where(_code.c.expires_at <= now - CODE_KEPT))
    await connection.execute(delete(_guess).where(_guess.c.since <= now - WINDOW))
