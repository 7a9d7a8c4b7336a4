"""A schedule: which theme is posted where, when, and on which dates not."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.record import Record
from bot.domain.recurrence import WINDOW, Occurrence, Rule, occurrences
from bot.domain.weekly_question import QuestionDelay

FOREVER = date.max
"""Paused until somebody resumes it."""


class ScheduleState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"
    """Nothing comes any more; the rows stay to be looked at."""


class Schedule(Record):
    workspace: str
    id: str
    theme: str
    address: str
    """Of the place, as a front end once wrote it."""
    rule: Rule
    start_at: str = ""
    """The first lesson's id; the theme's first if empty."""
    skips: frozenset[date] = frozenset()
    paused_until: date | None = None
    """The first date with a post again."""
    mention: str = ""
    thread: bool = False
    holidays: str = ""
    """A region's code."""
    window: timedelta = WINDOW
    """How late a post may still come."""
    question_after: QuestionDelay | None = None
    """When a question on the lesson follows each post; None if none does."""
    state: ScheduleState = ScheduleState.ACTIVE
    created_by: str = ""
    version: int = 0
    """Counts the changes, so that a plan made before one is noticed."""

    @property
    def paused(self) -> bool:
        return self.paused_until == FOREVER

    def first_after(self, moment: datetime) -> Occurrence | None:
        """The next date that needs a row, be it one that tells why nothing was posted."""
        if self.state is ScheduleState.ENDED or self.paused:
            return None
        return next(occurrences(self.rule, moment, skipping=_Before(self.paused_until)), None)


@dataclass(frozen=True, slots=True)
class _Before(Container[date]):
    """Every date before one."""

    end: date | None

    def __contains__(self, day: object) -> bool:
        return self.end is not None and isinstance(day, date) and day < self.end
