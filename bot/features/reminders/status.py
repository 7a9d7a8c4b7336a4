"""Somebody's reminders as of one moment: what is agreed, what waits, which zone holds, and what follows from it.

The settings page, the clock that plans and the letter that is sent all ask here, so they never differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.i18n import mark, say, say_many
from bot.core.record import Record, replace
from bot.domain import nudging, when
from bot.domain.course import Lesson, Shelf, Theme
from bot.domain.learner import LearnerState
from bot.domain.nudging import Consent, Due, Past, Reason, Silent, Way
from bot.domain.recurrence import EVERY_DAY, WINDOW, Occurrence, Rule, local_date, occurrences
from bot.store.cold.consents import ActiveSchedule, Agreement

EARLY = timedelta(minutes=20)
"""How long before somebody's hour it is decided whether a reminder is due: a little before lines are planned."""

WHY: Mapping[Reason, str] = {
    Reason.OFF: mark("Reminders are off."),
    Reason.FINISHED: mark("You have no theme under way."),
    Reason.STOPPED: mark("Three went without an answer."),
    Reason.ENDED: mark("The last date for reminders has passed."),
    Reason.SNOOZED: mark("Reminders are snoozed."),
    Reason.NOT_A_DAY: mark("It is not one of the chosen days."),
    Reason.ALREADY: mark("One was sent on that date."),
    Reason.ENOUGH: mark("It would be one too many for the week."),
    Reason.TOO_SOON: mark("It would come too soon after the last one, or after the last lesson."),
    Reason.LATE: mark("It is too late in the day."),
    Reason.NOWHERE: mark("No lessons are posted here any more."),
    Reason.ELSEWHERE: mark("They come in the other chat that you linked, where you chose them last."),
}
PAUSED = mark("Recording is paused.")


class ReminderStatus(Record):
    agreement: Agreement
    standing: LearnerState
    waiting: tuple[tuple[Theme, Lesson], ...]
    """The next lesson of each followed theme that is not finished, newest first; of the theme last touched, if none is
    followed that goes on."""
    past: Past
    zone: str
    followed: frozenset[str] = frozenset()
    """The themes that are followed or gone on with, under every name they ever had."""

    @property
    def consent(self) -> Consent:
        """What holds now: while recording is paused nothing is sent, since nothing could be written down of it."""
        if self.standing.preferences.paused:
            return replace(self.agreement.consent, way=Way.OFF)
        return self.agreement.consent

    @property
    def finished(self) -> bool:
        """Whether there is nothing to remind of: no lesson, no review."""
        return not self.waiting and not self.agreement.reviews

    @property
    def place(self) -> str:
        """Where reminders go. A mention follows the schedules: it stays where lessons are or were posted, or else goes
        where a followed theme is, or any; empty if there is no such place left."""
        chosen, known = self.agreement.address, self.agreement.schedules
        if self.consent.on is not Way.MENTION or chosen in {each.address for each in known}:
            return chosen
        return mentions_at(known, self.followed)

    def snoozed(self, now: datetime) -> bool:
        until = self.consent.snoozed_until
        return until is not None and local_date(now, self.zone) < until

    def resting(self, now: datetime) -> bool:
        """Whether one press brings reminders back."""
        return self.snoozed(now) or self.past.unanswered >= nudging.UNANSWERED

    def following(self, now: datetime, *, window: timedelta = WINDOW) -> Due | Silent:
        """The next reminder, or why there is none."""
        found = nudging.next_nudge(
            self.consent, self.past, finished=self.finished, zone=self.zone, now=now, window=window
        )
        return Silent(blocked) if isinstance(found, Due) and (blocked := self._blocked) else found

    def why(self, silent: Silent) -> str:
        return say(PAUSED if self.standing.preferences.paused else WHY[silent.reason])

    def objection(self, planned: Occurrence, now: datetime) -> str:
        """Why a planned one is not to be sent now, as its row keeps it; empty if it is."""
        if self.standing.preferences.paused:
            return PAUSED
        reason = nudging.objection(self.consent, self.past, planned, finished=self.finished, zone=self.zone, now=now)
        reason = reason or self._blocked
        return WHY[reason] if reason else ""

    @property
    def _blocked(self) -> Reason | None:
        """What keeps a reminder back that the rules allow."""
        if self.agreement.yields:
            return Reason.ELSEWHERE
        return Reason.NOWHERE if self.consent.on is Way.MENTION and not self.place else None

    def next_step(self, now: datetime) -> Occurrence | datetime | None:
        """For the planner: the next reminder if it falls on the next of the learner's days, else when to look again.

        Looking on each of the days keeps the plan from going stale, and notices who came back after a silence.
        """
        found = self.following(now)
        if isinstance(found, Silent) and found.reason in {Reason.OFF, Reason.ENDED}:
            return None
        days = self.consent.days or EVERY_DAY
        rule = Rule(days, self.consent.at, zone=self.zone, start=local_date(now, self.zone))
        coming = next(occurrences(rule, now + EARLY))
        if isinstance(found, Due) and found.at <= coming.due:
            return Occurrence(found.local_date, found.at)
        return coming.due - EARLY


def make(agreement: Agreement, standing: LearnerState, *, shelf: Shelf, server_zone: str) -> ReminderStatus:
    followed = standing.followed(shelf)
    waiting = tuple((theme, lesson) for theme in followed if (lesson := standing.following(theme)))
    if not waiting and (begun := standing.begun(shelf)):
        followed = tuple(dict.fromkeys((*followed, begun)))
        waiting = tuple((theme, lesson) for theme in (begun,) if (lesson := standing.following(theme)))
    ids = frozenset(name for theme in followed for name in (theme.id, *theme.aliases))
    posted = [each.zone for each in agreement.schedules if each.theme in ids]
    zone = nudging.timezone(
        standing.preferences.timezone, agreement.zone, *posted[:1], standing.workspace_timezone, server_zone
    )
    signs = [agreement.past.alive, standing.bookmark_at, *(done.at for done in standing.completions.values())]
    alive = max((at for at in signs if at), default=None)
    return ReminderStatus(agreement, standing, waiting, replace(agreement.past, alive=alive), zone, ids)


def mentions_at(known: Sequence[ActiveSchedule], followed: Collection[str]) -> str:
    """Where a followed theme is posted, else where any is; empty if none is."""
    posting = [each for each in known if each.active]
    return next((each.address for each in (*(one for one in posting if one.theme in followed), *posting)), "")


def say_consent(consent: Consent, zone: str = "") -> str:
    """When reminders come, within a sentence."""
    every, time = when.say_every(consent.days), when.say_time(consent.at)
    hours = say("{every} at {time}", every=every, time=time)
    if zone:
        hours = say("{every} at {time} ({zone})", every=every, time=time, zone=zone)
    often = say_many(consent.a_week, "once a week", "{n} a week")
    if consent.until is None:
        return say("{hours}, {often} at most", hours=hours, often=often)
    return say("{hours}, {often} at most, until {date}", hours=hours, often=often, date=when.say_date(consent.until))


def first_suggester(look: ReminderStatus) -> str:
    """Who suggested what waits."""
    ids = {name for theme, _ in look.waiting for name in (theme.id, *theme.aliases)}
    found: Sequence[str] = [each.suggested_by for each in look.standing.follows if each.theme in ids]
    return next((name for name in found if name), "")
