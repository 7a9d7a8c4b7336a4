"""When a schedule falls due: first the local date, then that date's one instant.

A rule is kept as weekdays, wall time and zone, and resolved for each date: 09:00 stays 09:00 over DST. A time that does
not exist on a date moves forward by the length of the gap, past midnight if need be, and still belongs to its date. A
time that happens twice happens once, the first time. A date that a zone never had (Samoa went from 29 to 31 December
2011) is passed over like a thirtieth of February: moved by its gap it would be the next date's post a second time.

Whoever keeps what was done keeps it by local date, never by instant. Two aware datetimes of one zone compare and add by
wall clock, with the fold lost; so everything here is compared and added in UTC, and anything else is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import cache
from zoneinfo import ZoneInfo

from bot.core.record import Record

REACH = timedelta(days=20 * 366)
"""How far a walk looks: beyond any plan, and an end for one on which every date is skipped."""
WINDOW = timedelta(hours=6)
"""How late a post may still come after downtime, unless its schedule says otherwise."""
LONGEST_STEP = 52
"""Weeks between two occurrences."""

_WEEK = 7
_END = date(9998, 1, 1)
_MARGIN = timedelta(days=2)
"""A due instant lies within this of its own local date, whatever the zone did that day."""


class Weekday(IntEnum):
    """As `date.weekday()` counts them."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


EVERY_DAY = frozenset(Weekday)
WORKDAYS = frozenset(Weekday) - {Weekday.SAT, Weekday.SUN}
WEEKEND = EVERY_DAY - WORKDAYS


class Rule(Record):
    """Weekdays at a wall time in a zone, every so many weeks counted from the week of the first date."""

    weekdays: frozenset[Weekday]
    at: time
    zone: str
    start: date
    every_weeks: int = 1
    until: date | None = None
    """The last date that may still have an occurrence."""

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise ValueError("a rule needs a weekday")
        if not 1 <= self.every_weeks <= LONGEST_STEP:
            raise ValueError(f"every {self.every_weeks} weeks is not between 1 and {LONGEST_STEP}")
        if self.at.tzinfo is not None or self.at.fold:
            raise ValueError("a wall time has neither zone nor fold: the rule's zone and date decide")
        zone_named(self.zone)


class Occurrence(Record, order=True):
    """One date of a rule. The date names it; the instant is only when to act."""

    local_date: date
    due: datetime


def require_utc(moment: datetime) -> datetime:
    """The moment, if it is in UTC. A naive one, or one in a zone, is a bug and is refused."""
    if moment.tzinfo is not UTC:
        raise ValueError(f"not an instant in UTC: {moment!r}")
    return moment


@cache
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name, kept: zoneinfo itself remembers only the last eight, and reads a file for the ninth."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:  # a folder of the database ("America") is an OSError
        raise ValueError(f"no such timezone: {name!r}") from unknown


def local_date(moment: datetime, zone: str) -> date:
    """Which date it is there."""
    return require_utc(moment).astimezone(zone_named(zone)).date()


def monday(day: date) -> date:
    """The Monday of that date's week."""
    return day - timedelta(days=day.weekday())


def instant(day: date, at: time, zone: str) -> datetime:
    """The one moment at which a wall time happens on a local date."""
    return _instant(day, at.replace(fold=0), zone_named(zone))


def occurrences(rule: Rule, after: datetime, *, skipping: Container[date] = ()) -> Iterator[Occurrence]:
    """What falls due after the moment, in order: one for each date of the rule, less those to skip."""
    earliest = datetime.combine(rule.start, time(), tzinfo=UTC) - _MARGIN
    return _occurrences(rule, max(require_utc(after), earliest), skipping)


def to_mask(weekdays: Iterable[Weekday]) -> int:
    """Weekdays as stored: Monday is 1, Tuesday 2, Wednesday 4."""
    return sum(1 << weekday for weekday in set(weekdays))


def from_mask(mask: int) -> frozenset[Weekday]:
    return frozenset(weekday for weekday in Weekday if mask >> weekday & 1)


def _occurrences(rule: Rule, after: datetime, skipping: Container[date]) -> Iterator[Occurrence]:
    zone, at = zone_named(rule.zone), rule.at
    for day in _dates(rule, after.astimezone(zone).date() - _MARGIN):
        if day in skipping:
            continue
        due = _instant(day, at, zone)
        if due > after and (due.astimezone(zone).date() == day or _lasted(day, zone)):
            yield Occurrence(day, due)


def _dates(rule: Rule, first: date) -> Iterator[date]:
    """The rule's dates on the calendar, from a date on, whatever the zone makes of them."""
    first = max(first, rule.start)
    last = min(rule.until or _END, _END if first > _END - REACH else first + REACH).toordinal()
    step = _WEEK * rule.every_weeks
    anchor, begin, weekdays = monday(rule.start).toordinal(), first.toordinal(), sorted(rule.weekdays)
    week = anchor + (begin - anchor) // step * step
    while week <= last:
        yield from _days(week, weekdays, range(begin, last + 1))
        week += step


def _days(week: int, weekdays: Collection[int], within: range) -> Iterator[date]:
    return (date.fromordinal(week + weekday) for weekday in weekdays if week + weekday in within)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    # Python reads an unfolded time in a gap by the offset before the gap, which is the move forward that is wanted.
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _lasted(day: date, zone: ZoneInfo) -> bool:
    """A date is there if its beginning, or at least its end, does not land on another one."""
    return any(_instant(day, at, zone).astimezone(zone).date() == day for at in (time.min, time.max))
