"""Every zone of the database, by time of day and by year: each date has one occurrence, where the wall clock says.

Compared with an oracle that never turns local time into UTC but watches the clock as UTC goes by. The rival is the cron
trigger of the scheduler that ticks for us, over the same zones in the year of the first.
"""

from __future__ import annotations

import time as clocks
import warnings
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from benchmarks.result import WHOLE, Line, Progress, Result, Size
from bot.domain.recurrence import EVERY_DAY, Rule, occurrences
from tests.domain import oracle

FIRST, LAST = 2026, 2028
TIMES = (time(0), time(0, 30), time(2, 30), time(3), time(9), time(23, 30), time(23, 59))
SHORT = ("Europe/Berlin", "America/New_York", "America/Santiago")
NAMED = {
    "Berlin 02:30, put forward": ("Europe/Berlin", time(2, 30), date(2026, 3, 29)),
    "Berlin 02:30, put back": ("Europe/Berlin", time(2, 30), date(2026, 10, 25)),
    "New York 02:30, put forward": ("America/New_York", time(2, 30), date(2026, 3, 8)),
    "New York 01:30, put back": ("America/New_York", time(1, 30), date(2026, 11, 1)),
    "Santiago 00:00, put forward": ("America/Santiago", time(0), date(2026, 9, 6)),
}
STEPS = 10


def _irregular(zone: str, at: time) -> tuple[int, int]:
    """How many occurrences, and how many of them are not where the clock says, or not one a date."""
    first, last = date(FIRST, 1, 1), date(LAST, 12, 31)
    clock = oracle.watched(zone, FIRST, LAST)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    rule = Rule(EVERY_DAY, at, zone=zone, start=first, until=last)
    found = [(each.local_date, each.due) for each in occurrences(rule, datetime(FIRST - 1, 12, 1, tzinfo=UTC))]
    wanted = [(day, clock.first(day, at)) for day in days]
    wrong = len(set(found) ^ set(wanted)) + sum(one >= other for (_, one), (_, other) in pairwise(found))
    return len(found), wrong + abs(len(found) - len(wanted))


def _firings(zone: str, at: time, day: date) -> int:
    """How often the rival fires on a date of the wall's."""
    place = ZoneInfo(zone)
    trigger = CronTrigger(hour=at.hour, minute=at.minute, timezone=place)
    begin = datetime.combine(day, time(), UTC) - timedelta(days=1)
    return sum(moment.astimezone(place).date() == day for moment in _fired(trigger, begin, begin + timedelta(days=3)))


def _fired(trigger: CronTrigger, begin: datetime, end: datetime) -> Iterator[datetime]:
    """As its scheduler asks it: from one firing to the next, by UTC."""
    moment = trigger.get_next_fire_time(None, begin)
    while moment is not None and moment.astimezone(UTC) < end:
        yield moment
        moment = trigger.get_next_fire_time(moment, moment.astimezone(UTC))


def _ours(zone: str, at: time, day: date) -> int:
    rule = Rule(EVERY_DAY, at, zone=zone, start=day - timedelta(days=1), until=day + timedelta(days=1))
    since = datetime.combine(day, time(), UTC) - timedelta(days=2)
    return sum(each.local_date == day for each in occurrences(rule, since))


async def run(progress: Progress, size: Size = WHOLE) -> Result:
    zones = list(SHORT) if size.quick else sorted(zoneinfo.available_timezones())
    total = wrong = 0
    began = clocks.perf_counter()
    for begin in range(0, len(zones), share := -(-len(zones) // STEPS)):
        progress(f"{len(zones)} zones, {total:,} occurrences so far")
        for zone in zones[begin : begin + share]:
            for at in TIMES:
                found, irregular = _irregular(zone, at)
                total, wrong = total + found, wrong + irregular
    took = clocks.perf_counter() - began
    lines = [
        Line("irregular", str(wrong), "0", "none", wrong == 0),
        Line("compared", f"{total:,}", f"{total / took:,.0f}/s, the oracle's time included", "", None),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, case in NAMED.items():
            ours = _ours(*case)
            against = f"APScheduler {_firings(*case)}"
            lines.append(Line(name, str(ours), against, "fires once", ours == 1))
    return Result(f"Recurrence in {len(zones)} zones, {len(TIMES)} times of day, {FIRST}–{LAST}", tuple(lines))
