"""The little Discord and the real discord.py understand one another, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest
import pytest_asyncio

from tests.wire.discord.permissions import EVERYONE
from tests.wire.discord.person import Given
from tests.wire.discord.stage import Stage, set_stage, shown
from tests.wire.discord.trial_bot import Lesson
from tests.wire.fake_discord import Callback, ClientRefused, DmDoor, Permission, Unmet


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with set_stage() as set_up:
        yield set_up
        assert set_up.discord.unexpected == []


async def test_a_slash_command_is_answered_in_private(stage: Stage) -> None:
    answer = await stage.ada.slash("ping", channel=stage.channel)
    assert (shown(answer).text, answer.ephemeral) == ("pong", True)
    assert stage.discord.messages(stage.channel) == []
    assert 0 < answer.elapsed < 3


async def test_a_deferral_ends_in_the_edited_message_and_a_follow_up(stage: Stage) -> None:
    answer = await stage.ada.slash("slow", channel=stage.channel).settled()
    assert answer.response is not None
    assert answer.response.type is Callback.DEFERRED_MESSAGE
    assert answer.ephemeral
    assert (shown(answer).is_v2, shown(answer).text) == (True, "# Concurrency\nGrounded on")
    await stage.discord.until(lambda: len(answer.followups) == 1, "the follow-up")
    assert answer.followups[0].text == "and more"
    assert answer.followups[0].ephemeral


async def test_a_button_updates_its_message(stage: Stage) -> None:
    lesson = await stage.ada.slash("lesson", {"theme": "public"}, channel=stage.channel)
    pressed = await stage.ada.press(lesson, "Done – next")
    assert shown(pressed) is shown(lesson)
    assert shown(lesson).text == "Recorded."
    with pytest.raises(ClientRefused, match="no button 'Done – next'"):
        stage.ada.press(lesson, "Done – next")


async def test_a_select_is_chosen_from_and_followed_up(stage: Stage) -> None:
    lesson = await stage.ada.slash("lesson", {"theme": "public"}, channel=stage.channel)
    with pytest.raises(ClientRefused, match="no option '3'"):
        stage.ada.choose(lesson, "theme", ["3"])
    picked = await stage.ada.choose(lesson, "theme", ["2"]).settled()
    assert [one.text for one in picked.followups] == ["picked ['2']"]


async def test_a_form_is_filled_and_sent(stage: Stage) -> None:
    form = await stage.ada.slash("settings", channel=stage.channel)
    assert form.modal is not None
    assert form.modal.labels == ["Hour", "Monday", "Friday", "Days", "Plain"] or "Hour" in form.modal.labels
    with pytest.raises(ClientRefused, match="'hour' must have 1 to 5"):
        stage.ada.submit(form, {"hour": "too long"})
    sent = await stage.ada.submit(form, {"hour": "09:00", "plain": True})
    assert shown(sent).text == "09:00 ['mon'] True"


async def test_autocomplete_gives_choices(stage: Stage) -> None:
    choices = await stage.ada.autocomplete("lesson", {"theme": "ba"}, focused="theme", channel=stage.channel)
    assert [choice.name for choice in choices] == ["ba-0", "ba-1", "ba-2"]


async def test_sub_commands_take_things(stage: Stage) -> None:
    role = stage.discord.role(stage.guild, "Crew")
    options: dict[str, Given] = {"channel": stage.channel, "state": "On", "mention": role, "member": stage.ada}
    answer = await stage.boss.slash("study-admin schedule add", options, channel=stage.channel)
    assert shown(answer).text == "#general on Crew ada"


async def test_a_message_command_knows_its_message(stage: Stage) -> None:
    message = stage.boss.say("wrong", stage.channel)
    answer = await stage.ada.message_command("Report this lesson", message)
    assert shown(answer).text == f"reported {message.id}"


@pytest.mark.parametrize(
    ("line", "options", "why"),
    [
        ("nothing", {}, "No command 'nothing'"),
        ("lesson", {}, "'theme' is required"),
        ("lesson", {"theme": "a", "size": 1}, "no option 'size'"),
        ("lesson", {"theme": 3}, "'theme' does not take 3"),
        ("lesson", {"theme": "a", "number": 21}, "at most 20"),
        ("lesson", {"theme": "a", "number": 0}, "at least 1"),
        ("study-admin", {}, "cannot be run itself"),
        ("study-admin schedule drop", {}, "no sub-command 'drop'"),
    ],
)
async def test_the_client_refuses_what_discord_would(
    stage: Stage, line: str, options: dict[str, Given], why: str
) -> None:
    with pytest.raises(ClientRefused, match=why):
        stage.boss.slash(line, options, channel=stage.channel)


async def test_the_client_refuses_a_choice_off_the_list(stage: Stage) -> None:
    with pytest.raises(ClientRefused, match="not on the list"):
        stage.boss.slash("study-admin schedule add", {"channel": stage.channel, "state": "?"}, channel=stage.channel)


async def test_default_permissions_hide_a_command_until_it_is_granted(stage: Stage) -> None:
    options: dict[str, Given] = {"channel": stage.channel, "state": "Off"}
    with pytest.raises(ClientRefused, match="hidden from ada"):
        stage.ada.slash("study-admin schedule add", options, channel=stage.channel)
    stage.discord.grant_command(stage.guild, "study-admin", stage.ada)
    answer = await stage.ada.slash("study-admin schedule add", options, channel=stage.channel)
    assert "off" in shown(answer).text


async def test_contexts_keep_a_command_out_of_direct_messages(stage: Stage) -> None:
    with pytest.raises(ClientRefused, match="not offered in this place"):
        stage.boss.slash("study-admin schedule add", {})


async def test_direct_messages_are_a_place_too(stage: Stage) -> None:
    answer = await stage.ada.slash("whoami")
    assert shown(answer).text == "ada DMChannel None True"
    user = await stage.bot.fetch_user(stage.ada.id)
    await user.send("hello")
    assert [one.text for one in stage.discord.messages(stage.ada.dm)][1:] == ["hello"]


@pytest.mark.parametrize(("door", "code"), [(DmDoor.CLOSED, 50007), (DmDoor.NO_MUTUAL_GUILDS, 50278)])
async def test_a_closed_door_is_told(stage: Stage, door: DmDoor, code: int) -> None:
    stage.discord.set_door(stage.ada, door)
    user = await stage.bot.fetch_user(stage.ada.id)
    with pytest.raises(discord.Forbidden) as caught:
        await user.send("hello")
    assert caught.value.code == code
    assert [one.code for one in stage.discord.rejected] == [code]


async def test_a_message_is_written_edited_read_and_deleted(stage: Stage) -> None:
    stage.discord.world.set_role(stage.guild, stage.guild.everyone, EVERYONE)
    sent = await stage.place.send(view=Lesson(), nonce="n")
    changed: discord.ui.LayoutView = discord.ui.LayoutView()
    changed.add_item(discord.ui.TextDisplay("changed"))
    await sent.edit(view=changed)
    assert [one.text for one in stage.discord.messages(stage.channel)] == ["changed"]
    assert [one.id async for one in stage.place.history()] == [sent.id]
    await sent.delete()
    with pytest.raises(discord.NotFound) as caught:
        await stage.place.fetch_message(sent.id)
    assert caught.value.code == 10008


async def test_history_pages_by_id(stage: Stage) -> None:
    sent = [stage.boss.say(str(number), stage.channel) for number in range(5)]
    older = [one.content async for one in stage.place.history(limit=2, before=discord.Object(sent[3].id))]
    newer = [one.content async for one in stage.place.history(limit=2, after=discord.Object(sent[1].id))]
    assert (older, newer) == (["2", "1"], ["2", "3"])


async def test_a_picture_travels_with_its_alt_text(stage: Stage) -> None:
    view: discord.ui.LayoutView = discord.ui.LayoutView()
    picture = discord.MediaGalleryItem("attachment://weeks.png", description="26 weeks")
    view.add_item(discord.ui.MediaGallery(picture))
    file = discord.File(__file__, filename="weeks.png")
    sent = await stage.place.send(view=view, file=file)
    kept = stage.discord.messages(stage.channel)[0].attachments[0]
    assert (kept.filename, kept.data) == ("weeks.png", await sent.attachments[0].read())


async def test_threads_start_with_and_without_a_message(stage: Stage) -> None:
    channel = await stage.bot.fetch_channel(stage.channel.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send("lesson")
    on_it = await sent.create_thread(name="Questions")
    alone = await channel.create_thread(name="Talk", type=discord.ChannelType.public_thread)
    await on_it.send("first")
    assert [one.name for one in stage.guild.threads.values()] == ["Questions", "Talk"]
    assert [one.text for one in stage.discord.messages(stage.guild.threads[sent.id])] == ["first"]
    stage.discord.archive(stage.guild.threads[alone.id], locked=True)
    with pytest.raises(discord.HTTPException) as caught:
        await alone.send("too late")
    assert caught.value.code == 50083


async def test_missing_permissions_are_told_apart_from_missing_access(stage: Stage) -> None:
    codes = []
    for lost in (Permission.SEND_MESSAGES, Permission.VIEW_CHANNEL):
        stage.discord.deny(stage.channel, lost)
        with pytest.raises(discord.Forbidden) as caught:
            await stage.place.send("x")
        codes.append(caught.value.code)
    stage.discord.delete_channel(stage.channel)
    with pytest.raises(discord.NotFound) as gone:
        await stage.place.send("x")
    assert [*codes, gone.value.code] == [50013, 50001, 10003]


async def test_only_those_who_see_a_message_can_press_it(stage: Stage) -> None:
    hidden = await stage.ada.slash("lesson", {"theme": "x"}, channel=stage.channel)
    with pytest.raises(ClientRefused, match="does not see"):
        stage.boss.press(shown(hidden), "done")
    await stage.ada.press(hidden, "done")


async def test_one_event_delivered_twice_is_answered_once(stage: Stage) -> None:
    answer = await stage.ada.slash("ping", channel=stage.channel)
    answer.deliver_again()
    await stage.discord.until(lambda: len(stage.discord.rejected) == 1, "the second answer")
    assert [(one.status, one.code) for one in stage.discord.rejected] == [(400, 40060)]


async def test_silence_is_named(stage: Stage) -> None:
    with pytest.raises(Unmet, match=r"Waited 0.05 s for an answer to /mute\."):
        await stage.ada.slash("mute", channel=stage.channel).answered(within=0.05)


async def test_an_installed_app_works_where_the_bot_is_not(stage: Stage) -> None:
    eve = stage.discord.person("eve", installed=True)
    elsewhere = stage.discord.guild("Elsewhere", owner=eve, bot=False)
    channel = stage.discord.channel(elsewhere)
    with pytest.raises(ClientRefused, match="installed neither"):
        eve.slash("ping", channel=channel)
