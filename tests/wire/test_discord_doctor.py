"""The doctor's report on Discord, and the invitation: what is missing by name, and the mend."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from adapters.discord.invite import PERMISSIONS, application_of, invite_url
from bot.ports import Check
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
    assert (place.healthy, "“Read Message History”" in place.detail) == (True, True)


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
    assert [one.healthy for one in report if one.name in (f"Discord {gone}", f"Discord {none}")] == [False, False]


async def test_a_channel_that_the_bot_may_not_see_is_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    scene.discord.deny(scene.channel, Permission.VIEW_CHANNEL)
    place = named(await scene.adapter.check([scene.address]), f"Discord {scene.address}")
    assert (place.healthy, "View Channels" in place.mend) == (False, True)


def test_the_invitation_asks_for_both_scopes_and_no_permission_too_many() -> None:
    asked = parse_qs(urlsplit(invite_url(123)).query)
    assert asked["scope"] == ["bot applications.commands"]
    assert asked["client_id"] == ["123"]
    assert int(asked["permissions"][0]) == int(INVITED)
    assert sum(PERMISSIONS.values()) & int(Permission.ADMINISTRATOR) == 0


def test_the_application_is_told_by_its_token() -> None:
    assert application_of(TOKEN) == 10
    assert [application_of(wrong) for wrong in ("", "###.x", "YWJj.x")] == [None, None, None]
