"""The scene of the Slack adapter's tests: a little Slack, a workspace with people, and Dualo with its real engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

from aiohttp import web

from adapters.slack.adapter import SlackAdapter
from bot.core import views
from bot.core.actions import Filled
from bot.core.ports import Actor, Engine, Suggestion, WallClock
from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.features.commands import Command, Parameter
from bot.packs.library import Library
from bot.store import migrate
from bot.store.cold.vault import StoredVault
from bot.store.database import Database
from bot.store.store import Store, opened
from tests.hand_clock import HandClock
from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.model import Json, Message, View
from tests.wire.slack.person import Person
from tests.wire.slack.screen import interactive, label_of
from tests.wire.slack.workspace import Workspace

T = TypeVar("T")
Screen = TypeVar("Screen", Message, View)
LineName: TypeAlias = Literal["socket", "http"]


@dataclass(slots=True)
class Watched:
    """The real engine, with an ear at the door, and a foot in it when a test wants it slow."""

    engine: Engine
    asked: list[tuple[Command, Actor]] = field(default_factory=list)
    came: list[str] = field(default_factory=list)
    slow: asyncio.Event | None = None
    """While set, no command is answered before the event."""

    async def handle(self, command: Command, actor: Actor) -> views.Reply:
        self.asked.append((command, actor))
        if self.slow is not None:
            await self.slow.wait()
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

    async def left(self, workspace: str) -> None:
        await self.engine.left(workspace)
        self.came.append(f"left {workspace}")

    async def suggest(
        self, parameter: Parameter, typed: str, actor: Actor, *, given: Mapping[str, str] | None = None
    ) -> Sequence[Suggestion]:
        return await self.engine.suggest(parameter, typed, actor, given=given)

    def verbs(self) -> list[str]:
        """What was asked, Home's own looking left out."""
        return [command.spec.verb for command, _ in self.asked]


@dataclass(slots=True)
class Scene:
    """One Dualo in one little Slack."""

    slack: FakeSlack
    workspace: Workspace
    ada: Person
    boss: Person
    engine: Watched
    store: Store
    clock: HandClock
    line: LineName
    adapter: SlackAdapter = field(init=False)
    settings: dict[str, Any] = field(default_factory=dict)
    running: AsyncExitStack = field(default_factory=AsyncExitStack)
    url: str = ""

    @property
    def vault(self) -> StoredVault:
        return StoredVault(self.store, "slack", WallClock())

    async def asks(self, command: str, words: str = "", *, by: Person | None = None) -> Message:
        """What somebody is answered."""
        return await (await (by or self.ada).command(command, words)).answer()

    async def presses(self, screen: Message | View, label: str, *, by: Person | None = None) -> Message:
        """The message that comes of pressing: a new one, or the same in a new shape."""
        turn = await (by or self.ada).press(screen, label)
        return await turn.until(
            "an answer", lambda: next(iter([*turn.updates, *turn.ephemerals, *turn.messages]), None)
        )

    async def until(self, what: str, seen: Callable[[], T | None]) -> T:
        """Wait for something on whatever screen, through whatever turn."""
        return await self.slack.book.until(what, seen)

    async def shows(self, screen: Screen, said: str) -> Screen:
        """Wait until a screen says this."""
        return await self.until(f"“{said}”", lambda: screen if said in words(screen) else None)

    async def start(self, **more: Any) -> None:
        """Start an adapter as the composition root makes it, in place of the one that runs."""
        await self.running.aclose()
        self.settings = {**self.settings, **more}
        self.adapter = make_adapter(self.slack, self.engine, self.store, line=self.line, **self.settings)
        self.url = await self.running.enter_async_context(serving(self.slack, self.adapter, self.line))

    async def settled(self) -> None:
        """Wait until nothing is in hand."""
        await self.adapter._tasks.finish()


def words(screen: Message | View) -> str:
    """Everything that can be read on a screen."""
    return "\n".join(_texts(screen.blocks))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        found = [value["text"]] if isinstance(value.get("text"), str) else []
        return found + [each for key, held in value.items() if key != "value" for each in _texts(held)]
    return [each for held in value for each in _texts(held)] if isinstance(value, list) else []


def labels(screen: Message | View) -> list[str]:
    """What can be pressed or picked."""
    return [label_of(found) for found in interactive(screen.blocks)]


def element(screen: Message | View, label: str) -> Json:
    return next(found.element for found in interactive(screen.blocks) if label_of(found) == label)


@asynccontextmanager
async def engine_on(path: Path, shelf: Shelf, clock: HandClock) -> AsyncIterator[tuple[Store, Watched]]:
    database = Database(f"sqlite:///{path / 'dualo.db'}")
    await migrate.upgrade(database)
    async with opened(database) as store:
        yield store, Watched(StudyEngine(store, Library(shelf), clock))


def make_adapter(slack: FakeSlack, engine: Watched, store: Store, *, line: LineName, **more: Any) -> SlackAdapter:
    """An adapter as the composition root makes it."""
    settings: dict[str, Any] = {"app_token": slack.app.app_token} if line == "socket" else {}
    return SlackAdapter(
        engine,
        vault=StoredVault(store, "slack", WallClock()),
        signing_secret=slack.app.signing_secret if line == "http" else "",
        api_url=slack.api_url,
        **({"twin_after": 0.0} | settings | more),
    )


@asynccontextmanager
async def serving(slack: FakeSlack, adapter: SlackAdapter, line: LineName) -> AsyncIterator[str]:
    """The adapter on an HTTP server of its own, started; the server's address comes out."""
    site = web.Application()
    adapter.attach(site)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        await adapter.start()
        if line == "http":
            slack.use_http(f"http://{host}:{port}/slack/events")
        try:
            yield f"http://{host}:{port}"
        finally:
            await adapter.stop()
    finally:
        await runner.cleanup()


@asynccontextmanager
async def scene_of(
    path: Path, shelf: Shelf, line: LineName, *, clean: bool = True, **more: Any
) -> AsyncIterator[Scene]:
    clock = HandClock()
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(FakeSlack())
        workspace = slack.add_team()
        ada, boss = workspace.person("ada", tz="Europe/Paris"), workspace.person("boss", is_admin=True)
        store, engine = await stack.enter_async_context(engine_on(path, shelf, clock))
        scene = Scene(slack, workspace, ada, boss, engine, store, clock, line)
        stack.push_async_callback(scene.running.aclose)
        await scene.start(**{"bot_token": workspace.token, "clock": clock, **more})
        yield scene
        await scene.settled()
        if clean:
            slack.assert_clean()
