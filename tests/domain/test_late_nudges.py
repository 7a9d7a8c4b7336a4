"""A nudge is asked about again just before it is sent; a late one disturbs nobody."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.record import replace
from bot.domain import nudging
from bot.domain.nudging import Consent, Due, Past, Reason, Way
from bot.domain.recurrence import WORKDAYS, Occurrence, Weekday
from tests.domain.november import YES, ZONE, day, following, nine, nudge, objection, utc


def test_what_was_planned_is_sent_if_nothing_changed() -> None:
    assert objection(Past(), 2) is None


@pytest.mark.parametrize(
    ("consent", "past", "finished", "reason"),
    [
        (replace(YES, way=Way.OFF), Past(), False, Reason.OFF),
        (YES, Past(), True, Reason.FINISHED),
        (YES, Past((nudge(2), nudge(5), nudge(8))), False, Reason.STOPPED),
        (replace(YES, until=day(11)), Past(), False, Reason.ENDED),
        (replace(YES, snoozed_until=day(13)), Past(), False, Reason.SNOOZED),
        (replace(YES, days=WORKDAYS - {Weekday.THU}), Past(), False, Reason.NOT_A_DAY),
        (replace(YES, a_week=1), Past((nudge(9),), alive=nine(9)), False, Reason.ENOUGH),
        (YES, Past(alive=nine(12) - timedelta(hours=1)), False, Reason.TOO_SOON),
    ],
)
def test_what_changed_since_it_was_planned_holds_it_back(
    consent: Consent, past: Past, finished: bool, reason: Reason
) -> None:
    """The twelfth is a Thursday."""
    assert reason is objection(past, 12, consent=consent, finished=finished)


@pytest.mark.parametrize(
    ("at", "sent", "reason"),
    [
        pytest.param("09:00", "2026-11-02T13:30", None, id="late, by day, inside the window"),
        pytest.param("09:00", "2026-11-02T14:30", Reason.LATE, id="past the window"),
        pytest.param("18:00", "2026-11-02T19:59", None, id="the last minute of the day"),
        pytest.param("18:00", "2026-11-02T20:00", Reason.LATE, id="at night"),
        pytest.param("22:00", "2026-11-02T21:30", None, id="the learner chose an hour at night"),
        pytest.param("22:00", "2026-11-02T23:01", Reason.LATE, id="but not on another date"),
        pytest.param("23:59", "2026-11-02T23:05", None, id="a queue may take its time over midnight"),
        pytest.param("20:55", "2026-11-02T20:05", None, id="and into the night"),
    ],
)
def test_a_late_nudge_breaks_into_no_night(at: str, sent: str, reason: Reason | None) -> None:
    """Berlin is an hour ahead of UTC."""
    local = time.fromisoformat(at)
    due = datetime.combine(day(2), local, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    found = nudging.objection(
        replace(YES, at=local), Past(), Occurrence(day(2), due), finished=False, zone=ZONE, now=utc(sent)
    )
    assert reason is found


def test_after_downtime_today_s_comes_late_and_yesterday_s_not_at_all() -> None:
    assert following(now=utc("2026-11-02T12:00")) == Due(day(2), nine(2), Way.DM)
    assert following(now=utc("2026-11-02T15:00")) == Due(day(3), nine(3), Way.DM)


def test_a_moment_that_is_not_in_utc_is_refused() -> None:
    naive = datetime(2026, 11, 2)  # noqa: DTZ001 - what must be refused
    with pytest.raises(ValueError, match="UTC"):
        following(now=naive)
    with pytest.raises(ValueError, match="UTC"):
        objection(Past(), 2, now=naive)
