"""A suggested theme reaches people: set-based, and never twice by the same rule.

First it is noted to whom it is new, then come their follow rows, their consent to be reminded, the cursor of their
nudges. Whoever left the theme since stands among those it is not new to, so a rule never brings them back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.assignment import Assignment
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.store import tables
from bot.store.rows import insert

CHUNK = 500
"""People in one statement, well under SQLite's limit on parameters."""

_done = tables.assigned
_follow = tables.follow


async def apply(
    connection: AsyncConnection,
    workspace: str,
    assignment: Assignment,
    *,
    people: Mapping[str, str],
    now: datetime,
    again: bool = False,
) -> int:
    """Have people follow the theme; `people` says where each one's reminders go. Those it was applied to before are
    passed over, unless somebody asks for them `again`. Says how many it reached."""
    reached = 0
    everybody = list(people)
    for start in range(0, len(everybody), CHUNK):
        chunk = everybody[start : start + CHUNK]
        fresh = await _mark(connection, workspace, assignment.id, chunk, now)
        wanted = chunk if again else [person for person in chunk if person in fresh]
        if wanted:
            await _suggest(connection, workspace, assignment, wanted, now)
            await _agree(connection, workspace, wanted, now)
            await _foresee(connection, workspace, {person: people[person] for person in wanted}, now)
        reached += len(wanted)
    return reached


async def reached(connection: AsyncConnection, seat: Seat, ids: Sequence[str]) -> set[str]:
    """Which of these were applied to somebody before."""
    look = select(_done.c.assignment).where(
        _done.c.workspace == seat.workspace, _done.c.person == seat.person, _done.c.assignment.in_(ids)
    )
    return set((await connection.execute(look)).scalars())


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
    said = {
        "suggested_by": assignment.suggested_by,
        "by_date": assignment.by_date.isoformat() if assignment.by_date else "",
    }
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
    """They may be reminded of it. What each of them chose stays: a no outweighs this. A new row holds no choice."""
    table = tables.consent
    rows = [{"workspace": workspace, "person": person, "assigned": True, "since": now} for person in people]
    made = insert(connection, table).values(rows)
    await connection.execute(
        made.on_conflict_do_update(index_elements=["workspace", "person"], set_={"assigned": True, "since": now})
    )


async def _foresee(connection: AsyncConnection, workspace: str, people: Mapping[str, str], now: datetime) -> None:
    """Their next reminder is to be worked out anew. It goes where they chose, if they did; one stopped stays so."""
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
