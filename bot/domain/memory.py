"""Memory: how well a question is known, when it is asked again, and what an answer changes. Pure; FSRS does the sums.

Days are the learner's own calendar days, so a review in the evening and one in the morning after are a day apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import IntEnum, StrEnum
from functools import cache

import fsrs

from bot.core.record import Record
from bot.domain.course import Lesson, Shelf
from bot.domain.learner import LearnerState
from bot.domain.questions import Question, digest
from bot.domain.quiz import Asked

DESIRED = 90
"""Percent of the questions that are to be known when they are asked again, unless the workspace says otherwise."""
LOWEST_DESIRED, HIGHEST_DESIRED = 70, 97
CAP = 5
"""Questions a day, unless the learner says otherwise."""
FIRST_AFTER = timedelta(days=1)
"""After a lesson is done, its questions wait a day: what was read a minute ago needs no retrieval."""
AHEAD = timedelta(days=90)
"""How far ahead it is told what would still be known."""


class Grade(IntEnum):
    """The two of FSRS's four grades that one press can tell. The numbers are FSRS's own."""

    AGAIN = 1
    GOOD = 3


class How(StrEnum):
    """Where an answer was given."""

    REVIEW = "review"
    QUIZ = "quiz"


class Strength(Record):
    """What FSRS knows of one question of one learner."""

    stability: float
    """Days until it is known with 90 %."""
    difficulty: float
    last: datetime
    """When it was last answered."""


class Memory(Record):
    """A question that was answered at least once, under the names it had then."""

    asked: Asked
    right: str
    """The key of what was right; with another right answer the question starts anew."""
    reviews: int
    """How many answers there were: the number of the next one, so that it counts once."""
    strength: Strength
    due: datetime


class DueQuestion(Record):
    """A question that may be asked today."""

    lesson: Lesson
    question: Question
    due: datetime
    known: float
    """The chance that it is known now."""
    number: int = 0
    """How many answers there were before."""


class ReviewPlan(Record):
    """What a learner decided on reviews."""

    cap: int = CAP
    frozen_until: date | None = None
    """Reviews wait until that day."""

    def frozen(self, today: date) -> bool:
        return self.frozen_until is not None and today < self.frozen_until

    def frozen_days(self, today: date) -> int:
        return max(0, (self.frozen_until - today).days) if self.frozen_until else 0


class Deck(Record):
    """A learner's reviews as of one moment."""

    due: tuple[DueQuestion, ...]
    """The most endangered first; more than will be asked in a day."""
    coming: tuple[DueQuestion, ...]
    """What is due later, the soonest first."""
    plan: ReviewPlan
    answered_today: int
    today: date

    @property
    def left(self) -> int:
        """How many are still asked today."""
        if self.plan.frozen(self.today):
            return 0
        return max(0, min(len(self.due), self.plan.cap - self.answered_today))

    @property
    def size(self) -> int:
        return len(self.due) + len(self.coming)


def right_key(question: Question) -> str:
    """What is right, whatever its wording and language: the ids of right options, or what has to be typed."""
    if question.original:
        return right_key(question.original)
    if question.typed:
        typed = question.typed
        number = "" if typed.number is None else f"{typed.number:g}±{typed.tolerance:g}"
        return digest([number or "\0".join(typed.accepted[:1])])
    return digest(sorted(option.id for option in question.options if option.right))


@cache
def _scheduler(desired: int) -> fsrs.Scheduler:
    """No learning steps: a lesson is no cram session. No fuzzing: the same answer gives the same date, everywhere."""
    return fsrs.Scheduler(desired_retention=desired / 100, learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def known(strength: Strength, days: int) -> float:
    """The chance that a question is known so many days after its last answer."""
    card = _card(strength, elapsed=0)
    return _scheduler(DESIRED).get_card_retrievability(card, _EPOCH + timedelta(days=max(0, days)))


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def _card(strength: Strength | None, elapsed: int) -> fsrs.Card:
    """A card of FSRS that is answered at the epoch; only whole days matter to it."""
    if strength is None:
        return fsrs.Card(card_id=1, due=_EPOCH)
    return fsrs.Card(
        card_id=1,
        state=fsrs.State.Review,
        stability=strength.stability,
        difficulty=strength.difficulty,
        due=_EPOCH,
        last_review=_EPOCH - timedelta(days=elapsed),
    )


def answered(
    before: Strength | None, grade: Grade, at: datetime, *, elapsed: int, desired: int
) -> tuple[Strength, datetime]:
    """The memory after an answer, and when it is asked again. `elapsed` are calendar days since the last answer."""
    card, _ = _scheduler(desired).review_card(_card(before, elapsed), fsrs.Rating(int(grade)), _EPOCH)
    stability, difficulty = card.stability, card.difficulty
    if stability is None or difficulty is None:
        raise ValueError("FSRS left a memory without numbers")
    return Strength(stability, difficulty, at), at + (card.due - _EPOCH)


@cache
def _read_once() -> Strength:
    """A lesson that was read counts as one good answer, for the order among what is due."""
    return answered(None, Grade.GOOD, _EPOCH, elapsed=0, desired=DESIRED)[0]


def latest(memory: Memory) -> tuple[datetime, int]:
    """By what the latest of several memories of one question is found."""
    return memory.strength.last, memory.reviews


def on_shelf(memories: Iterable[Memory], shelf: Shelf) -> Mapping[tuple[str, str, str], Memory]:
    """Memories by what their question is called today. What vanished is left out; of two names, or two sides, the
    latest counts."""
    found: dict[tuple[str, str, str], Memory] = {}
    for memory in sorted(memories, key=latest):
        if standing := memory.asked.on(shelf):
            lesson, question = standing
            found[lesson.theme, lesson.id, question.id] = memory
    return found


def deck(
    memories: Iterable[Memory],
    plan: ReviewPlan,
    answered_today: int,
    *,
    standing: LearnerState,
    shelf: Shelf,
    now: datetime,
    zone: tzinfo,
) -> Deck:
    """What is due today, the most endangered first, and what comes later."""
    today = now.astimezone(zone).date()
    found = sorted(_waiting(on_shelf(memories, shelf), standing, shelf, now=now, zone=zone), key=_place)
    due = [each for each in found if each.due.astimezone(zone).date() <= today]
    coming = [each for each in found if each.due.astimezone(zone).date() > today]
    return Deck(
        tuple(sorted(due, key=lambda each: each.known)),
        tuple(sorted(coming, key=lambda each: each.due)),
        plan,
        answered_today,
        today,
    )


def _place(waiting: DueQuestion) -> tuple[str, str, str]:
    return waiting.lesson.theme, waiting.lesson.id, waiting.question.id


def _waiting(
    kept: Mapping[tuple[str, str, str], Memory], standing: LearnerState, shelf: Shelf, *, now: datetime, zone: tzinfo
) -> Iterator[DueQuestion]:
    """Every question that was answered, and those of lessons that were done."""
    for theme in shelf.themes:
        for lesson in theme.lessons:
            done = standing.completion(theme, lesson)
            for question in lesson.questions:
                memory = kept.get((theme.id, lesson.id, question.id))
                if memory and memory.right == right_key(question):
                    chance = known(memory.strength, days_since(memory.strength.last, now, zone))
                    yield DueQuestion(lesson, question, memory.due, chance, memory.reviews)
                elif memory or done:
                    begun = memory.strength.last if memory else done.at if done else now
                    chance = known(_read_once(), days_since(begun, now, zone))
                    yield DueQuestion(lesson, question, begun + FIRST_AFTER, chance, memory.reviews if memory else 0)


def days_since(earlier: datetime, now: datetime, zone: tzinfo) -> int:
    """Days between two moments, as the learner's calendar counts them."""
    return max(0, (now.astimezone(zone).date() - earlier.astimezone(zone).date()).days)


def known_ahead(memories: Iterable[Memory], now: datetime, zone: tzinfo) -> tuple[float, int]:
    """How many questions would still be known in three months without another review, and of how many."""
    chances = [known(each.strength, days_since(each.strength.last, now + AHEAD, zone)) for each in memories]
    return sum(chances), len(chances)


def names_of(lesson: Lesson, question: Question, shelf: Shelf) -> tuple[Asked, ...]:
    """Every name a question ever had, today's first."""
    theme = shelf.theme(lesson.theme)
    themes = (lesson.theme, *(theme.aliases if theme else ()))
    return tuple(Asked(each, id, question.id) for each in themes for id in (lesson.id, *lesson.aliases))


def fingerprint(asked: Asked) -> str:
    """A question's name, short enough for any button."""
    return digest([asked.theme, asked.lesson, asked.question])


def find(shelf: Shelf, name: str) -> tuple[Lesson, Question] | None:
    """The question of that fingerprint, under any name it ever had."""
    for lesson in shelf.lessons:
        for question in lesson.questions:
            if any(fingerprint(each) == name for each in names_of(lesson, question, shelf)):
                return lesson, question
    return None
