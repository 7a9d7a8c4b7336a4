"""Which lesson a typed line means, where a theme's name has several words."""

from __future__ import annotations

import pytest

from bot.core import actions, views
from bot.domain.course import Shelf
from bot.features import commands
from tests.conftest import Learner

BACKEND, FRAMEWORKS, TEACH = "backend-architectures", "frameworks-under-pressure", "teach-with-dualo"


@pytest.mark.parametrize(
    ("line", "theme", "number"),
    [
        ("lesson Backend Architectures 3", BACKEND, 3),
        ("lesson backend architectures deep dive 3", BACKEND, 3),
        ('lesson "Backend Architectures" 3', BACKEND, 3),
        ("lesson backend 3", BACKEND, 3),
        (f"lesson {BACKEND} 3", BACKEND, 3),
        ("lesson Frameworks Under Pressure 2", FRAMEWORKS, 2),
        ("lesson under pressure 2", FRAMEWORKS, 2),
        ("lesson teach with dualo questions", TEACH, 2),
        ("lesson Backend Architectures concurrency", BACKEND, 2),
        ("lesson backend concurrency models", BACKEND, 2),
        ("lesson frameworks database coupling", FRAMEWORKS, 5),
        ("lesson Frameworks Under Pressure", FRAMEWORKS, 1),
    ],
)
async def test_a_theme_takes_as_many_words_as_its_name_has(
    ada: Learner, shelf: Shelf, line: str, theme: str, number: int
) -> None:
    view = await ada.types(line)
    owner = shelf.theme(theme)
    assert owner is not None
    assert isinstance(view, views.LessonPage)
    assert (view.theme, view.number) == (owner.title, number)


async def test_a_number_that_the_theme_does_not_have_is_not_taken_for_words(ada: Learner) -> None:
    view = await ada.types("lesson Backend Architectures 99")
    assert isinstance(view, views.Notice)
    assert "none numbered 99" in view.text


async def test_a_quiz_of_a_theme_of_several_words_has_as_many_questions_as_asked_for(ada: Learner) -> None:
    view = await ada.types("quiz Frameworks Under Pressure 3")
    assert isinstance(view, views.QuestionPage)
    assert view.total == 3


async def test_plain_mode_names_themes_without_their_signs(ada: Learner, shelf: Shelf) -> None:
    signed = await ada.types("themes")
    await ada.does(commands.EditSettings(plain=True))
    plain = await ada.types("themes")
    nothing_opened = await ada.types("quiz")
    titles = [theme.title for theme in shelf.themes]
    assert [f"{theme.emoji} {theme.title}" for theme in shelf.themes] == labels(signed)
    assert titles == labels(plain)
    assert titles == labels(nothing_opened)


def labels(view: views.View) -> list[str]:
    choices = [offer for offer in view.actions if isinstance(offer, actions.Choice)]
    return [option.label for choice in choices for option in choice.options]


async def test_a_newcomers_first_lesson_by_number_is_that_of_the_theme_that_next_would_give(
    ada: Learner, shelf: Shelf
) -> None:
    view = await ada.types("lesson 1")
    assert isinstance(view, views.LessonPage)
    assert (view.theme, view.number) == (shelf.themes[0].title, 1)


async def test_a_theme_that_does_not_exist_is_what_is_blamed(ada: Learner) -> None:
    view = await ada.does(commands.OpenLesson(theme="nonsense"))
    assert isinstance(view, views.Notice)
    assert view.text == "There is no theme called “nonsense” and no lesson either."
    assert "Search the lessons for “nonsense”" in [
        each.label for each in view.actions if isinstance(each, actions.Action)
    ]
