"""What is read before anything of a schedule is composed: how it stands, and what it has posted and asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.core import i18n
from bot.core.i18n import mark, say
from bot.core.record import Record
from bot.delivery.message import Cancelled
from bot.domain.outbox import Entry
from bot.domain.posts import DeliveryState
from bot.domain.schedule import Schedule
from bot.store.cold import schedules, workspaces
from bot.store.cold.schedules import Broken
from bot.store.outbox import entries
from bot.store.store import Store

GONE = mark("The workspace took Dualo away.")
REMOVED = mark("The schedule was removed.")
MOVED = mark("The schedule was moved to another place before this could be posted.")
NOT_THERE = mark("What was posted is not taught any more.")


class Order(Record):
    """A schedule as it stands, with what it has posted and asked."""

    schedule: Schedule
    posted: tuple[Entry, ...]
    asked: tuple[Entry, ...]
    language: str
    """The workspace's; empty where nobody chose one."""


async def read(store: Store, entry: Entry) -> Order | Cancelled:
    """The order that a row follows; or why nothing follows it any more."""
    name = entry.name
    async with store.reading() as connection:
        if await workspaces.is_gone(connection, name.workspace):
            return Cancelled(GONE)
        home = await workspaces.find(connection, name.workspace)
        schedule = await schedules.find(connection, name.workspace, name.schedule)
        if schedule is None:
            return Cancelled(REMOVED)
        if isinstance(schedule, Broken):
            with i18n.speaking(home.language):
                return Cancelled(say("The schedule cannot be read: {reason}.", reason=schedule.reason))
        if schedule.address != entry.address:
            return Cancelled(MOVED)
        posted, asked = await entries.of_schedule_and_questions(connection, name.workspace, name.schedule)
    return Order(schedule, tuple(posted), tuple(asked), home.language)


def newer(entry: Entry, others: Sequence[Entry], now: datetime) -> list[Entry]:
    """Those that are due as well and later than the row, by their due times, then by their dates; the newest first."""
    later = [each for each in others if _turn(entry) < _turn(each) and each.due <= now]
    return sorted(later, key=_turn, reverse=True)


def overtaken(entry: Entry, others: Sequence[Entry], now: datetime) -> bool:
    """Whether a newer date's is due as well: then that one comes, and there is no burst. Two that are decided at once
    would carry the same, too. One that failed had its turn; whichever is looked at first, it comes to the same."""
    return any(each.state is not DeliveryState.SKIPPED for each in newer(entry, others, now))


def _turn(entry: Entry) -> tuple[datetime, date]:
    return entry.due, entry.name.local_date
