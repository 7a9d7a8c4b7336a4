"""Whoever brings the bot into a server is told the first step: alone, once, and only where that is welcome."""

from __future__ import annotations

from tests.wire.discord.model import DmDoor, Guild
from tests.wire.discord.permissions import INVITED, Permission
from tests.wire.discord_stage import Scene, labels, running


def told(scene: Scene) -> list[str]:
    """What stands in direct messages, by whom it was written to."""
    found = []
    for person in (scene.boss, scene.ada):
        found += [f"{person.user.name}: {message.text}" for message in scene.discord.messages(person.dm)]
    return found


async def joined(scene: Scene, guild: Guild) -> None:
    """Until the join was heard, and everything that came of it is over."""
    await scene.discord.until(lambda: f"joined discord:{guild.id}" in scene.engine.came, "the join")
    assert await scene.adapter._in_flight.idle(within=5)


async def test_the_owner_gets_one_private_line_with_the_first_step(classroom: Scene) -> None:
    guild = classroom.discord.guild("New", owner=classroom.boss, bot=False)
    channel = classroom.discord.channel(guild, "general")
    classroom.discord.invite_bot(guild)
    await joined(classroom, guild)
    (line,) = told(classroom)
    assert line.startswith("boss: **Dualo is here.**")
    assert "/study-admin setup" in line
    assert classroom.discord.messages(channel) == []


async def test_where_the_audit_log_names_who_invited_the_bot_they_are_told(classroom: Scene) -> None:
    guild = classroom.discord.guild("New", owner=classroom.boss, bot=False)
    classroom.discord.join(classroom.ada, guild)
    classroom.discord.invite_bot(guild, INVITED | Permission.VIEW_AUDIT_LOG, by=classroom.ada)
    await joined(classroom, guild)
    assert [line.partition(":")[0] for line in told(classroom)] == ["ada"]


async def test_the_button_reads_the_first_lesson_for_that_server(classroom: Scene) -> None:
    guild = classroom.discord.guild("New", owner=classroom.boss, bot=False)
    classroom.discord.invite_bot(guild)
    await joined(classroom, guild)
    (message,) = classroom.discord.messages(classroom.boss.dm)
    assert labels(message) == ["Read the first lesson"]
    await classroom.boss.press(message, "Read the first lesson").settled()
    assert classroom.last_asked[1].workspace == f"discord:{guild.id}"


async def test_closed_messages_are_their_choice_and_nothing_is_posted_elsewhere(quiet_classroom: Scene) -> None:
    classroom = quiet_classroom
    await classroom.adapter.start()
    classroom.discord.set_door(classroom.boss, DmDoor.CLOSED)
    guild = classroom.discord.guild("New", owner=classroom.boss, bot=False)
    channel = classroom.discord.channel(guild, "general")
    classroom.discord.invite_bot(guild)
    await joined(classroom, guild)
    assert (told(classroom), classroom.discord.messages(channel)) == ([], [])


async def test_two_processes_tell_it_once(classroom: Scene) -> None:
    async with running(classroom.another()):
        guild = classroom.discord.guild("New", owner=classroom.boss, bot=False)
        classroom.discord.invite_bot(guild)
        await classroom.discord.until(
            lambda: classroom.engine.came.count(f"joined discord:{guild.id}") == 2, "both joins"
        )
    await classroom.adapter.stop()
    assert len(told(classroom)) == 1


async def test_a_server_that_was_there_before_is_not_welcomed_after_a_restart(classroom: Scene) -> None:
    await joined(classroom, classroom.guild)
    async with running(classroom.another()):
        await classroom.discord.connected(within=10)
    assert told(classroom) == []


async def test_an_invitation_after_a_removal_is_a_new_installation(classroom: Scene) -> None:
    guild = classroom.discord.guild("New", owner=classroom.boss, bot=False)
    for times in (1, 2):
        classroom.discord.invite_bot(guild)
        await classroom.discord.until(
            lambda times=times: len(classroom.discord.messages(classroom.boss.dm)) == times,  # type: ignore[misc]
            "the line",
        )
        classroom.discord.remove_bot(guild)
        await classroom.discord.until(
            lambda times=times: classroom.engine.came.count(f"left discord:{guild.id}") == times,  # type: ignore[misc]
            "the end",
        )
        assert await classroom.adapter._in_flight.idle(within=5)
