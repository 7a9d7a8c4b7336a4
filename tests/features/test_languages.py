"""Who reads in which language, and what stays the same in all of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import i18n, layout, views
from bot.core.actions import Action
from bot.core.errors import StoreUnavailable
from bot.core.ports import Actor, Suggestion
from bot.domain.course import Shelf
from bot.domain.learner import Seat
from bot.domain.workspace import Workspace
from bot.engine import StudyEngine
from bot.features import commands, inputs
from bot.features.managing import figures
from bot.packs import load
from bot.packs.library import Library
from bot.store.cold import memories, workspaces
from bot.store.database import Database
from bot.store.store import Store, opened
from tests import postgres, translated
from tests.conftest import Learner
from tests.hand_clock import HandClock
from tests.thoroughness import examples

THEME, LESSON = "requests", "requests/waiting"
GERMAN, ENGLISH = "Wo Anfragen warten", "Where requests wait"
OUR_OWN = (("", "Not chosen"), ("de", "Deutsch"), ("en", "English"))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return translated.shelf(tmp_path)


def reader(engine: StudyEngine, locale: str = "", *, person: str = "ada") -> Learner:
    return Learner(engine, Actor("web", person, locale=locale, manages=True))


def only_button(view: views.View) -> commands.Command:
    """Whatever it is called in the reader's language."""
    (action,) = view.actions
    assert isinstance(action, Action)
    return action.command


async def in_german(store: Store, clock: HandClock) -> None:
    """The workspace itself."""
    async with store.transaction() as connection:
        await workspaces.change(connection, "web", Workspace(language="de"), clock.now())


async def title(learner: Learner, lesson: str = LESSON) -> str:
    page = await learner.does(commands.OpenLesson(lesson=lesson))
    assert isinstance(page, views.LessonPage)
    return page.title


async def test_the_platforms_language_is_read_where_nobody_chose_one(engine: StudyEngine) -> None:
    titles = [await title(reader(engine, locale)) for locale in ("de", "de-AT", "en-GB", "fr", "")]
    assert titles == [GERMAN, GERMAN, ENGLISH, ENGLISH, ENGLISH]


async def test_a_choice_counts_before_the_platform_and_the_workspace_after_it(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await in_german(store, clock)
    assert [await title(reader(engine, locale)) for locale in ("", "en-US")] == [GERMAN, ENGLISH]
    ada = reader(engine, "de")
    await ada.does(commands.EditSettings(language="en"))
    assert await title(ada) == ENGLISH


async def test_the_languages_to_choose_from_are_our_own_and_those_that_a_lesson_is_in(engine: StudyEngine) -> None:
    form = await reader(engine).does(commands.EditSettings())
    assert isinstance(form, views.FormPage)
    field = next(each for each in form.form.fields if each.name == "language")
    assert field.options == OUR_OWN


async def test_a_lesson_that_is_not_translated_says_so_in_one_line(engine: StudyEngine) -> None:
    pages = [
        await reader(engine, locale).does(commands.OpenLesson(lesson=lesson))
        for locale, lesson in (("de", "requests/leaving"), ("de", LESSON), ("en", "requests/leaving"))
    ]
    with i18n.speaking("de"):
        not_yet = i18n.say(
            "This lesson is not translated to {wanted} yet; it is in {original}.", wanted="Deutsch", original="English"
        )
    assert [page.untranslated for page in pages if isinstance(page, views.LessonPage)] == [not_yet, "", ""]
    drawn = [str(layout.page(page, views.Reader())) for page in pages]
    assert [not_yet in each for each in drawn] == [True, False, False]


async def test_a_theme_is_read_and_suggested_by_its_translated_titles(engine: StudyEngine) -> None:
    ada = reader(engine, "de")
    page = await ada.does(commands.OpenTheme(name=THEME))
    assert isinstance(page, views.ThemePage)
    assert (page.card.title, page.description) == ("Das Leben der Anfragen", "Was aus einer Anfrage wird.")
    assert [lesson.title for lesson in page.lessons] == [GERMAN, "Where requests leave"]
    assert await suggested(ada, "theme", "") == ["📮 Das Leben der Anfragen"]
    for words in ("anfragen", "requests wait"):
        assert GERMAN in (await suggested(ada, "lesson", words))[0], words


async def test_suggestions_are_in_the_language_that_was_chosen(engine: StudyEngine) -> None:
    ada = reader(engine, "de")
    await ada.does(commands.EditSettings(language="en"))
    assert await suggested(ada, "theme", "") == ["📮 The life of requests"]


async def suggested(learner: Learner, name: str, typed: str) -> list[str]:
    parameter = next(each for each in commands.OpenLesson.spec.parameters if each.name == name)
    found: Sequence[Suggestion] = await learner.engine.suggest(parameter, typed, learner.actor)
    return [each.label for each in found]


async def test_a_search_leads_to_the_lesson_in_the_readers_language(engine: StudyEngine) -> None:
    for locale, words, wanted in (
        ("de", "Sperre", GERMAN),
        ("de", "another one holds", GERMAN),
        ("en", "lock", ENGLISH),
    ):
        page = await reader(engine, locale).does(commands.Find(words=words))
        assert isinstance(page, views.SearchPage)
        assert page.hits[0].lesson.title == wanted, words


async def test_what_is_shared_with_a_channel_is_in_the_workspaces_language(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    shared = commands.OpenLesson(lesson=LESSON, share=True)
    page = await reader(engine, "de").does(shared)
    assert isinstance(page, views.LessonPage)
    assert page.title == ENGLISH
    await in_german(store, clock)
    page = await reader(engine, "en").does(shared)
    assert isinstance(page, views.LessonPage)
    assert page.title == GERMAN


async def test_a_preview_shows_the_post_in_the_workspaces_language(
    engine: StudyEngine, store: Store, clock: HandClock
) -> None:
    await in_german(store, clock)
    post = await reader(engine, "en").does(commands.Preview(lesson=LESSON))
    assert isinstance(post, views.LessonPost)
    assert (post.theme, post.title) == ("Das Leben der Anfragen", GERMAN)


async def test_a_lesson_done_in_one_language_is_done_in_all_and_not_updated(engine: StudyEngine) -> None:
    await reader(engine, "de").does(commands.Done(lesson=LESSON))
    for locale in ("de", "en"):
        page = await reader(engine, locale).does(commands.OpenLesson(lesson=LESSON))
        assert isinstance(page, views.LessonPage)
        assert page.done_on is not None
        assert not page.updated


async def test_a_button_pressed_after_a_change_of_language_means_what_it_said(
    engine: StudyEngine, clock: HandClock
) -> None:
    german, english = reader(engine, "de"), reader(engine, "en")
    await german.does(commands.Done(lesson=LESSON))
    clock.at += timedelta(days=2)
    page = await question(german, "Wo wartet Arbeit?")
    [press] = [each.command for each in page.options if each.text.plain == "In einer Warteschlange"]
    verdict = await english.does(press)
    assert isinstance(verdict, views.Verdict)
    assert verdict.right
    assert [each.text.plain for each in verdict.answers] == ["In a queue"]


async def question(learner: Learner, ask: str) -> views.QuestionPage:
    """The due question of these words, once those before it are answered."""
    while isinstance(page := await learner.does(commands.Review()), views.QuestionPage):
        if page.ask.plain == ask:
            return page
        await answer(learner, page, 0)
    raise AssertionError(f"{ask!r} is not due")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("done", "undo", "answer", "day")),
        st.sampled_from(("de", "en", "fr")),
        st.sampled_from(("de", "en", "fr")),
        st.integers(0, 2),
    ),
    min_size=6,
    max_size=20,
)
Steps = list[tuple[str, str, str, int]]


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_progress_and_memory_are_the_same_whatever_languages_a_learner_switches_through(
    sqlite_template: Path, tmp_path: Path, library: Library, steps: Steps
) -> None:
    for old in tmp_path.glob("history.db*"):
        old.unlink()
    shutil.copy(sqlite_template, tmp_path / "history.db")
    postgres.apart(lived(f"sqlite:///{tmp_path / 'history.db'}", library, steps))


async def lived(url: str, library: Library, steps: Steps) -> None:
    """Ada sees each page in one language and answers it in another; Bob does the same and stays with English."""
    clock = HandClock()
    async with opened(Database(url)) as store:
        engine = StudyEngine(store, library, clock)
        for what, seen, pressed, at in (("done", "de", "de", 0), *steps):
            for person, languages in (("ada", (seen, pressed)), ("bob", ("en", "en"))):
                await step(engine, person, languages, what, at)
            clock.at += timedelta(days=what == "day", minutes=1)
            assert await kept(store, "ada") == await kept(store, "bob")


async def step(engine: StudyEngine, person: str, languages: tuple[str, str], what: str, at: int) -> None:
    looks, presses = (reader(engine, locale, person=person) for locale in languages)
    if what == "done":
        await presses.does(commands.Done(lesson=LESSON))
    elif what == "undo":
        await presses.does(commands.Undo(theme=THEME, lesson="waiting"))
    elif what == "answer":
        page = await looks.does(commands.Review())
        if isinstance(page, views.QuestionPage):
            await answer(presses, page, at)


async def answer(learner: Learner, page: views.QuestionPage, at: int) -> None:
    if not page.options:
        form = await learner.does(only_button(page))
        assert isinstance(form, views.FormPage)
        given = {**form.form.given, "given": ("deadlock", "livelock", "a deadlock")[at]}
        view = await learner.does(commands.fill(commands.by_verb(form.form.verb), given))  # type: ignore[arg-type]
    else:
        view = await learner.does(page.options[at].command)
        if isinstance(view, views.QuestionPage):
            view = await learner.does(only_button(view))
    assert isinstance(view, views.Verdict)


async def kept(store: Store, person: str) -> object:
    seat = Seat("web", person)
    standing = await store.standing(seat)
    async with store.reading() as connection:
        memory, log = await memories.all_of(connection, seat)
        answers = await memories.log_of(connection, seat)
    told = [(each.asked, each.number, each.given, each.correct, each.at) for each in answers]
    return dict(standing.completions), sorted(memory, key=lambda each: each.asked.question), log, told


async def test_a_theme_for_one_workspace_alone_is_read_there_in_its_languages_and_nowhere_else(
    store: Store, clock: HandClock, tmp_path: Path
) -> None:
    own = translated.write(tmp_path, theme=f"{translated.THEME}workspaces: [web]\n")
    engine = StudyEngine(store, Library(load.load([own]).shelf), clock)
    assert await title(reader(engine, "de")) == GERMAN
    elsewhere = Learner(engine, Actor("discord:1", "ada", locale="de"))
    assert not isinstance(await elsewhere.does(commands.OpenLesson(lesson=LESSON)), views.LessonPage)
    form = await elsewhere.does(commands.EditSettings())
    assert isinstance(form, views.FormPage)
    assert next(each for each in form.form.fields if each.name == "language").options[1:] == OUR_OWN[1:]


async def test_without_a_database_themes_are_suggested_in_the_platforms_language(
    engine: StudyEngine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: Seat) -> NoReturn:
        raise StoreUnavailable("database is locked")

    monkeypatch.setattr(store, "standing", away)
    assert await suggested(reader(engine, "de"), "theme", "") == ["📮 Das Leben der Anfragen"]


async def test_settings_are_answered_in_the_language_that_was_chosen_with_them(engine: StudyEngine) -> None:
    ada = reader(engine)
    for code in ("de", "en"):
        page = await ada.does(commands.EditSettings(language=code, filled=True))
        assert isinstance(page, views.SettingsPage)
        with i18n.speaking(code):
            told = (i18n.say("Your settings"), views.Pair(i18n.say("Language"), inputs.language_name(code)))
        assert (page.title, told[1] in page.values) == (told[0], True)


@pytest.mark.parametrize(("locale", "name"), [("", "English"), ("ja", "English"), ("de-AT", "Deutsch")])
async def test_whoever_chose_no_language_is_told_which_one_they_are_answered_in(
    engine: StudyEngine, locale: str, name: str
) -> None:
    page = await reader(engine, locale).does(commands.OpenSettings())
    assert isinstance(page, views.SettingsPage)
    with i18n.speaking(locale):
        told = views.Pair(i18n.say("Language"), i18n.say("{language} (not chosen by you)", language=name))
    assert told in page.values


async def test_a_language_that_nothing_is_in_is_refused(engine: StudyEngine) -> None:
    refused = await reader(engine).does(commands.EditSettings(language="xx", filled=True))
    assert "Nothing here is in “xx”." in str(refused)


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("4 wochen", timedelta(weeks=4)),
        ("eine woche", timedelta(weeks=1)),
        ("90 Tage", timedelta(days=90)),
        ("3 monate", timedelta(days=90)),
        ("alles", timedelta.max),
        ("2 weeks", timedelta(weeks=2)),
        ("all", timedelta.max),
        ("quark", None),
        ("0 tage", None),
    ],
)
def test_a_reports_period_is_understood_in_the_readers_language_and_in_english(
    words: str, span: timedelta | None
) -> None:
    with i18n.speaking("de"):
        assert figures.period(words) == span


@pytest.mark.parametrize("word", ["löschen", "„Löschen“", "erase"])
async def test_erasing_is_confirmed_by_the_readers_own_word_or_the_english_one(engine: StudyEngine, word: str) -> None:
    ada = reader(engine, "de")
    await ada.does(commands.Done(lesson=LESSON))
    refused = await ada.does(commands.Erase(word="ja"))
    assert isinstance(refused, views.Notice)
    assert "„löschen“" in refused.text
    assert isinstance(await ada.does(commands.Erase(word=word)), views.Notice)


@pytest.mark.parametrize("word", ["standard", "default"])
async def test_a_timezone_is_taken_back_by_the_readers_own_word_or_the_english_one(
    engine: StudyEngine, word: str
) -> None:
    ada = reader(engine, "de")
    await ada.does(commands.EditSettings(timezone="Asia/Tokyo"))
    page = await ada.does(commands.EditSettings(timezone=word))
    assert "Asia/Tokyo" not in str(page)
    assert isinstance(page, views.SettingsPage)
