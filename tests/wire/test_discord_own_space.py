"""A direct message says whose space it is, and leads to the servers in which the person learns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.ports import Actor
from bot.features import commands
from tests.wire.discord.interactions import Answer
from tests.wire.discord.model import Guild
from tests.wire.discord_dms import THEME, asked_in, done, home, own, reminded
from tests.wire.discord_stage import Scene, buttons, labels, running, shown, text_of

OWN = "-# Your own space"


async def records(scene: Scene, guild: Guild | None = None, number: int = 1) -> None:
    """Ada learns in a server."""
    actor = Actor(home(guild or scene.guild), str(scene.ada.id))
    await scene.engine.engine.handle(commands.Done(lesson=f"{THEME} {number}"), actor)
    scene.clock.at += timedelta(minutes=1)


async def typed(scene: Scene, line: str, **options: str) -> Answer:
    """Ada types in her direct messages with the bot."""
    return await scene.ada.slash(line, options, channel=scene.ada.dm)


async def test_progress_typed_after_a_reminder_leads_to_the_server_that_reminded(classroom: Scene) -> None:
    lesson = await classroom.ada.press(await reminded(classroom), "Read it")
    await classroom.ada.press(lesson, "Done – next")
    mine = await typed(classroom, "progress")
    assert OWN in text_of(mine)
    assert "Nothing is recorded yet" in text_of(mine)
    there = await classroom.ada.press(mine, "Continue in Team")
    assert "1 / 10" in text_of(there)
    assert text_of(there).splitlines()[-1] == "-# Server: Team"
    assert there.message is mine.message
    assert classroom.last_asked[0] == commands.Progress()
    assert classroom.last_asked[1].workspace == home(classroom.guild)


@pytest.mark.parametrize(
    ("line", "command"),
    [("next", commands.Next()), ("settings", commands.OpenSettings()), ("study", commands.Home())],
)
async def test_what_was_typed_is_asked_again_in_the_server(
    classroom: Scene, line: str, command: commands.Command
) -> None:
    await records(classroom)
    there = await classroom.ada.press(await typed(classroom, line), "Continue in Team")
    assert classroom.last_asked[0] == command
    assert "-# Server: Team" in text_of(there)
    assert asked_in(classroom)[-1] == home(classroom.guild)


async def test_what_is_pressed_there_stays_in_the_server(classroom: Scene) -> None:
    await records(classroom)
    lesson = await classroom.ada.press(await typed(classroom, "next"), "Continue in Team")
    await classroom.ada.press(lesson, "Done – next")
    assert len(await done(classroom, home(classroom.guild))) == 2
    assert await done(classroom, own(classroom.ada)) == []


async def test_a_command_that_records_leads_home_and_records_nothing_there(classroom: Scene) -> None:
    await records(classroom)
    await classroom.ada.press(await typed(classroom, "done", lesson=f"{THEME}/deployment"), "Continue in Team")
    assert classroom.last_asked[0] == commands.Home()
    assert len(await done(classroom, home(classroom.guild))) == 1


async def test_three_servers_at_most_the_latest_first_and_none_where_nothing_is_kept(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    guilds = {name: scene.discord.guild(name, owner=scene.boss) for name in ("Second", "Third", "Fourth", "Strange")}
    for guild in guilds.values():
        scene.discord.join(scene.ada, guild)
    async with running(scene.adapter):
        for guild in (scene.guild, *(guilds[name] for name in ("Second", "Third", "Fourth"))):
            await records(scene, guild)
        page = await typed(scene, "study")
    found = [label for label in labels(shown(page)) if label.startswith("Continue in")]
    assert found == ["Continue in Fourth", "Continue in Third", "Continue in Second"]


async def test_whoever_learns_in_no_server_is_told_whose_space_it_is_and_nothing_more(classroom: Scene) -> None:
    page = await typed(classroom, "study")
    assert OWN in text_of(page)
    assert not [label for label in labels(shown(page)) if label.startswith("Continue in")]


async def test_in_a_server_nothing_is_said_of_any_other_space(classroom: Scene) -> None:
    await records(classroom)
    page = await classroom.ada.slash("study", channel=classroom.channel)
    assert OWN not in text_of(page)
    assert not [label for label in labels(shown(page)) if label.startswith("Continue in")]


async def test_a_server_that_was_left_or_is_forged_gives_nothing(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    async with running(scene.adapter):
        await records(scene)
        page = await typed(scene, "progress")
        scene.discord.leave(scene.ada, scene.guild)
        assert "not a member of that server" in text_of(await scene.ada.press(page, "Continue in Team"))
        again = await typed(scene, "progress")
        button = next(one for one in buttons(shown(again)) if one["label"] == "Continue in Team")
        button["custom_id"] = "1>999>progress"
        assert "not in that server" in text_of(await scene.ada.press(again, "Continue in Team"))
    assert asked_in(scene) == [own(scene.ada)] * 2


async def test_a_step_of_a_quiz_says_whose_space_it_is_and_leads_nowhere_else(classroom: Scene) -> None:
    await records(classroom)
    question = await typed(classroom, "quiz", lesson=f"{THEME}/deployment")
    assert OWN in text_of(question)
    assert not [label for label in labels(shown(question)) if label.startswith("Continue in")]
