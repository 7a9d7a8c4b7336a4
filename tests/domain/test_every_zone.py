"""Recurrence against the plain oracle, in every zone of the database from 2024 to 2034.

The normal run takes a few zones, others each day; `DUALO_SEED` repeats a day's draw. `DUALO_THOROUGH=1` takes all.
"""

from __future__ import annotations

import os
import random
import zoneinfo
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from bot.domain.recurrence import EVERY_DAY, Rule, instant, occurrences
from tests.domain import oracle
from tests.thoroughness import THOROUGH

FIRST, LAST = 2024, 2034
ALWAYS = ("Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca", "Antarctica/Troll")
DRAWN = 5
TIMES = (time(0), time(0, 30), time(2, 30), time(3), time(9), time(23, 30), time(23, 59))


def _zones() -> Sequence[str]:
    everywhere = sorted(zoneinfo.available_timezones())
    if THOROUGH:
        return everywhere
    seed = int(os.environ.get("DUALO_SEED") or datetime.now(UTC).toordinal())
    return [*ALWAYS, *random.Random(seed).sample(everywhere, DRAWN)]


def _times(zone: str) -> Sequence[time]:
    """All in the whole run, one each otherwise."""
    return TIMES if THOROUGH else random.Random(zone).sample(TIMES, 1)


def test_every_date_has_one_occurrence_where_the_clock_says() -> None:
    dates = [
        date(FIRST, 1, 1) + timedelta(days=days) for days in range((date(LAST, 12, 31) - date(FIRST, 1, 1)).days + 1)
    ]
    for zone in _zones():
        clock = oracle.watched(zone, FIRST, LAST)
        for at in _times(zone):
            rule = Rule(EVERY_DAY, at, zone=zone, start=dates[0], until=dates[-1])
            found = [(each.local_date, each.due) for each in occurrences(rule, datetime(2023, 12, 1, tzinfo=UTC))]
            assert [(day, clock.first(day, at)) for day in dates] == found, (zone, at)
            assert all(one < other for (_, one), (_, other) in pairwise(found)), (zone, at)


def test_every_putting_of_a_clock_is_met_to_the_minute() -> None:
    for zone in _zones():
        clock = oracle.watched(zone, FIRST, LAST)
        for day, at in clock.odd_moments():
            assert clock.first(day, at) == instant(day, at, zone), (zone, day, at)


def test_the_whole_run_would_meet_gaps_and_folds() -> None:
    """The oracle is worth something only if it sees clocks put forward and back."""
    jumps = {
        after.offset - before.offset
        for zone in ALWAYS
        for stretches in [oracle.watched(zone, FIRST, LAST).stretches]
        for before, after in pairwise(stretches)
    }
    assert {timedelta(hours=sign * hours) for sign in (-1, 1) for hours in (0.5, 1, 2)} == jumps
