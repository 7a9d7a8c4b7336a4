"""Weeks kept: a week counts if the learner did one lesson. Nothing is ever shown as lost.

Weeks run from Monday in the learner's own zone. A week on snooze neither counts nor breaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.record import Record

SHOWN = 26
WEEK = timedelta(days=7)


class WeeksKept(Record):
    start: date
    lessons: int


def monday(moment: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week in which the moment falls, where the learner lives."""
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def recent(lessons: Iterable[datetime], now: datetime, *, zone: ZoneInfo, shown: int = SHOWN) -> Sequence[WeeksKept]:
    """The last weeks, oldest first, the running one last."""
    done = Counter(monday(moment, zone) for moment in lessons)
    last = monday(now, zone)
    starts = [last - WEEK * back for back in reversed(range(shown))]
    return [WeeksKept(start, done[start]) for start in starts]


def kept(lessons: Iterable[datetime], *, zone: ZoneInfo) -> int:
    """How many weeks the learner kept, ever."""
    return len({monday(moment, zone) for moment in lessons})
