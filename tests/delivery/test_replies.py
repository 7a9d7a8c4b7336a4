"""A closed report reaches whoever sent it: once, in private, with the note; and where it cannot, it makes no noise."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.core import views
from bot.core.ports import Actor
from bot.core.record import replace
from bot.domain.course import Shelf
from bot.domain.outbox import DeliveryKind
from bot.features import commands
from bot.packs.library import Edition
from bot.store.outbox import alerts
from tests.conftest import Learner
from tests.delivery.conftest import Stage
from tests.delivery.nudged import DAILY
from tests.delivery.platform import Fault, Post, gone
from tests.delivery.scene import HOME, THEME, Scene, scene_on

LESSON = "form-of-a-lesson"


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


@pytest.fixture
def bob(scene: Scene) -> Learner:
    return Learner(scene.ada.engine, Actor(HOME, "bob"))


async def reported(who: Learner, what: str = "It says three.") -> None:
    await who.does(commands.ReportMistake(theme=THEME, lesson=LESSON, what=what))


async def close(scene: Scene, note: str = "It does; mended.") -> None:
    """The oldest report."""
    page = await scene.ada.does(commands.Inbox())
    assert isinstance(page, views.Listing), page
    command = page.items[0].actions[0].command
    assert isinstance(command, commands.CloseMistake)
    await scene.ada.does(replace(command, note=note))


def replies(scene: Scene) -> list[Post]:
    return [post for post in scene.stage.platform.posts if "/reply/" in post.key]


async def states(scene: Scene) -> list[tuple[str, str]]:
    return [(line.state.value, line.reason) for line in await scene.stage.lines(DeliveryKind.REPLY)]


async def test_whoever_reported_a_mistake_hears_what_was_done_about_it(scene: Scene, bob: Learner) -> None:
    await reported(bob)
    await close(scene)
    await scene.stage.tick(60)
    [post] = replies(scene)
    assert post.address == "@bob"
    shown = post.view
    assert isinstance(shown, views.ReportClosed)
    assert (shown.theme, shown.what, shown.note) == ("Teach with Dualo", "It says three.", "It does; mended.")
    assert isinstance(await bob.presses(shown, "Open the lesson"), views.LessonPage)


async def test_it_is_told_once_however_often_the_clock_looks_and_whatever_got_lost(scene: Scene, bob: Learner) -> None:
    await reported(bob)
    scene.stage.platform.turns.append(Fault.ANSWER_LOST)
    await close(scene)
    for _ in range(5):
        await scene.stage.tick(600)
    assert (len(replies(scene)), scene.stage.platform.twice) == (1, [])


async def test_two_reports_of_one_person_closed_on_one_day_are_two_messages(scene: Scene, bob: Learner) -> None:
    for what in ("One.", "Two."):
        await reported(bob, what)
        await close(scene)
    await scene.stage.tick(60)
    told = [post.view.what for post in replies(scene) if isinstance(post.view, views.ReportClosed)]
    assert (sorted(told), scene.stage.platform.twice) == (["One.", "Two."], [])


async def test_what_was_erased_before_it_was_told_is_not_told(scene: Scene, bob: Learner) -> None:
    await reported(bob)
    await close(scene)
    await bob.does(commands.Erase(word="erase"))
    await scene.stage.tick(60)
    assert (replies(scene), await states(scene)) == ([], [])


async def test_closed_direct_messages_end_it_without_an_alert_and_leave_reminders_alone(
    scene: Scene, bob: Learner
) -> None:
    await bob.does(commands.FollowTheme(theme=THEME))
    await bob.does(DAILY)
    await reported(bob)
    await close(scene)
    scene.stage.platform.script = lambda _address, key: gone("Bob takes no messages.") if "/reply/" in key else None
    await scene.stage.tick(60)
    assert await states(scene) == [("failed", "Bob takes no messages.")]
    async with scene.stage.store.reading() as connection:
        assert await alerts.of_workspace(connection, HOME) == []
    page = await bob.does(commands.OpenSettings())
    assert isinstance(page, views.SettingsPage)
    assert "by direct message" in str(page.values)


async def test_a_lesson_that_has_left_the_shelf_is_named_and_not_offered(
    scene: Scene, bob: Learner, shelf: Shelf
) -> None:
    await reported(bob)
    await close(scene)
    scene.library.swap(Edition(replace(shelf, themes=tuple(each for each in shelf.themes if each.id != THEME))))
    await scene.stage.tick(60)
    [post] = replies(scene)
    assert isinstance(post.view, views.ReportClosed)
    assert (post.view.lesson, post.view.actions) == (f"{THEME}/{LESSON}", ())
