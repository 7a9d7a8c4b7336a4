"""The scene of the Discord adapter's tests: a little Discord, a server with people, and Dualo with its real engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.events import PATIENCE
from bot.core import views
from bot.core.actions import Filled
from bot.core.ports import Actor, Suggestion
from bot.engine import StudyEngine
from bot.features.commands import Command, Parameter
from bot.store.cold.vault import StoredVault
from bot.store.store import Store
from tests.hand_clock import HandClock
from tests.wire.discord import payload as read
from tests.wire.discord.interactions import Answer
from tests.wire.discord.model import Channel, Guild, Message
from tests.wire.discord.payload import Payload
from tests.wire.discord.person import Person
from tests.wire.discord.server import FakeDiscord


@dataclass(slots=True)
class Watched:
    """The real engine, with an ear at the door: who asked what, and as whom."""

    engine: StudyEngine
    stir: Callable[[], None]
    """Wakes those who wait for something to happen."""
    asked: list[tuple[Command, Actor]] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    instead: Mapping[type[Command], views.View] = field(default_factory=dict)
    """Views that some commands answer with, for what the engine does not show by itself yet."""
    filled: Mapping[type[Command], views.View] = field(default_factory=dict)
    """What the commands of such forms answer once they are filled in."""
    reader: views.Reader = field(default_factory=views.Reader)
    """For whom these are drawn."""
    gate: asyncio.Event | None = None
    """While it is shut, answers are not ready."""

    async def handle(self, command: Command, actor: Actor) -> views.Reply:
        self.asked.append((command, actor))
        self.stir()
        if self.gate is not None:
            await self.gate.wait()
        shown = self.instead.get(type(command))
        if isinstance(shown, views.FormPage) and command.spec.form and not command.asks:
            shown = self.filled.get(type(command))
        if shown is not None:
            return views.Reply(shown, self.reader)
        return await self.engine.handle(command, actor)

    def answered(self, reply: views.Reply, filled: Filled, actor: Actor) -> views.Reply:
        return self.engine.answered(reply, filled, actor)

    async def manages(self, actor: Actor) -> bool:
        return await self.engine.manages(actor)

    async def belongs(self, actor: Actor) -> bool:
        return await self.engine.belongs(actor)

    async def joined(self, workspace: str) -> None:
        await self.engine.joined(workspace)
        self.came.append(f"joined {workspace}")
        self.stir()

    async def left(self, workspace: str) -> None:
        await self.engine.left(workspace)
        self.came.append(f"left {workspace}")
        self.stir()

    async def suggest(
        self, parameter: Parameter, typed: str, actor: Actor, *, given: Mapping[str, str] | None = None
    ) -> tuple[Suggestion, ...]:
        return tuple(await self.engine.suggest(parameter, typed, actor, given=given))


@dataclass(slots=True)
class Scene:
    discord: FakeDiscord
    guild: Guild
    channel: Channel
    ada: Person
    boss: Person
    engine: Watched
    vault: StoredVault
    adapter: DiscordAdapter

    clock: HandClock

    def another(self, *, token: str = "", shards: str = "", patience: float = PATIENCE) -> DiscordAdapter:
        """One more adapter on the same engine, as after a restart or in a second process."""
        return DiscordAdapter(
            self.engine,
            token=token or self.discord.token,
            vault=self.vault,
            api_url=self.discord.api_url,
            shards=shards,
            clock=self.clock,
            patience=patience,
        )

    @property
    def last_asked(self) -> tuple[Command, Actor]:
        return self.engine.asked[-1]

    @property
    def address(self) -> str:
        return f"#{self.channel.id}"


@asynccontextmanager
async def own_addresses() -> AsyncIterator[None]:
    """discord.py keeps Discord's addresses for the whole process; a test puts them back."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@asynccontextmanager
async def classroom_of(engine: StudyEngine, store: Store, clock: HandClock, *, shards: int = 1) -> AsyncIterator[Scene]:
    """Everything in place, the adapter not started yet; whoever was started by then is stopped at the end."""
    async with own_addresses(), FakeDiscord(shards=shards) as fake:
        boss, ada = fake.person("boss"), fake.person("ada")
        guild = fake.guild("Team", owner=boss)
        channel = fake.channel(guild)
        fake.join(ada, guild)
        watched = Watched(engine, fake.world.signal.fire)
        vault = StoredVault(store, "discord", clock)
        adapter = DiscordAdapter(watched, token=fake.token, vault=vault, api_url=fake.api_url, clock=clock)
        set_up = Scene(fake, guild, channel, ada, boss, watched, vault, adapter, clock)
        try:
            yield set_up
        finally:
            await adapter.stop()


@asynccontextmanager
async def running(adapter: DiscordAdapter) -> AsyncIterator[DiscordAdapter]:
    await adapter.start()
    try:
        yield adapter
    finally:
        await adapter.stop()


def shown(answer: Answer) -> Message:
    assert answer.message is not None
    return answer.message


def text_of(answer: Answer) -> str:
    return shown(answer).text


def buttons(message: Message) -> list[Payload]:
    """The buttons that can be pressed."""
    return [one for one in message.all_components() if one.get("type") == 2 and one.get("custom_id")]


def labels(message: Message) -> list[str]:
    return [read.text_of(one, "label") for one in buttons(message)]


def selects(message: Message) -> list[Payload]:
    return [one for one in message.all_components() if one.get("type") == 3]


@asynccontextmanager
async def gated(scene: Scene) -> AsyncIterator[asyncio.Event]:
    """An engine behind a gate that is shut, and a bot that defers after a moment."""
    scene.engine.gate = shut = asyncio.Event()
    async with running(scene.another(patience=0.02)):
        yield shut
        shut.set()
    assert [str(one) for one in scene.discord.rejected] == []


def gate(scene: Scene) -> asyncio.Event:
    assert scene.engine.gate is not None
    return scene.engine.gate
