"""What people type for weekdays, times and dates, and how it is said back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import when
from bot.domain.recurrence import EVERY_DAY, WEEKEND, WORKDAYS, Rule, Weekday

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("mon", {MON}),
        ("Mon.", {MON}),
        ("mondays", {MON}),
        ("every Monday", {MON}),
        ("mon,thu", {MON, THU}),
        ("Mon, Wed & Fri", {MON, WED, FRI}),
        ("monday and thursday", {MON, THU}),
        ("tues weds thurs", {TUE, WED, THU}),
        ("mo/mi/fr", None),
        ("mo/we/fr", {MON, WED, FRI}),
        ("mon-wed", {MON, TUE, WED}),
        ("mon – wed", {MON, TUE, WED}),
        ("friday to monday", {FRI, SAT, SUN, MON}),
        ("mon-fri", WORKDAYS),
        ("weekdays", WORKDAYS),
        ("Weekdays, sat", WORKDAYS | {SAT}),
        ("daily", EVERY_DAY),
        ("every day", EVERY_DAY),
        ("weekends", WEEKEND),
        ("", None),
        ("and", None),
        ("t", None),
        ("mon,foo", None),
        ("mon-foo", None),
        ("tomorrow", None),
    ],
)
def test_weekdays_are_read_kindly(words: str, days: set[Weekday] | None) -> None:
    assert days == when.weekdays(words)


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("9", time(9)),
        ("9:00", time(9)),
        ("09.00", time(9)),
        ("0900", time(9)),
        ("9am", time(9)),
        ("9 a.m.", time(9)),
        ("9:30 PM", time(21, 30)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("9h30", time(9, 30)),
        ("at 9 o'clock", time(9)),
        ("９：３０", time(9, 30)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("23:59", time(23, 59)),
        ("24:00", None),
        ("9:60", None),
        ("9:5", None),
        ("13pm", None),
        ("0am", None),
        ("930", None),
        ("9.5", None),
        ("-9", None),
        ("nine", None),
        ("", None),
    ],
)
def test_a_wall_time_is_read_kindly(words: str, at: time | None) -> None:
    assert at == when.wall_time(words)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("friday", "2026-11-06"),
        ("until Friday", "2026-11-06"),
        ("next fri", "2026-11-06"),
        ("wednesday", "2026-11-11"),
        ("today", "2026-11-04"),
        ("tomorrow", "2026-11-05"),
        ("3 days", "2026-11-07"),
        ("in 2 weeks", "2026-11-18"),
        ("2w", "2026-11-18"),
        ("a week", "2026-11-11"),
        ("for a fortnight", "2026-11-18"),
        ("1 month", "2026-12-04"),
        ("next week", "2026-11-09"),
        ("next month", "2026-12-01"),
        ("2026-12-01", "2026-12-01"),
        ("2020-01-01", "2020-01-01"),
        ("1 dec", "2026-12-01"),
        ("1 Dec.", "2026-12-01"),
        ("December 1st, 2027", "2027-12-01"),
        ("the 1st of december", "2026-12-01"),
        ("3 sept", "2027-09-03"),
        ("4 nov", "2026-11-04"),
        ("3 nov", "2027-11-03"),
        ("29 feb", "2028-02-29"),
        ("1.12.", "2026-12-01"),
        ("01.12.2027", "2027-12-01"),
        ("31 feb", None),
        ("2026-02-30", None),
        ("3/4", None),
        ("2 parsecs", None),
        ("9999 months", "2860-02-04"),
        ("may", None),
        ("forever", None),
        ("-3 days", None),
        ("", None),
    ],
)
def test_a_date_is_read_kindly(words: str, day: str | None) -> None:
    assert (date.fromisoformat(day) if day else None) == when.until(words, now=NOW, zone="Europe/Berlin")


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Auckland", "2026-11-06"), ("Pacific/Honolulu", "2026-11-05")])
def test_tomorrow_is_meant_where_the_person_lives(zone: str, day: str) -> None:
    assert date.fromisoformat(day) == when.until("tomorrow", now=NOW, zone=zone)


@pytest.mark.parametrize(
    ("now", "words", "day"),
    [
        ("2026-01-31", "1 month", "2026-02-28"),
        ("2028-01-31", "1 month", "2028-02-29"),
        ("2026-12-31", "1 month", "2027-01-31"),
        ("2026-11-30", "1 month", "2026-12-30"),
        ("2026-10-31", "13 months", "2027-11-30"),
        ("2026-12-15", "next month", "2027-01-01"),
    ],
)
def test_a_month_on_is_the_same_day_or_the_month_s_last(now: str, words: str, day: str) -> None:
    found = when.until(words, now=datetime.fromisoformat(now).replace(tzinfo=UTC), zone="UTC")
    assert date.fromisoformat(day) == found


def test_the_end_of_the_calendar_is_not_understood() -> None:
    assert when.until("9999 weeks", now=datetime(9990, 1, 1, tzinfo=UTC), zone="UTC") is None
    assert when.until("9999 months", now=datetime(9990, 1, 1, tzinfo=UTC), zone="UTC") is None


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text(" 0123456789:.-/adehmnprstuwy,", max_size=20)))
def test_whatever_is_typed_nothing_is_raised(words: str) -> None:
    assert when.weekdays(words) is None or when.weekdays(words) != frozenset()
    assert isinstance(when.wall_time(words), time | None)
    assert isinstance(when.until(words, now=NOW, zone="UTC"), date | None)


@settings(max_examples=150, deadline=None)
@given(st.frozensets(st.sampled_from(Weekday), min_size=1))
def test_what_a_form_shows_is_read_back(days: frozenset[Weekday]) -> None:
    assert days == when.weekdays(when.short(days))
    assert days == when.weekdays(f"every {when.say_weekdays(days)}")


@settings(max_examples=50, deadline=None)
@given(st.times(), st.dates(date(2026, 11, 5), date(2034, 1, 1)))
def test_times_and_dates_as_they_are_said_are_read_back(at: time, day: date) -> None:
    assert time(at.hour, at.minute) == when.wall_time(when.say_time(at))
    assert day == when.until(when.say_date(day).partition(" ")[2], now=NOW, zone="UTC")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            Rule(frozenset({MON}), time(9), zone="Europe/Paris", start=date(2026, 1, 1)),
            "every Monday at 09:00 (Europe/Paris)",
        ),
        (
            Rule(frozenset({MON, THU, FRI}), time(9, 30), zone="UTC", start=date(2026, 1, 1), every_weeks=2),
            "every 2 weeks on Monday, Thursday and Friday at 09:30 (UTC)",
        ),
        (Rule(WORKDAYS, time(9), zone="UTC", start=date(2026, 1, 1)), "every weekday at 09:00 (UTC)"),
        (
            Rule(EVERY_DAY, time(9), zone="UTC", start=date(2026, 1, 1), every_weeks=3, until=date(2026, 10, 5)),
            "every 3 weeks on every day at 09:00 (UTC), until Mon 5 Oct 2026",
        ),
    ],
)
def test_a_rule_is_said_in_a_sentence(rule: Rule, said: str) -> None:
    assert said == when.say_rule(rule)
