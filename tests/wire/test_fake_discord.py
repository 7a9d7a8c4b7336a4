"""The little Discord holds the real discord.py to Discord's rules, over real sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import pytest
import pytest_asyncio

from tests.wire.discord.model import Channel, Guild
from tests.wire.discord.permissions import Permission
from tests.wire.discord.person import Given, Person
from tests.wire.discord.trial_bot import TrialBot, connected
from tests.wire.fake_discord import FakeDiscord


@dataclass(slots=True)
class Stage:
    discord: FakeDiscord
    bot: TrialBot
    guild: Guild
    channel: Channel
    ada: Person
    boss: Person


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with FakeDiscord() as fake:
        boss, ada = fake.person("boss"), fake.person("ada", locale="fr")
        guild = fake.guild("Team", owner=boss)
        channel = fake.channel(guild)
        fake.join(ada, guild)
        async with connected(fake) as bot:
            yield Stage(fake, bot, guild, channel, ada, boss)
        assert fake.unexpected == []


async def test_a_slash_command_is_answered_in_private(stage: Stage) -> None:
    answer = await stage.ada.slash("ping", channel=stage.channel)
    assert answer.message is not None
    assert (answer.message.text, answer.ephemeral) == ("pong", True)
    assert stage.discord.messages(stage.channel) == []
    assert 0 < answer.elapsed < 3


async def test_a_deferral_ends_in_the_edited_message(stage: Stage) -> None:
    answer = await stage.ada.slash("slow", channel=stage.channel).settled()
    assert answer.message is not None
    assert answer.message.is_v2
    assert answer.message.text == "# Concurrency\nGrounded on"


async def test_a_button_updates_its_message(stage: Stage) -> None:
    shown = await stage.ada.slash("lesson", {"theme": "public"}, channel=stage.channel)
    assert shown.message is not None
    pressed = await stage.ada.press(shown, "Done – next")
    assert shown.message.text == "Recorded."
    assert pressed.message is shown.message


async def test_a_form_is_filled_and_sent(stage: Stage) -> None:
    form = await stage.ada.slash("settings", channel=stage.channel)
    sent = await stage.ada.submit(form, {"hour": "09:00", "plain": True})
    assert sent.message is not None
    assert sent.message.text == "09:00 ['mon'] True"


async def test_autocomplete_gives_choices(stage: Stage) -> None:
    choices = await stage.ada.autocomplete("lesson", {"theme": "ba"}, focused="theme", channel=stage.channel)
    assert [choice.name for choice in choices] == ["ba-0", "ba-1", "ba-2"]


async def test_sub_commands_take_things(stage: Stage) -> None:
    role = stage.discord.role(stage.guild, "Crew")
    options: dict[str, Given] = {"channel": stage.channel, "state": "On", "mention": role, "member": stage.ada}
    answer = await stage.boss.slash("study-admin schedule add", options, channel=stage.channel)
    assert answer.message is not None
    assert answer.message.text == "#general on Crew ada"


async def test_direct_messages_are_a_place_too(stage: Stage) -> None:
    answer = await stage.ada.slash("whoami")
    assert answer.message is not None
    assert "ada DMChannel None True" in answer.message.text
    user = await stage.bot.fetch_user(stage.ada.id)
    await user.send("hello")
    assert [one.text for one in stage.discord.messages(stage.ada.dm)][1:] == ["hello"]


async def test_missing_permission_is_told(stage: Stage) -> None:
    stage.discord.deny(stage.channel, Permission.SEND_MESSAGES)
    place = stage.bot.get_partial_messageable(stage.channel.id)
    with pytest.raises(discord.Forbidden) as caught:
        await place.send("x")
    assert caught.value.code == 50013
