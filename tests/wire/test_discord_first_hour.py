"""The first hour on Discord, told over the wire: the first lesson, the first post, and all that goes without saying."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.core.ports import Services
from bot.domain.course import Shelf
from bot.store.store import Store
from tests.wire.discord.model import DmDoor, Message
from tests.wire.discord.permissions import Permission
from tests.wire.discord.person import Given, Person
from tests.wire.discord_stage import Scene, labels, shown, text_of
from tests.wire.rounds import Round, making_rounds

MONDAY = datetime(2026, 1, 12, 8, 0, 1, tzinfo=UTC)
"""Nine o'clock in Paris, a second later."""
WEEKLY: dict[str, Given] = {"theme": "teach-with-dualo", "weekdays": "mon", "time": "09:00", "timezone": "Europe/Paris"}


@dataclass(slots=True)
class Desk:
    scene: Scene
    go: Round

    async def boss(self, line: str, **given: Given) -> str:
        return text_of(await self.scene.boss.slash(f"study-admin {line}", given, channel=self.scene.channel))

    async def add(self, **more: Given) -> str:
        return await self.boss("schedule add", **(WEEKLY | {"channel": self.scene.channel} | more))

    def told(self, person: Person) -> list[Message]:
        return self.scene.discord.messages(person.dm)

    def posted(self) -> list[Message]:
        return self.scene.discord.messages(self.scene.channel)


@pytest.fixture
async def desk(quiet_classroom: Scene, store: Store, shelf: Shelf) -> AsyncIterator[Desk]:
    """A server with Dualo in it, whose posts go out when the test says so."""
    scene = quiet_classroom
    scene.engine.engine.settle(Services({"discord": scene.adapter}))
    await scene.adapter.start()
    async with making_rounds(store, scene.adapter, scene.clock, shelf) as go:
        yield Desk(scene, go)


# From the invitation to the first lesson, and to the first post ------------------------------------------------------


async def test_the_first_lesson_is_one_action_away(desk: Desk) -> None:
    lesson = await desk.scene.ada.slash("next", channel=desk.scene.channel)
    assert "Lesson 1 of" in text_of(lesson)


async def test_the_first_weekly_post_is_two_actions_away(desk: Desk) -> None:
    """The form as it opens is sent as it stands, in the channel where it was asked for."""
    scene = desk.scene
    form = await scene.boss.slash("study-admin setup", channel=scene.channel)
    done = await scene.boss.submit(form, {})
    assert "First post: " in text_of(done)
    await desk.go(datetime(2026, 1, 12, 9, 0, 1, tzinfo=UTC))
    assert ["Lesson 1 of" in post.text for post in desk.posted()] == [True]


async def test_whoever_learns_from_the_weekly_post_goes_on_there(desk: Desk) -> None:
    scene = desk.scene
    await desk.add()
    await desk.go(MONDAY)
    recorded = await scene.ada.press(desk.posted()[0], "Done – next")
    assert recorded.ephemeral
    assert "Done: The form of a lesson" in text_of(recorded)
    assert "Teach with Dualo" in text_of(await scene.ada.slash("next", channel=scene.channel))
    assert "2\\." in text_of(await scene.ada.slash("study", channel=scene.channel))


# A preview, a skip, a second set-up -----------------------------------------------------------------------------------


async def test_a_preview_says_so_and_its_buttons_record_nothing_and_lead_back(desk: Desk) -> None:
    await desk.add()
    preview = await desk.scene.boss.slash("study-admin preview", {"schedule": "S1"}, channel=desk.scene.channel)
    assert "Preview, for your eyes" in text_of(preview)
    assert preview.ephemeral
    answer = await desk.scene.boss.press(preview, "Done – next (preview)")
    assert "its buttons record nothing" in text_of(answer)
    assert "Back to S1" in labels(shown(answer))
    progress = await desk.scene.boss.slash("progress", channel=desk.scene.channel)
    assert "Nothing is recorded yet." in text_of(progress)


async def test_a_skip_that_was_taken_back_is_posted_and_the_post_names_the_next_date(desk: Desk) -> None:
    await desk.add()
    skipped = await desk.scene.boss.slash("study-admin schedule skip", {"id": "S1"}, channel=desk.scene.channel)
    await desk.scene.boss.press(skipped, "Take the skip back")
    await desk.go(MONDAY)
    (post,) = desk.posted()
    assert "Monday, 19 January" in post.text


async def test_a_second_set_up_says_what_differs_and_a_press_applies_it(desk: Desk) -> None:
    scene = desk.scene
    for hour in ("09:00", "10:30"):
        form = await scene.boss.slash("study-admin setup", channel=scene.channel)
        done = await scene.boss.submit(form, {"channel": [scene.channel], "hour": hour})
    assert "You asked for every Monday at 10:30 (UTC). Nothing was changed yet." in text_of(done)
    changed = await scene.boss.press(done, "Change S1 to that")
    assert "10:30" in text_of(changed)


async def test_a_snooze_while_snoozed_says_until_when_and_resumes_with_a_press(desk: Desk) -> None:
    scene = desk.scene
    page = await scene.ada.slash("settings", channel=scene.channel)
    form = await scene.ada.press(page, "Change reminders")
    await scene.ada.submit(form, {"nudges": "=dm"})
    await scene.ada.slash("snooze", {"until": "2 weeks"}, channel=scene.channel)
    again = await scene.ada.slash("snooze", channel=scene.channel)
    assert "No reminders until Mon 19 Jan 2026." in text_of(again)
    assert "Resume now" in labels(shown(again))


async def test_an_emptied_timezone_leaves_ones_own(desk: Desk) -> None:
    scene = desk.scene
    for zone in ("Europe/Paris", ""):
        page = await scene.ada.slash("settings", channel=scene.channel)
        form = await scene.ada.press(page, "Change the rest")
        saved = await scene.ada.submit(form, {"timezone": zone})
    assert "Europe/Paris" in text_of(saved)


# Reminders and reports -----------------------------------------------------------------------------------------------


async def test_the_reminders_form_says_in_which_zone_its_hour_is(desk: Desk) -> None:
    scene = desk.scene
    page = await scene.ada.slash("settings", channel=scene.channel)
    form = await scene.ada.press(page, "Change reminders")
    assert form.modal is not None
    assert "Like 09:00, in UTC" in str(form.modal.components)


async def test_the_reminder_of_an_assignment_names_its_date(desk: Desk) -> None:
    scene = desk.scene
    await desk.boss("assign", theme="teach-with-dualo", user=scene.ada, by="2026-02-02")
    await desk.go(datetime(2026, 1, 6, 9, 0, 1, tzinfo=UTC))
    (*_, reminder) = desk.told(scene.ada)
    assert "Mon 2 Feb 2026" in reminder.text


async def test_a_closed_mistake_reaches_whoever_reported_it_and_shows_on_home_before(desk: Desk) -> None:
    scene = desk.scene
    lesson = await scene.ada.slash("next", channel=scene.channel)
    form = await scene.ada.press(lesson, "Report a mistake")
    await scene.ada.submit(form, {"what": "A word is missing."})
    home = await scene.boss.slash("study", channel=scene.channel)
    assert "Inbox: 1 report" in labels(shown(home))
    inbox = await scene.boss.slash("study-admin inbox", channel=scene.channel)
    close = await scene.boss.press(inbox, "Close…")
    await scene.boss.submit(close, {"note": "It is put in."})
    await desk.go(datetime(2026, 1, 5, 9, 5, tzinfo=UTC))
    assert any("It is put in." in message.text for message in desk.told(scene.ada))


# What a post goes without --------------------------------------------------------------------------------------------


async def test_the_alert_of_a_failed_post_has_post_now(desk: Desk) -> None:
    scene = desk.scene
    await desk.add()
    scene.discord.deny(scene.channel, Permission.SEND_MESSAGES)
    await desk.go(MONDAY)
    alert = desk.told(scene.boss)[-1]
    assert "Send Messages" in alert.text
    assert "Post now" in labels(alert)


async def test_a_post_that_nobody_heard_is_told_once_it_stands(desk: Desk) -> None:
    role = desk.scene.discord.role(desk.scene.guild, "quiet")
    await desk.add(mention=role)
    await desk.go(MONDAY)
    assert len(desk.posted()) == 1
    assert "Nobody was notified" in desk.told(desk.scene.boss)[-1].text


async def test_a_post_whose_thread_could_not_be_opened_is_told_once_it_stands(desk: Desk) -> None:
    await desk.add(thread=True)
    desk.scene.discord.deny(desk.scene.channel, Permission.CREATE_PUBLIC_THREADS)
    await desk.go(MONDAY)
    assert len(desk.posted()) == 1
    assert "Create Public Threads" in desk.told(desk.scene.boss)[-1].text


async def test_an_alert_contact_who_closed_their_door_is_named_in_the_list(desk: Desk) -> None:
    scene = desk.scene
    await desk.add()
    scene.discord.set_door(scene.boss, DmDoor.CLOSED)
    scene.discord.deny(scene.channel, Permission.SEND_MESSAGES)
    await desk.go(MONDAY)
    assert "could not be told" in await desk.boss("schedule list")
