"""What tests of the question of the week begin with, and how they look at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.core import views
from bot.core.ports import Actor
from bot.domain.course import Key, Lesson, Shelf
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.weekly_question import QuestionDelay
from bot.store.hot.operations import Complete
from tests.conftest import Learner
from tests.delivery.conftest import MONDAY
from tests.delivery.scene import HERE, HOME, THEME, Scene

DAY, WEEK, MINUTE = timedelta(days=1), timedelta(days=7), timedelta(minutes=1)
WEDNESDAY = MONDAY + 2 * DAY
FRIDAY = WEDNESDAY + 2 * DAY
TWO_DAYS = QuestionDelay(2)


def asked(scene: Scene) -> list[views.QuestionPost]:
    return [post.view for post in scene.stage.platform.posts if isinstance(post.view, views.QuestionPost)]


def edits(scene: Scene) -> list[views.QuestionPost]:
    return [view for _, view in scene.stage.platform.edits if isinstance(view, views.QuestionPost)]


async def reasons(scene: Scene, kind: DeliveryKind = DeliveryKind.QUESTION) -> list[tuple[str, str]]:
    return [(line.state.value, line.reason) for line in await scene.stage.lines(kind)]


async def opened(scene: Scene, lesson: str = "form-of-a-lesson", *, workspace: str = HOME) -> None:
    done = Complete(Seat(workspace, "reader"), Key(THEME, lesson), MONDAY, digest="d", how="learner")
    await scene.stage.store.write(done)


def person(scene: Scene, name: str) -> Learner:
    return Learner(scene.ada.engine, Actor(HOME, name, place=HERE))


async def answers(scene: Scene, name: str, post: views.QuestionPost, *, right: bool = True) -> views.View:
    """Press the first option that is right, or the first that is not."""
    question = next(each for lesson in shelf_of(scene).lessons for each in lesson.questions if each.ask == post.ask)
    at = next(at for at, option in enumerate(question.options) if option.right is right)
    return await person(scene, name).does(post.options[at].command)


def shelf_of(scene: Scene) -> Shelf:
    return scene.library.edition.shelf


def lessons(scene: Scene) -> Sequence[Lesson]:
    theme = shelf_of(scene).theme(THEME)
    assert theme is not None
    return theme.lessons


async def posted_and_asked(scene: Scene, **more: object) -> views.QuestionPost:
    await scene.add(question_after=TWO_DAYS, **more)
    await scene.at(MONDAY)
    await opened(scene)
    await scene.at(WEDNESDAY)
    [post] = asked(scene)
    return post
