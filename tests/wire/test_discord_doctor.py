"""The doctor's report on Discord, and the invitation: what is missing by name, and the mend."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.discord.permissions import PERMISSIONS, application_of, invite_url
from bot.core.ports import Check
from tests.wire.discord.permissions import INVITED, Permission
from tests.wire.discord.server import TOKEN
from tests.wire.discord_stage import Scene


def named(report: object, name: str) -> Check:
    assert isinstance(report, list)
    (found,) = [one for one in report if one.name == name]
    assert isinstance(found, Check)
    return found


async def test_a_healthy_installation_has_nothing_to_mend(classroom: Scene) -> None:
    report = await classroom.adapter.check([classroom.address, f"@{classroom.ada.id}"])
    assert [one for one in report if not one.healthy] == []
    assert named(report, "Discord #general").detail == "Nothing is missing."
    assert "Connected" in named(report, "Discord gateway").detail


async def test_without_a_start_the_doctor_logs_in_by_itself(quiet_classroom: Scene) -> None:
    report = await quiet_classroom.adapter.check()
    assert named(report, "Discord token").healthy
    commands = named(report, "Discord commands")
    assert (commands.healthy, "themes" in commands.detail, "dualo run" in commands.mend) == (False, True, True)


async def test_a_wrong_token_is_told_with_the_way_to_a_new_one(quiet_classroom: Scene) -> None:
    (only,) = await quiet_classroom.another(token="MTA.wrong.token").check()
    assert (only.name, only.healthy) == ("Discord token", False)
    assert "DUALO_DISCORD_TOKEN" in only.mend


async def test_missing_permissions_of_a_place_are_named(classroom: Scene) -> None:
    classroom.discord.deny(classroom.channel, Permission.SEND_MESSAGES | Permission.ATTACH_FILES)
    place = named(await classroom.adapter.check([classroom.address]), "Discord #general")
    assert (place.healthy, place.detail) == (False, "Missing: Send Messages, Attach Files.")
    assert "Send Messages, Attach Files" in place.mend


async def test_the_right_to_read_is_no_must_but_told(classroom: Scene) -> None:
    classroom.discord.deny(classroom.channel, Permission.READ_MESSAGE_HISTORY)
    place = named(await classroom.adapter.check([classroom.address]), "Discord #general")
    assert (place.healthy, place.advice, "“Read Message History”" in place.detail) == (True, "note", True)
    assert place.next_step.endswith("Read Message History.")


async def test_direct_messages_are_named_by_the_person(classroom: Scene) -> None:
    report = await classroom.adapter.check([f"@{classroom.ada.id}"])
    assert named(report, "Discord: direct messages with ada").healthy


async def test_a_thread_needs_the_right_to_write_in_threads(classroom: Scene) -> None:
    thread = classroom.discord.thread(classroom.channel, "Lessons")
    classroom.discord.deny(classroom.channel, Permission.SEND_MESSAGES_IN_THREADS)
    place = named(await classroom.adapter.check([f"#{thread.id}"]), "Discord #Lessons")
    assert place.detail == "Missing: Send Messages in Threads."


async def test_places_that_are_gone_or_none_are_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    gone, none = scene.address, "T1/C2"
    scene.discord.delete_channel(scene.channel)
    report = await scene.adapter.check([gone, none])
    assert [one.healthy for one in report if one.name in (f"Discord: a channel ({gone[1:]})", f"Discord: {none}")] == [
        False,
        False,
    ]


async def test_a_channel_that_the_bot_may_not_see_is_told_by_name(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    scene.discord.deny(scene.channel, Permission.VIEW_CHANNEL)
    place = named(await scene.adapter.check([scene.address]), "Discord #general")
    assert (place.healthy, place.detail) == (False, "Missing: View Channels.")
    assert "View Channels" in place.mend


async def test_a_place_in_a_server_that_removed_the_bot_is_told_with_the_invitation(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    scene.discord.guild("Other")
    scene.discord.remove_bot(scene.guild)
    place = named(await scene.adapter.check([scene.address]), f"Discord: a channel ({scene.channel.id})")
    assert (place.healthy, "not in this server any more" in place.detail) == (False, True)
    assert "invite it again: https://" in place.mend


async def test_one_place_that_cannot_be_asked_costs_no_other_line(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    other = scene.discord.channel(scene.discord.guild("Other"), "second")
    scene.discord.fail(f"GET /guilds/{scene.guild.id}/channels", status=403)
    report = await scene.adapter.check([scene.address, f"#{other.id}"])
    assert named(report, "Discord token").healthy
    assert named(report, "Discord #second").healthy
    place = named(report, f"Discord: a channel ({scene.channel.id})")
    assert (place.healthy, place.detail.startswith("Discord did not answer: 403")) == (False, True)


@pytest.mark.parametrize("route", ["GET /guilds/*/channels", "GET /gateway/bot", "GET /users/@me/guilds"])
async def test_a_long_limit_is_a_line_with_its_seconds_and_costs_no_other(quiet_classroom: Scene, route: str) -> None:
    quiet_classroom.discord.limit(route, 90.0)
    report = await quiet_classroom.adapter.check([quiet_classroom.address])
    limited = [one for one in report if "for 90 seconds" in one.detail]
    assert [(one.healthy, one.mend) for one in limited] == [(False, "Try again after that.")]
    assert len(report) == 8


async def test_a_limited_login_is_told_by_the_doctor(quiet_classroom: Scene) -> None:
    quiet_classroom.discord.limit("GET /users/@me", 90.0)
    (only,) = await quiet_classroom.adapter.check()
    assert (only.healthy, "for 90 seconds" in only.detail) == (False, True)


async def test_a_server_that_was_joined_without_the_scope_for_commands_is_named(quiet_classroom: Scene) -> None:
    """Also before anything is scheduled: whoever begins sees no command, and cannot know why."""
    quiet_classroom.guild.offers_commands = False
    quiet_classroom.discord.guild("Other")
    servers = named(await quiet_classroom.adapter.check(), "Discord servers")
    assert (servers.healthy, servers.detail) == (False, "The scope applications.commands is missing in: Team.")
    assert "with both scopes: https://" in servers.mend


async def test_an_installation_that_is_switched_off_is_named_with_what_brings_it_back(quiet_classroom: Scene) -> None:
    quiet_classroom.discord.world.installs.remove("1")
    installs = named(await quiet_classroom.adapter.check(), "Discord installation")
    assert (installs.healthy, installs.advice, "Switched off: User Install" in installs.detail) == (True, "note", True)
    assert installs.next_step.endswith("Installation, then restart Dualo.")


async def test_without_installation_for_servers_there_is_nobody_to_teach(quiet_classroom: Scene) -> None:
    quiet_classroom.discord.world.installs.remove("0")
    installs = named(await quiet_classroom.adapter.check(), "Discord installation")
    assert (installs.healthy, "Switched off: Guild Install" in installs.detail) == (False, True)


async def test_a_workspace_that_asks_is_told_of_no_server(classroom: Scene) -> None:
    classroom.discord.guild("Secret").offers_commands = False
    report = await classroom.adapter.check(workspace=f"discord:{classroom.guild.id}")
    assert [one for one in report if "Secret" in one.detail or one.name == "Discord servers"] == []


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (0, "No privileged intent is switched on, and none is needed."),
        (1 << 15 | 1 << 18, "Switched on, though Dualo needs none: Server Members Intent, Message Content Intent."),
        (1 << 12, "Switched on, though Dualo needs none: Presence Intent."),
    ],
)
async def test_an_intent_that_nobody_needs_is_named_without_alarm(
    quiet_classroom: Scene, flags: int, said: str
) -> None:
    quiet_classroom.discord.world.application_flags = flags
    intents = named(await quiet_classroom.adapter.check(), "Discord intents")
    assert (intents.healthy, intents.detail, bool(intents.next_step)) == (True, said, flags > 0)


def test_the_invitation_asks_for_both_scopes_and_no_permission_too_many() -> None:
    asked = parse_qs(urlsplit(invite_url(123)).query)
    assert asked["scope"] == ["bot applications.commands"]
    assert asked["client_id"] == ["123"]
    assert int(asked["permissions"][0]) == int(INVITED)
    assert sum(PERMISSIONS.values()) & int(Permission.ADMINISTRATOR) == 0


def test_the_application_is_told_by_its_token() -> None:
    assert application_of(TOKEN) == 10
    assert [application_of(wrong) for wrong in ("", "###.x", "YWJj.x")] == [None, None, None]
