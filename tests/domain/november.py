"""A learner in Berlin in November 2026, whose second is a Monday: what the tests of nudges are told with."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.domain import nudging
from bot.domain.nudging import Consent, Due, Nudge, Past, Reason, Silent, Way
from bot.domain.recurrence import EVERY_DAY, Occurrence

ZONE = "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(number: int) -> date:
    """Of November 2026; the second is a Monday."""
    return date(2026, 11, number)


def nine(number: int) -> datetime:
    """Nine in Berlin that day."""
    return utc(f"2026-11-{number:02}T08:00")


def nudge(number: int) -> Nudge:
    return Nudge(day(number), nine(number))


SINCE = utc("2026-10-01T00:00")
YES = Consent(SINCE, Way.DM, days=EVERY_DAY, a_week=7)
NEW = Past()
MONDAY = utc("2026-11-02T07:00")


def following(
    consent: Consent = YES, past: Past = NEW, *, finished: bool = False, zone: str = ZONE, now: datetime = MONDAY
) -> Due | Silent:
    return nudging.next_nudge(consent, past, finished=finished, zone=zone, now=now)


def next_day(consent: Consent = YES, past: Past = NEW, *, now: datetime = MONDAY) -> int:
    found = following(consent, past, now=now)
    assert isinstance(found, Due), found
    assert (found.local_date.year, found.local_date.month) == (2026, 11)
    return found.local_date.day


def objection(
    past: Past, number: int, *, now: datetime | None = None, consent: Consent = YES, finished: bool = False
) -> Reason | None:
    planned = Occurrence(day(number), nine(number))
    return nudging.objection(consent, past, planned, finished=finished, zone=ZONE, now=now or nine(number))
