"""Reading and recording: nothing by looking, everything once, all of it undone."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core import layout, views
from bot.core.ports import Actor
from bot.domain.course import Shelf
from bot.features import commands
from tests.conftest import Learner
from tests.hand_clock import HandClock

THEME = "backend-architectures"


async def test_looking_records_nothing(ada: Learner) -> None:
    for line in ("themes", f"theme {THEME}", f"lesson {THEME} 1", "next", "lesson", "find pool", "study"):
        await ada.types(line)
    page = await ada.types(f"theme {THEME}")
    assert isinstance(page, views.ThemePage)
    assert page.card.done == 0


async def test_a_newcomer_goes_from_home_to_a_finished_lesson_by_buttons_alone(ada: Learner) -> None:
    home = await ada.types("study")
    lesson = await ada.presses(home, "Read the first lesson")
    recorded = await ada.presses(lesson, "Done – next")
    assert isinstance(recorded, views.Recorded)
    assert (recorded.theme.done, recorded.again, recorded.kept) == (1, False, True)
    following = await ada.presses(recorded, "Read lesson 2")
    assert isinstance(following, views.LessonPage)
    assert following.number == 2


async def test_a_second_press_changes_nothing(ada: Learner) -> None:
    first = await ada.types(f"done {THEME}/layers")
    second = await ada.types(f"done {THEME}/layers")
    assert isinstance(first, views.Recorded)
    assert isinstance(second, views.Recorded)
    assert (first.theme.done, second.theme.done, second.again) == (1, 1, True)


async def test_of_two_presses_at_once_one_records(ada: Learner) -> None:
    command = commands.Done(lesson=f"{THEME}/layers")
    both = await asyncio.gather(ada.does(command), ada.does(command))
    assert sorted(view.again for view in both if isinstance(view, views.Recorded)) == [False, True]


async def test_undo_takes_back_and_a_second_undo_is_harmless(ada: Learner) -> None:
    recorded = await ada.types(f"done {THEME}/layers")
    for _ in range(2):
        undone = await ada.presses(recorded, "Undo")
        assert isinstance(undone, views.Notice)
        assert "0 / 10" in undone.hint


async def test_next_goes_on_where_the_gaps_are(ada: Learner) -> None:
    await ada.types(f"done {THEME}/concurrency")
    view = await ada.types(f"next {THEME}")
    assert isinstance(view, views.LessonPage)
    assert view.number == 1
    await ada.types(f"done {THEME}/layers")
    view = await ada.types(f"next {THEME}")
    assert isinstance(view, views.LessonPage)
    assert view.number == 3


async def test_next_follows_the_theme_followed_last(ada: Learner, clock: HandClock) -> None:
    await ada.does(commands.FollowTheme(theme=THEME))
    clock.at = clock.at.replace(hour=10)
    await ada.does(commands.FollowTheme(theme="teach-with-dualo"))
    view = await ada.types("next")
    assert isinstance(view, views.LessonPage)
    assert view.theme == "Teach with Dualo"


async def test_after_the_last_lesson_there_is_an_ending_that_says_what_could_follow(ada: Learner, shelf: Shelf) -> None:
    theme = shelf.theme("teach-with-dualo")
    assert theme is not None
    for lesson in theme.lessons:
        recorded = await ada.types(f"done {lesson.key}")
    ending = await ada.presses(recorded, "What could follow")
    assert isinstance(ending, views.Ending)
    assert ending.theme.done == ending.theme.total
    assert ending.suggestion is not None
    assert ending.suggestion.id != theme.id


async def test_the_end_of_a_theme_says_how_many_reviews_wait_and_begins_them(
    ada: Learner, shelf: Shelf, clock: HandClock
) -> None:
    theme = shelf.theme("teach-with-dualo")
    assert theme is not None
    for lesson in theme.lessons:
        await ada.types(f"done {lesson.key}")
    assert "to review today" not in str(layout.page(await ada.types(f"next {theme.id}"), views.Reader()).blocks)
    clock.at += timedelta(days=1)
    ending = await ada.types(f"next {theme.id}")
    assert isinstance(ending, views.Ending)
    assert ending.reviews == 5
    assert "5 questions to review today" in str(layout.page(ending, views.Reader()).blocks)
    assert isinstance(await ada.presses(ending, "Review (5 today)"), views.QuestionPage)


async def test_a_lesson_without_words_is_the_one_last_opened(ada: Learner) -> None:
    await ada.types(f"lesson {THEME} 4")
    view = await ada.types("lesson")
    assert isinstance(view, views.LessonPage)
    assert view.number == 4


async def test_a_shared_lesson_speaks_of_nobodys_progress(ada: Learner) -> None:
    await ada.types(f"done {THEME}/layers")
    command = commands.OpenLesson(theme=THEME, lesson="layers", share=True)
    reply = await ada.engine.handle(command, ada.actor)
    assert reply.for_everyone
    assert isinstance(reply.view, views.LessonPage)
    assert (reply.view.done_on, reply.view.shared) == (None, True)


async def test_what_fails_is_never_posted_for_everyone(ada: Learner) -> None:
    reply = await ada.engine.handle(commands.OpenLesson(lesson="no such lesson at all", share=True), ada.actor)
    assert not reply.for_everyone


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("lesson concurrency", 2),
        (f"lesson {THEME} 3", 3),
        (f"lesson {THEME} request lifecycle", 5),
        ("lesson Sync vs async", 3),
        (f"lesson {THEME}/deployment", 9),
        ("lesson backend 2", 2),
        ("lesson lifecycel", 5),
    ],
)
async def test_a_lesson_is_found_by_number_id_and_words(ada: Learner, line: str, number: int) -> None:
    view = await ada.types(line)
    assert isinstance(view, views.LessonPage)
    assert (view.theme, view.number) == ("Backend Architectures Deep Dive", number)


async def test_a_number_alone_means_the_theme_at_hand(ada: Learner) -> None:
    await ada.types("lesson frameworks-under-pressure 1")
    view = await ada.types("lesson 7")
    assert isinstance(view, views.LessonPage)
    assert (view.theme, view.number) == ("Frameworks Under Pressure", 7)


@pytest.mark.parametrize("line", ["lesson qwertzuiop", "theme qwertzuiop", f"lesson {THEME} 99", "done qwertzuiop"])
async def test_an_unknown_name_answers_with_the_closest_as_buttons(ada: Learner, line: str) -> None:
    view = await ada.types(line)
    assert isinstance(view, views.Notice)
    assert view.tone is views.Tone.SORRY
    assert view.actions


async def test_learners_and_workspaces_never_see_each_other(ada: Learner, bob: Learner) -> None:
    await ada.types(f"done {THEME}/layers")
    page = await bob.types(f"theme {THEME}")
    assert isinstance(page, views.ThemePage)
    assert page.card.done == 0
    elsewhere = Learner(ada.engine, Actor(workspace="other", person=ada.actor.person))
    page = await elsewhere.types(f"theme {THEME}")
    assert isinstance(page, views.ThemePage)
    assert page.card.done == 0


async def test_saved_lessons_are_kept_and_taken_off(ada: Learner) -> None:
    lesson = await ada.types(f"lesson {THEME} 1")
    for _ in range(2):
        await ada.presses(lesson, "Save for later")
    saved = await ada.types("saved")
    assert isinstance(saved, views.SavedList)
    assert [item.lesson.id for item in saved.items] == ["layers"]
    await ada.does(commands.Unsave(theme=THEME, lesson="layers"))
    assert isinstance(await ada.types("saved"), views.Notice)


async def test_home_counts_the_saved_lessons_that_the_list_shows(ada: Learner) -> None:
    counts = []
    for number in (1, 2, 3):
        page = await ada.types("study")
        assert isinstance(page, views.HomePage)
        counts.append(page.saved)
        await ada.presses(await ada.types(f"lesson {THEME} {number}"), "Save for later")
    assert counts == [0, 1, 2]


async def test_find_shows_the_section_that_matches(ada: Learner) -> None:
    found = await ada.types("find goroutines")
    assert isinstance(found, views.SearchPage)
    assert len(found.hits) <= 10
    assert any("goroutine" in hit.excerpt.lower() for hit in found.hits)


async def test_every_reply_has_at_most_one_primary_button_and_it_records(ada: Learner) -> None:
    for line in ("study", "themes", f"theme {THEME}", f"lesson {THEME} 1", f"done {THEME}/layers", "progress"):
        view = await ada.types(line)
        primary = [offer for offer in view.actions if getattr(offer, "primary", False)]
        assert len(primary) <= 1
        assert all(isinstance(offer.command, (commands.Done, commands.FollowTheme)) for offer in primary)  # type: ignore[union-attr]
