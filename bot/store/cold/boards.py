"""The board: who said yes to being listed, and when they learnt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, delete, func, literal, select, type_coerce, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.store import tables
from bot.store.columns import QUARTER, from_micros
from bot.store.rows import insert, mine

_table = tables.board


class BoardMember(Record):
    """Somebody on the board."""

    person: str
    zone: str
    """Which they chose, or their platform told for their reminders; may be empty."""
    moments: tuple[datetime, ...] = ()
    """When they did a lesson or a review, to the quarter of an hour."""


async def join(connection: AsyncConnection, seat: Seat, at: datetime) -> None:
    made = insert(connection, _table).values({**seat._asdict(), "since": at})
    await connection.execute(made.on_conflict_do_nothing())


async def leave(connection: AsyncConnection, seat: Seat) -> bool:
    """Whether they were on it."""
    return (await connection.execute(delete(_table).where(mine(_table, seat)))).rowcount > 0


async def clear(connection: AsyncConnection, workspace: str) -> None:
    """Nobody said yes to another board than this one."""
    await connection.execute(delete(_table).where(_table.c.workspace == workspace))


async def is_listed(connection: AsyncConnection, seat: Seat) -> bool:
    return (await connection.execute(select(_table.c.since).where(mine(_table, seat)))).first() is not None


async def size(connection: AsyncConnection, workspace: str) -> int:
    counted = select(func.count()).select_from(_table).where(_table.c.workspace == workspace)
    return (await connection.execute(counted)).scalar_one()


async def members(connection: AsyncConnection, workspace: str, *, since: datetime, most: int) -> Sequence[BoardMember]:
    """In the order in which they joined, which says nothing of anybody."""
    learner, consent = tables.learner, tables.consent
    rows = await connection.execute(
        select(_table.c.person, func.coalesce(learner.c.timezone, ""), func.coalesce(consent.c.zone, ""))
        .outerjoin(learner, (learner.c.workspace == _table.c.workspace) & (learner.c.person == _table.c.person))
        .outerjoin(consent, (consent.c.workspace == _table.c.workspace) & (consent.c.person == _table.c.person))
        .where(_table.c.workspace == workspace)
        .order_by(_table.c.since, _table.c.person)
        .limit(most)
    )
    found = [BoardMember(person, own or told) for person, own, told in rows]
    moments = await _moments(connection, workspace, [each.person for each in found], since)
    return [BoardMember(each.person, each.zone, moments[each.person]) for each in found]


async def _moments(
    connection: AsyncConnection, workspace: str, people: Sequence[str], since: datetime
) -> Mapping[str, tuple[datetime, ...]]:
    looks = [
        select(table.c.person, (type_coerce(table.c.at, BigInteger) // literal(QUARTER, BigInteger)).label("quarter"))
        .where(table.c.workspace == workspace, table.c.person.in_(people), table.c.at >= since)
        .distinct()
        for table in (tables.completion, tables.review)
    ]
    found: defaultdict[str, tuple[datetime, ...]] = defaultdict(tuple)
    for person, quarter in await connection.execute(union_all(*looks)):
        found[person] += (from_micros(int(quarter) * QUARTER),)
    return found
