"""What a server says to somebody alone is answered in that server's workspace, once, and mixes with no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord import registration
from bot.core import actions, views
from bot.core.actions import Action, Field, FieldKind
from bot.core.record import replace
from bot.features import commands
from tests.contracts.samples.running import report_closed
from tests.wire.discord import payload as read
from tests.wire.discord.model import Message
from tests.wire.discord_dms import (
    FORM,
    READ,
    REMINDER,
    SNOOZED,
    THEME,
    asked_in,
    deliver,
    done,
    home,
    own,
    reminded,
)
from tests.wire.discord_stage import Scene, labels, running, shown, text_of


async def test_read_it_and_done_act_in_the_server_and_nothing_in_ones_own(classroom: Scene) -> None:
    message = await reminded(classroom)
    lesson = await classroom.ada.press(message, "Read it")
    assert "Lesson 2 of 10" in text_of(lesson)
    recorded = await classroom.ada.press(lesson, "Done – next")
    assert "Done: " in text_of(recorded)
    assert len(await done(classroom, home(classroom.guild))) == 1
    assert await done(classroom, own(classroom.ada)) == []
    assert set(asked_in(classroom)) == {home(classroom.guild)}


async def test_one_press_on_a_reminder_begins_the_reviews_of_its_server(classroom: Scene) -> None:
    done_there = {"lesson": f"{THEME}/layers"}
    await classroom.ada.slash("done", done_there, channel=classroom.channel)
    classroom.clock.at += timedelta(days=1)
    review = Action("Review (5 today)", commands.Review())
    message = await reminded(classroom, views.Reminder("Your reviews are here.", (), actions=(review,)))
    question = await classroom.ada.press(message, review.label)
    assert "Question 1 of 5" in text_of(question)
    verdict = await classroom.ada.press(question, "A")
    assert {"Next question", "Read the lesson"} <= set(labels(shown(verdict)))
    assert set(asked_in(classroom)) == {home(classroom.guild)}


async def test_new_answers_and_those_in_place_carry_the_server_on(classroom: Scene) -> None:
    lesson = await classroom.ada.press(await reminded(classroom), "Read it")
    saved = await classroom.ada.press(lesson, "Save for later")
    assert saved.message is not lesson.message
    list_of_saved = await classroom.ada.press(saved, "Show what I saved")
    quiz = await classroom.ada.press(lesson, "Quiz me")
    assert (quiz.message is lesson.message, list_of_saved.message is saved.message) == (True, True)
    await classroom.ada.press(quiz, "A")
    assert len(classroom.engine.asked) == 5
    assert set(asked_in(classroom)) == {home(classroom.guild)}


async def test_the_message_names_the_server_and_so_does_every_answer(classroom: Scene) -> None:
    message = await reminded(classroom)
    lesson = await classroom.ada.press(message, "Read it")
    assert (message.text.splitlines()[-1], text_of(lesson).splitlines()[-1]) == ("-# Server: Team", "-# Server: Team")


async def test_a_closed_report_is_told_in_the_direct_messages_and_opens_the_lesson(classroom: Scene) -> None:
    closed = replace(report_closed(), actions=(Action("Open the lesson", READ.command),))
    message = await reminded(classroom, closed)
    for words in ("Your report was read and closed", "**You wrote:** The second line", "**What was done:** It does"):
        assert words in message.text
    assert "Lesson 2 of 10" in text_of(await classroom.ada.press(message, "Open the lesson"))
    assert set(asked_in(classroom)) == {home(classroom.guild)}


async def test_snooze_and_the_form_behind_it_act_in_the_server(classroom: Scene) -> None:
    classroom.engine.instead = {
        commands.Snooze: SNOOZED,
        commands.EditReminders: FORM,
        commands.Resume: views.Notice("Reminders again."),
    }
    saved_page = views.Notice("Saved.", actions=(Action("Resume", commands.Resume()),))
    classroom.engine.filled = {commands.EditReminders: saved_page}
    snoozed = await classroom.ada.press(await reminded(classroom), "Snooze a week")
    form = await classroom.ada.press(snoozed, "Change")
    assert form.modal is not None
    saved = await classroom.ada.submit(form, {"hour": "10:00"})
    await classroom.ada.press(saved, "Resume")
    verbs = [type(command) for command, _ in classroom.engine.asked]
    assert verbs == [commands.Snooze, commands.EditReminders, commands.EditReminders, commands.Resume]
    assert set(asked_in(classroom)) == {home(classroom.guild)}


async def test_every_part_of_a_long_form_acts_in_the_server(classroom: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = tuple(Field(f"f{number}", f"Field {number}", FieldKind.LINE, required=False) for number in range(6))
    page = replace(FORM, form=replace(FORM.form, fields=fields))
    classroom.engine.instead = {commands.EditReminders: page, commands.Resume: views.Notice("Saved.")}
    monkeypatch.setattr(actions, "fill", lambda token, answers: commands.Resume())
    view = replace(REMINDER, actions=(Action("Change", commands.EditReminders()),))
    first = await classroom.ada.press(await reminded(classroom, view), "Change")
    between = await classroom.ada.submit(first, {"f0": "one"})
    second = await classroom.ada.press(between, "Go on to part 2")
    saved = await classroom.ada.submit(second, {"f5": "two"})
    assert "Saved." in text_of(saved)
    assert [type(command) for command, _ in classroom.engine.asked][-1] is commands.Resume
    assert set(asked_in(classroom)) == {home(classroom.guild)}


async def test_what_an_expired_button_offers_instead_acts_in_the_server(classroom: Scene) -> None:
    message = await reminded(classroom)
    button = next(one for one in message.all_components() if one.get("label") == "Read it")
    button["custom_id"] = "0|lesson|x"
    expired = await classroom.ada.press(message, "0|lesson|x")
    assert "has expired" in text_of(expired)
    await classroom.ada.press(expired, "Go on from here")
    assert asked_in(classroom) == [home(classroom.guild)]


async def test_what_is_asked_first_is_done_in_the_server(classroom: Scene) -> None:
    classroom.engine.instead = {commands.StopReminders: views.Notice("No more reminders.")}
    sure = await classroom.ada.press(await reminded(classroom), "Stop reminders")
    assert asked_in(classroom) == []
    await classroom.ada.press(sure, "Yes, do it")
    assert asked_in(classroom) == [home(classroom.guild)]


async def test_it_outlives_a_restart(classroom: Scene) -> None:
    message = await reminded(classroom)
    lesson = await classroom.ada.press(message, "Read it")
    await classroom.adapter.stop()
    async with running(classroom.another()):
        await classroom.ada.press(lesson, "Done – next")
        await classroom.ada.press(message, "Read it")
    assert len(await done(classroom, home(classroom.guild))) == 1
    assert set(asked_in(classroom)) == {home(classroom.guild)}


async def test_who_acts_is_the_person_of_the_event_with_their_roles(classroom: Scene) -> None:
    backend = classroom.discord.role(classroom.guild, "backend")
    classroom.discord.join(classroom.ada, classroom.guild, backend)
    await classroom.ada.press(await reminded(classroom), "Read it")
    _, actor = classroom.last_asked
    assert (actor.person, actor.manages, actor.private) == (str(classroom.ada.id), False, False)
    assert actor.roles == {str(backend.id), str(classroom.guild.id)}
    assert actor.place == f"@{classroom.ada.id}/{classroom.guild.id}"


# Whose it is ---------------------------------------------------------------------------------------------------------


async def test_what_is_typed_in_direct_messages_is_ones_own(classroom: Scene) -> None:
    await reminded(classroom)
    lesson = await classroom.ada.slash("lesson", {"theme": THEME, "lesson": "1"})
    await classroom.ada.press(lesson, "Done – next")
    assert set(asked_in(classroom)) == {own(classroom.ada)}
    assert "Server:" not in text_of(lesson)


async def test_what_is_delivered_for_nobody_but_oneself_is_ones_own(classroom: Scene) -> None:
    address = classroom.adapter.direct(own(classroom.ada), str(classroom.ada.id))
    await classroom.adapter.deliver(REMINDER, address, "nudge/own")
    (message,) = classroom.discord.messages(classroom.ada.dm)
    await classroom.ada.press(message, "Read it")
    assert (address, asked_in(classroom)) == (f"@{classroom.ada.id}", [own(classroom.ada)])


async def test_two_servers_in_one_conversation_do_not_mix(classroom: Scene) -> None:
    other = classroom.discord.guild("Other")
    classroom.discord.join(classroom.ada, other)
    await deliver(classroom, key="one")
    await deliver(classroom, key="two", guild=other)
    first, second = classroom.discord.messages(classroom.ada.dm)
    lesson = await classroom.ada.press(second, "Read it")
    await classroom.ada.press(first, "Read it")
    await classroom.ada.press(lesson, "Done – next")
    assert asked_in(classroom) == [home(other), home(classroom.guild), home(other)]
    assert await done(classroom, home(classroom.guild)) == []


def numbered(message: Message) -> list[read.Payload]:
    """The components that carry the server."""
    return [one for one in message.all_components() if one["type"] != 17 and read.integer_of(one, "id") >= 1 << 30]


@pytest.mark.parametrize("which", [0, 1, 2])
@pytest.mark.parametrize("damage", [1, -1, 1 << 20, 5 - (1 << 30)])
async def test_a_damaged_message_leads_to_nothing_but_a_sentence(classroom: Scene, which: int, damage: int) -> None:
    message = await reminded(classroom)
    part = numbered(message)[which]
    part["id"] = read.integer_of(part, "id") + damage
    for label in ("Read it", "Stop reminders"):
        answer = await classroom.ada.press(message, label)
        assert "It cannot be told any more for which server this message was." in text_of(answer)
    assert asked_in(classroom) == []


async def test_a_message_forged_for_another_server_opens_nothing_there(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    foreign = scene.discord.guild("Foreign")
    await scene.adapter.start()
    message = await reminded(scene)
    await deliver(scene, to=scene.boss, guild=foreign, key="theirs")
    theirs = scene.discord.messages(scene.boss.dm)[-1]
    for mine, forged in zip(numbered(message), numbered(theirs), strict=True):
        mine["id"] = forged["id"]
    assert "You are not a member of that server" in text_of(await scene.ada.press(message, "Read it"))
    assert asked_in(scene) == []


# Once, and in time ---------------------------------------------------------------------------------------------------


async def test_one_key_stays_one_message_also_when_it_is_looked_for(classroom: Scene) -> None:
    began = datetime.now(UTC)
    first, again = await deliver(classroom), await deliver(classroom)
    classroom.clock.at = datetime.now(UTC) + timedelta(minutes=5)
    sought = await deliver(classroom, first_try=began)
    (message,) = classroom.discord.messages(classroom.ada.dm)
    reference = f"{classroom.ada.dm.id}/{message.id}/{classroom.guild.id}"
    assert [one.message.partition("~")[0] for one in (first, again, sought)] == [reference] * 3
    assert len({one.message for one in (first, again, sought)}) == 1


async def test_a_changed_message_carries_on_for_which_server_it_is(classroom: Scene) -> None:
    sent = await deliver(classroom)
    changed = await classroom.adapter.edit(replace(REMINDER, text="Still waiting."), sent.message)
    (message,) = classroom.discord.messages(classroom.ada.dm)
    await classroom.ada.press(message, "Read it")
    assert (changed.message, asked_in(classroom)) == (sent.message, [home(classroom.guild)])


# From the message's menu ---------------------------------------------------------------------------------------------


async def test_a_mistake_is_reported_to_the_server_whose_lesson_it_was(classroom: Scene) -> None:
    lesson = await reminded(classroom)
    asked = await classroom.ada.message_command(registration.REPORT, lesson)
    assert asked_in(classroom) == []
    form = await classroom.ada.press(asked, "Report a mistake")
    assert form.modal is not None
    assert [type(command) for command, _ in classroom.engine.asked] == [commands.ReportMistake]
    assert set(asked_in(classroom)) == {home(classroom.guild)}
