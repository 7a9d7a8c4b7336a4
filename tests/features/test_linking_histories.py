"""Whatever somebody does in two chats, each shows what a simple rule says, and a split loses nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.ports import Actor
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.store.cold import links
from bot.store.database import Database
from bot.store.store import opened
from tests import postgres
from tests.conftest import Learner
from tests.features.linked import HERE, THERE
from tests.hand_clock import HandClock

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


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_each_chat_shows_what_was_done_there_and_what_counts_from_the_other(
    sqlite_template: Path, tmp_path: Path, library: Library, steps: list[tuple[str, int, str]]
) -> None:
    file = tmp_path / "history.db"
    for old in tmp_path.glob("history.db*"):
        old.unlink()
    shutil.copy(sqlite_template, file)
    postgres.apart(played(f"sqlite:///{file}", library, steps))
