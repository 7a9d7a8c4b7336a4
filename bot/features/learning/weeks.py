"""Weeks kept: a week counts if the learner did one lesson or one review. Nothing is ever shown as lost.

Weeks run from Monday in the learner's own zone. A week that a snooze touches is neutral, and so are the weeks before
somebody began: they are neither kept nor open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core import views
from bot.core.record import Record

SHOWN = 26
WEEK = timedelta(days=7)


class Snoozed(Record):
    """A time of rest that the learner asked for."""

    first: date
    until: date
    """The first day after it."""


class Activity(Record):
    """When the learner did what, and when they asked for rest."""

    lessons: Sequence[datetime] = ()
    reviews: Mapping[datetime, int] = {}
    """How many, by a moment of the quarter of an hour in which they were."""
    snoozes: Sequence[Snoozed] = ()


def monday(moment: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week in which the moment falls, where the learner lives."""
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def recent(done: Activity, now: datetime, *, zone: ZoneInfo, shown: int = SHOWN) -> tuple[views.Week, ...]:
    """The last weeks, oldest first, the running one last."""
    lessons, reviews = _counted(done, zone)
    last = monday(now, zone)
    begun = min((*lessons, *reviews), default=last)
    return tuple(
        views.Week(
            start,
            lessons[start],
            reviews[start],
            paused=any(each.first < start + WEEK and start < each.until for each in done.snoozes),
            before=start < begun,
        )
        for start in (last - WEEK * back for back in reversed(range(shown)))
    )


def kept(done: Activity, *, zone: ZoneInfo) -> int:
    """How many weeks the learner kept, ever."""
    lessons, reviews = _counted(done, zone)
    return len(set(lessons) | set(reviews))


def _counted(done: Activity, zone: ZoneInfo) -> tuple[Counter[date], Counter[date]]:
    """Lessons and reviews by the Monday of their week."""
    reviews: Counter[date] = Counter()
    for moment, many in done.reviews.items():
        reviews[monday(moment, zone)] += many
    return Counter(monday(moment, zone) for moment in done.lessons), reviews
