"""A schedule ends after its last lesson, and whoever made it is told once.

Both are written in one transaction. After a closing post that is the one just before its row is marked: after a crash
in between the row is found again, and the same key writes no second message.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import outbox
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.schedule import Schedule
from bot.store.cold import schedules, workspaces
from bot.store.outbox import entries

AFTER_THE_LAST = timedelta(minutes=5)
"""The message that a schedule has ended comes this much after its last post."""
BY_CLOSING, BY_DATE = "closing", "date"

Direct = Callable[[str, str], str]
"""The address of somebody's direct messages, by workspace and person."""


def nowhere(_workspace: str, _person: str) -> str:
    return ""


def closes(entry: Entry) -> bool:
    """Whether the row is a schedule's closing post."""
    return entry.name.kind == DeliveryKind.POST and outbox.CLOSING in entry.payload


async def end(connection: AsyncConnection, entry: Entry, now: datetime, *, direct: Direct) -> None:
    """The closing post is out: nothing more comes of its schedule, unless that has gone on to another theme."""
    name = entry.name
    schedule = await schedules.end(connection, name.workspace, name.schedule, theme=entry.payload.get(outbox.THEME, ""))
    if schedule is not None:
        await tell(connection, schedule, name.local_date, direct=direct, due=now, why=BY_CLOSING)


async def tell(
    connection: AsyncConnection, schedule: Schedule, day: date, *, direct: Direct, due: datetime, why: str
) -> None:
    """Plan a message to whoever made it, or else to the alert contact, if there is one."""
    made_by = schedule.created_by
    address = direct(schedule.workspace, made_by) if made_by else ""
    if not address:
        address = (await workspaces.find(connection, schedule.workspace)).alert_to
    if address:
        await entries.plan(connection, [outbox.ended(schedule, day, address=address, due=due, why=why)])
