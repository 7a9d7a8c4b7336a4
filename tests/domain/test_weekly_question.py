"""The question of the week, by its rules alone: when it comes, which one it is, how answers are counted."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import outbox, weekly_question
from bot.domain.course import Shelf
from bot.domain.questions import Question
from bot.domain.recurrence import Rule, Weekday, local_date
from bot.domain.schedule import Schedule
from bot.domain.weekly_question import QuestionDelay

DELAYS = st.one_of(
    st.builds(QuestionDelay, days=st.integers(1, weekly_question.MOST_DAYS), at=st.none() | st.times()),
    st.builds(QuestionDelay, weekday=st.sampled_from(Weekday), at=st.none() | st.times()),
).map(lambda delay: QuestionDelay(delay.days, delay.weekday, delay.at and delay.at.replace(second=0, microsecond=0)))
DATES = st.dates(date(2020, 1, 1), date(2040, 1, 1))
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])


@pytest.mark.parametrize(
    ("words", "delay"),
    [
        ("2 days", QuestionDelay(2)),
        ("2", QuestionDelay(2)),
        ("a day", QuestionDelay(1)),
        ("after 3d", QuestionDelay(3)),
        ("2 days at 14:00", QuestionDelay(2, at=time(14))),
        ("wed 09:00", QuestionDelay(weekday=Weekday.WED, at=time(9))),
        ("wed-09:00", QuestionDelay(weekday=Weekday.WED, at=time(9))),
        ("2-days", QuestionDelay(2)),
        ("On Wednesday", QuestionDelay(weekday=Weekday.WED)),
        ("thu, at 9am", QuestionDelay(weekday=Weekday.THU, at=time(9))),
        ("0 days", None),
        ("31 days", None),
        ("mon-wed 09:00", None),
        ("wed 25:00", None),
        ("2 fortnights", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_time_after_a_post_is_read_kindly(words: str, delay: QuestionDelay | None) -> None:
    assert weekly_question.parse(words) == delay


@given(DELAYS)
def test_what_is_stored_is_read_back(delay: QuestionDelay) -> None:
    assert weekly_question.parse(delay.words) == delay


@given(DELAYS, DATES, ZONES)
def test_a_question_comes_after_its_post_on_its_own_date(delay: QuestionDelay, posted: date, zone: str) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone=zone, start=date(2020, 1, 1))
    coming = delay.after(posted, rule)
    assert timedelta() < coming.local_date - posted <= timedelta(days=weekly_question.MOST_DAYS)
    if zone != "Pacific/Apia":  # which left a whole date out
        assert local_date(coming.due, zone) == coming.local_date
    if delay.weekday is not None:
        assert coming.local_date.weekday() == delay.weekday
        assert coming.local_date - posted <= timedelta(days=7)


@given(DELAYS, st.lists(DATES, unique=True, max_size=20))
def test_however_many_posts_there_are_no_date_has_two_questions(delay: QuestionDelay, posted: list[date]) -> None:
    rule = Rule(frozenset(Weekday), time(9), zone="UTC", start=date(2020, 1, 1))
    schedule = Schedule("hand:w1", "S1", "theme", "#lessons", rule, question_after=delay)
    rows = outbox.questions(schedule, posted)
    assert len({row.name for row in rows}) == len(rows)
    assert {row.name.local_date for row in rows} == {delay.on(day) for day in posted}


def test_no_question_is_asked_twice_before_all_were(shelf: Shelf) -> None:
    lesson = shelf.lessons[0]
    asked: list[Question] = []
    for _ in range(3 * len(lesson.questions)):
        asked.append(weekly_question.pick(lesson, asked))
    for times in range(1, 4):
        whole = asked[: times * len(lesson.questions)]
        assert {question.id: whole.count(question) for question in whole} == dict.fromkeys(
            (question.id for question in lesson.questions), times
        )


@given(st.lists(st.tuples(st.sets(st.sampled_from("abcd"), min_size=1), st.booleans(), st.integers(1, 50))))
def test_every_answer_is_counted_once_for_each_option_that_was_chosen(
    answers: list[tuple[set[str], bool, int]],
) -> None:
    counted = weekly_question.tally((" ".join(sorted(chosen)), right, people) for chosen, right, people in answers)
    assert counted.answered == sum(people for *_, people in answers)
    assert counted.right == sum(people for _, right, people in answers if right)
    for option in "abcd":
        expected = sum(people for chosen, _, people in answers if option in chosen)
        assert counted.chosen.get(option, 0) == expected
