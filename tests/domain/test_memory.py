"""What an answer does to a memory, whatever the numbers are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.core.record import replace
from bot.core.text import parse
from bot.domain import memory
from bot.domain.course import Shelf
from bot.domain.learner import LearnerState
from bot.domain.memory import Grade, Memory, ReviewPlan, Strength
from bot.domain.questions import Option, Question
from bot.domain.quiz import Asked

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
DESIRED = st.integers(memory.LOWEST_DESIRED, memory.HIGHEST_DESIRED)
STRENGTHS = st.builds(
    Strength, stability=st.floats(0.1, 3_000), difficulty=st.floats(1, 10), last=st.just(NOW - timedelta(days=30))
)


def asked_of(shelf: Shelf, at: int = 0) -> tuple[Asked, Question]:
    lesson = shelf.lessons[at]
    return Asked(lesson.theme, lesson.id, lesson.questions[0].id), lesson.questions[0]


def remembered(shelf: Shelf, at: int, *, stability: float, days: int) -> Memory:
    asked, question = asked_of(shelf, at)
    strength = Strength(stability, 5.0, NOW - timedelta(days=days))
    return Memory(asked, memory.right_key(question), 1, strength, NOW)


def question(*, right: str, words: str = "one") -> Question:
    options = tuple(Option(each, parse(f"{words} {each}"), each == right, parse("why")) for each in ("a", "b"))
    return Question("q", parse(f"{words}?"), "", options)


@given(STRENGTHS, st.integers(0, 400), DESIRED)
def test_a_right_answer_never_comes_again_sooner_than_a_wrong_one(before: Strength, days: int, desired: int) -> None:
    good, later = memory.answered(before, Grade.GOOD, NOW, elapsed=days, desired=desired)
    again, sooner = memory.answered(before, Grade.AGAIN, NOW, elapsed=days, desired=desired)
    assert good.stability >= again.stability
    assert later >= sooner >= NOW + timedelta(days=1)


@given(STRENGTHS, st.sampled_from(Grade), st.integers(0, 400))
def test_more_wanted_recall_never_means_longer_waits(before: Strength, grade: Grade, days: int) -> None:
    dues = [memory.answered(before, grade, NOW, elapsed=days, desired=each)[1] for each in (70, 80, 90, 97)]
    assert dues == sorted(dues, reverse=True)


@given(STRENGTHS, st.integers(0, 4_000))
def test_what_is_known_fades_and_never_returns_by_itself(strength: Strength, days: int) -> None:
    assert 0 < memory.known(strength, days + 1) <= memory.known(strength, days) <= 1


def test_other_words_keep_the_key_and_another_right_option_does_not() -> None:
    assert memory.right_key(question(right="a")) == memory.right_key(question(right="a", words="two"))
    assert memory.right_key(question(right="a")) != memory.right_key(question(right="b"))


def test_the_most_endangered_comes_first_whatever_has_waited_longer(shelf: Shelf) -> None:
    kept = [
        remembered(shelf, 0, stability=100, days=40),
        remembered(shelf, 1, stability=1, days=9),
        remembered(shelf, 2, stability=9, days=9),
    ]
    deck = memory.deck(kept, ReviewPlan(), 0, standing=LearnerState(), shelf=shelf, now=NOW, zone=UTC)
    assert [each.lesson for each in deck.due] == [shelf.lessons[1], shelf.lessons[2], shelf.lessons[0]]
    assert [each.known for each in deck.due] == sorted(each.known for each in deck.due)


@given(due=st.integers(0, 40), cap=st.integers(1, 50), answered=st.integers(0, 60))
def test_what_is_left_today_never_passes_the_cap(due: int, cap: int, answered: int) -> None:
    asked = question(right="a")
    waiting = memory.DueQuestion(None, asked, NOW, 0.5)  # type: ignore[arg-type]
    deck = memory.Deck((waiting,) * due, (), ReviewPlan(cap), answered, NOW.date())
    assert 0 <= deck.left <= max(0, cap - answered)
    assert replace(deck, plan=ReviewPlan(cap, NOW.date() + timedelta(days=1))).left == 0


def test_an_evening_and_the_morning_after_are_a_day_apart_where_the_learner_lives() -> None:
    zone = ZoneInfo("Asia/Tokyo")
    evening = datetime(2026, 1, 5, 23, tzinfo=zone).astimezone(UTC)
    assert memory.days_since(evening, evening + timedelta(hours=2), zone) == 1
    assert memory.days_since(evening, evening + timedelta(hours=2), UTC) == 0


def test_what_vanished_leaves_quietly(shelf: Shelf) -> None:
    gone = Memory(Asked("no", "such", "question"), "", 1, Strength(1, 5, NOW), NOW)
    assert not memory.on_shelf([gone], shelf)


def test_every_question_is_found_by_its_fingerprint(shelf: Shelf) -> None:
    for lesson in shelf.lessons:
        for each in lesson.questions:
            name = memory.fingerprint(Asked(lesson.theme, lesson.id, each.id))
            assert memory.find(shelf, name) == (lesson, each)
