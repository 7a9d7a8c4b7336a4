"""Themes that are for some workspaces alone: to everybody else they are as good as not there."""

from __future__ import annotations

import itertools
import random
import secrets
import shutil
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.core import views
from bot.core.actions import Action, Choice
from bot.core.commands import Channel, Parameter, ParameterKind, Person, Role, Spec
from bot.core.metrics import Metrics
from bot.core.ports import Actor, Services
from bot.core.record import Record, replace
from bot.domain.course import Shelf, Theme
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs import load
from bot.packs.library import Edition, Library
from bot.process.reload import Reloader, WatchedContents
from bot.process.sources import ContentSources
from bot.store.database import Database
from bot.store.store import Store, opened
from tests.conftest import CONTENT, Learner, pressed
from tests.features.house import THEME, boss, listing, notice
from tests.hand_clock import HandClock
from tests.thoroughness import examples

OWN, ELSE = "their own", "another one"
NUMBERS = itertools.count()


def owned(theme: Theme, *workspaces: str) -> Theme:
    return replace(theme, workspaces=workspaces)


@pytest.fixture
async def two_stores(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    """A database each, for the engine with all themes and for one that never heard of those of others."""
    for name in ("crossed.db", "bare.db"):
        shutil.copy(sqlite_template, tmp_path / name)
    first, second = (Database(f"sqlite:///{tmp_path / name}") for name in ("crossed.db", "bare.db"))
    async with opened(first) as crossed, opened(second) as bare:
        yield crossed, bare


# Tenants crossed ------------------------------------------------------------------------------------------------------


class Named(Record):
    """What an outsider knows of a theme, and puts into fields."""

    theme: str
    lesson: str
    question: str
    words: str


def names(theme: Theme, kind: int) -> Named:
    """How somebody could name what is in it: by id, title, number or former button."""
    lesson = theme.lessons[kind % len(theme.lessons)]
    question = lesson.questions[0].id
    return (
        Named(theme.id, lesson.id, question, str(lesson.key)),
        Named(theme.title, lesson.title, question, theme.title),
        Named(theme.id, str(lesson.key), question, lesson.title),
        Named(theme.id, f"{theme.id}/2", question, lesson.sections[0].label),
    )[kind % 4]


def said(parameter: Parameter, named: Named) -> object:
    """A value for a field."""
    match parameter.kind:
        case ParameterKind.CHANNEL:
            return Channel("web:room")
        case ParameterKind.PERSON:
            return Person("bob")
        case ParameterKind.ROLE:
            return Role("staff")
        case ParameterKind.TEXT:
            words: str = getattr(named, parameter.name, named.words)
            return words[: parameter.longest] if parameter.longest else words
        case _:
            return parameter.cast(parameter.choices[0] if parameter.choices else "1")


def asked(spec: Spec, named: Named) -> Iterator[commands.Command]:
    """The command with what is required alone, with each of its fields of words, and with all of them filled in."""
    must = [each for each in spec.parameters if each.required]
    texts = [each for each in spec.parameters if each.kind is ParameterKind.TEXT and each not in must]
    for parameters in (must, *([*must, each] for each in texts), [*must, *texts]):
        values: dict[str, Any] = {each.name: said(each, named) for each in parameters}
        yield spec.build(**values)


async def buttons(insider: Learner, theme: Theme) -> list[commands.Command]:
    """All that somebody can press whom the theme is for."""
    found: list[commands.Command] = []
    for line in ("themes", f"next {theme.id}", f"quiz {theme.id}", "progress", f"find {theme.lessons[0].title}"):
        view = await insider.types(line)
        for offer in view.actions:
            found += [each.command for each in (offer.options if isinstance(offer, Choice) else (offer,))]
        if isinstance(view, views.QuestionPage):
            found += [each.command for each in view.options]
    return found


class Dice:
    """Chance that falls alike for both engines."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.thrown = random.Random(0)
        monkeypatch.setattr(secrets, "token_hex", lambda size: f"{self.thrown.getrandbits(size * 8):0{size * 2}x}")
        monkeypatch.setattr(secrets, "token_urlsafe", lambda size: f"{self.thrown.getrandbits(size * 8):x}")
        monkeypatch.setattr(secrets, "randbelow", self.thrown.randrange)
        monkeypatch.setattr(secrets, "choice", self.thrown.choice)

    async def answers(self, command: commands.Command, actor: Actor, engines: Sequence[StudyEngine]) -> list[str]:
        number, found = next(NUMBERS), []
        for engine in engines:
            self.thrown.seed(number)
            found.append(repr((await engine.handle(command, actor)).view))
        return found


@pytest.fixture
def dice(monkeypatch: pytest.MonkeyPatch) -> Dice:
    return Dice(monkeypatch)


@given(
    st.lists(st.sampled_from([(), (OWN,), (ELSE,), (OWN, ELSE)]), min_size=3, max_size=3).filter(
        lambda of: (ELSE,) in of
    ),
    st.integers(0, 11),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(4),
    deadline=None,
    phases=[Phase.generate],
)
async def test_whatever_an_outsider_asks_is_answered_as_if_the_theme_did_not_exist(
    library: Library,
    two_stores: tuple[Store, Store],
    clock: HandClock,
    dice: Dice,
    assigned: list[tuple[str, ...]],
    kind: int,
) -> None:
    shelf, here = library.edition.shelf, f"web:{next(NUMBERS)}"
    actual = {OWN: here, ELSE: "web:elsewhere"}
    themes = [
        owned(theme, *(actual[each] for each in whose)) for theme, whose in zip(shelf.themes, assigned, strict=True)
    ]
    visible = [theme for theme in themes if theme.is_for(here)]
    crossed = StudyEngine(two_stores[0], Library(Shelf(tuple(themes))), clock)
    bare = StudyEngine(two_stores[1], Library(Shelf(tuple(visible))), clock)
    actor = Actor(here, "eve", manages=True, place="web:room", name="Eve")
    insider = Learner(crossed, Actor("web:elsewhere", "ada"))
    for number, theme in enumerate(theme for theme in themes if theme not in visible):
        named = names(theme, kind + number)
        typed = [command for spec in commands.all_specs() for command in asked(spec, named)]
        for command in (*typed, *await buttons(insider, theme)):
            there, absent = await dice.answers(command, actor, (crossed, bare))
            assert there == absent, command
            assert "Reference " not in there, command
        for parameter in (each for spec in commands.all_specs() for each in spec.parameters if each.suggest):
            for words in (named.theme, named.lesson, theme.title[:4], ""):
                offers = [await engine.suggest(parameter, words, actor) for engine in (crossed, bare)]
                assert offers[0] == offers[1], (parameter.name, words)


# One at a time --------------------------------------------------------------------------------------------------------


def keep(library: Library, *workspaces: str) -> Theme:
    """From now on the first theme is for these alone."""
    first, *others = library.edition.shelf.themes
    library.swap(Edition(Shelf((owned(first, *workspaces), *others))).ready())
    return first


async def test_those_it_is_for_see_it_find_it_and_learn_it(engine: StudyEngine, library: Library) -> None:
    theme = keep(library, "web:1", "web:2")
    for workspace in ("web:1", "web:2"):
        insider = Learner(engine, Actor(workspace, "ada"))
        assert theme.title in repr(await insider.types("themes"))
        assert theme.lessons[0].title in repr(await insider.types(f"find {theme.lessons[0].title}"))
        assert theme.lessons[0].title in repr(await insider.types(f"next {theme.id}"))


async def test_an_old_button_of_a_theme_that_is_for_others_by_now_leads_nowhere(
    engine: StudyEngine, library: Library, ada: Learner
) -> None:
    read = pressed(await ada.types("next"), "Done")
    page = await ada.types(f"quiz {library.edition.shelf.themes[0].id}")
    theme = keep(library, "web:1")
    assert isinstance(page, views.QuestionPage)
    for command in (read, page.options[0].command, commands.OpenTheme(name=theme.id)):
        said = repr(await ada.does(command))
        assert theme.title not in said, command
        assert not any(lesson.title in said for lesson in theme.lessons), command


async def test_what_was_done_in_it_comes_back_with_it(engine: StudyEngine, library: Library, ada: Learner) -> None:
    theme = library.edition.shelf.themes[0]
    await ada.does(commands.Done(lesson=str(theme.lessons[0].key)))
    keep(library, "web:1")
    assert theme.title not in repr(await ada.types("progress"))
    keep(library, "web")
    assert theme.title in repr(await ada.types("progress"))


def test_where_all_themes_are_for_all_nothing_is_made_for_anybody(shelf: Shelf) -> None:
    edition = Edition(shelf)
    assert edition.seen_from("web") is edition


def test_what_a_workspace_sees_is_made_once_for_an_edition(shelf: Shelf) -> None:
    first, *others = shelf.themes
    edition = Edition(Shelf((owned(first, "web:1"), *others)))
    assert edition.seen_from("web:1") is edition.seen_from("web:1")
    assert edition.seen_from("web:2") is edition.seen_from("web:3")
    assert [theme.id for theme in edition.seen_from("web:2").shelf.themes] == [theme.id for theme in others]
    assert all("index" in vars(edition.ready().seen_from(each)) for each in ("web:1", "web:2"))


# The files, asked for in a chat ---------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, engine: StudyEngine, library: Library, store: Store, clock: HandClock) -> Path:
    """The themes that come along; one of them is for a Discord server alone."""
    shutil.copytree(CONTENT, tmp_path / "content")
    for_one(tmp_path / "content", '"discord:1"')
    library.swap(Edition(load.load([tmp_path / "content"]).shelf).ready())
    reloader = Reloader(ContentSources([tmp_path / "content"]), library, store, clock=clock, metrics=Metrics())
    engine.settle(Services(contents=WatchedContents(reloader)))
    return tmp_path / "content"


def for_one(folder: Path, named: str) -> None:
    file = folder / THEME / "theme.yaml"
    lines = [line for line in file.read_text(encoding="utf-8").split("\n") if not line.startswith("workspaces:")]
    file.write_text("\n".join(lines).replace("licence:", f"workspaces: [{named}]\nlicence:", 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: layers", "id: Lay ers"),
        ("title: ", "title: Another "),
        ("lessons:\n", "lessons:\n  - new\n"),
        ("licence: ", "licence: [broken "),
        ("workspaces: [", "workspaces: [nobody, "),
    ],
)
async def test_a_change_in_a_theme_of_others_is_told_to_nobody_else(
    engine: StudyEngine, folder: Path, old: str, new: str
) -> None:
    file = next(each for each in sorted((folder / THEME).glob("*.yaml")) if old in each.read_text(encoding="utf-8"))
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    title = load.load([CONTENT / THEME]).shelf.themes[0].title
    for verb in ("check", "diff", "reload"):
        said = repr(await boss(engine).types(f"study-admin content {verb}"))
        assert THEME not in said
        assert title not in said


async def test_those_it_is_for_are_told_what_is_wrong_in_it(engine: StudyEngine, folder: Path) -> None:
    file = next((folder / THEME).glob("01-*.yaml"))
    file.write_text(file.read_text(encoding="utf-8").replace("summary:", "summary_:", 1), encoding="utf-8")
    page = listing(await boss(engine, "discord:1").types("study-admin content check"))
    assert page.items[0].title.startswith(f"{THEME}/{file.name}")
    elsewhere = listing(await boss(engine).types("study-admin content reload"))
    assert elsewhere.items[0].title == "Themes of other workspaces"
    assert not any(isinstance(offer, Action) and offer.label.startswith("Apply") for offer in elsewhere.actions)


async def test_a_copy_of_the_lessons_has_no_theme_of_others(engine: StudyEngine, folder: Path) -> None:
    made = await boss(engine).types("study-admin content export")
    assert isinstance(made, views.Download), notice(made)
    assert isinstance(made.content, bytes)
    with zipfile.ZipFile(BytesIO(made.content)) as archive:
        homes = {name.partition("/")[0] for name in archive.namelist()}
    assert homes == {each.name for each in folder.iterdir() if each.is_dir()} - {THEME}
