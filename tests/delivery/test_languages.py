"""What is sent is in the language of whoever it goes to: a channel's is the workspace's, a learner's is their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core import views
from bot.core.ports import Actor
from bot.domain.course import Key, Shelf
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.weekly_question import QuestionDelay
from bot.domain.workspace import Workspace
from bot.features import commands
from bot.packs.library import Library
from bot.store.cold import workspaces
from bot.store.hot.operations import Complete
from bot.store.store import Store
from tests import translated
from tests.conftest import Learner
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.nudged import DAILY, WORKSPACE, nudged
from tests.delivery.scene import HERE, HOME, Scene, scene_on
from tests.hand_clock import HandClock

GERMAN, ENGLISH = "Wo Anfragen warten", "Where requests wait"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return translated.shelf(tmp_path)


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    """The clock stands at Sunday noon."""
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


async def speaks(scene: Scene, language: str) -> None:
    async with scene.stage.store.transaction() as connection:
        home = Workspace(alert_to="@contact", language=language)
        await workspaces.change(connection, HOME, home, scene.stage.clock.now())


@pytest.mark.parametrize(("language", "title"), [("de", GERMAN), ("en", ENGLISH), ("", ENGLISH), ("fr", ENGLISH)])
async def test_a_post_is_in_the_workspaces_language(scene: Scene, language: str, title: str) -> None:
    await speaks(scene, language)
    await scene.add(theme="requests")
    await scene.at(MONDAY)
    [post] = scene.posted
    assert isinstance(post, views.LessonPost)
    assert post.title == title


async def test_the_question_of_the_week_is_asked_and_ended_in_the_workspaces_language_and_answered_in_ones_own(
    scene: Scene,
) -> None:
    await speaks(scene, "de")
    await scene.add(theme="requests", question_after=QuestionDelay(2))
    done = Complete(Seat(HOME, "reader"), Key("requests", "waiting"), MONDAY, digest="d", how="learner")
    await scene.stage.store.write(done)
    await scene.at(MONDAY)
    await scene.at(MONDAY + timedelta(days=2))
    [asked] = [post.view for post in scene.stage.platform.posts if isinstance(post.view, views.QuestionPost)]
    assert asked.ask.plain == "Wo wartet Arbeit?"
    assert asked.title == GERMAN
    [press] = [each.command for each in asked.options if each.text.plain == "In einer Warteschlange"]
    reader = Learner(scene.ada.engine, Actor(HOME, "grace", place=HERE, locale="en-US"))
    verdict = await reader.does(press)
    assert isinstance(verdict, views.Verdict)
    assert (verdict.right, verdict.title) == (True, ENGLISH)
    await scene.at(MONDAY + timedelta(days=6))
    ended = [view for _, view in scene.stage.platform.edits if isinstance(view, views.QuestionPost)][-1]
    assert (ended.ask.plain, ended.title) == ("Wo wartet Arbeit?", GERMAN)
    assert [line.state.value for line in await scene.stage.lines(DeliveryKind.QUESTION)] == ["sent"]


@pytest.mark.parametrize(
    ("own", "ours", "title"), [("de", "", GERMAN), ("en", "de", ENGLISH), ("", "de", GERMAN), ("", "", ENGLISH)]
)
async def test_a_reminder_is_in_the_learners_language_and_else_in_the_workspaces(
    store: Store, clock: HandClock, library: Library, own: str, ours: str, title: str
) -> None:
    async with nudged(store, clock, library) as stage:
        async with store.transaction() as connection:
            await workspaces.change(connection, WORKSPACE, Workspace(language=ours), clock.now())
        learner = stage.learner()
        await learner.does(commands.FollowTheme(theme="requests"))
        await learner.does(commands.EditSettings(language=own, timezone="UTC"))
        await learner.does(DAILY)
        await stage.until(MONDAY)
        assert [item.title for item in stage.reminder.items] == [title]
