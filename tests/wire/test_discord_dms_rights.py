"""Whoever acts in a server from their direct messages belongs to it: Discord is asked, in time, what they may do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.discord import events
from bot.core import views
from bot.core.actions import Action
from bot.core.ports import Actor
from bot.core.record import replace
from bot.features import commands
from tests.wire.discord.interactions import Callback
from tests.wire.discord.permissions import Permission
from tests.wire.discord_dms import (
    FORM,
    GET_GUILD,
    GET_MEMBER,
    REMINDER,
    THEME,
    asked_in,
    asked_of_discord,
    home,
    reminded,
)
from tests.wire.discord_stage import Scene, running, text_of


async def test_somebody_who_left_the_server_gets_a_sentence_and_nothing_is_recorded(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    message = await reminded(scene, replace(REMINDER, actions=(Action("Done", commands.Done(lesson=f"{THEME}/1")),)))
    scene.discord.leave(scene.ada, scene.guild)
    answer = await scene.ada.press(message, "Done")
    assert "You are not a member of that server any more." in text_of(answer)
    assert answer.ephemeral
    assert asked_in(scene) == []


async def test_a_server_that_took_the_bot_away_is_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    message = await reminded(scene)
    scene.discord.remove_bot(scene.guild)
    answer = await scene.ada.press(message, "Read it")
    assert "Dualo is not in that server any more." in text_of(answer)
    assert asked_in(scene) == []


async def test_belonging_is_asked_once_in_ten_minutes(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    message = await reminded(scene)
    before = len(asked_of_discord(scene))
    for _ in range(3):
        await scene.ada.press(message, "Read it")
    assert len(asked_of_discord(scene)) - before == 2
    scene.discord.leave(scene.ada, scene.guild)
    scene.clock.at += timedelta(minutes=11)
    assert "not a member" in text_of(await scene.ada.press(message, "Read it"))


async def test_in_a_server_nothing_is_asked_of_discord(classroom: Scene) -> None:
    before = len(asked_of_discord(classroom))
    lesson = await classroom.ada.slash("lesson", {"theme": THEME, "lesson": "1"}, channel=classroom.channel)
    await classroom.ada.press(lesson, "Done – next")
    assert len(asked_of_discord(classroom)) == before


async def scheduled(scene: Scene) -> None:
    """S1, set up in the server by its owner."""
    boss = Actor(home(scene.guild), str(scene.boss.id), manages=True)
    given = commands.ScheduleAdd(
        theme=THEME, channel=commands.Channel(scene.address), weekdays="mon", time="09:00", timezone="Europe/Paris"
    )
    assert isinstance((await scene.engine.engine.handle(given, boss)).view, views.Listing)


ALERT = views.Listing(
    "Something needs you",
    (views.Item("S1", note="In #general the bot lacks: Send Messages.", tone=views.Tone.SORRY),),
    actions=(Action("Open S1", commands.ScheduleShow(id="S1")),),
)


async def test_an_alert_opens_the_schedule_and_its_forms_for_the_owner(classroom: Scene) -> None:
    await scheduled(classroom)
    opened = await classroom.boss.press(await reminded(classroom, ALERT, to=classroom.boss), "Open S1")
    assert "S1 · " in text_of(opened)
    form = await classroom.boss.press(opened, "Change")
    changed = await classroom.boss.submit(form, {})
    assert "S1 · " in text_of(changed)
    assert set(asked_in(classroom)) == {home(classroom.guild)}


async def test_an_alert_is_refused_at_once_to_one_who_lost_manage_server(classroom: Scene) -> None:
    await scheduled(classroom)
    leads = classroom.discord.role(classroom.guild, "leads", Permission.MANAGE_GUILD)
    classroom.discord.join(classroom.ada, classroom.guild, leads)
    message = await reminded(classroom, ALERT)
    assert "S1 · " in text_of(await classroom.ada.press(message, "Open S1"))
    classroom.discord.join(classroom.ada, classroom.guild)
    assert "Only those who manage this workspace" in text_of(await classroom.ada.press(message, "Open S1"))


@pytest.mark.parametrize(
    ("bits", "manages"),
    [
        (Permission.NONE, False),
        (Permission.MANAGE_CHANNELS | Permission.MANAGE_ROLES, False),
        (Permission.MANAGE_GUILD, True),
        (Permission.ADMINISTRATOR, True),
    ],
)
async def test_who_manages_is_what_their_roles_give(classroom: Scene, bits: Permission, manages: bool) -> None:
    classroom.discord.join(classroom.ada, classroom.guild, classroom.discord.role(classroom.guild, "some", bits))
    await classroom.ada.press(await reminded(classroom, ALERT), "Open S1")
    assert classroom.last_asked[1].manages is manages


@pytest.mark.parametrize("route", [GET_GUILD, GET_MEMBER])
async def test_a_form_whose_rights_are_not_told_in_time_is_announced_and_then_offered(
    quiet_classroom: Scene, monkeypatch: pytest.MonkeyPatch, route: str
) -> None:
    scene = quiet_classroom
    view = replace(REMINDER, actions=(Action("Change", commands.EditReminders()),))
    scene.engine.instead = {commands.EditReminders: FORM}
    await scene.adapter.start()
    message = await reminded(scene, view)
    await scene.adapter.stop()
    async with running(scene.another()):
        held = scene.discord.hold(route)
        with monkeypatch.context() as impatient:
            impatient.setattr(events, "FORM_PATIENCE", 0.05)
            answer = await scene.ada.press(message, "Change")
        assert answer.response is not None
        assert (answer.response.type, asked_in(scene)) == (Callback.DEFERRED_MESSAGE, [])
        held.release()
        await answer.settled()
        form = await scene.ada.press(answer, "Open the form")
        assert form.modal is not None
        assert asked_in(scene) == [home(scene.guild)] * 2


async def test_anything_else_is_announced_while_discord_is_asked(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    message = await reminded(scene)
    await scene.adapter.stop()
    async with running(scene.another(patience=0.05)):
        held = scene.discord.hold(GET_MEMBER, times=1)
        answer = await scene.ada.press(message, "Read it")
        assert answer.response is not None
        assert (answer.response.type, answer.ephemeral) == (Callback.DEFERRED_MESSAGE, True)
        held.release()
        await answer.settled()
        assert "Lesson 2 of 10" in text_of(answer)


async def test_a_refusal_after_the_announcement_is_shown_too(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    message = await reminded(scene)
    scene.discord.leave(scene.ada, scene.guild)
    await scene.adapter.stop()
    async with running(scene.another(patience=0.05)):
        held = scene.discord.hold(GET_MEMBER, times=1)
        answer = await scene.ada.press(message, "Read it")
        held.release()
        await answer.settled()
        assert "You are not a member of that server any more." in text_of(answer)


async def test_a_discord_that_fails_to_say_it_is_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    message = await reminded(scene)
    scene.discord.fail(GET_MEMBER, status=400)
    assert "Discord did not say in time" in text_of(await scene.ada.press(message, "Read it"))
    assert "Lesson 2 of 10" in text_of(await scene.ada.press(message, "Read it"))
