"""A second, plain answer to "when does a clock on the wall first show this": read off the zone's clock as UTC goes by.

It never turns local time into UTC, which is what the code under test does: it watches the local clock, notes when it
was put forward or back, and looks up the rest. No rule is shared with the code under test.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

LOOK = timedelta(hours=6)
"""Putting a clock forth and back again within this would go unseen; no zone does."""
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Stretch:
    """From one putting of the clock to the next: in UTC, and as the wall shows it."""

    begin: datetime
    end: datetime
    offset: timedelta

    @cached_property
    def first_shown(self) -> datetime:
        return self.begin.replace(tzinfo=None) + self.offset

    @cached_property
    def last_shown(self) -> datetime:
        return self.end.replace(tzinfo=None) + self.offset


class Clock:
    """A wall clock in a zone, watched over a time."""

    def __init__(self, name: str, begin: datetime, end: datetime) -> None:
        self.stretches = tuple(_watch(ZoneInfo(name), begin, end))
        self._begins = [stretch.first_shown for stretch in self.stretches]

    def first(self, day: date, at: time) -> datetime:
        """When it first shows that; or, if it was put past it, as long after that as it was put past."""
        wanted = datetime.combine(day, at)
        near = max(1, bisect_right(self._begins, wanted))
        for index in range(max(0, near - 3), len(self.stretches)):
            stretch = self.stretches[index]
            if wanted < stretch.first_shown:
                return stretch.begin + (wanted - self.stretches[index - 1].last_shown)
            if wanted < stretch.last_shown:
                return stretch.begin + (wanted - stretch.first_shown)
        raise AssertionError(f"{wanted} was not watched")

    def odd_moments(self) -> Iterator[tuple[date, time]]:
        """What the wall shows around each putting: a minute before, at, in the middle of and after the jump."""
        for before, after in pairwise(self.stretches):
            low, high = sorted((before.last_shown, after.first_shown))
            middle = low + (high - low) / 2
            for edge in (low, high):
                for minutes in (-1, 0, 1):
                    shown = edge + timedelta(minutes=minutes)
                    yield shown.date(), shown.time()
            yield middle.date(), middle.time().replace(microsecond=0)


def _watch(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[Stretch]:
    """Look now and then; where the clock was put in between, find the second."""
    since, offset, moment = begin, _ahead(zone, begin), begin
    while moment < end:
        following = moment + LOOK
        if (ahead := _ahead(zone, following)) != offset:
            put = _second(zone, moment, following, offset)
            yield Stretch(since, put, offset)
            since, offset = put, ahead
        moment = following
    yield Stretch(since, end, offset)


def _second(zone: ZoneInfo, low: datetime, high: datetime, offset: timedelta) -> datetime:
    while high - low > SECOND:
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        low, high = (middle, high) if _ahead(zone, middle) == offset else (low, middle)
    return high


def _ahead(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).replace(tzinfo=None) - moment.replace(tzinfo=None)


@cache
def watched(name: str, first: int, last: int) -> Clock:
    """From two weeks before a year to two weeks after another."""
    margin = timedelta(days=14)
    return Clock(name, datetime(first, 1, 1, tzinfo=UTC) - margin, datetime(last + 1, 1, 1, tzinfo=UTC) + margin)
