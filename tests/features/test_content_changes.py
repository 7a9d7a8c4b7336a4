"""Content that changes under people's feet: progress stays theirs, and they are told what is new."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core import text, views
from bot.core.metrics import Metrics
from bot.core.record import replace
from bot.domain.course import Key, Lesson, Section, Shelf
from bot.features import commands
from bot.packs import load
from bot.packs.library import Edition, Library
from bot.process import checkup
from bot.process.reload import Reloader
from bot.process.sources import ContentSources
from bot.store.cold import lessons
from bot.store.store import Store
from tests.conftest import CONTENT, Learner
from tests.hand_clock import HandClock

THEME, LESSON = "backend-architectures", "layers"


def with_lesson(shelf: Shelf, changed: Lesson) -> Shelf:
    """The shelf with one lesson of the first theme in another state."""
    themes = []
    for theme in shelf.themes:
        lessons = tuple(changed if each.number == changed.number else each for each in theme.lessons)
        themes.append(replace(theme, lessons=lessons) if theme.id == changed.theme else theme)
    return Shelf(tuple(themes))


@pytest.fixture
def lesson(shelf: Shelf) -> Lesson:
    found = shelf.lesson(THEME, LESSON)
    assert found
    return found


async def test_a_lesson_changed_since_it_was_done_says_so(ada: Learner, library: Library, lesson: Lesson) -> None:
    await ada.types(f"done {THEME}/{LESSON}")
    before = await ada.types(f"lesson {THEME}/{LESSON}")
    new = replace(lesson, sections=(*lesson.sections, Section("New", text.parse("More."))))
    library.swap(Edition(with_lesson(library.edition.shelf, new)))
    after = await ada.types(f"lesson {THEME}/{LESSON}")
    assert isinstance(before, views.LessonPage)
    assert isinstance(after, views.LessonPage)
    assert (before.updated, after.updated, after.done_on is not None) == (False, True, True)


async def test_a_corrected_title_does_not_count_as_another_lesson(
    ada: Learner, library: Library, lesson: Lesson
) -> None:
    await ada.types(f"done {THEME}/{LESSON}")
    library.swap(Edition(with_lesson(library.edition.shelf, replace(lesson, title="Another title"))))
    after = await ada.types(f"lesson {THEME}/{LESSON}")
    assert isinstance(after, views.LessonPage)
    assert (after.title, after.updated) == ("Another title", False)


async def test_progress_outlives_the_renaming_of_a_lesson(ada: Learner, library: Library, lesson: Lesson) -> None:
    await ada.types(f"done {THEME}/{LESSON}")
    library.swap(Edition(with_lesson(library.edition.shelf, replace(lesson, id="strata", aliases=(LESSON,)))))
    page = await ada.types(f"theme {THEME}")
    assert isinstance(page, views.ThemePage)
    assert page.card.done == 1
    again = await ada.types(f"done {THEME}/strata")
    assert isinstance(again, views.Recorded)
    assert again.again
    undone = await ada.does(commands.Undo(theme=THEME, lesson="strata"))
    assert isinstance(undone, views.Notice)
    assert "0 / 10" in undone.hint


async def test_an_old_button_finds_the_lesson_under_its_new_name(
    ada: Learner, library: Library, lesson: Lesson
) -> None:
    old = commands.Done(lesson=f"{THEME}/{LESSON}")
    library.swap(Edition(with_lesson(library.edition.shelf, replace(lesson, id="strata", aliases=(LESSON,)))))
    recorded = await ada.does(old)
    assert isinstance(recorded, views.Recorded)
    assert recorded.lesson.id == "strata"


async def test_a_button_for_a_lesson_that_is_gone_ends_in_a_sentence(ada: Learner, library: Library) -> None:
    theme = library.edition.shelf.themes[0]
    library.swap(Edition(Shelf((replace(theme, lessons=theme.lessons[1:]),))))
    for command in (
        commands.Done(lesson=f"{THEME}/{LESSON}"),
        commands.Save(theme=THEME, lesson=LESSON),
        commands.Undo(theme=THEME, lesson=LESSON),
        commands.ReportMistake(theme=THEME, lesson=LESSON),
        commands.FollowTheme(theme="teach-with-dualo"),
    ):
        view = await ada.does(command)
        assert isinstance(view, views.Notice)
        assert (view.tone, "Reference" in view.text) == (views.Tone.SORRY, False)


async def test_a_question_that_left_the_shelf_is_passed_over(ada: Learner, library: Library, shelf: Shelf) -> None:
    view = await ada.types(f"quiz lesson:{THEME}/{LESSON} count:2")
    assert isinstance(view, views.QuestionPage)
    theme = shelf.themes[0]
    library.swap(Edition(Shelf((replace(theme, lessons=theme.lessons[1:]), *shelf.themes[1:]))))
    score = await ada.does(view.options[0].command)
    assert isinstance(score, views.Score)
    assert score.total == 0


# Reloading ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CONTENT / "teach-with-dualo", tmp_path / "themes" / "teach-with-dualo")
    return tmp_path / "themes"


@pytest.fixture
async def reloader(folder: Path, store: Store, clock: HandClock) -> Reloader:
    library = Library(load.load([folder]).shelf)
    return Reloader(ContentSources([folder]), library, store, clock=clock, metrics=Metrics())


def lesson_file(folder: Path) -> Path:
    """The first lesson's; its translations are beside it."""
    return next(file for file in sorted((folder / "teach-with-dualo").glob("0*.yaml")) if "." not in file.stem)


async def test_a_sound_change_is_taken_whole(reloader: Reloader, folder: Path) -> None:
    file = lesson_file(folder)
    file.write_text(file.read_text().replace("title: ", "title: New ", 1))
    reloaded = await reloader.reload()
    assert reloaded.taken
    assert reloader.shelf.themes[0].lessons[0].title.startswith("New ")


async def test_one_error_keeps_the_last_good_content(reloader: Reloader, folder: Path) -> None:
    before = reloader.shelf
    file = lesson_file(folder)
    file.write_text(file.read_text() + "\n  broken: [")
    reloaded = await reloader.reload()
    assert (reloaded.taken, reloader.shelf is before) == (False, True)
    assert str(file) in reloaded.problems[0]


async def test_a_lesson_that_the_check_refuses_is_not_taken(reloader: Reloader, folder: Path) -> None:
    before, file = reloader.shelf, lesson_file(folder)
    file.write_text(file.read_text().replace("title: ", f"title: {'New ' * 25}", 1))
    reloaded = await reloader.reload()
    assert (reloaded.taken, reloader.shelf is before) == (False, True)
    assert "The title has" in reloaded.problems[0]
    assert str(file) in reloaded.problems[0]


async def test_a_warning_of_the_check_stops_nothing(reloader: Reloader, folder: Path) -> None:
    file = lesson_file(folder)
    file.write_text(file.read_text().replace("title: ", "title: The the ", 1))
    assert (await reloader.reload()).taken


async def test_a_lesson_may_not_vanish_by_accident(reloader: Reloader, folder: Path) -> None:
    await reloader.remember()
    gone = remove_first(folder, reloader)
    reloaded = await reloader.reload()
    assert (reloaded.taken, reloaded.vanished) == (False, (gone,))
    assert (await reloader.reload(drop=True)).taken


async def test_the_operator_lets_a_lesson_go_that_keeps_content_from_being_taken(
    reloader: Reloader, folder: Path, store: Store
) -> None:
    await reloader.remember()
    gone = remove_first(folder, reloader)
    assert not (await reloader.reload()).taken
    async with store.transaction() as connection:
        await lessons.let_go(connection, [gone])
    assert (await reloader.reload()).taken
    assert await checkup.missed(store, reloader.shelf, workspace="web") == []


async def test_a_lesson_that_vanished_while_nothing_ran_is_missed_until_it_is_carried_on_or_let_go(
    reloader: Reloader, folder: Path, store: Store, clock: HandClock
) -> None:
    await reloader.remember()
    gone = remove_first(folder, reloader)
    sources, there = ContentSources([folder]), Library(load.load([folder]).shelf)
    again = Reloader(sources, there, store, clock=clock, metrics=Metrics())
    await again.remember()
    (check,) = await checkup.missed(store, again.shelf, workspace="web")
    assert (check.healthy, str(gone) in check.detail, "dualo content drop" in check.mend) == (False, True, True)
    file = lesson_file(folder)
    file.write_text(file.read_text().replace("summary:", f"aliases: [{gone.lesson}]\nsummary:", 1))
    assert (await again.reload()).taken, "what was gone before keeps nothing from being taken"
    assert await checkup.missed(store, again.shelf, workspace="web") == []


async def test_content_that_waits_is_taken_once_what_would_vanish_is_let_go(
    folder: Path, store: Store, clock: HandClock
) -> None:
    library = Library(load.load([folder]).shelf)
    reloader = Reloader(ContentSources([folder]), library, store, clock=clock, metrics=Metrics(), every=0.01)
    await reloader.remember()
    watching = asyncio.create_task(reloader.watch())
    try:
        gone = remove_first(folder, reloader)
        await until(lambda: reloader._missed == {gone})
        async with store.transaction() as connection:
            await lessons.let_go(connection, [gone])
        await until(lambda: reloader.shelf.lesson(gone.theme, gone.lesson) is None)
    finally:
        watching.cancel()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 -- what is waited for has no event
            await asyncio.sleep(0.01)


def remove_first(folder: Path, reloader: Reloader) -> Key:
    """Delete the first lesson, and its line in the theme."""
    gone = reloader.shelf.themes[0].lessons[0].key
    listing = folder / "teach-with-dualo" / "theme.yaml"
    listing.write_text("\n".join(line for line in listing.read_text().splitlines() if gone.lesson not in line) + "\n")
    lesson_file(folder).unlink()
    return gone


async def test_what_stood_on_the_shelf_is_remembered(reloader: Reloader, store: Store) -> None:
    await reloader.remember()
    await reloader.remember()
    async with store.reading() as connection:
        known = await lessons.known(connection)
    assert known == {each.key for each in reloader.shelf.lessons}
