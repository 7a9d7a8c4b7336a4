"""What most tests stand on: a real store on each database, the real engine, a clock in the test's hand."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core import actions, typed, views
from bot.core.ports import Actor
from bot.core.record import replace
from bot.domain.course import Lesson, Shelf, Theme
from bot.domain.questions import QuestionKind
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs import load
from bot.packs.library import Library
from bot.store import migrate
from bot.store.database import Database
from bot.store.store import Store, opened
from tests import postgres
from tests.hand_clock import HandClock
from tests.spare_databases import TEMPLATE, Spares

CONTENT = Path(__file__).parent.parent / "content"


def pytest_configure(config: pytest.Config) -> None:
    """Where Python may write no byte code, every worker, and every process that a test starts, would compile all that
    it imports: here that goes into pytest's own cache, once."""
    cache: pytest.Cache | None = getattr(config, "cache", None)
    if sys.dont_write_bytecode and cache is not None:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(cache.mkdir("bytecode"))
        sys.dont_write_bytecode = False


def pytest_collection_finish() -> None:
    """What was loaded and collected stays to the end: no collection of garbage looks through it again."""
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait, for a platform that rests or a line that comes again."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """PostgreSQL for this run. A user's machine may lack one; CI may not."""
    try:
        with postgres.running() as server:
            postgres.apart(_make_template(server))
            yield server
    except postgres.Missing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


async def _make_template(server: postgres.Server) -> None:
    """One database with the tables in it, to be copied for tests."""
    await server.run(f"CREATE DATABASE {TEMPLATE}")
    database = Database(server.database(TEMPLATE))
    await migrate.upgrade(database)
    await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables in it, to be copied for each test."""
    path = tmp_path_factory.mktemp("template") / "dualo.db"
    postgres.apart(_make_file(path))
    return path


async def _make_file(path: Path) -> None:
    database = Database(f"sqlite:///{path}")
    await migrate.upgrade(database)
    await database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An empty database with today's tables, on each of the two."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "dualo.db")
        yield f"sqlite:///{tmp_path / 'dualo.db'}"
        return
    async with request.getfixturevalue("spares").borrowed() as url:
        yield url


@pytest.fixture(scope="session")
def spares(postgres_server: postgres.Server) -> Iterator[Spares]:
    made = Spares(postgres_server)
    yield made
    made.close()


@pytest.fixture
async def postgres_url(spares: Spares) -> AsyncIterator[str]:
    """For what one file cannot show, several replicas, and for tables of other people's."""
    async with spares.copied() as url:
        yield url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    async with opened(Database(database_url)) as store:
        yield store


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """The themes that come along, with those questions alone of which one option is right: pressing it answers."""
    whole = load.load([CONTENT]).shelf
    return Shelf(tuple(_with_one_right_each(theme) for theme in whole.themes))


def _with_one_right_each(theme: Theme) -> Theme:
    translations = (replace(each, lessons=tuple(map(_asking_for_one, each.lessons))) for each in theme.translations)
    lessons = tuple(map(_asking_for_one, theme.lessons))
    return replace(theme, lessons=lessons, translations=tuple(translations))


def _asking_for_one(lesson: Lesson) -> Lesson:
    questions = tuple(question for question in lesson.questions if question.kind is QuestionKind.ONE)
    original = _asking_for_one(lesson.original) if lesson.original else None
    return replace(lesson, questions=questions, original=original)


@pytest.fixture
def library(shelf: Shelf) -> Library:
    return Library(shelf)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def engine(store: Store, library: Library, clock: HandClock) -> StudyEngine:
    return StudyEngine(store, library, clock)


@dataclass(slots=True)
class Learner:
    """Somebody who types and presses, by way of the engine alone."""

    engine: StudyEngine
    actor: Actor

    async def does(self, command: commands.Command) -> views.View:
        return (await self.engine.handle(command, self.actor)).view

    async def types(self, line: str) -> views.View:
        return await self.does(typed.parse(line))

    async def presses(self, view: views.View, label: str) -> views.View:
        return await self.does(pressed(view, label))


def pressed(view: views.View, label: str) -> commands.Command:
    """The command behind the button, or the line of a select, that begins with this label."""
    for offer in view.actions:
        for each in offer.options if isinstance(offer, actions.Choice) else (offer,):
            if each.label.startswith(label):
                return each.command
    raise AssertionError(f"no {label!r} among {view.actions}")


@pytest.fixture
def ada(engine: StudyEngine) -> Learner:
    return Learner(engine, Actor(workspace="web", person="ada"))


@pytest.fixture
def bob(engine: StudyEngine) -> Learner:
    return Learner(engine, Actor(workspace="web", person="bob"))
