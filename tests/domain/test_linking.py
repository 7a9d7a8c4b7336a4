"""What two sides remember as one: whose side comes first does not matter, nor how often an answer is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.record import replace
from bot.domain import linking, memory
from bot.domain.course import Shelf
from bot.domain.learner import Seat
from bot.domain.linking import LoggedAnswer
from bot.domain.memory import Grade, Memory
from bot.domain.nudging import Consent, Way
from bot.domain.quiz import Asked

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ONE, OTHER = Seat("discord:1", "7"), Seat("slack:-:T1", "U7")
Log = Sequence[LoggedAnswer]
Step = tuple[int, bool, int]
STEPS = st.lists(st.tuples(st.integers(1, 90 * 24), st.booleans(), st.integers(70, 97)), min_size=1, max_size=8)


def written(asked: Asked, steps: Sequence[Step], start: datetime) -> tuple[Memory, Log]:
    """A log as one side writes it, and the memory that it ends in."""
    log: list[LoggedAnswer] = []
    strength, due, at = None, start, start
    for number, (hours, right, desired) in enumerate(steps):
        at += timedelta(hours=hours)
        grade = Grade.GOOD if right else Grade.AGAIN
        log.append(LoggedAnswer(asked, number, at, grade, desired, strength))
        elapsed = memory.days_since(strength.last, at, UTC) if strength else 0
        strength, due = memory.answered(strength, grade, at, elapsed=elapsed, desired=desired)
    assert strength
    return Memory(asked, "", len(log), strength, due), log


def sides(shelf: Shelf, mine: Sequence[Step], theirs: Sequence[Step]) -> tuple[Memory, Log, Memory, Log]:
    lesson = shelf.lessons[0]
    question = lesson.questions[0]
    asked, right = Asked(lesson.theme, lesson.id, question.id), memory.right_key(question)
    first, log = written(asked, mine, START)
    second, other = written(asked, theirs, START + timedelta(minutes=7))
    return replace(first, right=right), log, replace(second, right=right), other


def joined(shelf: Shelf, first: Memory, log: Log, second: Memory, other: Log) -> Memory:
    (found,) = linking.join([first], [second], (log, other), shelf=shelf, zone=UTC)
    return found


@given(mine=STEPS, theirs=STEPS)
def test_whose_side_is_named_first_does_not_matter(shelf: Shelf, mine: list[Step], theirs: list[Step]) -> None:
    first, log, second, other = sides(shelf, mine, theirs)
    assert joined(shelf, first, log, second, other) == joined(shelf, second, other, first, log)


@given(mine=STEPS, theirs=STEPS)
def test_both_logs_together_are_one_log_in_order_of_time(shelf: Shelf, mine: list[Step], theirs: list[Step]) -> None:
    first, log, second, other = sides(shelf, mine, theirs)
    found = joined(shelf, first, log, second, other)
    strength, due = None, START
    for each in sorted([*log, *other], key=lambda each: each.at):
        elapsed = memory.days_since(strength.last, each.at, UTC) if strength else 0
        strength, due = memory.answered(strength, each.grade, each.at, elapsed=elapsed, desired=each.desired)
    assert (found.strength, found.due) == (strength, due)
    assert found.reviews > max(first.reviews, second.reviews)


@given(mine=STEPS, theirs=STEPS, split=st.integers(1, 8))
def test_what_was_carried_over_counts_once(shelf: Shelf, mine: list[Step], theirs: list[Step], split: int) -> None:
    first, log, second, other = sides(shelf, mine, theirs)
    once = joined(shelf, first, log, second, other)
    assert joined(shelf, first, [*log, *other[split:]], second, [*other, *log[split:]]) == once


@given(mine=STEPS)
def test_a_log_replayed_alone_is_the_memory_that_it_ended_in(shelf: Shelf, mine: list[Step]) -> None:
    first, log, *_ = sides(shelf, mine, mine)
    assert linking.replay([log], first, zone=UTC) == first


@given(mine=STEPS, theirs=STEPS)
def test_what_one_side_alone_remembers_needs_no_joining(shelf: Shelf, mine: list[Step], theirs: list[Step]) -> None:
    first, log, second, other = sides(shelf, mine, theirs)
    elsewhere = replace(second, asked=replace(second.asked, question="vanished"))
    assert linking.join([first], [elsewhere], (log, other), shelf=shelf, zone=UTC) == []


@given(mine=STEPS, theirs=STEPS)
def test_answers_to_another_right_option_do_not_count(shelf: Shelf, mine: list[Step], theirs: list[Step]) -> None:
    first, log, second, other = sides(shelf, mine, theirs)
    stale = replace(second, right="another")
    newest = max(first, stale, key=lambda each: (each.strength.last, each.due))
    found = joined(shelf, first, log, stale, other)
    assert replace(found, reviews=newest.reviews) == newest


def test_a_guess_that_one_side_took_back_is_a_guess(shelf: Shelf) -> None:
    first, log, second, other = sides(shelf, [(24, True, 90)], [(48, True, 90)])
    guess = [replace(each, grade=Grade.AGAIN) for each in other]
    assert joined(shelf, first, [*log, *other], second, guess) == joined(shelf, first, [*log, *guess], second, other)
    assert joined(shelf, first, log, second, guess).due < joined(shelf, first, log, second, other).due


def test_an_era_begins_where_a_question_started_anew(shelf: Shelf) -> None:
    first, log, second, other = sides(shelf, [(24, True, 90), (240, True, 90)], [(48, True, 90)])
    anew = [log[0], replace(log[1], before=None)]
    assert joined(shelf, first, anew, second, other) == joined(shelf, first, anew[1:], second, other)


DAY = timedelta(days=1)


def test_the_side_where_reminders_were_chosen_last_reminds_and_the_other_is_silent() -> None:
    early, late = Consent(START, Way.DM), Consent(START + DAY, Way.MENTION)
    assert linking.yields(early, ONE, late, OTHER)
    assert not linking.yields(late, OTHER, early, ONE)


def test_a_choice_goes_before_a_suggestion_and_what_is_off_reminds_nobody() -> None:
    chosen, suggested = Consent(START, Way.DM), Consent(START + DAY, assigned=True)
    assert linking.yields(suggested, ONE, chosen, OTHER)
    assert not linking.yields(chosen, OTHER, suggested, ONE)
    assert not linking.yields(chosen, ONE, Consent(START + DAY, Way.OFF), OTHER)


@given(st.sampled_from(Way), st.sampled_from(Way), st.integers(-1, 1), st.booleans(), st.booleans())
def test_of_two_sides_that_remind_exactly_one_does(one: Way, other: Way, days: int, first: bool, second: bool) -> None:
    mine, theirs = Consent(START, one, assigned=first), Consent(START + days * DAY, other, assigned=second)
    silent = [linking.yields(mine, ONE, theirs, OTHER), linking.yields(theirs, OTHER, mine, ONE)]
    reminding = [each.on is not None and not quiet for each, quiet in zip((mine, theirs), silent, strict=True)]
    assert sum(reminding) == (1 if mine.on or theirs.on else 0)
