"""Days and times in the reader's language: how they are said, and that what people type for them is read beside the
English words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import i18n
from bot.domain import holidays, weekly_question, when, zones
from bot.domain.holidays import Region
from bot.domain.recurrence import EVERY_DAY, WEEKEND, WORKDAYS, Rule, Weekday
from bot.domain.weekly_question import QuestionDelay

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
"""A Wednesday."""


@pytest.fixture
def german() -> Iterator[None]:
    with i18n.speaking("de"):
        yield


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("montag", {MON}),
        ("Mo.", {MON}),
        ("mo/mi/fr", {MON, WED, FRI}),
        ("montags und donnerstags", {MON, THU}),
        ("jeden Dienstag", {TUE}),
        ("mo bis fr", WORKDAYS),
        ("fr-mo", {FRI, SAT, SUN, MON}),
        ("werktags", WORKDAYS),
        ("Werktags, Sa", WORKDAYS | {SAT}),
        ("täglich", EVERY_DAY),
        ("ta\u0308glich", EVERY_DAY),
        ("jeden Tag", EVERY_DAY),
        ("am Wochenende", WEEKEND),
        ("mon,thu", {MON, THU}),
        ("weekdays", WORKDAYS),
        ("daily", EVERY_DAY),
        ("sun", {SUN}),
        ("morgen", None),
        ("lundi", None),
    ],
)
def test_weekdays_are_read_in_german_and_in_english(words: str, days: set[Weekday] | None) -> None:
    assert days == when.weekdays(words)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("um 9", time(9)),
        ("9 Uhr", time(9)),
        ("um 9:30 uhr", time(9, 30)),
        ("mittags", time(12)),
        ("Mitternacht", time(0)),
        ("9am", time(9)),
        ("noon", time(12)),
        ("neun", None),
    ],
)
def test_a_wall_time_is_read_in_german_and_in_english(words: str, at: time | None) -> None:
    assert at == when.wall_time(words)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("morgen", "2026-11-05"),
        ("übermorgen", "2026-11-06"),
        ("bis Freitag", "2026-11-06"),
        ("nächsten Fr", "2026-11-06"),
        ("in 2 Wochen", "2026-11-18"),
        ("eine Woche", "2026-11-11"),
        ("für einen Monat", "2026-12-04"),
        ("nächste Woche", "2026-11-09"),
        ("Ende des Monats", "2026-12-01"),
        ("24. dez", "2026-12-24"),
        ("24. Dezember 2027", "2027-12-24"),
        ("bis zum 1. Mai", "2027-05-01"),
        ("3. März", "2027-03-03"),
        ("tomorrow", "2026-11-05"),
        ("2 weeks", "2026-11-18"),
        ("24 dec", "2026-12-24"),
        ("demain", None),
        ("31. feb", None),
    ],
)
def test_a_date_is_read_in_german_and_in_english(words: str, day: str | None) -> None:
    assert (date.fromisoformat(day) if day else None) == when.until(words, now=NOW, zone="UTC")


@pytest.mark.parametrize("words", ["montag", "werktags", "mo/mi"])
def test_german_is_read_where_german_is_spoken(words: str) -> None:
    assert when.weekdays(words) is None
    assert when.until("morgen", now=NOW, zone="UTC") is None
    assert not weekly_question.is_off("aus")


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("words", "delay"),
    [
        ("2 Tage", QuestionDelay(2)),
        ("nach zwei tagen um 14:00", QuestionDelay(2, at=time(14))),
        ("mi 09:00", QuestionDelay(weekday=WED, at=time(9))),
        ("am Mittwoch", QuestionDelay(weekday=WED)),
        ("2 days", QuestionDelay(2)),
        ("wed 09:00", QuestionDelay(weekday=WED, at=time(9))),
        ("2 wochen", None),
    ],
)
def test_how_long_after_a_post_is_read_in_german_and_in_english(words: str, delay: QuestionDelay | None) -> None:
    assert delay == weekly_question.parse(words)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("words", ["aus", "Keine", "off", "-"])
def test_no_question_is_said_in_german_and_in_english(words: str) -> None:
    assert weekly_question.is_off(words)


@pytest.mark.usefixtures("german")
@settings(max_examples=100, deadline=None)
@given(st.frozensets(st.sampled_from(Weekday), min_size=1))
def test_what_a_german_form_shows_is_read_back(days: frozenset[Weekday]) -> None:
    assert days == when.weekdays(when.written(days))
    assert days == when.weekdays(when.say_every(days))
    assert days == when.weekdays(when.short(days))


@settings(max_examples=100, deadline=None)
@given(
    st.builds(QuestionDelay, days=st.integers(1, 30), at=st.none() | st.times().map(lambda at: at.replace(second=0)))
    | st.builds(QuestionDelay, weekday=st.sampled_from(Weekday))
)
def test_a_delay_is_kept_in_words_that_every_language_reads_back(delay: QuestionDelay) -> None:
    delay = QuestionDelay(delay.days, delay.weekday, delay.at and delay.at.replace(microsecond=0))
    with i18n.speaking("de"):
        assert (weekly_question.parse(delay.words), weekly_question.parse(delay.written)) == (delay, delay)
    assert weekly_question.parse(delay.words) == delay


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            Rule(frozenset({MON}), time(9), zone="Europe/Berlin", start=date(2026, 1, 1)),
            "jeden Montag um 09:00 Uhr (Europe/Berlin)",
        ),
        (
            Rule(frozenset({MON, THU}), time(9, 30), zone="UTC", start=date(2026, 1, 1), every_weeks=2),
            "alle 2 Wochen am Montag und Donnerstag um 09:30 Uhr (UTC)",
        ),
        (
            Rule(WORKDAYS, time(9), zone="UTC", start=date(2026, 1, 1), until=date(2026, 10, 5)),
            "jeden Werktag um 09:00 Uhr (UTC), bis Mo., 5. Okt. 2026",
        ),
    ],
)
def test_a_rule_is_said_in_german(rule: Rule, said: str) -> None:
    assert said == when.say_rule(rule)


@pytest.mark.usefixtures("german")
def test_dates_and_days_are_said_in_german() -> None:
    assert when.say_date(date(2026, 12, 24)) == "Do., 24. Dez. 2026"
    assert when.say_day(date(2026, 12, 3)) == "Donnerstag, 3. Dezember"
    assert when.say_moment(NOW, "Europe/Berlin") == "Mi., 4. Nov. 2026, 13:00"
    assert when.written([MON, THU]) == "mo,do"
    assert QuestionDelay(weekday=WED, at=time(9)).sentence == "am Mittwoch nach jedem Beitrag, um 09:00 Uhr"


def test_a_holiday_has_its_name_in_the_language_that_is_spoken_just_now() -> None:
    christmas = date(2026, 12, 25)
    assert holidays.holiday(Region("DE", ""), christmas) == "Christmas Day"
    with i18n.speaking("de"):
        assert holidays.holiday(Region("DE", ""), christmas) == "Erster Weihnachtstag"
        assert holidays.holiday(Region("US", ""), christmas) == "Christmas Day"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("words", "code"),
    [("Deutschland", "DE"), ("Germany", "DE"), ("Deutschland, Bayern", "DE-BY"), ("Österreich", "AT")],
)
def test_a_region_goes_by_its_german_and_by_its_english_name(words: str, code: str) -> None:
    found = holidays.region(words)
    assert isinstance(found, Region)
    assert (found.code, found.label.split()[0]) == (code, words.split(",")[0].replace("Germany", "Deutschland"))


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Wien", "Europe/Vienna"),
        ("Deutschland", "Europe/Berlin"),
        ("Schweiz", "Europe/Zurich"),
        ("Germany", "Europe/Berlin"),
        ("Kairo", "Africa/Cairo"),
    ],
)
def test_a_zone_goes_by_its_german_and_by_its_english_name(words: str, zone: str) -> None:
    assert zones.canonical(words) == zone
    assert zone in zones.like(words)
