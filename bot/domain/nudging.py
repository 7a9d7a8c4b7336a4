"""Whether a learner is nudged, and when: the contract that the learner owns.

Off until they say yes, or until an admin assigns them something, which the first nudge says, once; a no outweighs an
assignment. On chosen days at a chosen hour where the learner lives; not in a snooze, not past the last date, at most so
many a week (Monday to Sunday), one a date.

Without a reaction they grow rarer and end: a nudge comes no sooner than 1, then 3, then 7 days after the last sign of
life or the last nudge, and after three without an answer there is silence until the learner comes back or resumes.
Days are counted on the learner's calendar. Whoever has finished hears nothing.

A nudge is planned ahead, and things change: `next_nudge` plans, `objection` is asked again just before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile

from bot.core.record import Record
from bot.domain.recurrence import (
    EVERY_DAY,
    WINDOW,
    WORKDAYS,
    Occurrence,
    Rule,
    Weekday,
    local_date,
    monday,
    occurrences,
    require_utc,
    zone_named,
)

BACK_OFF = (1, 3, 7)
"""Days before the first, second and third nudge, counted from the last sign of life or nudge."""
UNANSWERED = len(BACK_OFF)
"""So many without an answer, and there is silence."""
A_WEEK = 3
"""Nudges a week, unless the learner says otherwise."""
HORIZON = timedelta(days=400)
"""How far ahead a next nudge is looked for."""
PUNCTUAL = timedelta(minutes=15)
"""A queue takes its time; after that a nudge is late."""
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(8)
"""A nudge that is late does not come at night, where the learner lives, unless the learner's own hour is at night."""


class Way(StrEnum):
    """How a learner wants to be nudged. Unsaid is not yet a no: an assignment may fill it."""

    UNSAID = "unsaid"
    OFF = "off"
    DM = "dm"
    MENTION = "mention"


class Reason(StrEnum):
    """Why there is no nudge; the first that applies, the most lasting first."""

    OFF = "nudges are off"
    FINISHED = "everything is done"
    STOPPED = "three went without an answer"
    ENDED = "the last date has passed"
    SNOOZED = "snoozed"
    NOT_A_DAY = "not one of the chosen days"
    ALREADY = "one was sent that date"
    ENOUGH = "enough for one week"
    TOO_SOON = "too soon after the last"
    LATE = "too late in the day"
    NOWHERE = "there is no place to mention them in"
    ELSEWHERE = "the other side of a link reminds them"


class Consent(Record):
    """What the learner agreed to, and since when it stands so."""

    since: datetime
    way: Way = Way.UNSAID
    assigned: bool = False
    introduced: bool = False
    """Whether the learner has been told who assigned it."""
    days: frozenset[Weekday] = WORKDAYS
    at: time = time(9)
    until: date | None = None
    """The last date with nudges."""
    a_week: int = A_WEEK
    snoozed_until: date | None = None
    """The first date with nudges again."""

    @property
    def on(self) -> Way | None:
        """How to nudge, if at all."""
        if self.way is Way.UNSAID:
            return Way.DM if self.assigned else None
        return None if self.way is Way.OFF else self.way


class Nudge(Record):
    """One that was sent, under the date for which it was planned."""

    local_date: date
    sent: datetime


class Past(Record):
    """Nudges sent, oldest first, and the last sign of life: a press, a lesson, a review, or *Resume*.

    The last month of them will do, if what they came to is kept beside them.
    """

    nudges: tuple[Nudge, ...] = ()
    alive: datetime | None = None
    silent_since: datetime | None = None
    """When it was first seen that too many had gone without an answer; that outlives the nudges themselves."""

    @property
    def unanswered(self) -> int:
        if self.silent_since and self._unanswered(self.silent_since):
            return UNANSWERED
        return sum(self._unanswered(nudge.sent) for nudge in self.nudges)

    def _unanswered(self, moment: datetime) -> bool:
        return self.alive is None or moment > self.alive


class Due(Record):
    """The next nudge: the date it belongs to, its moment and how it is sent."""

    local_date: date
    at: datetime
    way: Way


class Silent(Record):
    reason: Reason


def timezone(*candidates: str) -> str:
    """The first zone that is named and exists: the learner's, then the schedule's, then the workspace's; else UTC."""
    return next((name for name in candidates if name and _is_zone(name)), "UTC")


def next_nudge(
    consent: Consent, past: Past, *, finished: bool, zone: str, now: datetime, window: timedelta = WINDOW
) -> Due | Silent:
    """The next one from now on, or from as long ago as it may still come late; or why there is none in sight."""
    way, today = consent.on, local_date(now, zone)
    if way is None:
        return Silent(Reason.OFF)
    if lasting := _lasting(consent, past, finished=finished):
        return Silent(lasting)
    if consent.snoozed_until and consent.snoozed_until > today + HORIZON:
        return Silent(Reason.SNOOZED)
    why = Reason.OFF
    for each in _candidates(consent, zone, now, window):
        reason = _dated(consent, past, each.local_date, zone=zone)
        reason = reason or _untimely(consent, each, zone=zone, now=now, window=window)
        if reason is None:
            return Due(each.local_date, each.due, way)
        why = reason
        if reason is Reason.ENDED:
            break
    return Silent(why)


def objection(
    consent: Consent,
    past: Past,
    planned: Occurrence,
    *,
    finished: bool,
    zone: str,
    now: datetime,
    window: timedelta = WINDOW,
) -> Reason | None:
    """What, as of now, speaks against sending a nudge that was planned."""
    return (
        _lasting(consent, past, finished=finished)
        or _dated(consent, past, planned.local_date, zone=zone)
        or _untimely(consent, planned, zone=zone, now=require_utc(now), window=window)
    )


def not_this_week(now: datetime, zone: str) -> date:
    """Until when *Not this week* snoozes: next Monday, where the learner lives."""
    return monday(local_date(now, zone)) + timedelta(days=7)


def _is_zone(name: str) -> bool:
    try:
        return bool(zone_named(name))
    except ValueError:
        return False


def _lasting(consent: Consent, past: Past, *, finished: bool) -> Reason | None:
    """What no waiting will change."""
    if consent.on is None:
        return Reason.OFF
    if finished:
        return Reason.FINISHED
    return Reason.STOPPED if past.unanswered >= UNANSWERED else None


def _dated(consent: Consent, past: Past, day: date, *, zone: str) -> Reason | None:
    """What speaks against a date."""
    if consent.until and day > consent.until:
        return Reason.ENDED
    if consent.snoozed_until and day < consent.snoozed_until:
        return Reason.SNOOZED
    if Weekday(day.weekday()) not in consent.days:
        return Reason.NOT_A_DAY
    return _frequency(consent, past, day, zone=zone)


def _frequency(consent: Consent, past: Past, day: date, *, zone: str) -> Reason | None:
    """What speaks against another one, so soon."""
    if any(nudge.local_date == day for nudge in past.nudges):
        return Reason.ALREADY
    if sum(monday(nudge.local_date) == monday(day) for nudge in past.nudges) >= consent.a_week:
        return Reason.ENOUGH
    signs = [nudge.local_date for nudge in past.nudges[-1:]]
    if past.alive:
        signs.append(local_date(past.alive, zone))
    wait = BACK_OFF[min(past.unanswered, UNANSWERED - 1)]
    return Reason.TOO_SOON if signs and day < max(signs) + timedelta(days=wait) else None


def _untimely(consent: Consent, planned: Occurrence, *, zone: str, now: datetime, window: timedelta) -> Reason | None:
    """A late one does not break into the learner's night, nor come on another date than its own."""
    late = now - planned.due
    if late <= PUNCTUAL:
        return None
    clock = now.astimezone(zone_named(zone))
    if late > window or clock.date() != local_date(planned.due, zone):
        return Reason.LATE
    return Reason.LATE if _at_night(clock.time()) and not _at_night(consent.at) else None


def _at_night(clock: time) -> bool:
    return clock >= NIGHT_BEGINS or clock < NIGHT_ENDS


def _candidates(consent: Consent, zone: str, now: datetime, window: timedelta) -> Iterable[Occurrence]:
    """The learner's hour on every date ahead; on those not chosen too, since each has its reason."""
    after = max(now - window, require_utc(consent.since))
    start = max(local_date(after, zone), consent.snoozed_until or date.min)
    rule = Rule(EVERY_DAY, consent.at, zone=zone, start=start)
    return takewhile(lambda each: each.local_date < start + HORIZON, occurrences(rule, after))
