"""After downtime: one late post inside the window, or none; never a burst."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import takewhile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import recurrence
from bot.domain.recurrence import Missed, Occurrence, Rule, occurrences
from tests.domain.test_recurrence import MOMENTS, RULES, daily, quick, utc


def _at(day: int) -> Occurrence:
    return Occurrence(date(2026, 1, day), utc(f"2026-01-{day:02}T08:00"))


@pytest.mark.parametrize(
    ("now", "late", "skipped"),
    [
        pytest.param("2026-01-05T07:59", None, [], id="nothing missed"),
        pytest.param("2026-01-05T08:00", 5, [], id="due this very moment"),
        pytest.param("2026-01-05T14:00", 5, [], id="the window's last moment"),
        pytest.param("2026-01-05T14:01", None, [5], id="past the window"),
        pytest.param("2026-01-08T09:00", 8, [5, 6, 7], id="three days down: one, not four"),
        pytest.param("2026-01-08T20:00", None, [5, 6, 7, 8], id="three days down, and too late for the newest"),
    ],
)
def test_after_downtime_at_most_one_comes_late(now: str, late: int | None, skipped: list[int]) -> None:
    found = recurrence.missed(daily(), utc("2026-01-04T12:00"), now=utc(now))
    assert Missed(_at(late) if late else None, tuple(map(_at, skipped))) == found


def test_a_wide_window_makes_no_burst() -> None:
    found = recurrence.missed(daily(), utc("2026-01-04T12:00"), now=utc("2026-01-08T09:00"), window=timedelta(days=30))
    assert Missed(_at(8), (_at(5), _at(6), _at(7))) == found


def test_a_date_to_skip_was_not_missed() -> None:
    found = recurrence.missed(
        daily(), utc("2026-01-04T12:00"), now=utc("2026-01-06T09:00"), skipping={date(2026, 1, 6)}
    )
    assert Missed(None, (_at(5),)) == found


def test_a_clock_that_went_back_misses_nothing() -> None:
    assert Missed() == recurrence.missed(daily(), utc("2026-01-10T12:00"), now=utc("2026-01-04T12:00"))


@quick
@given(RULES, MOMENTS, st.integers(0, 60 * 24 * 60), st.integers(0, 72))
def test_what_was_missed_is_all_there_and_one_comes_at_most(
    rule: Rule, since: datetime, minutes: int, hours: int
) -> None:
    now, window = since + timedelta(minutes=minutes), timedelta(hours=hours)
    found = recurrence.missed(rule, since, now=now, window=window)
    passed = tuple(takewhile(lambda each: each.due <= now, occurrences(rule, since)))
    late = (found.late,) if found.late else ()
    assert passed == found.skipped + late
    assert all(now - each.due <= window for each in late)
    if not late:
        assert all(now - each.due > window for each in found.skipped)
