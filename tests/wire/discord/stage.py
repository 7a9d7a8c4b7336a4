"""Decides the scene most tests play in: one server with a channel, its owner, a member, and the trial bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from discord import PartialMessageable

from tests.wire.discord import payload as read
from tests.wire.discord.interactions import Answer
from tests.wire.discord.model import Channel, Guild, Message
from tests.wire.discord.payload import Payload
from tests.wire.discord.person import Person
from tests.wire.discord.server import FakeDiscord
from tests.wire.discord.trial_bot import TrialBot, connected


@dataclass(frozen=True, slots=True)
class Scene:
    """The place and its people, before any bot has come."""

    discord: FakeDiscord
    guild: Guild
    channel: Channel
    ada: Person
    boss: Person


@dataclass(frozen=True, slots=True)
class Stage(Scene):
    bot: TrialBot

    @property
    def place(self) -> PartialMessageable:
        """The channel as the bot writes to it."""
        return self.bot.get_partial_messageable(self.channel.id)


@asynccontextmanager
async def set_scene() -> AsyncIterator[Scene]:
    async with FakeDiscord() as fake:
        boss, ada = fake.person("boss"), fake.person("ada", locale="fr")
        guild = fake.guild("Team", owner=boss)
        channel = fake.channel(guild)
        fake.join(ada, guild)
        yield Scene(fake, guild, channel, ada, boss)


@asynccontextmanager
async def set_stage() -> AsyncIterator[Stage]:
    async with set_scene() as scene, connected(scene.discord) as bot:
        yield Stage(scene.discord, scene.guild, scene.channel, scene.ada, scene.boss, bot)


def shown(answer: Answer) -> Message:
    assert answer.message is not None
    return answer.message


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    body: Payload
    headers: dict[str, str]

    @property
    def code(self) -> int:
        return read.integer_of(self.body, "code", -1)


async def call(
    fake: FakeDiscord, method: str, path: str, body: object = None, *, authorization: str | None = ""
) -> Said:
    """One plain request, for what discord.py would not send."""
    headers = {"Authorization": authorization or f"Bot {fake.token}"} if authorization is not None else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    data = None if body is None else body if isinstance(body, bytes) else read.encode(body).encode()
    url = f"{fake.api_url}{path}"
    async with aiohttp.request(method, url, data=data, headers=headers) as response:
        text = await response.text()
        answer = read.as_payload(read.decode(text)) if text.startswith("{") else {}
        return Said(response.status, answer, dict(response.headers))
