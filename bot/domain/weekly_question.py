"""The question of the week: how long after a post it comes, which question it is, and how its answers are counted.

Pure. The answers themselves lie with those of quizzes, under a name of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from bot.core import i18n
from bot.core.i18n import say, say_many
from bot.core.record import Record, field
from bot.domain import day_words, when
from bot.domain.course import Lesson
from bot.domain.questions import Question
from bot.domain.recurrence import Occurrence, Rule, Weekday, instant

OPEN_FOR = timedelta(hours=48)
"""How long answers are counted; then the message says what is right, and why."""
COUNTED_EVERY = timedelta(minutes=1)
"""The message is edited this seldom while answers come in."""
LAST_COUNT = timedelta(minutes=2)
"""So long before its end the number is not edited any more: no edit that is still under way comes after the last."""
MOST_DAYS = 30


class QuestionDelay(Record):
    """How long after a post its question comes: so many days, or on the next such weekday."""

    days: int = 0
    weekday: Weekday | None = None
    at: time | None = None
    """The wall time; without one, that of the posts."""

    def on(self, posted: date) -> date:
        """The date of the question on a post of that date; always a later one."""
        if self.weekday is None:
            return posted + timedelta(days=self.days)
        return posted + timedelta(days=(self.weekday - posted.weekday() - 1) % 7 + 1)

    def after(self, posted: date, rule: Rule) -> Occurrence:
        day = self.on(posted)
        return Occurrence(day, instant(day, self.at or rule.at, rule.zone))

    @property
    def words(self) -> str:
        """As it is stored: "2 days", "wed 09:00"."""
        days = "1 day" if self.days == 1 else f"{self.days} days"
        return self._with_time(days if self.weekday is None else self.weekday.name.lower())

    @property
    def written(self) -> str:
        """As a form is filled in with it, in the reader's words; `parse` reads it back."""
        if self.weekday is None:
            return self._with_time(say_many(self.days, "{n} day", "{n} days"))
        return self._with_time(when.written([self.weekday]))

    def _with_time(self, what: str) -> str:
        return f"{what} {when.say_time(self.at)}" if self.at else what

    @property
    def sentence(self) -> str:
        """ "2 days after each post", "on the Wednesday after each post, at 09:00"."""
        if self.weekday is None:
            said = say_many(self.days, "{n} day after each post", "{n} days after each post")
        else:
            said = say("on the {weekday} after each post", weekday=i18n.weekday(self.weekday))
        return say("{days}, at {time}", days=said, time=when.say_time(self.at)) if self.at else said


def is_off(words: str) -> bool:
    """Whether they say that there is to be no question."""
    return words.strip().casefold() in day_words.understood().off


def parse(words: str) -> QuestionDelay | None:
    """`2 days`, `2d`, `wed 09:00`, `wed-09:00`, `wednesday`, `2 days at 14:00`; None if it says no such thing."""
    said = " ".join(re.sub(r"[\s,@_-]+", " ", words.casefold()).split())
    return _days(said) or _weekday(said)


def _days(said: str) -> QuestionDelay | None:
    known = day_words.understood()
    units = day_words.any_of([unit for unit, days in known.units.items() if days == 1])
    counts = day_words.any_of(known.counts)
    pattern = rf"(?P<count>[0-9]{{1,3}}|{counts})\s*(?:{units})?(?:\s+(?P<at>.+))?"
    match = re.fullmatch(pattern, when.without(known.after, said))
    if match is None:
        return None
    count = known.counts.get(match["count"]) or int(match["count"])
    at = when.wall_time(match["at"]) if match["at"] else None
    if not 1 <= count <= MOST_DAYS or (match["at"] and at is None):
        return None
    return QuestionDelay(count, at=at)


def _weekday(said: str) -> QuestionDelay | None:
    first, _, rest = when.without(day_words.understood().between, said).partition(" ")
    days = when.weekdays(first.rstrip(","))
    at = when.wall_time(rest) if rest else None
    if days is None or len(days) != 1 or (rest and at is None):
        return None
    return QuestionDelay(weekday=next(iter(days)), at=at)


def pick(lesson: Lesson, asked: Iterable[Question]) -> Question:
    """The question that was asked least often, the first of those: none twice before every one was asked."""
    times = Counter(question.id for question in asked)
    return min(lesson.questions, key=lambda each: times[each.id])


def answers_id(schedule: str, day: date) -> str:
    """Under which name the answers to a question of the week are kept, where a quiz has its id."""
    return f"{schedule}@{day.isoformat()}"


class AnswerTally(Record):
    """How a question of the week was answered. Nobody is named, here or anywhere it is shown."""

    answered: int = 0
    right: int = 0
    chosen: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """How many chose each option, by its id."""


def tally(given: Iterable[tuple[str, bool, int]]) -> AnswerTally:
    """Answers as they are stored, whether each is right, and how many gave it."""
    answered = right = 0
    chosen: Counter[str] = Counter()
    for words, correct, people in given:
        answered += people
        right += people * correct
        for option in set(words.split()):
            chosen[option] += people
    return AnswerTally(answered, right, MappingProxyType(dict(chosen)))


def ends(asked: datetime) -> datetime:
    """Until when answers count, of a question that was posted at that moment."""
    return asked + OPEN_FOR
