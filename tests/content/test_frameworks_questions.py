"""Each lesson of *Frameworks Under Pressure* asks for something that only its text says, and asks in several ways."""

from __future__ import annotations

import pytest

from tests.content.frameworks import ask, lessons, section

ONLY_THERE = {
    "choice-matters-less": ("cpu-per-core", "Two shares of one request", "17 serialise a large JSON answer"),
    "where-time-goes": ("hundredth-or-half", "Where to look first", "two reports of 4 s cost 8 s"),
    "async-is-not-faster": ("async-limit", "Capacity, not speed", "four cores, which allow 160"),
    "stateless-or-stateful": ("renewals", "State moves, it does not vanish", "from 9,000 visitors"),
    "database-coupling": ("held-by-mail", "The connection budget", "takes 25 ms, 40 server connections"),
    "graceful-degradation": ("half-open", "The circuit breaker", "After a pause, say 30 s"),
    "queues-and-idempotency": ("begun-runs", "At least once", "on Celery with Redis after an hour"),
    "caches-that-hold-up": ("copy-age", "Start with HTTP", "max-age=60, stale-while-revalidate=30"),
    "over-abstraction": ("ten-changes", "Two guesses about the future", "takes 15 days"),
    "monolith-to-services": ("back-to-one", "What a call turns into", "five services in series at 99.9 %"),
    "drift": ("idle", "Energy is mostly idle machines", "idle power stayed near half of peak"),
    "three-experiments": ("control", "Half a page", "410 ms; control 220 → 180 ms"),
}
"""By lesson, a question and what it takes to answer it: words of a section that the question leaves out."""


@pytest.mark.parametrize("lesson", ONLY_THERE)
def test_a_question_needs_what_its_lesson_says_and_does_not_repeat_it(lesson: str) -> None:
    question, label, words = ONLY_THERE[lesson]
    assert words in section(lesson, label)
    assert words not in ask(lesson, question)


def test_each_lesson_has_such_a_question() -> None:
    assert set(ONLY_THERE) == {lesson["id"] for lesson in lessons()}


@pytest.mark.parametrize("lesson", ONLY_THERE)
def test_each_lesson_asks_for_several_options_or_for_words_that_are_typed(lesson: str) -> None:
    (found,) = [each for each in lessons() if each["id"] == lesson]
    rights = [sum(option["right"] for option in question.get("options", ())) for question in found["questions"]]
    assert any(number != 1 for number in rights)
