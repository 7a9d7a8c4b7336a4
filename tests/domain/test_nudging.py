"""The contract of nudges: every clause of it, and what holds for any learner over months."""

from __future__ import annotations

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.record import replace
from bot.domain import nudging
from bot.domain.nudging import Consent, Due, Nudge, Past, Reason, Silent, Way
from bot.domain.recurrence import Occurrence, Weekday
from tests.domain.november import SINCE, YES, ZONE, day, following, next_day, nine, nudge, objection, utc

# Consent


@pytest.mark.parametrize(
    ("way", "assigned", "how"),
    [
        (Way.UNSAID, False, None),
        (Way.OFF, False, None),
        (Way.DM, False, Way.DM),
        (Way.MENTION, False, Way.MENTION),
        (Way.UNSAID, True, Way.DM),
        (Way.OFF, True, None),
        (Way.MENTION, True, Way.MENTION),
    ],
)
def test_nudges_are_off_until_a_yes_or_an_assignment_and_a_no_outweighs_both(
    way: Way, assigned: bool, how: Way | None
) -> None:
    found = following(replace(YES, way=way, assigned=assigned))
    assert how == (found.way if isinstance(found, Due) else None)
    assert how is not None or found == Silent(Reason.OFF)


# Days, hour, zone


def test_a_nudge_comes_on_the_chosen_day_at_the_chosen_hour_there() -> None:
    thursdays = replace(YES, days=frozenset({Weekday.THU}), at=time(18, 30))
    assert following(thursdays) == Due(day(5), utc("2026-11-05T17:30"), Way.DM)
    assert following(thursdays, zone="America/New_York") == Due(day(5), utc("2026-11-05T23:30"), Way.DM)


def test_the_hour_stays_over_a_change_of_clocks() -> None:
    found = following(replace(YES, days=frozenset({Weekday.SUN})), now=utc("2027-03-27T12:00"))
    assert found == Due(date(2027, 3, 28), utc("2027-03-28T07:00"), Way.DM)


@pytest.mark.parametrize(
    ("zones", "zone"),
    [
        (("Asia/Tokyo", "Europe/Paris", "UTC"), "Asia/Tokyo"),
        (("", "Europe/Paris", "UTC"), "Europe/Paris"),
        (("", "", "America/Lima"), "America/Lima"),
        (("Mars/Olympus", "Europe/Paris", "UTC"), "Europe/Paris"),
        (("", "", ""), "UTC"),
        ((), "UTC"),
    ],
)
def test_the_learner_s_zone_goes_before_the_schedule_s_before_the_workspace_s(
    zones: tuple[str, ...], zone: str
) -> None:
    assert zone == nudging.timezone(*zones)


def test_no_day_chosen_is_silence() -> None:
    assert following(replace(YES, days=frozenset())) == Silent(Reason.NOT_A_DAY)


def test_nothing_is_due_for_an_hour_before_the_yes() -> None:
    assert next_day(replace(YES, since=utc("2026-11-02T09:30")), now=utc("2026-11-02T09:31")) == 3


# Until, snooze


def test_no_nudge_comes_past_the_last_date() -> None:
    assert next_day(replace(YES, until=day(2))) == 2
    assert following(replace(YES, until=day(1))) == Silent(Reason.ENDED)


@pytest.mark.parametrize(("until", "first"), [(2, 2), (3, 3), (20, 20)])
def test_a_snooze_ends_on_its_date(until: int, first: int) -> None:
    assert first == next_day(replace(YES, snoozed_until=day(until)))


def test_a_snooze_without_an_end_is_silence() -> None:
    assert following(replace(YES, snoozed_until=date.max)) == Silent(Reason.SNOOZED)


def test_not_this_week_lasts_until_monday_where_the_learner_lives() -> None:
    assert nudging.not_this_week(nine(5), ZONE) == day(9)
    assert nudging.not_this_week(nine(9), ZONE) == day(16)
    late_on_sunday = utc("2026-11-08T23:30")
    assert nudging.not_this_week(late_on_sunday, "UTC") == day(9)
    assert nudging.not_this_week(late_on_sunday, ZONE) == day(16)


# How many, how often


def test_one_date_has_one_nudge() -> None:
    sent = Past((nudge(2),), alive=nine(2) + timedelta(minutes=1))
    assert next_day(past=sent, now=nine(2) + timedelta(minutes=5)) == 3
    assert objection(sent, 2) is Reason.ALREADY


@pytest.mark.parametrize(("a_week", "first"), [(1, 9), (2, 9), (3, 5), (7, 5)])
def test_a_week_has_no_more_than_the_learner_allows(a_week: int, first: int) -> None:
    past = Past((nudge(2), nudge(3)), alive=nine(4))
    assert first == next_day(replace(YES, a_week=a_week), past, now=nine(4) + timedelta(hours=1))


def test_none_a_week_is_silence() -> None:
    assert following(replace(YES, a_week=0)) == Silent(Reason.ENOUGH)


@pytest.mark.parametrize(
    ("past", "first"),
    [
        pytest.param(Past(), 2, id="never nudged, never seen"),
        pytest.param(Past(alive=utc("2026-11-01T22:00")), 2, id="alive late last night"),
        pytest.param(Past(alive=utc("2026-11-02T06:00")), 3, id="alive this morning: not today"),
        pytest.param(Past((nudge(1),)), 4, id="one without an answer: three days"),
        pytest.param(Past((nudge(1),), alive=utc("2026-11-01T09:00")), 2, id="one with an answer: a day"),
        pytest.param(Past((nudge(1),), alive=utc("2026-10-20T09:00")), 4, id="an answer to an older one is none"),
        pytest.param(Past((Nudge(date(2026, 10, 29), utc("2026-10-29T08:00")), nudge(1))), 8, id="two: seven days"),
    ],
)
def test_without_an_answer_nudges_come_after_one_three_and_seven_days(past: Past, first: int) -> None:
    assert first == next_day(past=past)


THREE = Past((nudge(2), nudge(5), nudge(12)), alive=utc("2026-11-01T08:00"))


def test_after_three_without_an_answer_there_is_silence_that_one_tap_ends() -> None:
    assert following(past=THREE, now=nine(20)) == Silent(Reason.STOPPED)
    assert next_day(past=replace(THREE, alive=nine(20)), now=nine(20)) == 21


@pytest.mark.parametrize("reason", [Reason.OFF, Reason.FINISHED])
def test_whoever_is_off_or_has_finished_hears_nothing_even_of_resuming(reason: Reason) -> None:
    off = replace(YES, way=Way.OFF)
    assert following(off if reason is Reason.OFF else YES, THREE, finished=True) == Silent(reason)


# What holds for any learner


CONSENTS = st.builds(
    Consent,
    st.just(SINCE),
    st.sampled_from([Way.DM, Way.MENTION]),
    days=st.frozensets(st.sampled_from(Weekday), min_size=1),
    at=st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
    a_week=st.integers(1, 7),
)


@settings(max_examples=40, deadline=None)
@given(CONSENTS, st.sampled_from([ZONE, "America/New_York", "Pacific/Apia"]), st.lists(st.booleans(), max_size=12))
def test_over_months_the_contract_is_kept(consent: Consent, zone: str, answers: list[bool]) -> None:
    """Live through it: each nudge is sent when due, and answered an hour later or not at all."""
    past, now = Past(), SINCE
    for answered in [*answers, False, False, False]:
        found = following(consent, past, zone=zone, now=now)
        if isinstance(found, Silent):
            break
        assert (
            nudging.objection(
                consent, past, Occurrence(found.local_date, found.at), finished=False, zone=zone, now=found.at
            )
            is None
        )
        sent = Nudge(found.local_date, found.at)
        alive = found.at + timedelta(hours=1) if answered else past.alive
        past, now = Past((*past.nudges, sent), alive), found.at + timedelta(hours=2)
    assert following(consent, past, zone=zone, now=now) == Silent(Reason.STOPPED)
    dates = [each.local_date for each in past.nudges]
    assert all(before < after for before, after in pairwise(dates))
    assert all(Weekday(each.weekday()) in consent.days for each in dates)
    weeks = [each - timedelta(days=each.weekday()) for each in dates]
    assert all(weeks.count(week) <= consent.a_week for week in weeks)
