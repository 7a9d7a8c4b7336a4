"""People who come from a chat to their own page, and the page on a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.adapter import WebAdapter
from bot.core import actions, views
from bot.core.ports import Actor, Engine, Services
from bot.core.visits import Visits
from bot.engine import StudyEngine
from bot.features import commands
from bot.store.cold.vault import StoredVault
from bot.store.store import Store
from tests.features.house import Front
from tests.hand_clock import HandClock

TOKEN = "a token that nobody guesses"
ADDRESS = "https://learn.example.org"
OURS = {"X-Dualo": "1"}
Client = TestClient[web.Request, web.Application]


@dataclass(slots=True)
class Chat(Front):
    """A chat that knows who is in its workspaces."""

    name: str = "slack"
    gone: set[str] = field(default_factory=set)

    async def belongs(self, workspace: str, person: str) -> bool:
        return person not in self.gone


@dataclass(slots=True)
class Visiting:
    """One Dualo with a chat and a page that the outside reaches."""

    engine: StudyEngine
    store: Store
    clock: HandClock
    stack: AsyncExitStack
    chat: Chat = field(default_factory=Chat)
    ada: Actor = field(default_factory=lambda: Actor("slack:-:T1", "U77", manages=True, name="Ada"))

    def __post_init__(self) -> None:
        visits = self.visits()
        self.engine.settle(Services({self.chat.name: self.chat}, visits=visits))

    def visits(self) -> Visits:
        return Visits(StoredVault(self.store, "web", self.clock), self.clock, address=ADDRESS)

    async def serve(self, engine: Engine | None = None) -> Client:
        """The page, as one process serves it; a second call is a replica."""
        adapter = WebAdapter(
            engine or self.engine,
            token=TOKEN,
            vault=StoredVault(self.store, "web", self.clock),
            visits=self.visits(),
            clock=self.clock,
        )
        app = web.Application()
        adapter.attach(app)
        return await self.stack.enter_async_context(TestClient(TestServer(app)))

    async def word(self, actor: Actor | None = None) -> str:
        """The word of a link, as the chat shows it to somebody."""
        view = (await self.engine.handle(commands.OpenOwnPage(), actor or self.ada)).view
        assert isinstance(view, views.OwnPageLink), view
        address, _, word = view.link.url.partition("#")
        assert address == f"{ADDRESS}/open"
        return word

    async def visit(self, actor: Actor | None = None) -> Client:
        """A browser in which the page of somebody is open."""
        client = await self.serve()
        assert await enter(client, await self.word(actor)) == 200
        return client


@asynccontextmanager
async def visiting(engine: StudyEngine, store: Store, clock: HandClock) -> AsyncIterator[Visiting]:
    async with AsyncExitStack() as stack:
        yield Visiting(engine, store, clock, stack)


async def enter(client: Client, word: object, **headers: str) -> int:
    return (await client.post("/open/enter", json={"word": word}, headers={**OURS, **headers})).status


async def call(client: Client, name: str, **fields: Any) -> tuple[int, dict[str, Any]]:
    response = await client.post(f"/web/{name}", json=fields, headers=OURS)
    return response.status, await response.json()


async def says(client: Client, line: str, **fields: Any) -> str:
    """What stands on the page after a line."""
    status, answer = await call(client, "say", line=line, **fields)
    assert status == 200, answer
    return str(answer["html"])


async def does(client: Client, command: commands.Command, **fields: Any) -> str:
    status, answer = await call(client, "press", token=actions.token(command), **fields)
    assert status == 200, answer
    return str(answer["html"])
