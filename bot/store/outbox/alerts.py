"""Alerts: what a manager has to fix. Sent once per cause, and again only after the cause had gone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.outbox import TELLING, DeliveryKey, DeliveryKind, Entry
from bot.store import tables
from bot.store.outbox import entries
from bot.store.rows import insert

_table = tables.alert


class Alert(Record):
    workspace: str
    cause: str
    """The same cause has the same words, whoever finds it."""
    reason: str
    """For people: what is wrong, and how to fix it."""
    subject: str = ""
    """The affected schedule, if it was one."""
    first: datetime | None = None
    times: int = 1
    told: datetime | None = None


async def raised(connection: AsyncConnection, alert: Alert, at: datetime) -> None:
    """Keep it, or count it if it is known. Twice for one event only counts too high."""
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
    """These causes are gone."""
    await connection.execute(delete(_table).where(_table.c.workspace == workspace, _table.c.cause.in_(causes)))


async def settled(connection: AsyncConnection, workspace: str, subject: str) -> None:
    """A schedule was changed, so what is still wrong with it is sent again."""
    await connection.execute(delete(_table).where(_table.c.workspace == workspace, _table.c.subject == subject))


async def kept(connection: AsyncConnection, alert: Alert, at: datetime) -> None:
    """Keep it to be read where it is looked for; nobody is told, since it is the telling that failed."""
    await raised(connection, alert, at)
    one = and_(_table.c.workspace == alert.workspace, _table.c.cause == alert.cause)
    await connection.execute(update(_table).where(one).values(told_at=at))


def went_without(schedule: str) -> str:
    """The cause that a schedule's last post notified nobody, or has no thread."""
    return f"lacking {schedule}"


def contact_closed(address: str) -> str:
    """The cause that the alert contact cannot be written to."""
    return f"contact {address}"


def theme_gone(schedule: str) -> str:
    """The cause that a schedule's theme is missing."""
    return f"theme {schedule}"


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Delete what has not happened since."""
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
    """Causes not sent yet, of workspaces that have an alert contact."""
    home = tables.workspace
    return (
        select(_table, home.c.alert_to)
        .join(home, home.c.workspace == _table.c.workspace)
        .where(_table.c.told_at.is_(None), home.c.alert_to != "", home.c.left_at.is_(None))
        .order_by(_table.c.workspace, _table.c.cause)
    )


async def plan(connection: AsyncConnection, now: datetime, *, most: int) -> int:
    """Plan messages to the alert contacts about causes not sent yet; returns how many. A cause that had gone and is
    back the same day is sent again."""
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
    """A cause as part of a row's key."""
    return hashlib.blake2b(cause.encode(), digest_size=12).hexdigest()
