"""Which lines of the ledger a schedule's date gives: the post, the edit a week later, the word that it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from bot.domain import posts
from bot.domain.outbox import DeliveryKey, DeliveryKind, Entry
from bot.domain.recurrence import Occurrence
from bot.domain.schedule import Schedule

SHORTEST_WINDOW = timedelta(minutes=10)
COUNTING = timedelta(days=1)
"""How late a post may still be edited with its count."""
TELLING = timedelta(days=3)
"""How long it is tried to tell somebody."""

THEME, LESSON, CLOSING, BY_HAND = "theme", "lesson", "closing", "by hand"
"""What a post's payload says: of which theme, which lesson or that it closes, and that somebody asked for it now."""
ENDED, WHY = "ended", "why"
"""What the word to a schedule's owner says."""

NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


def name_of(schedule: Schedule, kind: DeliveryKind, day: date) -> DeliveryKey:
    return DeliveryKey(schedule.workspace, "", schedule.id, kind, day)


def window_of(schedule: Schedule) -> timedelta:
    return max(schedule.window, SHORTEST_WINDOW)


def post(schedule: Schedule, occurrence: Occurrence, *, settled: Mapping[str, str] = NOTHING_MORE) -> list[Entry]:
    """The post, and a week later the edit that says how many have done it."""
    day, due = occurrence.local_date, occurrence.due
    ends = posts.week_ends(day, schedule.rule)
    planned = {THEME: schedule.theme}
    return [
        Entry(
            name_of(schedule, DeliveryKind.POST, day),
            due,
            due + window_of(schedule),
            schedule.address,
            payload={**planned, **settled},
        ),
        Entry(name_of(schedule, DeliveryKind.COUNT, day), ends, ends + COUNTING, schedule.address, payload=planned),
    ]


def ended(schedule: Schedule, day: date, *, address: str, due: datetime, why: str) -> Entry:
    """Tell whoever made a schedule that it has ended. The date is that of its last post, so it is told once."""
    payload = {ENDED: schedule.id, THEME: schedule.theme, WHY: why}
    return Entry(name_of(schedule, DeliveryKind.ALERT, day), due, due + TELLING, address, payload=payload)
