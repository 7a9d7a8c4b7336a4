"""Whatever somebody does in two chats, each shows what a simple rule says, and a split loses nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.ports import Actor
from bot.domain import linking, memory
from bot.domain.course import Lesson, Shelf
from bot.domain.learner import Seat
from bot.domain.memory import How, Memory
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.store.cold import links, memories
from bot.store.cold.memories import ReviewAnswer
from bot.store.database import Database
from bot.store.store import Store, opened
from tests import postgres
from tests.conftest import Learner
from tests.features.linked import HERE, THERE
from tests.hand_clock import HandClock
from tests.thoroughness import examples

THEME = "backend-architectures"
LESSONS = ("layers", "rendering", "concurrency")
SEATS = (HERE, THERE)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("done", "undo")), st.integers(0, 1), st.sampled_from(LESSONS)),
        st.tuples(st.sampled_from(("link", "unlink")), st.just(0), st.just("")),
    ),
    min_size=4,
    max_size=14,
)


@dataclass(slots=True)
class Model:
    """What each side did itself, what was carried over to it, and since when they are linked."""

    own: tuple[dict[str, int], dict[str, int]] = field(default_factory=lambda: ({}, {}))
    carried: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    since: int | None = None

    def step(self, what: str, side: int, lesson: str, at: int) -> None:
        match what:
            case "done":
                self.own[side].setdefault(lesson, at)
            case "undo":
                for each in (0, 1) if self.since is not None else (side,):
                    self.own[each].pop(lesson, None)
                    self.carried[each].discard(lesson)
            case "link" if self.since is None:
                self.since = at
            case "unlink" if self.since is not None:
                for each in (0, 1):
                    self.carried[each].update(name for name, done in self.own[1 - each].items() if done >= self.since)
                self.since = None

    def shown(self, side: int) -> set[str]:
        found = {*self.own[side], *self.carried[side]}
        return found | {*self.own[1 - side], *self.carried[1 - side]} if self.since is not None else found


async def played(url: str, library: Library, steps: list[tuple[str, int, str]]) -> None:
    clock, model = HandClock(), Model()
    async with opened(Database(url)) as store:
        engine = StudyEngine(store, library, clock)
        people = [Learner(engine, Actor(*seat)) for seat in SEATS]
        for at, (what, side, lesson) in enumerate(steps):
            clock.at += timedelta(minutes=1)
            match what:
                case "done":
                    await people[side].does(commands.Done(lesson=f"{THEME}/{lesson}"))
                case "undo":
                    await people[side].does(commands.Undo(theme=THEME, lesson=lesson))
                case "link":
                    async with store.transaction() as connection:
                        await links.make(connection, HERE, THERE, clock.at)
                case _:
                    async with store.transaction() as connection:
                        await links.end(connection, SEATS[side])
            before = [model.shown(each) for each in (0, 1)]
            model.step(what, side, lesson, at)
            for each, seat in enumerate(SEATS):
                assert {key.lesson for key in (await store.standing(Seat(*seat))).completions} == model.shown(each)
                if what == "unlink":
                    assert {*model.own[each]} <= model.shown(each) <= before[each]


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_each_chat_shows_what_was_done_there_and_what_counts_from_the_other(
    sqlite_template: Path, tmp_path: Path, library: Library, steps: list[tuple[str, int, str]]
) -> None:
    postgres.apart(played(anew(sqlite_template, tmp_path), library, steps))


def anew(template: Path, folder: Path) -> str:
    """An empty database for each of the histories."""
    for old in folder.glob("history.db*"):
        old.unlink()
    shutil.copy(template, folder / "history.db")
    return f"sqlite:///{folder / 'history.db'}"


ANSWERS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 1), st.integers(0, 1), st.booleans(), st.integers(1, 40)),
        st.tuples(st.sampled_from(("link", "unlink")), st.just(0), st.just(0), st.just(True), st.just(1)),
    ),
    min_size=6,
    max_size=20,
)
Answers = list[tuple[str, int, int, bool, int]]


async def remembered(store: Store, seat: Seat, other: Seat | None, shelf: Shelf) -> dict[tuple[str, str, str], Memory]:
    async with store.reading() as connection:
        found, _, _ = await memories.look(connection, seat, HandClock().now(), linked=other)
    return dict(memory.on_shelf(found, shelf))


async def reviewed(
    store: Store, seat: Seat, lesson: Lesson, at: int, clock: HandClock, *, shelf: Shelf, right: bool
) -> None:
    question = lesson.questions[at]
    press = ReviewAnswer(
        memory.names_of(lesson, question, shelf),
        memory.right_key(question),
        "a",
        right,
        How.REVIEW,
        clock.now(),
        UTC,
        90,
        number=await _number(store, seat, lesson, at, shelf),
    )
    async with store.transaction() as connection:
        assert await memories.record(connection, seat, press, linked=True)


async def _number(store: Store, seat: Seat, lesson: Lesson, at: int, shelf: Shelf) -> int:
    """As the button says it that is pressed."""
    other = (await store.standing(seat)).linked
    found = (await remembered(store, seat, other, shelf)).get((lesson.theme, lesson.id, lesson.questions[at].id))
    return found.reviews if found else 0


async def answered(url: str, shelf: Shelf, steps: Answers) -> None:
    clock, lesson = HandClock(), shelf.lessons[0]
    async with opened(Database(url)) as store:
        for what, side, question, right, hours in steps:
            clock.at += timedelta(hours=hours)
            before = [await told(store, seat) for seat in SEATS]
            if what == "answer":
                await reviewed(store, SEATS[side], lesson, question, clock, shelf=shelf, right=right)
            async with store.transaction() as connection:
                if what == "link" and await links.find(connection, HERE) is None:
                    assert await links.make(connection, HERE, THERE, clock.at)
                    (mine, log), (theirs, other) = [await memories.all_of(connection, seat) for seat in SEATS]
                    joint = linking.join(mine, theirs, (log, other), shelf=shelf, zone=UTC)
                    await links.keep_joint(connection, SEATS, joint)
                elif what == "unlink":
                    await links.end(connection, HERE)
            for seat, kept in zip(SEATS, before, strict=True):
                assert kept <= await told(store, seat)
            await check_one_memory(store, shelf)


async def told(store: Store, seat: Seat) -> set[tuple[str, int, int]]:
    """The answers that a side knows of."""
    async with store.reading() as connection:
        log = await memories.log_of(connection, seat)
    return {(each.asked.question, each.number, int(each.at.timestamp())) for each in log}


async def check_one_memory(store: Store, shelf: Shelf) -> None:
    """While linked, both sides remember the same: what all answers of both, in order of time, come to."""
    if (await store.standing(HERE)).linked is None:
        return
    here, there = await remembered(store, HERE, THERE, shelf), await remembered(store, THERE, HERE, shelf)
    assert here == there
    async with store.reading() as connection:
        logs = [(await memories.all_of(connection, seat))[1] for seat in SEATS]
    for key, found in here.items():
        own = [[each for each in log if each.asked.question == key[2]] for log in logs]
        whole = linking.replay(own, found, zone=UTC)
        assert (whole.strength.stability, whole.strength.last) == (found.strength.stability, found.strength.last)


@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=ANSWERS)
def test_reviews_in_two_chats_are_one_memory_and_no_side_ever_forgets_an_answer(
    sqlite_template: Path, tmp_path: Path, shelf: Shelf, steps: Answers
) -> None:
    postgres.apart(answered(anew(sqlite_template, tmp_path), shelf, steps))
