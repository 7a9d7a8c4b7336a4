"""What people wait for: where a learner stands, recording a completion and taking it back, taking an answer.

Each is one call of a dispatcher. Reading has a dispatcher of its own, so nobody who only looks waits for a writer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from json import loads
from typing import Any

from sqlalchemy import Dialect

from bot.core.record import Record
from bot.domain.course import Key
from bot.domain.learner import Follow, LearnerState, Preferences, Seat
from bot.domain.quiz import Answered, QuizAttempt, StoredQuiz
from bot.store.batches import packed
from bot.store.columns import from_micros, to_micros
from bot.store.completions import Completions
from bot.store.door import Door
from bot.store.statements import Statements, compile_all


class Read(Record):
    """Look at a learner's standing."""

    seat: Seat


class ReadAttempt(Record):
    """Look at a quiz of the learner's own, and the answers so far."""

    seat: Seat
    quiz: str


class Complete(Record):
    seat: Seat
    key: Key
    at: datetime
    digest: str
    how: str


class TakeBack(Record):
    """Undo a completion, under any id the lesson ever had."""

    seat: Seat
    keys: tuple[Key, ...]


class Bookmark(Record):
    seat: Seat
    key: Key
    at: datetime


class GiveAnswer(Record):
    seat: Seat
    quiz: str
    position: int
    key: Key
    question: str
    choice: int
    correct: bool
    at: datetime


Reading = Read | ReadAttempt
Writing = Complete | TakeBack | Bookmark | GiveAnswer


class HotResult(Record):
    """What a call brought: where the learner stands after it, and whether it changed anything."""

    standing: LearnerState | None = None
    changed: bool = False
    paper: QuizAttempt | None = None


class Hot:
    """The work of both dispatchers, over the statements of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._statements: Statements = compile_all(dialect)

    async def read(self, door: Door, requests: Sequence[Reading]) -> Sequence[HotResult]:
        seats = [request.seat for request in requests if isinstance(request, Read)]
        standings = await self._standings(door, seats)
        papers = await self._papers(
            door, [(each.seat, each.quiz) for each in requests if isinstance(each, ReadAttempt)]
        )
        return [
            HotResult(standings[each.seat])
            if isinstance(each, Read)
            else HotResult(paper=papers.get((each.seat, each.quiz)))
            for each in requests
        ]

    async def write(self, door: Door, requests: Sequence[Writing]) -> Sequence[HotResult]:
        changed = await self._complete(door, [each for each in requests if isinstance(each, Complete)])
        changed |= await self._take_back(door, [each for each in requests if isinstance(each, TakeBack)])
        changed |= await self._bookmark(door, [each for each in requests if isinstance(each, Bookmark)])
        answers = [each for each in requests if isinstance(each, GiveAnswer)]
        changed |= await self._answer(door, answers)
        seats = [each.seat for each in requests if isinstance(each, (Complete, TakeBack))]
        standings = await self._standings(door, seats)
        papers = await self._papers(door, [(each.seat, each.quiz) for each in answers])
        return [self._found(each, changed, standings, papers) for each in requests]

    @staticmethod
    def _found(
        request: Writing,
        changed: set[int],
        standings: Mapping[Seat, LearnerState],
        papers: Mapping[tuple[Seat, str], QuizAttempt],
    ) -> HotResult:
        match request:
            case GiveAnswer(seat, quiz):
                return HotResult(changed=id(request) in changed, paper=papers.get((seat, quiz)))
            case Bookmark():
                return HotResult(changed=id(request) in changed)
            case _:
                return HotResult(standings[request.seat], changed=id(request) in changed)

    async def _complete(self, door: Door, requests: Sequence[Complete]) -> set[int]:
        if not requests:
            return set()
        rows = [
            (
                *each.seat,
                each.key.theme,
                each.key.lesson,
                to_micros(each.at),
                each.how,
                each.digest,
            )
            for each in requests
        ]
        made = {tuple(row) for row in await door.run(self._statements.complete, packed(rows))}
        fresh: set[int] = set()
        for each in requests:
            if (named := (*each.seat, each.key.theme, each.key.lesson)) in made:
                made.discard(named)  # of two presses in one batch, one recorded it
                fresh.add(id(each))
        return fresh

    async def _take_back(self, door: Door, requests: Sequence[TakeBack]) -> set[int]:
        if not requests:
            return set()
        rows = [(*each.seat, key.theme, key.lesson) for each in requests for key in each.keys]
        gone = {tuple(row) for row in await door.run(self._statements.undo, packed(rows))}
        return {id(each) for each in requests if any((*each.seat, key.theme, key.lesson) in gone for key in each.keys)}

    async def _bookmark(self, door: Door, requests: Sequence[Bookmark]) -> set[int]:
        if not requests:
            return set()
        last = {each.seat: (each.key, to_micros(each.at)) for each in requests}
        rows = [(*seat, key.theme, key.lesson, at) for seat, (key, at) in last.items()]
        await door.run(self._statements.bookmark, packed(rows))
        return {id(each) for each in requests}

    async def _answer(self, door: Door, requests: Sequence[GiveAnswer]) -> set[int]:
        if not requests:
            return set()
        first = {(each.seat, each.quiz, each.position): each for each in reversed(requests)}
        rows = [
            (
                *each.seat,
                each.quiz,
                each.position,
                each.key.theme,
                each.key.lesson,
                each.question,
                each.choice,
                each.correct,
                to_micros(each.at),
            )
            for each in first.values()
        ]
        made = {tuple(row) for row in await door.run(self._statements.answer, packed(rows))}
        return {
            id(each)
            for each in requests
            if (*each.seat, each.quiz, each.position) in made and first[each.seat, each.quiz, each.position] is each
        }

    async def _standings(self, door: Door, seats: Sequence[Seat]) -> Mapping[Seat, LearnerState]:
        if not seats:
            return {}
        wanted = list(dict.fromkeys(seats))
        batch = packed([(index, *seat) for index, seat in enumerate(wanted)])
        rows = await door.run(self._statements.standings, batch)
        return {wanted[row[0]]: _standing(row) for row in rows}

    async def _papers(self, door: Door, wanted: Sequence[tuple[Seat, str]]) -> Mapping[tuple[Seat, str], QuizAttempt]:
        if not wanted:
            return {}
        each = list(dict.fromkeys(wanted))
        batch = packed([(index, *seat, quiz) for index, (seat, quiz) in enumerate(each)])
        sheets = {row[0]: StoredQuiz(*row[1:]) for row in await door.run(self._statements.quizzes, batch)}
        answered: dict[int, list[Answered]] = defaultdict(list)
        for index, position, choice, correct in await door.run(self._statements.answers, batch):
            answered[index].append(Answered(position, choice, correct=bool(correct)))
        return {each[index]: sheet.with_answers(answered[index]) for index, sheet in sheets.items()}


def _standing(row: Sequence[Any]) -> LearnerState:
    _, zone, language, reminded, *own, follows, completions = row
    own_zone, own_language, theme, lesson, opened, plain, paused = own
    return LearnerState(
        preferences=Preferences(own_zone, own_language, plain=bool(plain), paused=bool(paused)),
        workspace_timezone=zone,
        workspace_language=language,
        reminder_timezone=reminded,
        bookmark=Key(theme, lesson) if theme and lesson else None,
        bookmark_at=None if opened is None else from_micros(opened),
        follows=_follows(follows),
        completions=Completions(completions),
    )


def _follows(stored: str) -> tuple[Follow, ...]:
    themes, *others = loads(stored)
    if not themes:
        return ()
    rows = zip(themes, *others, strict=True)
    found = (
        Follow(
            theme, from_micros(at), by, required=bool(required), by_date=date.fromisoformat(until) if until else None
        )
        for theme, at, by, required, until in rows
    )
    return tuple(sorted(found, key=lambda follow: follow.since, reverse=True))
