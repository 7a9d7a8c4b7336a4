"""What somebody has to mend: told once per cause, and again only after the cause had gone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.lines import TELLING
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry
from bot.store import entries, tables
from bot.store.rows import insert

_table = tables.alert


class Alert(Record):
    workspace: str
    cause: str
    """The same cause has the same words, whoever finds it."""
    reason: str
    """For people: what is missing, and the mend."""
    subject: str = ""
    """The schedule it befell, if it was one."""
    first: datetime | None = None
    times: int = 1
    told: datetime | None = None


async def raised(connection: AsyncConnection, alert: Alert, at: datetime) -> None:
    """Keep it, or count it if it is known. Doing so twice for one event only counts too high."""
    made = insert(connection, _table).values(
        workspace=alert.workspace,
        cause=alert.cause,
        reason=alert.reason,
        subject=alert.subject,
        first_at=at,
        last_at=at,
        times=1,
    )
    again = {"last_at": at, "times": _table.c.times + 1, "reason": alert.reason}
    await connection.execute(made.on_conflict_do_update(index_elements=["workspace", "cause"], set_=again))


async def cleared(connection: AsyncConnection, workspace: str, causes: Sequence[str]) -> None:
    """What was wrong is not any more."""
    await connection.execute(delete(_table).where(_table.c.workspace == workspace, _table.c.cause.in_(causes)))


async def settled(connection: AsyncConnection, workspace: str, subject: str) -> None:
    """A schedule was changed, so what was wrong with it is told anew if it still is."""
    await connection.execute(delete(_table).where(_table.c.workspace == workspace, _table.c.subject == subject))


def theme_gone(schedule: str) -> str:
    """The cause that a schedule's theme is not on the shelf."""
    return f"theme {schedule}"


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Let go of what has not happened again for long."""
    await connection.execute(delete(_table).where(_table.c.last_at < before))


async def of_workspace(connection: AsyncConnection, workspace: str) -> list[Alert]:
    """What is open, newest first."""
    found = await connection.execute(
        select(_table).where(_table.c.workspace == workspace).order_by(_table.c.first_at.desc(), _table.c.cause)
    )
    return [
        Alert(workspace, row.cause, row.reason, row.subject, first=row.first_at, times=row.times, told=row.told_at)
        for row in found
    ]


async def any_untold(connection: AsyncConnection) -> bool:
    return (await connection.execute(_untold().limit(1))).first() is not None


def _untold() -> Select[Any]:
    """Causes that somebody is there to hear of."""
    home = tables.workspace
    return (
        select(_table, home.c.alert_to)
        .join(home, home.c.workspace == _table.c.workspace)
        .where(_table.c.told_at.is_(None), home.c.alert_to != "", home.c.left_at.is_(None))
        .order_by(_table.c.workspace, _table.c.cause)
    )


async def plan(connection: AsyncConnection, now: datetime, *, most: int) -> int:
    """Lines of the ledger that tell the alert contacts what they have not been told; says how many. A cause that had
    gone and is back the same day is another one to tell of."""
    untold = list(await connection.execute(_untold().limit(most)))
    lines = [
        Entry(
            DeliveryKey(
                row.workspace, "", _short(f"{row.cause} {row.first_at.isoformat()}"), DeliveryKind.ALERT, now.date()
            ),
            now,
            now + TELLING,
            row.alert_to,
            payload={"cause": row.cause, "reason": row.reason, "subject": row.subject},
        )
        for row in untold
    ]
    await entries.plan(connection, lines)
    for row in untold:
        one = and_(_table.c.workspace == row.workspace, _table.c.cause == row.cause)
        await connection.execute(update(_table).where(one).values(told_at=now))
    return len(lines)


def _short(cause: str) -> str:
    """For the line's key."""
    return hashlib.blake2b(cause.encode(), digest_size=12).hexdigest()
