"""The first hour: recording a lesson begins its theme, /next always shows a lesson, a picker keeps the wish."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core import actions, views
from bot.core.actions import Action, Choice
from bot.domain.course import Key, Shelf
from bot.domain.learner import Seat
from bot.features import commands
from bot.features.schedules import posting
from bot.store.hot.operations import Complete
from bot.store.store import Store
from tests.conftest import Learner, pressed
from tests.features.schedule_stage import Office
from tests.features.test_practising import choice
from tests.hand_clock import HandClock

BACKEND, FRAMEWORKS, TEACH = "backend-architectures", "frameworks-under-pressure", "teach-with-dualo"


def post(shelf: Shelf, theme: str = FRAMEWORKS) -> views.LessonPost:
    """The weekly post of the first lesson of a theme."""
    found = shelf.theme(theme)
    assert found is not None
    return posting.post(found, found.lessons[0])


def seat(learner: Learner) -> Seat:
    return Seat(learner.actor.workspace, learner.actor.person)


def labels(view: views.View) -> list[str]:
    return [each.label for each in view.actions if isinstance(each, Action)]


def lesson(view: views.View) -> tuple[str, int]:
    assert isinstance(view, views.LessonPage), view
    return view.theme, view.number


async def home(learner: Learner) -> views.HomePage:
    page = await learner.types("study")
    assert isinstance(page, views.HomePage)
    return page


# Whoever learns from the weekly post ------------------------------------------------------------------------------


async def test_done_on_a_weekly_post_begins_its_theme(ada: Learner, shelf: Shelf) -> None:
    await ada.presses(post(shelf), "Done – next")
    assert lesson(await ada.types("next")) == ("Frameworks Under Pressure", 2)
    page = await home(ada)
    assert page.current is not None
    assert (page.current.id, page.following and page.following.number) == (FRAMEWORKS, 2)


@pytest.mark.parametrize("line", ["lesson", "quiz", "progress"])
async def test_done_on_a_weekly_post_answers_where_no_theme_is_named(ada: Learner, shelf: Shelf, line: str) -> None:
    await ada.presses(post(shelf), "Done – next")
    view = await ada.types(line)
    first = post(shelf).title
    match view:
        case views.LessonPage() | views.QuestionPage():
            assert view.title == first
        case _:
            assert isinstance(await ada.presses(view, "Continue"), views.LessonPage)


async def test_done_typed_begins_the_theme_as_the_post_does(ada: Learner) -> None:
    await ada.types(f"done {TEACH} 1")
    assert lesson(await ada.types("next")) == ("Teach with Dualo", 2)


async def test_the_lesson_done_last_outweighs_one_that_was_opened_before(ada: Learner, shelf: Shelf) -> None:
    await ada.types(f"lesson {BACKEND} 3")
    await ada.presses(post(shelf), "Done – next")
    assert lesson(await ada.types("next")) == ("Frameworks Under Pressure", 2)
    await ada.types(f"lesson {BACKEND} 3")
    assert lesson(await ada.types("next")) == ("Backend Architectures Deep Dive", 1)


async def test_a_followed_theme_stays_the_one_to_go_on_with(ada: Learner, shelf: Shelf) -> None:
    await ada.does(commands.FollowTheme(theme=BACKEND))
    recorded = await ada.presses(post(shelf), "Done – next")
    assert lesson(await ada.presses(recorded, "Read lesson 2")) == ("Frameworks Under Pressure", 2)
    following = await ada.types("next")
    assert lesson(following) == ("Backend Architectures Deep Dive", 1)
    other = await ada.presses(following, "Another theme")
    (offered,) = (each for each in other.actions if isinstance(each, Choice))
    assert "Frameworks" in offered.options[0].label, "what was begun is offered first"


async def test_completions_of_old_without_a_bookmark_count_the_same(
    ada: Learner, store: Store, shelf: Shelf, clock: HandClock
) -> None:
    for at, theme in enumerate((BACKEND, FRAMEWORKS)):
        found = shelf.theme(theme)
        assert found is not None
        key, moment = found.lessons[0].key, clock.now() + timedelta(minutes=at)
        await store.write(Complete(seat(ada), key, moment, digest="d", how="learner"))
    assert lesson(await ada.types("next")) == ("Frameworks Under Pressure", 2)


async def test_a_completion_of_what_left_the_shelf_begins_nothing(ada: Learner, store: Store, clock: HandClock) -> None:
    await store.write(Complete(seat(ada), Key("gone", "gone"), clock.now(), digest="d", how="learner"))
    assert lesson(await ada.types("next")) == ("Backend Architectures Deep Dive", 1)


async def test_nothing_is_begun_while_recording_is_paused(ada: Learner, shelf: Shelf) -> None:
    await ada.types("privacy pause")
    await ada.presses(post(shelf), "Done – next")
    await ada.types("privacy resume")
    assert isinstance(await ada.types("quiz"), views.Notice)


# /next always shows a lesson --------------------------------------------------------------------------------------


async def test_a_newcomers_next_is_the_first_lesson_on_the_shelf_and_leads_to_any_other(ada: Learner) -> None:
    first = await ada.types("next")
    assert lesson(first) == ("Backend Architectures Deep Dive", 1)
    assert len(labels(first)) == 5, "one row of a chat"
    other = await ada.presses(first, "Another theme")
    assert lesson(await ada.does(picked(other, TEACH))) == ("Teach with Dualo", 1)
    assert lesson(await ada.types("next")) == ("Teach with Dualo", 1)


async def test_a_newcomers_next_and_home_go_by_what_is_posted_here(here: Office) -> None:
    await here.add(theme=TEACH)
    assert lesson(await here.bob.types("next")) == ("Teach with Dualo", 1)
    page = await home(here.bob)
    assert page.current is not None
    assert page.current.id == TEACH


async def test_a_schedule_that_ended_leads_nobody(here: Office) -> None:
    await here.add(theme=TEACH)
    await here.ada.does(commands.ScheduleRemove(id="S1", filled=True))
    page = await home(here.bob)
    assert page.current is not None


async def test_a_lesson_that_was_asked_for_by_name_offers_no_other_theme(ada: Learner) -> None:
    assert "Another theme" not in labels(await ada.types(f"lesson {BACKEND} 1"))


# The wish goes through the picker ---------------------------------------------------------------------------------


async def test_choosing_a_theme_after_quiz_comes_to_its_first_question(ada: Learner) -> None:
    picker = await ada.types("quiz count:3")
    question = await ada.does(picked(picker, TEACH))
    assert isinstance(question, views.QuestionPage)
    assert (question.position, question.total) == (1, 3)


async def test_choosing_a_theme_after_lesson_comes_to_its_lessons(ada: Learner) -> None:
    lessons = await ada.does(picked(await ada.types("lesson"), TEACH))
    assert lesson(await ada.presses(lessons, "2. ")) == ("Teach with Dualo", 2)


async def test_choosing_a_theme_after_done_records_the_lesson_chosen(ada: Learner) -> None:
    lessons = await ada.does(picked(await ada.types("done"), TEACH))
    recorded = await ada.presses(lessons, "2. ")
    assert isinstance(recorded, views.Recorded)
    assert (recorded.lesson.number, recorded.theme.id, recorded.theme.done) == (2, TEACH, 1)


def picked(view: views.View, theme: str) -> commands.Command:
    """What choosing the theme does."""
    assert isinstance(view, views.Notice), view
    for offer in view.actions:
        for option in offer.options if isinstance(offer, Choice) else ():
            if theme in actions.token(option.command).split("|"):
                return option.command
    raise AssertionError(f"{theme} is not offered: {view.actions}")


# After a lesson and after a quiz ----------------------------------------------------------------------------------


async def test_the_card_says_which_lesson_is_read_and_which_is_asked_about(ada: Learner) -> None:
    recorded = await ada.types(f"done {BACKEND} 4")
    assert labels(recorded) == ["Read lesson 1", "Quiz me on lesson 4", "Undo"]
    assert lesson(await ada.presses(recorded, "Read lesson 1")) == ("Backend Architectures Deep Dive", 1)
    question = await ada.presses(recorded, "Quiz me on lesson 4")
    assert isinstance(question, views.QuestionPage)


async def test_what_was_done_before_cannot_be_undone_from_there(ada: Learner) -> None:
    await ada.types(f"done {BACKEND} 1")
    again = await ada.types(f"done {BACKEND} 1")
    assert isinstance(again, views.Recorded)
    assert (again.again, "Undo" in labels(again)) == (True, False)


async def answered(ada: Learner, shelf: Shelf, line: str) -> views.View:
    """The page after the only question of a quiz."""
    question = await ada.types(line)
    verdict = await ada.does(choice(shelf, question, right=True))
    return await ada.presses(verdict, "How it went")


async def test_after_a_quiz_its_lesson_is_marked_done_with_one_press(ada: Learner, shelf: Shelf) -> None:
    score = await answered(ada, shelf, f"quiz {BACKEND} lesson:2 count:1")
    assert [each.label for each in score.actions if isinstance(each, Action) and each.primary] == ["Done – next"]
    recorded = await ada.presses(score, "Done – next")
    assert isinstance(recorded, views.Recorded)
    assert recorded.lesson.number == 2


async def test_after_a_quiz_on_what_is_done_the_next_lesson_is_named(ada: Learner, shelf: Shelf) -> None:
    await ada.types(f"done {BACKEND} 1")
    for line in (f"quiz {BACKEND} lesson:1 count:1", f"quiz {BACKEND} count:1"):
        score = await answered(ada, shelf, line)
        assert lesson(await ada.presses(score, "Next: lesson 2")) == ("Backend Architectures Deep Dive", 2)


# While recording is paused ----------------------------------------------------------------------------------------


async def test_paused_done_next_walks_through_the_theme_and_ends(ada: Learner, shelf: Shelf) -> None:
    await ada.types("privacy pause")
    theme = shelf.theme(TEACH)
    assert theme is not None
    page, seen = await ada.types(f"lesson {TEACH} 1"), [1]
    while True:
        recorded = await ada.presses(page, "Done – ")
        assert isinstance(recorded, views.Recorded)
        if recorded.following is None:
            break
        page = await ada.presses(recorded, f"Read lesson {recorded.following.number}")
        seen.append(lesson(page)[1])
    assert seen == [each.number for each in theme.lessons]
    assert labels(recorded)[0] == "All themes"


async def test_paused_a_quiz_ends_with_done_next_too(ada: Learner) -> None:
    await ada.types("privacy pause")
    question = await ada.types(f"quiz {TEACH} lesson:1 count:1")
    assert isinstance(question, views.QuestionPage)
    end = await ada.presses(await ada.does(question.options[0].command), "Finish")
    recorded = await ada.presses(end, "Done – next")
    assert isinstance(recorded, views.Recorded)
    assert (recorded.kept, pressed(recorded, "Read lesson 2")) == (
        False,
        commands.OpenLesson(theme=TEACH, lesson=recorded.following.id if recorded.following else ""),
    )
