"""What weeks kept are counted from: when somebody reviewed, and when they rested. Lessons are in the learner's state.

Reviews come by the quarter of an hour, of which every week in every zone is made, however long the log is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import BigInteger, delete, func, select, type_coerce, union, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.learner import Seat
from bot.store import tables
from bot.store.columns import QUARTER, from_micros
from bot.store.rows import mine, on_either, put


async def reviews(connection: AsyncConnection, seat: Seat, *, linked: Seat | None = None) -> Mapping[datetime, int]:
    """With what was answered on the other side of a link, or was kept when one ended; an answer that both sides have
    counts once."""
    name = ("theme", "lesson", "question", "number", "at")
    looks = [
        select(*(log.c[each] for each in name)).where(on_either(log, seat, linked))
        for log in (tables.review, tables.carried_review)
    ]
    log = (union(*looks) if linked else union_all(*looks)).subquery("log")
    quarter = (type_coerce(log.c.at, BigInteger) // QUARTER).label("quarter")
    rows = await connection.execute(select(quarter, func.count()).group_by(quarter))
    return {from_micros(int(each) * QUARTER): many for each, many in rows}


async def snoozes(connection: AsyncConnection, seat: Seat) -> Sequence[tuple[date, date]]:
    """First days, and the first days after."""
    table = tables.snooze
    rows = await connection.execute(select(table.c.first, table.c.until).where(mine(table, seat)))
    return [(date.fromisoformat(first), until) for first, until in rows]


async def snooze(connection: AsyncConnection, seat: Seat, until: date | None, *, today: date) -> None:
    """Rest from today until a day; without one, what goes on ends today."""
    table = tables.snooze
    running = (mine(table, seat), table.c.until > today)
    await connection.execute(delete(table).where(*running, table.c.first >= today.isoformat()))
    await connection.execute(update(table).where(*running).values(until=today))
    if until:
        await put(connection, table, {**seat._asdict(), "first": today.isoformat(), "until": until})
