"""Themes suggested to people: orders for one person and rules for a role, as long as they are in force and after."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.assignment import Assignment
from bot.domain.learner import Seat
from bot.store import tables

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
    values = {
        "by_date": wanted.by_date.isoformat() if wanted.by_date else "",
        "required": wanted.required,
        "suggested_by": wanted.suggested_by,
        "at": wanted.at,
    }
    if before is None:
        named = {"theme": wanted.theme, "role": wanted.role, "person": wanted.person}
        await connection.execute(_table.insert().values(workspace=workspace, id=wanted.id, **named, **values))
        return wanted
    await connection.execute(update(_table).where(_named(workspace, before.id)).values(values))
    kept = Assignment(
        before.id,
        wanted.theme,
        wanted.at,
        wanted.role,
        wanted.person,
        by_date=wanted.by_date,
        required=wanted.required,
        suggested_by=wanted.suggested_by,
    )
    await _change_follows(connection, workspace, kept)
    return kept


async def rules(connection: AsyncConnection, workspace: str) -> tuple[Assignment, ...]:
    """The rules that are in force."""
    found = await connection.execute(_open(workspace).where(_table.c.person == "").order_by(_table.c.at, _table.c.id))
    return tuple(_read(row) for row in found)


async def find(connection: AsyncConnection, workspace: str, identity: str) -> Assignment | None:
    """One that is in force."""
    row = (await connection.execute(_open(workspace).where(_table.c.id == identity))).one_or_none()
    return _read(row) if row else None


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
    return [Applied(_read(row), row.people) for row in found]


async def end(connection: AsyncConnection, workspace: str, ended: Assignment, now: datetime) -> None:
    """Suggest it no more. Who follows goes on following, but may leave; nobody is reminded on its account alone."""
    await connection.execute(update(_table).where(_named(workspace, ended.id)).values(ended_at=now))
    await _release(connection, workspace, ended)
    consent, nudge = tables.consent, tables.nudge
    unasked = and_(
        consent.c.workspace == workspace,
        consent.c.assigned.is_(True),
        consent.c.person.in_(_reached(workspace, ended.id)),
        ~_still(consent.c.person, workspace, true()),
    )
    released = select(consent.c.person).where(unasked)
    await connection.execute(
        update(nudge)
        .where(nudge.c.workspace == workspace, nudge.c.next_due.is_not(None), nudge.c.person.in_(released))
        .values(next_date="", next_due=now)
    )
    await connection.execute(update(consent).where(unasked).values(assigned=False, since=now))


async def of_role(connection: AsyncConnection, workspace: str, role: str) -> bool:
    """Whether anything was ever assigned to those who bear it."""
    look = select(_table.c.id).where(_table.c.workspace == workspace, _table.c.role == role).limit(1)
    return (await connection.execute(look)).first() is not None


def bearers(workspace: str, role: str) -> Select[tuple[str]]:
    """The people to whom something was applied on account of a role."""
    return (
        select(_done.c.person)
        .join(_table, and_(_table.c.workspace == _done.c.workspace, _table.c.id == _done.c.assignment))
        .where(_done.c.workspace == workspace, _table.c.role == role)
    )


async def erase(connection: AsyncConnection, seat: Seat) -> None:
    """Take the name of somebody out of what they suggested to others."""
    for table in (_table, _follow):
        await connection.execute(
            update(table)
            .where(table.c.workspace == seat.workspace, table.c.suggested_by == seat.person)
            .values(suggested_by="")
        )


async def _change_follows(connection: AsyncConnection, workspace: str, changed: Assignment) -> None:
    """For those to whom it was applied, and who still follow: the new date, and whether they may leave."""
    values: dict[str, Any] = {
        "by_date": changed.by_date.isoformat() if changed.by_date else "",
        "suggested_by": changed.suggested_by,
    }
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
    """They may leave the theme, unless something else that is in force requires it."""
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
    """Whether something else that is in force was applied to the person."""
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


def _read(row: Any) -> Assignment:
    return Assignment(
        row.id,
        row.theme,
        row.at,
        row.role,
        row.person,
        by_date=date.fromisoformat(row.by_date) if row.by_date else None,
        required=row.required,
        suggested_by=row.suggested_by,
    )
