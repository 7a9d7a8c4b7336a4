"""What is over: people who stayed away, workspaces that left. It is looked for without a lock and deleted a few people,
or a few rows, at a time, so that nobody waits for it.

A transaction here begins by locking the workspace's row and looking again: two replicas take turns, and a workspace
that came back, or changed its mind, keeps what is left. A person's rows go together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Table,
    and_,
    case,
    cast,
    delete,
    literal,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    union,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.learner import Seat
from bot.domain.workspace import RETENTION_DAYS
from bot.store import tables
from bot.store.cold import links, visits
from bot.store.columns import DAY, to_micros

_workspace = tables.workspace

SIGNS: Mapping[Table, tuple[str, ...]] = MappingProxyType(
    {
        tables.learner: ("bookmark_at", "chosen_at"),
        tables.follow: ("since",),
        tables.consent: ("since", "alive_at"),
        tables.assignment: ("at",),
        tables.assigned: ("at",),
        tables.completion: ("at",),
        tables.removed: ("at",),
        tables.saved: ("at",),
        tables.quiz: ("at",),
        tables.answer: ("at",),
        tables.memory: ("last",),
        tables.review: ("at",),
        tables.board: ("since",),
        tables.certificate: ("at",),
        tables.link: ("since",),
        tables.joint: ("last",),
        tables.carried: ("at",),
        tables.carried_review: ("at",),
        tables.mistake: ("at",),
    }
)
"""Signs of life: when a person last did something, or a theme was suggested to them by name."""
SILENT = frozenset(
    {tables.nudge, tables.delivery, tables.review_plan, tables.snooze, tables.link_code, tables.link_guess}
)
"""Tables whose rows are no sign of life: what is sent to a person, and choices that stand beside one that is."""


async def departed(connection: AsyncConnection, now: datetime) -> list[str]:
    """Workspaces that left, have not come back, and whose own retention time is over."""
    found = await connection.execute(select(_workspace.c.workspace).where(_is_over(now)).limit(100))
    return list(found.scalars())


def _is_over(now: datetime) -> Any:
    days = case((_workspace.c.retention > 0, _workspace.c.retention), else_=RETENTION_DAYS)
    over = type_coerce(_workspace.c.left_at, BigInteger) + cast(days, BigInteger) * literal(DAY, BigInteger)
    return and_(_workspace.c.left_at.is_not(None), over <= to_micros(now))


async def still_departed(connection: AsyncConnection, workspace: str, now: datetime) -> bool:
    """Whether it is still gone; until the transaction ends it cannot come back."""
    look = select(_workspace.c.workspace).where(_workspace.c.workspace == workspace, _is_over(now)).with_for_update()
    return (await connection.execute(look)).first() is not None


async def limited(connection: AsyncConnection) -> list[tuple[str, int]]:
    """Workspaces in which staying away has an end, and after how many days."""
    look = select(_workspace.c.workspace, _workspace.c.away_days).where(
        _workspace.c.away_days > 0, _workspace.c.left_at.is_(None)
    )
    return [(workspace, days) for workspace, days in await connection.execute(look)]


async def still_limited(connection: AsyncConnection, workspace: str, days: int) -> bool:
    """Whether that is still so; until the transaction ends it stays so."""
    look = select(_workspace.c.away_days).where(_workspace.c.workspace == workspace).with_for_update()
    return (await connection.execute(look)).scalar_one_or_none() == days


async def people(connection: AsyncConnection, workspace: str, *, after: str = "", most: int) -> list[str]:
    """Some of those on whom something is kept, in order, after one of them."""
    pages = [
        select(table.c.person)
        .where(table.c.workspace == workspace, table.c.person > after)
        .distinct()
        .order_by(table.c.person)
        .limit(most)
        .subquery()
        for table in tables.personal
    ]
    every = union(*(select(page.c.person) for page in pages)).subquery()
    found = await connection.execute(select(every.c.person).order_by(every.c.person).limit(most))
    return list(found.scalars())


async def away(connection: AsyncConnection, workspace: str, among: Sequence[str], *, since: datetime) -> list[str]:
    """Those of them who gave no sign of life since then. Of somebody who paused recording none can be known, and who
    is linked may learn on the other side; a time of rest that somebody asked for is one to its end."""
    if not among:
        return []
    signs = [
        select(table.c.person).where(
            table.c.workspace == workspace, table.c.person.in_(among), or_(*(table.c[name] >= since for name in names))
        )
        for table, names in SIGNS.items()
    ]
    learner = tables.learner
    paused = select(learner.c.person).where(
        learner.c.workspace == workspace, learner.c.person.in_(among), learner.c.paused.is_(True)
    )
    link = tables.link
    linked = select(link.c.person).where(link.c.workspace == workspace, link.c.person.in_(among))
    rest = tables.snooze
    resting = select(rest.c.person).where(
        rest.c.workspace == workspace, rest.c.person.in_(among), rest.c.until >= since.date()
    )
    here = set((await connection.execute(union(*signs, paused, linked, resting))).scalars())
    return [person for person in among if person not in here]


async def erase_people(
    connection: AsyncConnection, workspace: str, gone: Collection[str], *, before: datetime | None = None
) -> int:
    """Delete what these people learned and chose. A row that came in the meantime, and is a sign of life, stays."""
    rows = 0
    for person in gone:
        rows += await links.forget(connection, Seat(workspace, person))
        rows += await visits.forget(connection, Seat(workspace, person))
    # The cursor first, as in `privacy`: a planner that holds it commits before.
    for table in sorted(tables.personal, key=lambda each: each is not tables.nudge):
        moments = (table.c[name] for name in SIGNS.get(table, ())) if before else ()
        old = and_(true(), *(or_(moment.is_(None), moment < before) for moment in moments))
        those = delete(table).where(table.c.workspace == workspace, table.c.person.in_(gone), old)
        rows += (await connection.execute(those)).rowcount
    return rows


async def erase_some(connection: AsyncConnection, table: Table, workspace: str, *, most: int) -> int:
    """Delete some rows of a workspace, by their keys, in order; returns how many those were."""
    key = tuple(table.primary_key)
    some = select(*key).where(table.c.workspace == workspace).order_by(*key).limit(most)
    keys = [tuple(row) for row in await connection.execute(some)]
    if keys:
        await connection.execute(delete(table).where(tuple_(*key).in_(keys)))
    return len(keys)


def moment_of(now: datetime, days: int) -> datetime:
    """Whoever gave no sign of life since then stayed away too long."""
    return now - timedelta(days=days)
