"""What the clock posts: it calls one role and nobody else, and its thread is opened once, whatever breaks meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord import delivery as posting
from bot.core import i18n, layout, pictures, views
from bot.core.ports import Caller, Delivered, Outcome, Seeker
from bot.core.record import replace
from bot.features import commands
from tests.contracts import samples
from tests.contracts.samples import reading, running
from tests.wire.discord.model import Message, Role
from tests.wire.discord.permissions import Permission
from tests.wire.discord.weather import Moment
from tests.wire.discord_stage import Scene, labels, text_of
from tests.wire.discord_stage import running as up

KEY = "schedule/2026-10-05"
THREADS = "POST /channels/*/messages/*/threads"
PLAIN = replace(running.post(), mention="", thread=False)
TALKED_OF = replace(PLAIN, thread=True)


async def deliver(scene: Scene, view: views.View, *, key: str = KEY, first_try: datetime | None = None) -> Delivered:
    return await scene.adapter.deliver(view, scene.address, key, first_try=first_try)


def only(scene: Scene) -> Message:
    (message,) = scene.discord.messages(scene.channel)
    return message


@pytest.fixture
def team(quiet_classroom: Scene) -> Role:
    """A role that may be mentioned, there before the bot comes."""
    return quiet_classroom.discord.role(quiet_classroom.guild, "backend", mentionable=True)


@pytest.fixture
def quiet_team(quiet_classroom: Scene) -> Role:
    """A role as a server makes it at first: nobody may mention it."""
    return quiet_classroom.discord.role(quiet_classroom.guild, "quiet")


def opened(scene: Scene) -> list[str]:
    return [thread.name for thread in scene.guild.threads.values()]


# Who is called --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [running.post(), running.closing()], ids=["post", "closing"])
async def test_a_post_calls_its_one_role(
    team: Role, classroom: Scene, view: views.LessonPost | views.ClosingPost
) -> None:
    other = classroom.discord.role(classroom.guild, "other", mentionable=True)
    said = f"<@&{other.id}> @everyone <@{classroom.ada.id}>"
    done = await deliver(classroom, replace(view, theme=said, mention=str(team.id)))
    assert (done.outcome, done.reason) == (Outcome.SENT, "")
    assert only(classroom).pinged == {team.id}
    assert only(classroom).text.startswith(f"<@&{team.id}>\n")


async def test_a_reminder_calls_its_one_reader(classroom: Scene) -> None:
    suggested = views.Someone(str(classroom.boss.id))
    view = replace(running.reminder(), mention=str(classroom.ada.id), suggested_by=suggested)
    await deliver(classroom, view)
    assert only(classroom).pinged == {classroom.ada.id}
    assert str(classroom.boss.id) not in only(classroom).text


async def test_whoever_suggested_something_is_named_and_not_called(classroom: Scene) -> None:
    await deliver(classroom, replace(running.reminder(), suggested_by=views.Someone(str(classroom.boss.id))))
    assert only(classroom).pinged == frozenset()
    assert f"Suggested by <@{classroom.boss.id}>." in only(classroom).text


@pytest.mark.parametrize("words", samples.HOSTILE)
async def test_what_somebody_wrote_calls_nobody(team: Role, classroom: Scene, words: str) -> None:
    said = f"{words} <@{classroom.ada.id}> <@&{team.id}> @everyone"
    for number, view in enumerate(running.hostile(said, ()).values()):
        if not isinstance(view, views.FormPage):
            await deliver(classroom, view, key=f"hostile/{number}")
    posted = classroom.discord.messages(classroom.channel)
    assert len(posted) == 5
    assert {who for message in posted for who in message.pinged} == set()


async def test_an_edit_names_the_role_and_calls_nobody(team: Role, classroom: Scene) -> None:
    view = replace(running.post(), thread=False, mention=str(team.id))
    done = await deliver(classroom, view)
    await classroom.adapter.edit(replace(view, done=8, following=None), done.message)
    sent = classroom.discord.requests[-1].body
    assert isinstance(sent, dict)
    assert sent["allowed_mentions"] == {"parse": []}
    assert only(classroom).text.startswith(f"<@&{team.id}>\n")
    assert only(classroom).text.endswith("-# 8 have done this.")
    assert only(classroom).mention_roles == []


async def test_an_edited_post_is_still_found_by_its_key(classroom: Scene) -> None:
    done = await deliver(classroom, PLAIN)
    await classroom.adapter.edit(replace(PLAIN, done=8), done.message)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    again = await deliver(classroom, PLAIN, first_try=long_ago)
    assert (again.outcome, again.message) == (Outcome.SENT, done.message)
    assert only(classroom).text.endswith("-# 8 have done this.")


async def test_a_preview_names_the_role_and_calls_nobody(team: Role, classroom: Scene) -> None:
    classroom.engine.instead = {commands.Preview: replace(running.post(), mention=str(team.id))}
    preview = await classroom.boss.slash("study-admin preview", channel=classroom.channel)
    assert (preview.ephemeral, text_of(preview).startswith(f"<@&{team.id}>\n")) == (True, True)
    assert preview.message is not None
    assert (preview.message.pinged, preview.message.mention_roles) == (frozenset(), [])


async def test_a_page_asked_for_from_a_preview_takes_its_place(team: Role, classroom: Scene) -> None:
    classroom.engine.instead = {commands.Preview: replace(running.post(), mention=str(team.id))}
    preview = await classroom.boss.slash("study-admin preview", channel=classroom.channel)
    classroom.engine.instead = {commands.OpenLesson: views.Catalogue(())}
    page = await classroom.boss.press(preview, "Read it")
    assert page.message is preview.message


async def test_a_role_that_nobody_may_mention_is_told(quiet_team: Role, classroom: Scene) -> None:
    done = await deliver(classroom, replace(PLAIN, mention=str(quiet_team.id)))
    assert (done.outcome, only(classroom).pinged) == (Outcome.SENT, frozenset())
    assert done.reason == (
        "Nobody was notified: in Server Settings, Roles, quiet, switch on “Allow anyone to @mention this role”."
    )


async def test_a_bot_that_may_mention_everyone_has_nothing_to_tell(quiet_team: Role, quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    scene.discord.allow(scene.channel, Permission.MENTION_EVERYONE)
    await scene.adapter.start()
    done = await deliver(scene, replace(PLAIN, mention=str(quiet_team.id)))
    assert (done.outcome, done.reason, set(only(scene).pinged)) == (Outcome.SENT, "", {quiet_team.id})


async def test_everyone_is_never_called(classroom: Scene) -> None:
    classroom.discord.allow(classroom.channel, Permission.MENTION_EVERYONE)
    done = await deliver(classroom, replace(PLAIN, mention=str(classroom.guild.id)))
    assert only(classroom).pinged == frozenset()
    assert "@everyone is never called" in done.reason


async def test_a_role_that_is_gone_is_told(classroom: Scene) -> None:
    done = await deliver(classroom, views.ClosingPost("", "T", 2, mention="4200000000000000001"))
    assert (done.outcome, "does not exist any more" in done.reason) == (Outcome.SENT, True)


def test_a_mention_that_is_no_id_allows_nobody() -> None:
    for said in ("", "@everyone", "everyone", "1", "1234567890123456789 <@1>", "１２３４５６７８９０１２３４５６７"):
        for view in (replace(PLAIN, mention=said), replace(running.reminder(), mention=said)):
            assert dict(posting.allowed(layout.page(view, views.Reader()).call).to_dict()) == {"parse": []}


# The thread beneath ---------------------------------------------------------------------------------------------------


async def test_a_thread_is_opened_beneath_a_post_that_asks_for_one(classroom: Scene) -> None:
    done = await deliver(classroom, TALKED_OF)
    assert (done.outcome, done.reason) == (Outcome.SENT, "")
    assert only(classroom).thread is not None
    assert opened(classroom) == ["4. Concurrency models – threads, events, goroutines"]
    assert labels(only(classroom)) == ["Read it", "Done – next", "Not this week"]


async def test_no_thread_is_opened_that_nobody_asked_for(classroom: Scene) -> None:
    await deliver(classroom, PLAIN)
    assert opened(classroom) == []


async def test_a_long_title_becomes_a_name_that_discord_takes(classroom: Scene) -> None:
    await deliver(classroom, replace(TALKED_OF, title="A queue decouples " * 20))
    (name,) = opened(classroom)
    assert (name.startswith("4. A queue"), len(name) <= 100) == (True, True)


async def test_the_same_key_is_one_post_and_one_thread(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    first, second = await deliver(scene, TALKED_OF), await deliver(scene, TALKED_OF)
    assert (second.outcome, second.message, second.reason) == (Outcome.SENT, first.message, "")
    assert (len(scene.discord.messages(scene.channel)), len(opened(scene))) == (1, 1)


@pytest.mark.parametrize("seconds", [5, 600], ids=["found by nonce", "found by looking"])
async def test_a_crash_between_post_and_thread_is_made_good(quiet_classroom: Scene, seconds: int) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    begun = datetime.now(UTC)
    door = scene.discord.hold(THREADS, times=1)
    dying = asyncio.create_task(deliver(scene, TALKED_OF))
    await scene.discord.until(lambda: door.waiting == 1, "the thread being asked for")
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await scene.adapter.stop()
    assert (len(scene.discord.messages(scene.channel)), opened(scene)) == (1, [])
    scene.discord.clock.advance(seconds)
    scene.clock.at = begun + timedelta(seconds=seconds)
    async with up(scene.another()) as heir:
        done = await heir.deliver(TALKED_OF, scene.address, KEY, first_try=begun)
    assert (done.outcome, done.reason) == (Outcome.SENT, "")
    assert (len(scene.discord.messages(scene.channel)), len(opened(scene))) == (1, 1)


async def test_an_answer_lost_after_the_thread_was_opened_changes_nothing(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    scene.discord.fail(THREADS, status=500, moment=Moment.AFTER)
    done = await deliver(scene, TALKED_OF)
    assert (done.outcome, done.reason, len(opened(scene))) == (Outcome.SENT, "", 1)


async def test_without_the_permission_the_post_stands_and_the_lack_is_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    scene.discord.deny(scene.channel, Permission.CREATE_PUBLIC_THREADS)
    done = await deliver(scene, TALKED_OF)
    marked = f"{scene.channel.id}/{only(scene).id}~{posting.marker(KEY)}"
    assert (done.outcome, done.message) == (Outcome.SENT, marked)
    assert done.reason == (
        "It was posted without a thread: in #general the bot lacks “Create Public Threads”. "
        "In the channel's settings, under Permissions, give Dualo's role: Create Public Threads."
    )


async def test_a_discord_that_fails_at_the_thread_leaves_the_post_sent(
    quiet_classroom: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    monkeypatch.setattr(posting, "THREAD_OPENING", 0.2)
    scene.discord.fail(THREADS, status=502, times=20)
    done = await deliver(scene, TALKED_OF)
    assert (done.outcome, len(scene.discord.messages(scene.channel))) == (Outcome.SENT, 1)
    assert "without a thread" in done.reason


async def test_a_post_in_a_thread_needs_none_of_its_own(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    thread = scene.discord.thread(scene.channel, "Lessons")
    done = await scene.adapter.deliver(TALKED_OF, f"#{thread.id}", KEY)
    assert (done.outcome, done.reason, opened(scene)) == (Outcome.SENT, "", ["Lessons"])


# Looking without sending ----------------------------------------------------------------------------------------------


async def test_an_earlier_try_is_sought_without_sending(classroom: Scene) -> None:
    assert isinstance(classroom.adapter, Seeker)
    begun = datetime.now(UTC)
    assert await classroom.adapter.seek(classroom.address, KEY, since=begun) is None
    done = await deliver(classroom, PLAIN)
    found = await classroom.adapter.seek(classroom.address, KEY, since=begun)
    assert found == Delivered(Outcome.SENT, done.message)
    assert len(classroom.discord.messages(classroom.channel)) == 1


async def test_where_nothing_may_be_read_a_try_stays_in_doubt(classroom: Scene) -> None:
    begun = datetime.now(UTC)
    classroom.discord.deny(classroom.channel, Permission.READ_MESSAGE_HISTORY)
    found = await classroom.adapter.seek(classroom.address, KEY, since=begun)
    assert found is not None
    assert (found.outcome, "“Read Message History”" in found.reason) == (Outcome.UNKNOWN, True)


def test_the_address_of_direct_messages_says_for_which_server_they_are(quiet_classroom: Scene) -> None:
    adapter, ada = quiet_classroom.adapter, str(quiet_classroom.ada.id)
    assert adapter.direct(f"discord:{quiet_classroom.guild.id}", ada) == f"@{ada}/{quiet_classroom.guild.id}"
    assert adapter.direct(f"discord:dm:{ada}", ada) == f"@{ada}"


# Before it is posted --------------------------------------------------------------------------------------------------


async def test_a_role_that_nobody_may_mention_is_told_before_the_post_and_with_it(
    quiet_team: Role, team: Role, classroom: Scene
) -> None:
    workspace = f"discord:{classroom.guild.id}"
    assert isinstance(classroom.adapter, Caller)
    assert await classroom.adapter.silent(workspace, str(team.id), classroom.address) == ""
    told = await classroom.adapter.silent(workspace, str(quiet_team.id), classroom.address)
    assert told == (
        "Nobody would be notified: in Server Settings, Roles, quiet, switch on “Allow anyone to @mention this role”."
    )
    with i18n.speaking("de"):
        german = await classroom.adapter.silent(workspace, str(quiet_team.id), classroom.address)
    assert german.startswith("Niemand würde benachrichtigt: ")
    done = await deliver(classroom, replace(PLAIN, mention=str(quiet_team.id)))
    assert (done.outcome, done.lacking) == (Outcome.SENT, told.replace("would be", "was"))
    assert (await deliver(classroom, replace(PLAIN, mention=str(team.id)), key="other")).lacking == ""


# What comes with a message -------------------------------------------------------------------------------------------


async def test_a_diagram_is_attached_to_the_message_that_shows_it(classroom: Scene) -> None:
    done = await deliver(classroom, reading.lesson_page())
    assert (done.outcome, done.reason) == (Outcome.SENT, "")
    (attached,) = only(classroom).attachments
    assert (attached.filename, attached.data) == ("diagram.png", pictures.png(reading.DIAGRAM.svg))
