"""What a scheduled post carries on a date: which lesson, the closing post, or nothing and why.

Dates are fixed by the rule; lessons follow one another along them. On a holiday, a skipped date or a failure the lesson
is not dropped: the next date takes it. A lesson that was posted is never posted again, whichever date it went out on,
so a post out of turn brings the next lesson forward and leaves the dates alone. The row that holds a lesson decides it
for good: whoever sends it again after a crash sends the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.record import Record
from bot.domain.course import Lesson, Theme
from bot.domain.recurrence import Occurrence, Rule, instant, occurrences

COUNTED_FROM = 5
"""People who did the lesson, before a public post says how many."""


class DeliveryState(StrEnum):
    """The state of a row of the outbox."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    LATE = "late"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def holds(self) -> bool:
        """Whether its lesson is out, or may be."""
        return self in {DeliveryState.CLAIMED, DeliveryState.SENT, DeliveryState.LATE}

    @property
    def over(self) -> bool:
        """Whether nothing more happens on its date."""
        return self not in {DeliveryState.PLANNED, DeliveryState.CLAIMED}


class PostedDate(Record):
    """What the outbox holds for one date of a schedule."""

    local_date: date
    state: DeliveryState
    lesson: str = ""
    closing: bool = False


class Plan(Record):
    """A schedule, as far as it decides which lesson comes when."""

    rule: Rule
    start_at: str = ""
    """The first lesson's id; the theme's first if empty."""
    skipped: frozenset[date] = frozenset()
    paused_until: date | None = None
    """The first date with a post again."""
    holiday: Callable[[date], str | None] = lambda _day: None
    """The name of the holiday on a date, if there is one."""


class Carries(Record):
    """A lesson: "Lesson 4 of 12"."""

    lesson: Lesson
    total: int


class Closes(Record):
    """The one post after the last lesson."""


class Rest(StrEnum):
    HOLIDAY = "holiday"
    SKIPPED = "skipped"
    PAUSED = "paused"


class Rests(Record):
    """Nothing on this date; the lesson waits for the next."""

    rest: Rest
    name: str = ""


class PlanEnded(Record):
    """The closing post is out: the schedule has done its work."""


Content = Carries | Closes | Rests


class Stop(Record):
    """One date of a plan and what it carries."""

    occurrence: Occurrence
    content: Content


def carried(plan: Plan, theme: Theme, rows: Iterable[PostedDate], day: date) -> Content | PlanEnded:
    """What a date carries, by the rows of the outbox. What its own row already holds, stays."""
    return _on(plan, theme, {row.local_date: row for row in rows}, day)


def rest(plan: Plan, day: date) -> Rests | None:
    """Why a date has no post, if it has none."""
    if plan.paused_until and day < plan.paused_until:
        return Rests(Rest.PAUSED)
    if day in plan.skipped:
        return Rests(Rest.SKIPPED)
    name = plan.holiday(day)
    return Rests(Rest.HOLIDAY, name) if name else None


def agenda(plan: Plan, theme: Theme, rows: Iterable[PostedDate], *, after: datetime) -> Iterator[Stop]:
    """What comes after the moment, date by date, rests included, up to the closing post. What is over is left out."""
    known = {row.local_date: row for row in rows}
    for occurrence in occurrences(plan.rule, after):
        day = occurrence.local_date
        if (own := known.get(day)) and own.state.over:
            continue
        content = _on(plan, theme, known, day)
        if isinstance(content, PlanEnded):
            return
        yield Stop(occurrence, content)
        if isinstance(content, Carries):
            known[day] = PostedDate(day, DeliveryState.SENT, content.lesson.id)
        elif isinstance(content, Closes):
            return


def posts(stops: Iterable[Stop]) -> Iterator[Stop]:
    """Those on which something is posted."""
    return (stop for stop in stops if not isinstance(stop.content, Rests))


def following(
    plan: Plan, theme: Theme, rows: Iterable[PostedDate], occurrence: Occurrence, content: Content
) -> Stop | None:
    """The post after this one, for "Next Monday, 13 October: …"; none after the closing post or past the plan's end."""
    if isinstance(content, Closes):
        return None
    known = {row.local_date: row for row in rows}
    if isinstance(content, Carries):
        known[occurrence.local_date] = PostedDate(occurrence.local_date, DeliveryState.SENT, content.lesson.id)
    return next(posts(agenda(plan, theme, known.values(), after=occurrence.due)), None)


def week_ends(day: date, rule: Rule) -> datetime:
    """When a post has been up for a week and is edited, once, with the count."""
    return instant(day + timedelta(days=7), rule.at, rule.zone)


def is_counted(done: int) -> bool:
    """Whether so many are enough to be named as a number."""
    return done >= COUNTED_FROM


def _on(plan: Plan, theme: Theme, known: Mapping[date, PostedDate], day: date) -> Content | PlanEnded:
    if (own := known.get(day)) and own.state.holds:
        if own.closing:
            return Closes()
        if lesson := theme.lesson(own.lesson):
            return Carries(lesson, len(theme.lessons))
    return rest(plan, day) or _next(plan, theme, known)


def _next(plan: Plan, theme: Theme, known: Mapping[date, PostedDate]) -> Carries | Closes | PlanEnded:
    held = [row for row in known.values() if row.state.holds]
    if any(row.closing for row in held):
        return PlanEnded()
    out = {lesson.id for row in held if (lesson := theme.lesson(row.lesson))}
    waiting = (lesson for lesson in theme.lessons[_first(plan, theme, out) :] if lesson.id not in out)
    lesson = next(waiting, None)
    return Carries(lesson, len(theme.lessons)) if lesson else Closes()


def _first(plan: Plan, theme: Theme, out: set[str]) -> int:
    """Where the plan begins in the theme. If that lesson is gone: where the posts began, or else at the top."""
    if begin := theme.lesson(plan.start_at):
        return begin.number - 1
    posted = [lesson.number - 1 for lesson in theme.lessons if lesson.id in out]
    return min(posted, default=0) if plan.start_at else 0
