"""The first hour on Slack: a lesson before any choice, a wish that goes through the picker, an offer on Home."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.ports import Actor, Services
from bot.domain.course import Shelf
from bot.features import commands
from bot.features.commands import Role
from tests.wire.rounds import Round, making_rounds
from tests.wire.slack.model import Message, View
from tests.wire.slack.person import Person
from tests.wire.slack.screen import Value
from tests.wire.slack_bot import Scene, labels, scene_of, words

TEACH = "📝 Teach with Dualo"


async def test_next_shows_a_newcomer_a_lesson_with_the_way_to_any_other_theme(office: Scene) -> None:
    lesson = await office.asks("/next")
    assert lesson.text.startswith("Lesson 1 of 10")
    other = await office.presses(lesson, "Another theme")
    turn = await office.ada.choose(other, "Choose a theme", TEACH)
    shown = await turn.until("a lesson", lambda: next(iter([*turn.updates, *turn.ephemerals]), None))
    assert shown.text.startswith("Lesson 1 of 4 in Teach with Dualo")


async def test_a_theme_chosen_after_quiz_comes_to_its_first_question(office: Scene) -> None:
    picker = await office.asks("/quiz")
    assert "the first question comes" in words(picker)
    question = await (await office.ada.choose(picker, "Choose a theme", TEACH)).updated()
    assert "Question 1 of 5" in words(question)


async def test_a_lesson_done_is_gone_on_with_from_the_shortcut(office: Scene) -> None:
    recorded = await office.asks("/done", "teach-with-dualo 1")
    assert {"Read lesson 2", "Quiz me on lesson 1", "Undo"} <= set(labels(recorded))
    assert (await office.asks("/next")).text.startswith("Lesson 2 of 4 in Teach with Dualo")


async def test_a_groups_theme_is_offered_on_home_and_followed_with_one_press(office: Scene) -> None:
    group = office.workspace.usergroup("backend", [office.ada])
    tenant = f"slack:-:{office.workspace.id}"
    boss = Actor(tenant, office.boss.id, manages=True)
    await office.engine.engine.handle(commands.Assign(theme="teach-with-dualo", role=Role(group.id)), boss)
    await office.asks("/themes")
    await office.until("the groups", lambda: office.slack.calls("usergroups.list") or None)
    home = await office.ada.open_home()
    await office.shows(home, "Suggested to you here")
    page = await (await office.ada.press(home, "Follow")).modal()
    assert "You follow “Teach with Dualo”." in words(page)
    await office.until("Home changed", lambda: home if "Suggested to you here" not in words(home) else None)


# The whole way over the wire, with the delivery behind it ------------------------------------------------------------

MONDAY = datetime(2026, 1, 12, 8, 0, 1, tzinfo=UTC)
"""Nine o'clock in Paris, a second later."""


@dataclass(slots=True)
class Desk:
    scene: Scene
    go: Round

    async def boss(self, line: str) -> Message:
        return await self.scene.asks("/study-admin", line, by=self.scene.boss)

    async def add(self, more: str = "") -> Message:
        general = self.scene.workspace.general
        where = f"<#{general.id}|{general.name}>"
        line = f"schedule add teach-with-dualo {where} mon 09:00 timezone:Europe/Paris {more}"
        return await self.boss(line.strip())

    def told(self, person: Person) -> list[Message]:
        return [each for each in self.scene.slack.messages(person.dm) if each.user_id != person.id]

    def posted(self) -> list[Message]:
        return self.scene.slack.messages(self.scene.workspace.general)

    async def fills(self, form: View, values: Mapping[str, Value], *, by: Person) -> Message:
        """What the form is answered with: the message it came from in a new shape, or another one."""
        await by.submit(form, values)
        await self.scene.settled()
        return self.scene.slack.ephemerals(by)[-1]


@pytest.fixture
async def desk(tmp_path: Path, shelf: Shelf) -> AsyncIterator[Desk]:
    """A workspace with Dualo in it, whose posts go out when the test says so."""
    async with scene_of(tmp_path, shelf, "socket", clean=False) as scene:
        scene.engine.engine.settle(Services({"slack": scene.adapter}))  # type: ignore[attr-defined]
        async with making_rounds(scene.store, scene.adapter, scene.clock, shelf) as go:
            yield Desk(scene, go)


async def test_the_first_lesson_is_one_action_away(desk: Desk) -> None:
    assert (await desk.scene.asks("/next")).text.startswith("Lesson 1 of")


async def test_the_first_weekly_post_is_two_actions_away(desk: Desk) -> None:
    """The form as it opens is sent as it stands, in the channel where it was asked for."""
    form = await (await desk.scene.boss.command("/study-admin", "setup")).modal()
    done = await desk.fills(form, {}, by=desk.scene.boss)
    assert "First post: " in words(done)
    await desk.go(datetime(2026, 1, 12, 9, 0, 1, tzinfo=UTC))
    assert [post.text.startswith("Lesson 1 of") for post in desk.posted()] == [True]


async def test_whoever_learns_from_the_weekly_post_goes_on_there(desk: Desk) -> None:
    await desk.add()
    await desk.go(MONDAY)
    recorded = await (await desk.scene.ada.press(desk.posted()[0], "Done – next")).ephemeral()
    assert "Done: The form of a lesson" in words(recorded)
    assert (await desk.scene.asks("/next")).text.startswith("Lesson 2 of 4 in Teach with Dualo")


async def test_a_preview_says_so_and_its_buttons_record_nothing_and_lead_back(desk: Desk) -> None:
    await desk.add()
    preview = await desk.boss("preview S1")
    assert "Preview, for your eyes" in words(preview)
    answer = await desk.scene.presses(preview, "Done – next (preview)", by=desk.scene.boss)
    assert "its buttons record nothing" in words(answer)
    assert "Back to S1" in labels(answer)
    assert "Nothing is recorded yet." in words(await desk.scene.asks("/progress", by=desk.scene.boss))


async def test_a_skip_that_was_taken_back_is_posted_and_the_post_names_the_next_date(desk: Desk) -> None:
    await desk.add()
    await desk.scene.presses(await desk.boss("schedule skip S1"), "Take the skip back", by=desk.scene.boss)
    await desk.go(MONDAY)
    (post,) = desk.posted()
    assert "Monday, 19 January" in words(post)


async def test_a_second_set_up_says_what_differs_and_a_press_applies_it(desk: Desk) -> None:
    for hour in ("09:00", "10:30"):
        form = await (await desk.scene.boss.command("/study-admin", "setup")).modal()
        done = await desk.fills(form, {"Time": hour}, by=desk.scene.boss)
    assert "Nothing was changed yet." in words(done)
    assert "10:30" in words(await desk.scene.presses(done, "Change S1 to that", by=desk.scene.boss))


async def test_a_snooze_while_snoozed_says_until_when_and_resumes_with_a_press(desk: Desk) -> None:
    page = await desk.scene.asks("/study", "settings")
    form = await (await desk.scene.ada.press(page, "Change reminders")).modal()
    await desk.fills(form, {"Remind me": "dm"}, by=desk.scene.ada)
    await desk.scene.asks("/study", "snooze 2 weeks")
    again = await desk.scene.asks("/study", "snooze")
    assert "No reminders until Mon 19 Jan 2026." in words(again)
    assert "Resume now" in labels(again)


async def test_the_reminders_form_says_in_which_zone_its_hour_is(desk: Desk) -> None:
    page = await desk.scene.asks("/study", "settings")
    form = await (await desk.scene.ada.press(page, "Change reminders")).modal()
    assert "Like 09:00, in Europe/Paris" in words(form)


async def test_the_reminder_of_an_assignment_names_its_date(desk: Desk) -> None:
    await desk.boss(f"assign teach-with-dualo user:<@{desk.scene.ada.id}|ada> by:2026-02-02")
    await desk.go(datetime(2026, 1, 6, 9, 0, 1, tzinfo=UTC))
    assert "Mon 2 Feb 2026" in words(desk.told(desk.scene.ada)[-1])


async def test_a_closed_mistake_reaches_whoever_reported_it_and_shows_on_home_before(desk: Desk) -> None:
    scene = desk.scene
    lesson = await scene.asks("/next")
    form = await (await scene.ada.press(lesson, "Report a mistake")).modal()
    await scene.ada.submit(form, {"What is wrong": "A word is missing."})
    await scene.settled()
    assert "Inbox: 1 report" in labels(await scene.boss.open_home())
    form = await (await scene.boss.press(await desk.boss("inbox"), "Close…")).modal()
    await scene.boss.submit(form, dict.fromkeys(labels(form), "It is put in."))
    await scene.settled()
    await desk.go(datetime(2026, 1, 5, 9, 5, tzinfo=UTC))
    assert any("It is put in." in words(message) for message in desk.told(scene.ada))


async def test_the_alert_of_a_failed_post_has_post_now(desk: Desk) -> None:
    await desk.add()
    desk.scene.workspace.general.archived = True
    await desk.go(MONDAY)
    alert = desk.told(desk.scene.boss)[-1]
    assert "archived" in words(alert)
    assert "Post now" in labels(alert)


async def test_a_post_that_nobody_heard_is_told_once_it_stands(desk: Desk) -> None:
    group = desk.scene.workspace.usergroup("backend", [])
    await desk.add(f"mention:<!subteam^{group.id}|@backend>")
    await desk.go(MONDAY)
    assert len(desk.posted()) == 1
    assert "Nobody was notified" in words(desk.told(desk.scene.boss)[-1])


async def test_an_alert_contact_who_cannot_be_written_to_is_named_in_the_list(desk: Desk) -> None:
    await desk.add()
    desk.scene.workspace.team.messages_tab = False
    desk.scene.workspace.general.archived = True
    await desk.go(MONDAY)
    assert "could not be told" in words(await desk.boss("schedule list"))


async def test_a_thread_needs_no_permission_and_a_channel_that_was_lost_shows_in_the_list(desk: Desk) -> None:
    """Whatever stands in a channel of Slack's can be answered in a thread."""
    added = words(await desk.add("thread:yes"))
    assert "a thread beneath each post" in added
    assert "needs attention" not in added
    desk.scene.workspace.general.members.remove(desk.scene.workspace.team.bot.id)
    await desk.go(MONDAY)
    listed = words(await desk.boss("schedule list"))
    assert "needs attention" in listed
    assert "/invite" in listed


async def test_with_a_token_of_its_own_nobody_is_written_to_and_home_has_the_first_step(desk: Desk) -> None:
    """Slack does not say who installed it, so the first step waits where whoever may take it looks."""
    scene = desk.scene
    home = await scene.boss.open_home()
    assert "Set up a weekly lesson" in labels(home)
    assert "Set up a weekly lesson" not in labels(await scene.ada.open_home())
    assert (desk.told(scene.boss), desk.told(scene.ada), desk.posted()) == ([], [], [])
