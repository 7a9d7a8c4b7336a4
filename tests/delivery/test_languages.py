"""What is sent is in the language of whoever it goes to: a channel's is the workspace's, a learner's is their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.core import layout, views
from bot.core.actions import Action
from bot.core.ports import Actor
from bot.core.record import replace
from bot.domain.course import Key, Shelf
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.recurrence import EVERY_DAY, Rule
from bot.domain.schedule import Schedule
from bot.domain.weekly_question import QuestionDelay
from bot.domain.workspace import Workspace
from bot.features import commands
from bot.packs.library import Library
from bot.store.cold import workspaces
from bot.store.hot.operations import Complete
from bot.store.outbox import alerts
from bot.store.store import Store
from tests import translated
from tests.conftest import Learner
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.nudged import DAILY, WORKSPACE, nudged
from tests.delivery.platform import gone
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


def labels(view: views.View) -> list[str]:
    return [each.label for each in view.actions if isinstance(each, Action)]


async def test_the_words_of_a_post_are_in_the_workspaces_language(scene: Scene) -> None:
    await speaks(scene, "de")
    await scene.add(theme="requests")
    await scene.at(MONDAY)
    [post] = scene.posted
    assert isinstance(post, views.LessonPost)
    assert labels(post) == ["Lesen", "Fertig – weiter", "Diese Woche nicht"]
    assert post.following
    assert post.following.when == "Nächsten Montag, 12. Januar"
    [kept] = scene.stage.platform.posts
    assert kept.reader.language == "de"


async def test_why_nothing_was_posted_is_kept_in_the_workspaces_language(scene: Scene) -> None:
    await speaks(scene, "de")
    rule = Rule(EVERY_DAY, time(9), zone="UTC", start=date(2026, 12, 25), until=date(2026, 12, 25))
    await scene.add(theme="requests", rule=rule, holidays="DE")
    await scene.at(MONDAY.replace(month=12, day=26))
    [line] = await scene.stage.lines(DeliveryKind.POST)
    assert line.reason == "Feiertag: Erster Weihnachtstag."


async def test_an_alert_is_in_the_workspaces_language_and_holds_the_platforms_words(scene: Scene) -> None:
    await speaks(scene, "de")
    await scene.add(theme="requests")
    scene.stage.platform.script = lambda address, _key: (
        None if address == "@contact" else gone("Den Kanal gibt es nicht.")
    )
    await scene.at(MONDAY)
    for _ in range(3):
        await scene.stage.tick(60)
    [(_, alert)] = scene.told
    assert isinstance(alert, views.Listing)
    assert (alert.title, alert.items[0].note) == ("Hier wirst du gebraucht", "Den Kanal gibt es nicht.")
    async with scene.stage.store.reading() as connection:
        assert [each.reason for each in await alerts.of_workspace(connection, HOME)] == ["Den Kanal gibt es nicht."]


@pytest.mark.parametrize(
    ("own", "platform", "ours", "said"),
    [
        ("", "de-AT", "", "Deine nächste Lektion ist da."),
        ("", "de", "en", "Deine nächste Lektion ist da."),
        ("en", "de", "de", "Your next lesson is here."),
        ("", "en-US", "de", "Your next lesson is here."),
        ("", "", "de", "Deine nächste Lektion ist da."),
    ],
)
async def test_who_chose_no_language_is_reminded_in_that_of_their_platform(
    store: Store, clock: HandClock, library: Library, own: str, platform: str, ours: str, said: str
) -> None:
    async with nudged(store, clock, library) as stage:
        async with store.transaction() as connection:
            await workspaces.change(connection, WORKSPACE, Workspace(language=ours), clock.now())
        learner = Learner(stage.engine, Actor(WORKSPACE, "ada", locale=platform))
        await learner.does(commands.FollowTheme(theme="requests"))
        await learner.does(commands.EditSettings(language=own, timezone="UTC"))
        await learner.does(DAILY)
        await stage.until(MONDAY)
        assert stage.reminder.text == said
        german = said.startswith("Deine")
        assert "Eine Woche Pause" in labels(stage.reminder) or not german
        assert [item.title for item in stage.reminder.items] == [GERMAN if german else ENGLISH]


async def test_a_reminder_follows_whoever_comes_to_read_another_language(
    store: Store, clock: HandClock, library: Library
) -> None:
    async with nudged(store, clock, library) as stage:
        english, german = (Learner(stage.engine, Actor(WORKSPACE, "ada", locale=each)) for each in ("en-GB", "de"))
        await english.does(commands.FollowTheme(theme="requests"))
        await english.does(DAILY)
        await german.does(commands.Home())
        await stage.until(MONDAY)
        assert stage.reminder.text == "Deine nächste Lektion ist da."


async def test_a_mention_in_a_channel_is_in_the_workspaces_language_whoever_is_mentioned(
    store: Store, clock: HandClock, library: Library
) -> None:
    async with nudged(store, clock, library) as stage:
        await stage.add(
            Schedule(WORKSPACE, "S1", "requests", "c1", Rule(EVERY_DAY, time(7), zone="UTC", start=date(2026, 1, 1)))
        )
        async with store.transaction() as connection:
            await workspaces.change(connection, WORKSPACE, Workspace(language="en"), clock.now())
        learner = Learner(stage.engine, Actor(WORKSPACE, "ada", locale="de"))
        await learner.does(commands.FollowTheme(theme="requests"))
        await learner.does(replace(DAILY, nudges=commands.Nudges.MENTION))
        await stage.until(MONDAY)
        assert stage.reminder.text == "Your next lesson is here."


async def test_a_closed_report_is_told_in_the_language_of_the_platform(scene: Scene) -> None:
    bob = Learner(scene.ada.engine, Actor(HOME, "bob", locale="de"))
    await bob.does(commands.OpenLesson(lesson="requests/waiting"))
    await bob.does(commands.ReportMistake(theme="requests", lesson="waiting", what="Es sind drei."))
    inbox = await scene.ada.does(commands.Inbox())
    assert isinstance(inbox, views.Listing)
    close = inbox.items[0].actions[0].command
    assert isinstance(close, commands.CloseMistake)
    await scene.ada.does(replace(close, note="Behoben."))
    await scene.stage.tick(60)
    [told] = [post for post in scene.stage.platform.posts if "/reply/" in post.key]
    assert isinstance(told.view, views.ReportClosed)
    assert (told.view.lesson, labels(told.view)) == (f"1. {GERMAN}", ["Lektion öffnen"])
    assert layout.page(told.view, told.reader).language == "de"
