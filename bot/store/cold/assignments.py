"""Assignments: themes suggested to one person, or by a rule to all who have a role; kept, applied, ended.

Applying is set-based, and never happens twice by the same rule. First it is noted to whom the assignment is new; then
come their follows. A person who left the theme since is not new to it, so a rule never brings them back. A rule writes
nothing of whoever does not learn here yet, and reminds nobody: consent to reminders, and the cursor of them, come with
what is assigned by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record, replace
from bot.domain.learner import Assignment, Seat
from bot.domain.outbox import DeliveryKind
from bot.store import tables
from bot.store.rows import insert, read

CHUNK = 500
"""People in one statement, well under SQLite's limit on parameters."""

_table = tables.assignment
_done = tables.assigned
_follow = tables.follow


class Applied(Record):
    """An assignment, and how many it reached."""

    assignment: Assignment
    people: int


async def keep(connection: AsyncConnection, workspace: str, wanted: Assignment) -> Assignment:
    """Keep it; one that is open for the same theme and the same people is changed instead, and is returned."""
    before = (
        await connection.execute(
            _open(workspace).where(
                _table.c.theme == wanted.theme, _table.c.role == wanted.role, _table.c.person == wanted.person
            )
        )
    ).first()
    if before is None:
        await connection.execute(_table.insert().values(workspace=workspace, **asdict(wanted)))
        return wanted
    kept = replace(wanted, id=before.id)
    await connection.execute(update(_table).where(_named(workspace, kept.id)).values(asdict(kept)))
    await _change_follows(connection, workspace, kept)
    return kept


async def apply(
    connection: AsyncConnection,
    workspace: str,
    assignment: Assignment,
    *,
    people: Mapping[str, str],
    now: datetime,
    again: bool = False,
) -> int:
    """Have people follow the theme; `people` maps each one to the address of their reminders. Those it was applied to
    before are skipped, unless `again`. Returns how many it reached."""
    reached = 0
    everybody = list(people)
    for start in range(0, len(everybody), CHUNK):
        chunk = everybody[start : start + CHUNK]
        if assignment.is_rule:
            chunk = await _learning(connection, workspace, chunk)
        if not chunk:
            continue
        fresh = await _mark(connection, workspace, assignment.id, chunk, now)
        wanted = chunk if again else [person for person in chunk if person in fresh]
        if wanted:
            await _suggest(connection, workspace, assignment, wanted, now)
            if assignment.is_rule:
                await _recompute(connection, workspace, wanted, now)
            else:
                await _agree(connection, workspace, wanted, now)
                await _foresee(connection, workspace, {person: people[person] for person in wanted}, now)
        reached += len(wanted)
    return reached


async def accept(connection: AsyncConnection, seat: Seat, offered: Sequence[Assignment], now: datetime) -> None:
    """A person takes up what rules offer."""
    for each in offered:
        await _mark(connection, seat.workspace, each.id, [seat.person], now)
        await _suggest(connection, seat.workspace, each, [seat.person], now)
        await _recompute(connection, seat.workspace, [seat.person], now)


async def reached(connection: AsyncConnection, seat: Seat, ids: Sequence[str]) -> set[str]:
    """Which of these were applied to a person before."""
    look = select(_done.c.assignment).where(
        _done.c.workspace == seat.workspace, _done.c.person == seat.person, _done.c.assignment.in_(ids)
    )
    return set((await connection.execute(look)).scalars())


async def rules(connection: AsyncConnection, workspace: str) -> tuple[Assignment, ...]:
    """The rules that are in force."""
    found = await connection.execute(_open(workspace).where(_table.c.person == "").order_by(_table.c.at, _table.c.id))
    return tuple(read(Assignment, row) for row in found)


async def find(connection: AsyncConnection, workspace: str, identity: str) -> Assignment | None:
    """One that is in force."""
    row = (await connection.execute(_open(workspace).where(_table.c.id == identity))).one_or_none()
    return read(Assignment, row) if row else None


async def listed(connection: AsyncConnection, workspace: str, *, skip: int, most: int) -> list[Applied]:
    """Those in force, newest first, each with how many it was applied to."""
    people = (
        select(func.count())
        .select_from(_done)
        .where(_done.c.workspace == _table.c.workspace, _done.c.assignment == _table.c.id)
        .scalar_subquery()
    )
    found = await connection.execute(
        _open(workspace)
        .add_columns(people.label("people"))
        .order_by(_table.c.at.desc(), _table.c.id)
        .offset(skip)
        .limit(most)
    )
    return [Applied(read(Assignment, row), row.people) for row in found]


async def end(connection: AsyncConnection, workspace: str, ended: Assignment, now: datetime) -> None:
    """End it. Whoever follows goes on following, but may leave; nobody is reminded on its account alone."""
    await connection.execute(update(_table).where(_named(workspace, ended.id)).values(ended_at=now))
    await _release(connection, workspace, ended)
    consent, nudge = tables.consent, tables.nudge
    unasked = and_(
        consent.c.workspace == workspace,
        consent.c.assigned.is_(True),
        consent.c.person.in_(_reached(workspace, ended.id)),
        ~_still(consent.c.person, workspace, _table.c.person != ""),
    )
    released = select(consent.c.person).where(unasked)
    await connection.execute(
        update(nudge)
        .where(nudge.c.workspace == workspace, nudge.c.next_due.is_not(None), nudge.c.person.in_(released))
        .values(next_date="", next_due=now)
    )
    await connection.execute(update(consent).where(unasked).values(assigned=False, since=now))


async def of_role(connection: AsyncConnection, workspace: str, role: str) -> bool:
    """Whether anything was ever assigned to a role."""
    look = select(_table.c.id).where(_table.c.workspace == workspace, _table.c.role == role).limit(1)
    return (await connection.execute(look)).first() is not None


def bearers(workspace: str, role: str) -> Select[tuple[str]]:
    """The people to whom something was applied because of a role."""
    return (
        select(_done.c.person)
        .join(_table, and_(_table.c.workspace == _done.c.workspace, _table.c.id == _done.c.assignment))
        .where(_done.c.workspace == workspace, _table.c.role == role)
    )


async def erase(connection: AsyncConnection, seat: Seat) -> None:
    """Remove a person's name from what they suggested to others."""
    for table in (_table, _follow):
        await connection.execute(
            update(table)
            .where(table.c.workspace == seat.workspace, table.c.suggested_by == seat.person)
            .values(suggested_by="")
        )


async def _change_follows(connection: AsyncConnection, workspace: str, changed: Assignment) -> None:
    """For those to whom it was applied, and who still follow: the new date, and whether they may leave."""
    values: dict[str, Any] = {"by_date": changed.by_date, "suggested_by": changed.suggested_by}
    if changed.required:
        values["required"] = True
    else:
        await _release(connection, workspace, changed)
    await connection.execute(
        update(_follow)
        .where(
            _follow.c.workspace == workspace,
            _follow.c.theme == changed.theme,
            _follow.c.person.in_(_reached(workspace, changed.id)),
        )
        .values(values)
    )


async def _release(connection: AsyncConnection, workspace: str, given_up: Assignment) -> None:
    """They may leave the theme, unless another assignment in force requires it."""
    requires = and_(_table.c.theme == given_up.theme, _table.c.required.is_(True))
    await connection.execute(
        update(_follow)
        .where(
            _follow.c.workspace == workspace,
            _follow.c.theme == given_up.theme,
            _follow.c.required.is_(True),
            _follow.c.person.in_(_reached(workspace, given_up.id)),
            ~_still(_follow.c.person, workspace, requires),
        )
        .values(required=False)
    )


def _reached(workspace: str, identity: str) -> Select[tuple[str]]:
    return select(_done.c.person).where(_done.c.workspace == workspace, _done.c.assignment == identity)


def _still(person: ColumnElement[str], workspace: str, of: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether another assignment in force was applied to the person."""
    return exists(
        select(_done.c.person)
        .join(_table, and_(_table.c.workspace == _done.c.workspace, _table.c.id == _done.c.assignment))
        .where(_done.c.workspace == workspace, _done.c.person == person, _table.c.ended_at.is_(None), of)
        .correlate(_follow, tables.consent)
    )


def _open(workspace: str) -> Select[Any]:
    return select(_table).where(_table.c.workspace == workspace, _table.c.ended_at.is_(None))


def _named(workspace: str, identity: str) -> ColumnElement[bool]:
    return and_(_table.c.workspace == workspace, _table.c.id == identity)


async def _learning(connection: AsyncConnection, workspace: str, people: Sequence[str]) -> list[str]:
    """Those who took something up here by a press of their own, or were assigned it by name."""
    looks = [
        select(table.c.person).where(table.c.workspace == workspace, table.c.person.in_(people))
        for table in (tables.completion, _follow)
    ]
    known = set((await connection.execute(union(*looks))).scalars())
    return [person for person in people if person in known]


async def _recompute(connection: AsyncConnection, workspace: str, people: Sequence[str], now: datetime) -> None:
    """Whoever agreed to reminders is reminded of what is new as well."""
    table = tables.nudge
    await connection.execute(
        update(table)
        .where(table.c.workspace == workspace, table.c.person.in_(people), table.c.stopped == "")
        .where(table.c.next_due.is_not(None))
        .values(next_date="", next_due=now)
    )


async def _mark(
    connection: AsyncConnection, workspace: str, identity: str, people: Sequence[str], now: datetime
) -> set[str]:
    """Note that it is applied to them; returns for whom that is new."""
    rows = [{"workspace": workspace, "person": person, "assignment": identity, "at": now} for person in people]
    made = insert(connection, _done).values(rows).on_conflict_do_nothing().returning(_done.c.person)
    return set((await connection.execute(made)).scalars())


async def _suggest(
    connection: AsyncConnection, workspace: str, assignment: Assignment, people: Sequence[str], now: datetime
) -> None:
    """They follow the theme. What is required of them already stays so."""
    said = {"suggested_by": assignment.suggested_by, "by_date": assignment.by_date}
    rows = [
        {"workspace": workspace, "person": person, "theme": assignment.theme, "since": now, **said}
        | {"required": assignment.required}
        for person in people
    ]
    made = insert(connection, _follow).values(rows)
    stricter = or_(_follow.c.required, made.excluded.required)
    await connection.execute(
        made.on_conflict_do_update(index_elements=["workspace", "person", "theme"], set_={**said, "required": stricter})
    )


async def _agree(connection: AsyncConnection, workspace: str, people: Sequence[str], now: datetime) -> None:
    """They may be reminded of it. What each of them chose stays: a no takes precedence. A new row holds no choice."""
    table = tables.consent
    rows = [{"workspace": workspace, "person": person, "assigned": True, "since": now} for person in people]
    made = insert(connection, table).values(rows)
    await connection.execute(
        made.on_conflict_do_update(index_elements=["workspace", "person"], set_={"assigned": True, "since": now})
    )


async def _foresee(connection: AsyncConnection, workspace: str, people: Mapping[str, str], now: datetime) -> None:
    """Their next reminder is to be computed again. It goes where they chose, if they did; a stopped one stays so."""
    rows = [
        {
            "workspace": workspace,
            "person": person,
            "kind": DeliveryKind.NUDGE,
            "address": address,
            "next_date": "",
            "next_due": now,
            "stopped": "",
        }
        for person, address in people.items()
        if address
    ]
    if not rows:
        return
    table = tables.nudge
    made = insert(connection, table).values(rows)
    own = case((table.c.address == "", made.excluded.address), else_=table.c.address)
    anew = {"address": own, "next_date": "", "next_due": now}
    await connection.execute(
        made.on_conflict_do_update(
            index_elements=["workspace", "person", "kind"], set_=anew, where=table.c.stopped == ""
        )
    )
