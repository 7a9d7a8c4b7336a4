"""Before anything is posted: whether a place is the server's own, and what is missing there by name."""

from __future__ import annotations

import pytest

from bot.core.ports import Check
from tests.wire.discord.model import ChannelType
from tests.wire.discord.permissions import Permission
from tests.wire.discord_stage import Scene


async def survey(scene: Scene, *places: str) -> list[Check]:
    return list(await scene.adapter.survey(f"discord:{scene.guild.id}", places))


async def survey_one(scene: Scene, place: str = "") -> Check:
    (found,) = await survey(scene, place or scene.address)
    return found


async def test_a_place_of_the_server_with_nothing_missing_is_well(classroom: Scene) -> None:
    classroom.discord.allow(classroom.channel, Permission.READ_MESSAGE_HISTORY)
    assert await survey_one(classroom) == Check("Discord #general", healthy=True, detail="Nothing is missing.")
    assert classroom.discord.messages(classroom.channel) == []


async def test_the_servers_are_known_by_the_names_that_their_people_gave_them(classroom: Scene) -> None:
    assert await classroom.adapter.workspaces() == {f"discord:{classroom.guild.id}": classroom.guild.name}


@pytest.mark.parametrize(
    ("lost", "name"),
    [
        (Permission.VIEW_CHANNEL, "View Channels"),
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.EMBED_LINKS, "Embed Links"),
        (Permission.ATTACH_FILES, "Attach Files"),
    ],
)
async def test_what_is_missing_is_named_with_the_mend(classroom: Scene, lost: Permission, name: str) -> None:
    classroom.discord.deny(classroom.channel, lost)
    found = await survey_one(classroom)
    assert (found.name, found.healthy, found.detail) == ("Discord #general", False, f"Missing: {name}.")
    assert found.mend == f"In the channel's settings, under Permissions, give Dualo's role: {name}."


async def test_several_lacks_are_named_at_once(classroom: Scene) -> None:
    classroom.discord.deny(classroom.channel, Permission.SEND_MESSAGES | Permission.ATTACH_FILES)
    assert (await survey_one(classroom)).detail == "Missing: Send Messages, Attach Files."


@pytest.mark.parametrize(
    ("lost", "hint"),
    [
        (
            Permission.CREATE_PUBLIC_THREADS,
            "Without “Create Public Threads” no thread can be opened beneath a post.",
        ),
        (
            Permission.READ_MESSAGE_HISTORY,
            "Without “Read Message History” a doubtful post cannot be looked for after a crash.",
        ),
    ],
)
async def test_what_is_of_use_but_no_must_is_a_hint(classroom: Scene, lost: Permission, hint: str) -> None:
    classroom.discord.deny(classroom.channel, lost)
    found = await survey_one(classroom)
    assert (found.healthy, found.advice, found.detail) == (True, "note", f"Nothing is missing. {hint}")
    assert found.next_step.startswith("In the channel's settings")


async def test_what_a_thread_beneath_a_post_needs_is_told_apart(classroom: Scene) -> None:
    assert (await survey_one(classroom)).threads == ""
    classroom.discord.deny(classroom.channel, Permission.CREATE_PUBLIC_THREADS)
    assert (await survey_one(classroom)).threads == (
        "Without “Create Public Threads” no thread can be opened beneath a post. "
        "In the channel's settings, under Permissions, give Dualo's role: Create Public Threads."
    )


async def test_a_thread_needs_the_right_to_write_in_threads_and_no_other(classroom: Scene) -> None:
    thread = classroom.discord.thread(classroom.channel, "Lessons")
    classroom.discord.deny(classroom.channel, Permission.SEND_MESSAGES | Permission.CREATE_PUBLIC_THREADS)
    assert await survey_one(classroom, f"#{thread.id}") == Check(
        "Discord #Lessons", healthy=True, detail="Nothing is missing."
    )
    classroom.discord.deny(classroom.channel, Permission.SEND_MESSAGES_IN_THREADS)
    assert (await survey_one(classroom, f"#{thread.id}")).detail == "Missing: Send Messages in Threads."


async def test_an_archived_thread_is_found_and_a_locked_one_told(classroom: Scene) -> None:
    thread = classroom.discord.thread(classroom.channel, "Lessons")
    classroom.discord.archive(thread)
    assert (await survey_one(classroom, f"#{thread.id}")).healthy
    classroom.discord.archive(thread, locked=True)
    found = await survey_one(classroom, f"#{thread.id}")
    assert (found.healthy, found.detail) == (False, "The thread is archived and locked.")


async def test_a_category_takes_no_posts(classroom: Scene) -> None:
    category = classroom.discord.channel(classroom.guild, "Texts", type=ChannelType.CATEGORY)
    found = await survey_one(classroom, f"#{category.id}")
    assert (found.healthy, found.mend) == (False, "Choose a text channel.")


async def test_a_channel_of_another_server_is_none_of_this_one_and_not_named(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    secret = scene.discord.channel(scene.discord.guild("Others"), "secret-plans")
    unseen = scene.discord.channel(scene.discord.guild("Elsewhere", bot=False), "far-away")
    thread = scene.discord.thread(secret, "secret-talk")
    await scene.adapter.start()
    for place in (secret, unseen, thread):
        found = await survey_one(scene, f"#{place.id}")
        assert (found.name, found.healthy) == (f"Discord: a channel ({place.id})", False)
        assert found.detail == "It is not a channel of this server."
        assert not {"secret-plans", "far-away", "secret-talk", "Others"} & set(repr(found).split())


async def test_a_channel_that_is_gone_is_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    scene.discord.delete_channel(scene.channel)
    found = await survey_one(scene)
    assert (found.healthy, found.detail) == (False, "The channel does not exist any more.")


async def test_a_place_of_another_platform_is_no_place_here(classroom: Scene) -> None:
    found = await survey_one(classroom, "T1/C2")
    assert (found.healthy, found.detail) == (False, "This is not a place in Discord.")


async def test_direct_messages_belong_to_members_alone(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    stranger = scene.discord.person("stranger")
    member, other = await survey(scene, f"@{scene.ada.id}", f"@{stranger.id}")
    assert (member.healthy, other.healthy) == (True, False)
    assert other.detail == "This person is not a member of this server."


async def test_what_is_written_to_a_member_is_for_this_server_alone(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    ours, theirs = await survey(scene, f"@{scene.ada.id}/{scene.guild.id}", f"@{scene.ada.id}/{scene.guild.id + 1}")
    assert (ours.name, ours.healthy, theirs.healthy) == ("Discord: direct messages with ada", True, False)
    assert (await scene.adapter.survey(f"discord:dm:{scene.ada.id}", [f"@{scene.ada.id}/{scene.guild.id}"]))[
        0
    ].healthy is False


async def test_in_a_workspace_of_ones_own_only_ones_own_messages_are_a_place(classroom: Scene) -> None:
    own = f"discord:dm:{classroom.ada.id}"
    places = (f"@{classroom.ada.id}", f"@{classroom.boss.id}", classroom.address)
    found = await classroom.adapter.survey(own, places)
    assert [one.healthy for one in found] == [True, False, False]


async def test_several_places_ask_discord_the_same_thing_once(classroom: Scene) -> None:
    places = [classroom.channel, *(classroom.discord.channel(classroom.guild, f"room-{n}") for n in range(4))]
    threads = [classroom.discord.thread(classroom.channel, f"talk-{n}") for n in range(3)]
    before = len(classroom.discord.requests)
    found = await survey(classroom, *(f"#{place.id}" for place in (*places, *threads)))
    assert [one.healthy for one in found] == [True] * 8
    asked = [f"{one.method} {one.path}" for one in list(classroom.discord.requests)[before:]]
    guild = f"GET /guilds/{classroom.guild.id}"
    assert sorted(asked) == sorted(
        [guild, f"{guild}/members/{classroom.discord.bot.id}", f"{guild}/channels", f"{guild}/threads/active"]
    )


async def test_a_server_without_the_bot_is_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    scene.discord.remove_bot(scene.guild)
    found = await survey_one(scene)
    assert (found.healthy, found.detail) == (False, "The bot is not in this server any more.")
    assert "https://discord.com/oauth2/authorize" in found.mend


async def test_an_unreachable_discord_is_told_place_by_place(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    first, second = await survey(scene, scene.address, "#1")
    assert (first.detail, second.detail) == ("Discord is not connected yet.",) * 2
    await scene.adapter.start()
    await scene.discord.stop()
    (found,) = await survey(scene, scene.address)
    assert (found.healthy, "Discord" in found.detail) == (False, True)


async def test_a_long_limit_is_told_with_its_seconds(classroom: Scene) -> None:
    classroom.discord.limit("GET /guilds/*/channels", 90.0)
    found = await survey_one(classroom)
    assert (found.healthy, found.detail) == (False, "Discord takes no such question for 90 seconds.")
    assert found.mend == "Try again after that."
