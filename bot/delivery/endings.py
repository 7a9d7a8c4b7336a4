"""When a schedule has done its work: it ends, and whoever made it hears of it once.

Both are written in one transaction. After a closing post that is the one just before its line is marked: a crash in
between finds the line again, and the same words under the same key are no second word.
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
"""The last post comes first, then the word that it was the last."""
BY_CLOSING, BY_DATE = "closing", "date"

Direct = Callable[[str, str], str]
"""The address of somebody's direct messages, by workspace and person."""


def nowhere(_workspace: str, _person: str) -> str:
    return ""


def closes(entry: Entry) -> bool:
    """Whether the line is a schedule's closing post."""
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
    """A line for the one who made it, or else for the alert contact; nobody there, nothing said."""
    made_by = schedule.created_by
    address = direct(schedule.workspace, made_by) if made_by else ""
    if not address:
        address = (await workspaces.find(connection, schedule.workspace)).alert_to
    if address:
        await entries.plan(connection, [outbox.ended(schedule, day, address=address, due=due, why=why)])
