"""When a rule falls due: the named cases of clocks put forward and back, catching up, and what always holds."""

from __future__ import annotations

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import recurrence
from bot.domain.recurrence import EVERY_DAY, REACH, WORKDAYS, Occurrence, Rule, Weekday, occurrences

START = date(2024, 1, 1)
BEGINNING = datetime(2023, 12, 25, tzinfo=UTC)
ZONES = (
    *("UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "America/Nuuk"),
    *("Africa/Cairo", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Apia", "Pacific/Chatham", "Asia/Kathmandu"),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def clock(text: str) -> time:
    return time.fromisoformat(text)


def daily(at: str = "09:00", zone: str = "Europe/Berlin", start: date = START) -> Rule:
    return Rule(EVERY_DAY, clock(at), zone=zone, start=start)


@pytest.mark.parametrize(
    ("zone", "day", "at", "due"),
    [
        pytest.param("Europe/Berlin", "2026-03-28", "09:00", "2026-03-28T08:00", id="winter"),
        pytest.param("Europe/Berlin", "2026-03-30", "09:00", "2026-03-30T07:00", id="summer, and still nine"),
        pytest.param("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30", id="a gap: 03:30"),
        pytest.param("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00", id="the gap's first minute: 03:00"),
        pytest.param("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00", id="the first minute after the gap"),
        pytest.param("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30", id="New York's gap"),
        pytest.param("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30", id="a fold: the first time"),
        pytest.param("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30", id="New York's fold"),
        pytest.param("Europe/Berlin", "2026-10-25", "01:30", "2026-10-24T23:30", id="before the fold"),
        pytest.param("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00", id="after the fold"),
        pytest.param("America/Santiago", "2026-09-06", "00:00", "2026-09-06T04:00", id="midnight in a gap: 01:00"),
        pytest.param("America/Santiago", "2026-04-04", "23:30", "2026-04-05T02:30", id="a fold before midnight"),
        pytest.param("Africa/Cairo", "2026-04-24", "00:15", "2026-04-23T22:15", id="Cairo's midnight gap: 01:15"),
        pytest.param("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45", id="half an hour's gap: 02:45"),
        pytest.param("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45", id="half an hour's fold"),
        pytest.param("Antarctica/Troll", "2026-03-29", "02:30", "2026-03-29T02:30", id="two hours' gap: 04:30"),
        pytest.param("America/Nuuk", "2026-03-28", "23:30", "2026-03-29T01:30", id="a gap into the next date: 00:30"),
        pytest.param("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30", id="Ramadan's fold"),
        pytest.param("Asia/Kathmandu", "2026-03-29", "09:00", "2026-03-29T03:15", id="never put"),
    ],
)
def test_a_wall_time_happens_once_on_its_date(zone: str, day: str, at: str, due: str) -> None:
    date_ = date.fromisoformat(day)
    assert utc(due) == recurrence.instant(date_, clock(at), zone)
    around = takewhile(lambda each: each.local_date <= date_, occurrences(daily(at, zone), utc("2026-01-01")))
    assert [Occurrence(date_, utc(due))] == [each for each in around if each.local_date == date_]


def test_a_fold_in_the_time_itself_is_not_heard() -> None:
    day = date(2026, 10, 25)
    assert recurrence.instant(day, time(2, 30), "Europe/Berlin") == recurrence.instant(
        day, time(2, 30, fold=1), "Europe/Berlin"
    )


@pytest.mark.parametrize(
    ("zone", "lost"),
    [
        ("Pacific/Apia", date(2011, 12, 30)),
        ("Pacific/Fakaofo", date(2011, 12, 30)),
        ("Pacific/Kwajalein", date(1993, 8, 21)),
        ("Pacific/Kiritimati", date(1994, 12, 31)),
    ],
)
@pytest.mark.parametrize("at", [time(0), time(9), time(23, 59)])
def test_a_date_that_a_zone_never_had_is_passed_over(zone: str, lost: date, at: time) -> None:
    rule = Rule(EVERY_DAY, at, zone=zone, start=lost - timedelta(days=3), until=lost + timedelta(days=3))
    found = list(occurrences(rule, datetime(1990, 1, 1, tzinfo=UTC)))
    assert [lost + timedelta(days=days) for days in (-3, -2, -1, 1, 2, 3)] == [each.local_date for each in found]
    assert all(before.due < after.due for before, after in pairwise(found))


def test_a_date_that_a_zone_had_twice_has_one_occurrence() -> None:
    """Kwajalein went back by 23 hours at the end of September 1969."""
    rule = Rule(EVERY_DAY, time(9), zone="Pacific/Kwajalein", start=date(1969, 9, 28), until=date(1969, 10, 3))
    found = list(occurrences(rule, datetime(1969, 1, 1, tzinfo=UTC)))
    assert [date(1969, 9, 28) + timedelta(days=days) for days in range(6)] == [each.local_date for each in found]
    again = list(occurrences(rule, datetime(1969, 9, 30, 12, tzinfo=UTC)))
    assert [each for each in found if each.due > datetime(1969, 9, 30, 12, tzinfo=UTC)] == again


def test_every_second_week_counts_from_the_week_of_the_first_date() -> None:
    rule = Rule(frozenset({Weekday.MON, Weekday.THU}), time(9), zone="UTC", start=date(2026, 1, 1), every_weeks=2)
    found = [each.local_date for each in islice(occurrences(rule, BEGINNING), 5)]
    assert [date(2026, 1, 1), date(2026, 1, 12), date(2026, 1, 15), date(2026, 1, 26), date(2026, 1, 29)] == found


def test_the_first_and_the_last_date_are_included_and_none_beyond() -> None:
    rule = Rule(WORKDAYS, time(9), zone="UTC", start=date(2026, 1, 2), until=date(2026, 1, 6))
    found = [each.local_date for each in occurrences(rule, BEGINNING)]
    assert [date(2026, 1, 2), date(2026, 1, 5), date(2026, 1, 6)] == found


def test_a_skipped_date_is_left_out_and_moves_no_other() -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 5), every_weeks=2)
    found = [each.local_date for each in islice(occurrences(rule, BEGINNING, skipping={date(2026, 1, 19)}), 2)]
    assert [date(2026, 1, 5), date(2026, 2, 2)] == found


def test_after_means_after() -> None:
    nine = utc("2026-01-05T08:00")
    rule = daily()
    assert date(2026, 1, 6) == next(occurrences(rule, nine)).local_date
    assert date(2026, 1, 5) == next(occurrences(rule, nine - timedelta(microseconds=1))).local_date


class _Everything:
    def __contains__(self, _: object) -> bool:
        return True


def test_a_walk_on_which_everything_is_skipped_comes_to_an_end() -> None:
    assert list(occurrences(daily(), BEGINNING, skipping=_Everything())) == []


def test_a_walk_reaches_twenty_years() -> None:
    last = list(occurrences(Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=START), BEGINNING))[-1]
    assert START + REACH - timedelta(days=7) < last.local_date <= START + REACH


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/New_York"])
def test_the_ends_of_time_raise_nothing(zone: str) -> None:
    assert next(occurrences(daily(zone=zone), utc("0001-01-01"))).local_date == START
    assert list(occurrences(daily(zone=zone), utc("9998-06-01"))) == []


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 1, 1),  # noqa: DTZ001 - what must be refused
        datetime(2026, 1, 1, tzinfo=BERLIN),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_a_moment_that_is_not_in_utc_is_refused_at_once(moment: datetime) -> None:
    for ask in (
        lambda: occurrences(daily(), moment),
        lambda: recurrence.local_date(moment, "UTC"),
    ):
        with pytest.raises(ValueError, match="UTC"):
            ask()


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "America", "", "../etc/passwd", "Europe/Berlin\0"])
def test_a_zone_that_is_none_is_refused_in_one_way(zone: str) -> None:
    with pytest.raises(ValueError, match="no such timezone"):
        daily(zone=zone)


def test_a_rule_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="weekday"):
        Rule(frozenset(), time(9), zone="UTC", start=START)
    for weeks in (0, -1, 53):
        with pytest.raises(ValueError, match="weeks"):
            Rule(EVERY_DAY, time(9), zone="UTC", start=START, every_weeks=weeks)
    for at in (time(9, tzinfo=UTC), time(9, fold=1)):
        with pytest.raises(ValueError, match="wall time"):
            Rule(EVERY_DAY, at, zone="UTC", start=START)


@given(st.frozensets(st.sampled_from(Weekday)))
def test_weekdays_are_stored_and_come_back(days: frozenset[Weekday]) -> None:
    assert days == recurrence.from_mask(recurrence.to_mask(days))


def test_the_stored_form_of_weekdays_stays() -> None:
    assert tuple(recurrence.to_mask(days) for days in ({Weekday.MON}, EVERY_DAY, WORKDAYS, {Weekday.SUN})) == (
        1,
        127,
        31,
        64,
    )


# What always holds

MOMENTS = st.integers(0, 11 * 365 * 24 * 60).map(lambda minutes: BEGINNING + timedelta(minutes=minutes))
RULES = st.builds(
    Rule,
    st.frozensets(st.sampled_from(Weekday), min_size=1),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59])),
    zone=st.sampled_from(ZONES),
    start=st.dates(date(2024, 1, 1), date(2034, 12, 31)),
    every_weeks=st.integers(1, 5),
)
quick = settings(max_examples=60, deadline=None)


@quick
@given(RULES, MOMENTS)
def test_occurrences_are_in_order_on_the_rule_s_days_and_near_their_time(rule: Rule, after: datetime) -> None:
    found = list(islice(occurrences(rule, after), 40))
    assert all(before.due < later.due and before.local_date < later.local_date for before, later in pairwise(found))
    anchor = recurrence.monday(rule.start)
    for each in found:
        assert each.due > after
        assert each.local_date >= rule.start
        assert Weekday(each.local_date.weekday()) in rule.weekdays
        assert (recurrence.monday(each.local_date) - anchor).days // 7 % rule.every_weeks == 0
        shown = each.due.astimezone(ZoneInfo(rule.zone)).replace(tzinfo=None)
        pushed = shown - datetime.combine(each.local_date, rule.at)
        assert pushed in {timedelta(0), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=2)}


@quick
@given(RULES, MOMENTS, st.integers(0, 30))
def test_a_walk_taken_up_anywhere_goes_on_as_if_never_left(rule: Rule, after: datetime, taken: int) -> None:
    whole = list(islice(occurrences(rule, after), 40))
    cursor = whole[taken - 1].due if taken else after
    assert whole[taken:] == list(islice(occurrences(rule, cursor), 40 - taken))


def test_an_occurrence_costs_next_to_nothing() -> None:
    """Some eight microseconds; the bound allows for a busy machine."""
    rule = daily()
    best = 1.0
    for _ in range(5):
        begun = stopwatch.process_time()
        count = sum(1 for _ in islice(occurrences(rule, BEGINNING), 2000))
        best = min(best, (stopwatch.process_time() - begun) / count)
    assert best < 40e-6
