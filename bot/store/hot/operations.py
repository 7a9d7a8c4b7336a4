"""The operations that people wait for: read a learner's state, record or undo a completion, take an answer.

Each is one call of a dispatcher. Reading has a dispatcher of its own, so that a read never waits for a write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from json import loads
from typing import Any, TypeGuard

from sqlalchemy import Dialect

from bot.core.record import Record
from bot.domain.course import Key
from bot.domain.learner import Completion, Follow, LearnerState, Preferences, Seat
from bot.domain.quiz import Answered, QuizAttempt, StoredQuiz
from bot.store.columns import from_micros, to_micros
from bot.store.hot.door import Door
from bot.store.queries import packed, query


class Read(Record):
    """Read a learner's state."""

    seat: Seat


class ReadAttempt(Record):
    """Read a quiz of the learner's own, and the answers so far."""

    seat: Seat
    quiz: str


class Complete(Record):
    seat: Seat
    key: Key
    at: datetime
    digest: str
    how: str
    begins: bool = False
    """Whether the bookmark is set to the lesson as well: its theme is the one to go on with."""


class TakeBack(Record):
    """Undo a completion, under any id the lesson ever had."""

    seat: Seat
    keys: tuple[Key, ...]
    linked: Seat | None = None
    """The learner's other side, where it is undone as well."""
    carried: bool = False
    """Whether it may be one that was kept from a link."""

    @property
    def seats(self) -> tuple[Seat, ...]:
        return (self.seat, self.linked) if self.linked else (self.seat,)


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
    given: str
    correct: bool
    at: datetime


Reading = Read | ReadAttempt
Writing = Complete | TakeBack | Bookmark | GiveAnswer


class HotResult(Record):
    """The result of a call: the learner's state after it, and whether it changed anything."""

    standing: LearnerState | None = None
    changed: bool = False
    paper: QuizAttempt | None = None


class Hot:
    """The work of both dispatchers, over the statements of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect.name

    async def _run(self, door: Door, name: str, rows: Sequence[Sequence[object]]) -> Sequence[Sequence[Any]]:
        return await door.run(query("hot", name, self._dialect), batch=packed(rows)) if rows else ()

    async def read(self, door: Door, requests: Sequence[Reading]) -> Sequence[HotResult]:
        seats = [request.seat for request in requests if isinstance(request, Read)]
        states = await self._states(door, seats)
        attempts = await self._attempts(
            door, [(each.seat, each.quiz) for each in requests if isinstance(each, ReadAttempt)]
        )
        return [
            HotResult(states[each.seat])
            if isinstance(each, Read)
            else HotResult(paper=attempts.get((each.seat, each.quiz)))
            for each in requests
        ]

    async def write(self, door: Door, requests: Sequence[Writing]) -> Sequence[HotResult]:
        changed = await self._complete(door, [each for each in requests if isinstance(each, Complete)])
        changed |= await self._take_back(door, [each for each in requests if isinstance(each, TakeBack)])
        changed |= await self._bookmark(door, [each for each in requests if _opens(each)])
        answers = [each for each in requests if isinstance(each, GiveAnswer)]
        changed |= await self._answer(door, answers)
        seats = [each.seat for each in requests if isinstance(each, (Complete, TakeBack))]
        states = await self._states(door, seats)
        attempts = await self._attempts(door, [(each.seat, each.quiz) for each in answers])
        return [self._found(each, changed, states, attempts) for each in requests]

    @staticmethod
    def _found(
        request: Writing,
        changed: set[int],
        states: Mapping[Seat, LearnerState],
        attempts: Mapping[tuple[Seat, str], QuizAttempt],
    ) -> HotResult:
        match request:
            case GiveAnswer(seat, quiz):
                return HotResult(changed=id(request) in changed, paper=attempts.get((seat, quiz)))
            case Bookmark():
                return HotResult(changed=id(request) in changed)
            case _:
                return HotResult(states[request.seat], changed=id(request) in changed)

    async def _complete(self, door: Door, requests: Sequence[Complete]) -> set[int]:
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
        made = {tuple(row) for row in await self._run(door, "complete", rows)}
        fresh: set[int] = set()
        for each in requests:
            if (named := (*each.seat, each.key.theme, each.key.lesson)) in made:
                made.discard(named)  # of two presses in one batch, one recorded it
                fresh.add(id(each))
        return fresh

    async def _take_back(self, door: Door, requests: Sequence[TakeBack]) -> set[int]:
        gone = {tuple(row) for row in await self._run(door, "undo", _undone(requests))}
        carried = _undone([each for each in requests if each.carried])
        gone |= {tuple(row) for row in await self._run(door, "undo_carried", carried)}
        return {id(each) for each in requests if not gone.isdisjoint(_undone([each]))}

    async def _bookmark(self, door: Door, requests: Sequence[Bookmark | Complete]) -> set[int]:
        last = {each.seat: (each.key, to_micros(each.at)) for each in requests}
        rows = [(*seat, key.theme, key.lesson, at) for seat, (key, at) in last.items()]
        await self._run(door, "bookmark", rows)
        return {id(each) for each in requests if isinstance(each, Bookmark)}

    async def _answer(self, door: Door, requests: Sequence[GiveAnswer]) -> set[int]:
        first = {(each.seat, each.quiz, each.position): each for each in reversed(requests)}
        rows = [
            (
                *each.seat,
                each.quiz,
                each.position,
                each.key.theme,
                each.key.lesson,
                each.question,
                each.given,
                each.correct,
                to_micros(each.at),
            )
            for each in first.values()
        ]
        made = {tuple(row) for row in await self._run(door, "answer", rows)}
        return {
            id(each)
            for each in requests
            if (*each.seat, each.quiz, each.position) in made and first[each.seat, each.quiz, each.position] is each
        }

    async def _states(self, door: Door, seats: Sequence[Seat]) -> Mapping[Seat, LearnerState]:
        wanted = list(dict.fromkeys(seats))
        batch = [(index, *seat) for index, seat in enumerate(wanted)]
        rows = await self._run(door, "states", batch)
        return {wanted[row[0]]: _state(row) for row in rows}

    async def _attempts(self, door: Door, wanted: Sequence[tuple[Seat, str]]) -> Mapping[tuple[Seat, str], QuizAttempt]:
        each = list(dict.fromkeys(wanted))
        batch = [(index, *seat, quiz) for index, (seat, quiz) in enumerate(each)]
        stored = {row[0]: StoredQuiz(*row[1:]) for row in await self._run(door, "quizzes", batch)}
        answered: dict[int, list[Answered]] = defaultdict(list)
        for index, position, given, correct in await self._run(door, "answers", batch):
            answered[index].append(Answered(position, given, correct=bool(correct)))
        return {each[index]: quiz.with_answers(answered[index]) for index, quiz in stored.items()}


def _undone(requests: Sequence[TakeBack]) -> list[tuple[str, str, str, str]]:
    return [(*seat, key.theme, key.lesson) for each in requests for seat in each.seats for key in each.keys]


def _opens(request: Writing) -> TypeGuard[Bookmark | Complete]:
    return isinstance(request, Bookmark) or (isinstance(request, Complete) and request.begins)


class Completions(Mapping[Key, Completion]):
    """A learner's completions by lesson, from JSON arrays of their columns: their own, and those of the other side of a
    link; the earliest counts. They are decoded when first looked at: many commands need one theme, and some none."""

    def __init__(self, *stored: str) -> None:
        self._stored = stored

    def __getitem__(self, key: Key) -> Completion:
        at, digest, how = self._read[key.theme, key.lesson]
        return Completion(key, from_micros(at), digest, how)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, Key) and (key.theme, key.lesson) in self._read

    def __iter__(self) -> Iterator[Key]:
        return (Key(theme, lesson) for theme, lesson in self._read)

    def __len__(self) -> int:
        return len(self._read)

    @cached_property
    def _read(self) -> dict[tuple[str, str], tuple[int, str, str]]:
        own, *others = self._stored
        found = dict(_by_lesson(own))
        for elsewhere in others:
            for key, facts in _by_lesson(elsewhere):
                if key not in found or facts[0] < found[key][0]:
                    found[key] = facts
        return found


def _by_lesson(stored: str) -> Iterator[tuple[tuple[str, str], tuple[int, str, str]]]:
    themes, lessons, *others = loads(stored)
    if not themes:
        return iter(())
    return zip(zip(themes, lessons, strict=True), zip(*others, strict=True), strict=True)


def _state(row: Sequence[Any]) -> LearnerState:
    _, zone, language, reminded, locale, *own, follows, completions = row[:14]
    own_zone, own_language, theme, lesson, opened, plain, paused = own
    workspace, person, *bookmark, elsewhere = row[14:]
    if bookmark[0] and bookmark[1] and (opened is None or (bookmark[2] or 0) > opened):
        theme, lesson, opened = bookmark
    there = elsewhere is not None and bool(loads(elsewhere)[0])
    return LearnerState(
        preferences=Preferences(own_zone, own_language, plain=bool(plain), paused=bool(paused)),
        workspace_timezone=zone,
        workspace_language=language,
        reminder_timezone=reminded,
        locale=locale,
        bookmark=Key(theme, lesson) if theme and lesson else None,
        bookmark_at=None if opened is None else from_micros(opened),
        follows=_follows(follows),
        completions=Completions(completions, elsewhere) if there else Completions(completions),
        linked=Seat(workspace, person) if workspace is not None else None,
        brought=there,
        newcomer=there and not loads(completions)[0],
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
