"""Quizzes: which questions are asked, and what was answered. Pure; a shuffle is decided by its seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence

from bot.core.record import Record
from bot.domain.course import Lesson, Shelf
from bot.domain.questions import Question


class Asked(Record):
    """One question of a quiz, by its permanent names."""

    theme: str
    lesson: str
    question: str

    def on(self, shelf: Shelf) -> tuple[Lesson, Question] | None:
        """The question as it stands today, if it still does."""
        lesson = shelf.lesson(self.theme, self.lesson)
        question = lesson.question(self.question) if lesson else None
        return (lesson, question) if lesson and question else None


class Answered(Record):
    position: int
    given: str
    """Ids of options, or what was typed; empty if it was given before options had ids."""
    correct: bool


class QuizAttempt(Record):
    """A quiz under way: its questions and the answers so far."""

    id: str
    theme: str
    lesson: str
    questions: tuple[Asked, ...]
    answers: tuple[Answered, ...] = ()

    def answer(self, position: int) -> Answered | None:
        return next((answer for answer in self.answers if answer.position == position), None)

    @property
    def right(self) -> int:
        return sum(answer.correct for answer in self.answers)

    @property
    def missed(self) -> tuple[Asked, ...]:
        return tuple(self.questions[answer.position] for answer in self.answers if not answer.correct)

    def open_position(self, shelf: Shelf) -> int | None:
        """The first question that waits for an answer and still stands on the shelf."""
        taken = {answer.position for answer in self.answers}
        return next(
            (at for at, asked in enumerate(self.questions) if at not in taken and asked.on(shelf)),
            None,
        )


class StoredQuiz(Record):
    """A quiz as stored."""

    id: str
    theme: str
    lesson: str
    questions: str

    @classmethod
    def write(cls, quiz: str, theme: str, lesson: str, questions: Iterable[Asked]) -> StoredQuiz:
        return cls(quiz, theme, lesson, json.dumps([[each.theme, each.lesson, each.question] for each in questions]))

    def with_answers(self, answers: Iterable[Answered]) -> QuizAttempt:
        questions = tuple(Asked(*names) for names in json.loads(self.questions))
        ordered = tuple(sorted(answers, key=lambda answer: answer.position))
        return QuizAttempt(self.id, self.theme, self.lesson, questions, ordered)


def pick(lessons: Sequence[Lesson], count: int, seed: int) -> tuple[Asked, ...]:
    """Up to `count` questions over the lessons, every lesson once before any comes twice."""
    shuffle = random.Random(seed)
    piles = [[Asked(lesson.theme, lesson.id, question.id) for question in lesson.questions] for lesson in lessons]
    for pile in piles:
        shuffle.shuffle(pile)
    shuffle.shuffle(piles)
    rounds = (pile[depth] for depth in range(max(map(len, piles), default=0)) for pile in piles if depth < len(pile))
    return tuple(asked for asked, _ in zip(rounds, range(count), strict=False))
