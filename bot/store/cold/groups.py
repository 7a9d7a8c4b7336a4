"""Groups of whole fives: the unit in which reports count people, so that subtracting two of them tells of nobody.

What is counted happens once for each person and has a moment. In the order of these moments people are put into groups
of a fixed size, and a group counts once it is whole: in each report whose period its last member falls into, never in
part. People are put in groups only with those who bear the same roles, so a report on a role is made of whole groups of
the report on everybody. Whatever two reports differ by, in period, role, theme or time of asking, it is whole groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import tables

MOST_ROLES = 60
"""Told apart in one workspace: each takes a bit of a whole number."""

_rule, _bearer = tables.assignment, tables.assigned
_NONE = literal_column("0", Integer)


async def roles(connection: AsyncConnection, workspace: str, *, least: int) -> tuple[str, ...]:
    """The roles of which a report can tell at all, because so many people were reached by them."""
    found = await connection.execute(
        select(_rule.c.role)
        .join(_bearer, _same_rule())
        .where(_rule.c.workspace == workspace, _rule.c.role != "")
        .group_by(_rule.c.role)
        .having(func.count(distinct(_bearer.c.person)) >= least)
        .order_by(_rule.c.role)
        .limit(MOST_ROLES)
    )
    return tuple(found.scalars())


def whole(
    events: Subquery, key: Sequence[str], *, since: datetime, size: int, workspace: str, told: Sequence[str]
) -> Subquery:
    """The events that stand in groups which became whole in the period. Each has a `person` and a moment (`at`); events
    of one `key` are grouped with one another, among people who bear the same of the roles that are told of."""
    tagged = _tagged(events, workspace, told)
    place = func.row_number().over(
        partition_by=(*(tagged.c[name] for name in key), tagged.c.kind), order_by=(tagged.c.at, tagged.c.person)
    )
    turn = ((place - 1) // size).label("turn_of_group")
    placed = select(*tagged.c, turn).where(tagged.c.at.is_not(None)).subquery("placed")
    group = (*(placed.c[name] for name in key), placed.c.kind, placed.c.turn_of_group)
    seen = select(
        *(placed.c[column.name] for column in events.c),
        func.count().over(partition_by=group).label("members"),
        func.max(placed.c.at).over(partition_by=group).label("whole_at"),
    ).subquery("seen")
    return select(seen).where(seen.c.members == size, seen.c.whole_at >= since).subquery("whole")


def _tagged(events: Subquery, workspace: str, told: Sequence[str]) -> Subquery:
    """Each event with its person's roles. They are put below the events and not joined to them: what a derived table
    holds is hidden from both planners, and they would go through all who bear a role once for each event."""
    if not told:
        return select(*events.c, _NONE.label("kind")).subquery("tagged")
    named = _kinds(workspace, told).subquery("kinds")
    both = union_all(
        select(*events.c, null().label("mine")),
        select(*(named.c.person if each.name == "person" else null() for each in events.c), named.c.kind),
    ).subquery("both")
    kind = func.coalesce(func.max(both.c.mine).over(partition_by=both.c.person), 0)
    return select(*(both.c[each.name] for each in events.c), kind.label("kind")).subquery("tagged")


def _kinds(workspace: str, told: Sequence[str]) -> Select[tuple[str, int]]:
    """People by which of these roles they bear, as one number; who bears none is missing."""
    held = (
        select(_bearer.c.person, _rule.c.role)
        .join(_rule, _same_rule())
        .where(_bearer.c.workspace == workspace, _rule.c.role.in_(told))
        .distinct()
        .subquery("held")
    )
    bit = case({role: 1 << place for place, role in enumerate(told)}, value=held.c.role, else_=0)
    return select(held.c.person, cast(func.sum(bit), BigInteger).label("kind")).group_by(held.c.person)


def _same_rule() -> ColumnElement[bool]:
    return and_(_rule.c.workspace == _bearer.c.workspace, _rule.c.id == _bearer.c.assignment)
