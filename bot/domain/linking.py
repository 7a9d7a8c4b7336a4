"""One learner on two sides: what both remember of a question as one, and which side reminds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

from bot.core.record import Record, replace
from bot.domain import memory
from bot.domain.course import Shelf
from bot.domain.learner import Seat
from bot.domain.memory import Grade, Memory, Strength
from bot.domain.nudging import Consent, Way
from bot.domain.quiz import Asked


class LoggedAnswer(Record):
    """An answer as the log has it, with the state before it."""

    asked: Asked
    number: int
    at: datetime
    grade: Grade
    desired: int
    before: Strength | None = None
    """None for a first answer, and for the first after another option had become right."""


def join(
    mine: Iterable[Memory],
    theirs: Iterable[Memory],
    logs: Sequence[Sequence[LoggedAnswer]],
    *,
    shelf: Shelf,
    zone: tzinfo,
) -> list[Memory]:
    """What is remembered of the questions that both sides answered: both logs, replayed in order of time. Whose side is
    named first does not matter. What one side alone answered stands in its own row."""
    here, there = memory.on_shelf(mine, shelf), memory.on_shelf(theirs, shelf)
    answers = [_by_question(log, shelf) for log in logs]
    found = []
    for key in sorted(here.keys() & there.keys()):
        first, second = here[key], there[key]
        newest = max(first, second, key=lambda each: (each.strength.last, each.due))
        if first.right == second.right:
            newest = replay([_era(each.get(key, ())) for each in answers], newest, zone=zone)
        found.append(replace(newest, reviews=max(first.reviews, second.reviews) + 1))
    return found


def _by_question(log: Iterable[LoggedAnswer], shelf: Shelf) -> Mapping[tuple[str, str, str], list[LoggedAnswer]]:
    found: dict[tuple[str, str, str], list[LoggedAnswer]] = {}
    for each in log:
        if standing := each.asked.on(shelf):
            lesson, question = standing
            found.setdefault((lesson.theme, lesson.id, question.id), []).append(each)
    return found


def _era(log: Iterable[LoggedAnswer]) -> Sequence[LoggedAnswer]:
    """The answers since the question last started anew: earlier ones were given to another right option."""
    ordered = sorted(log, key=_place)
    begun = [index for index, each in enumerate(ordered) if each.before is None]
    return ordered[begun[-1] :] if begun else ordered


def replay(logs: Iterable[Iterable[LoggedAnswer]], newest: Memory, *, zone: tzinfo) -> Memory:
    """The memory after all answers of several logs, each counted once. Without any, it stays as it is."""
    strength: Strength | None = None
    due = newest.due
    answers = _as_one(logs)
    for each in answers:
        before = strength or each.before
        elapsed = memory.days_since(before.last, each.at, zone) if before else 0
        strength, due = memory.answered(before, each.grade, each.at, elapsed=elapsed, desired=each.desired)
    return replace(newest, strength=strength, due=due) if strength else newest


def _as_one(logs: Iterable[Iterable[LoggedAnswer]]) -> Sequence[LoggedAnswer]:
    """In order of time. An answer that both logs have, since it was carried over when a link ended, counts once; one
    that was called a guess on one side since is a guess."""
    found: dict[tuple[datetime, int], LoggedAnswer] = {}
    for log in logs:
        for each in log:
            kept = found.setdefault((each.at, each.number), each)
            if (each.grade, _rank(each)) < (kept.grade, _rank(kept)):
                found[each.at, each.number] = each
    return sorted(found.values(), key=_place)


def _rank(answer: LoggedAnswer) -> tuple[float, float, int]:
    """Any order that does not depend on whose log came first."""
    before = answer.before
    return (before.stability, before.difficulty, answer.desired) if before else (0.0, 0.0, answer.desired)


def _place(answer: LoggedAnswer) -> tuple[datetime, int, int]:
    return answer.at, answer.number, int(answer.grade)


def yields(mine: Consent, seat: Seat, theirs: Consent, other: Seat) -> bool:
    """Whether the other side reminds, and this one is silent: it is where the learner last chose reminders."""
    return theirs.on is not None and _precedence(theirs, other) > _precedence(mine, seat)


def _precedence(consent: Consent, seat: Seat) -> tuple[bool, bool, datetime, Seat]:
    """A choice of the learner's own goes before an assignment."""
    return consent.on is not None, consent.way is not Way.UNSAID, consent.since, seat
