"""A strict little Slack on 127.0.0.1: Web API, Socket Mode, signed HTTP, OAuth, and people who use it.

It refuses what Slack refuses, in Slack's words, so that a test which ends with `assert_clean()` has shown that the
real service would have taken everything. Run as `python -m tests.wire.fake_slack` it is a process of its own.
"""

import asyncio
import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.wire.slack.answers import ResponseUrls
from tests.wire.slack.book import Book, Request
from tests.wire.slack.control import Control, serve
from tests.wire.slack.delivery import Ack, Courier, Delivery, Pace
from tests.wire.slack.events import HttpSender
from tests.wire.slack.faults import Fault
from tests.wire.slack.files import Uploads
from tests.wire.slack.installation import App
from tests.wire.slack.model import Channel, Clock, Message, Refusal, View
from tests.wire.slack.oauth import Consent, Consents
from tests.wire.slack.person import Person
from tests.wire.slack.rules import Uniqueness
from tests.wire.slack.socketmode import SocketMode
from tests.wire.slack.turn import Turn
from tests.wire.slack.webapi import WebApi
from tests.wire.slack.workspace import Workspace
from tests.wire.slack.world import ALL_SCOPES, World


class FakeSlack:
    """`async with FakeSlack() as slack:`; then `slack.api_url` is what the SDK's `base_url` takes."""

    def __init__(self, *, app: App | None = None, port: int = 0, unique_actions: Uniqueness = "surface") -> None:
        self.app = app or App()
        self.world = World(self.app, unique_actions=unique_actions)
        self.pace = Pace()
        self.socket = SocketMode(self.world, self.pace)
        self.http = HttpSender(self.world, self.pace)
        self.consents = Consents(self.world)
        self.uploads = Uploads()
        self._courier = Courier(self.world.book, self.pace)
        self._courier.line = self.socket
        self._workspaces: dict[str, Workspace] = {}
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        server = web.Application(client_max_size=8 * 1024 * 1024)
        api = WebApi(self.world, self.consents, self.uploads, self.socket.open_connection)
        server.router.add_route("*", "/api/{method}", api.handle)
        server.router.add_get("/link/", self.socket.handle)
        server.router.add_post("/actions/{hook}", ResponseUrls(self.world).handle)
        server.router.add_post("/upload/{file}", self._receive_file)
        server.router.add_get("/oauth/v2/authorize", self.consents.authorize_page)
        server.router.add_post("/_control/{verb}", Control(self).handle)
        server.router.add_route("*", "/{path:.*}", self._refuse_path)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.world.base_url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()
        await self.socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # -- where and who -------------------------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        return f"{self.world.base_url}/api/"

    @property
    def authorize_url(self) -> str:
        return f"{self.world.base_url}/oauth/v2/authorize"

    @property
    def clock(self) -> Clock:
        return self.world.clock

    def add_team(
        self,
        name: str = "Acme",
        *,
        enterprise_id: str | None = None,
        scopes: Iterable[str] = ALL_SCOPES,
        installed: bool = True,
    ) -> Workspace:
        """A workspace with #general; unless told otherwise the app is installed there, with these scopes."""
        team = self.world.add_team(name, enterprise_id=enterprise_id)
        grant = self.world.grant_bot([team], scopes) if installed else None
        workspace = Workspace(self.world, self._courier, team, grant)
        self._workspaces[team.id] = workspace
        return workspace

    @property
    def workspaces(self) -> dict[str, Workspace]:
        return self._workspaces

    def use_http(self, url: str) -> None:
        """Deliver to this URL from now on, signed, instead of over Socket Mode."""
        self.http.url = url
        self._courier.line = self.http

    def use_socket(self) -> None:
        self._courier.line = self.socket

    async def until_connected(self, count: int = 1) -> None:
        """Wait until the app keeps this many web sockets."""
        enough = lambda: len(self.socket.connections) == count or None  # noqa: E731
        await self.book.until(f"{count} Socket Mode connections", enough)

    # -- installing ----------------------------------------------------------------------------------------------------

    def install(
        self,
        workspace: Workspace,
        by: Person,
        *,
        state: str,
        redirect_uri: str,
        scopes: Iterable[str] = ALL_SCOPES,
        beside: Iterable[Workspace] = (),
    ) -> Consent:
        """Somebody presses "Allow". With `beside` the installation is org-wide, over those workspaces too."""
        teams = [workspace.team, *(other.team for other in beside)]
        return self.consents.give(teams, by.user, state=state, redirect_uri=redirect_uri, scopes=scopes)

    async def uninstall(self, workspace: Workspace) -> None:
        """The workspace throws the app out: its tokens die, and the app is told."""
        self.consents.withdraw(workspace.team)
        await workspace.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.team.bot.id]}})
        await workspace.event({"type": "app_uninstalled"})

    # -- misfortune ----------------------------------------------------------------------------------------------------

    def plan(self, fault: Fault, *, times: int = 1) -> None:
        """Let this go wrong, so many times."""
        self.world.faults.plan(fault, times=times)

    def limit_posts(self, *, seconds: float = 1.0) -> None:
        """From now on a channel takes one message in so many seconds."""
        self.world.faults.seconds_per_post = seconds

    async def deliver_again(self, turn: Turn, *, reason: str = "timeout") -> Ack:
        """The same payload once more, marked as Slack marks a retry."""
        assert turn.delivery is not None, "nothing was delivered in this turn"
        first = turn.delivery
        again = Delivery(first.id, first.kind, first.payload, attempts=1, reason=reason)
        return await self._courier.deliver(again)

    # -- the book ------------------------------------------------------------------------------------------------------

    @property
    def book(self) -> Book:
        return self.world.book

    @property
    def requests(self) -> list[Request]:
        return self.book.requests

    @property
    def unexpected(self) -> list[Request]:
        return self.book.unexpected

    @property
    def rejected(self) -> list[Request]:
        return self.book.rejected

    @property
    def warnings(self) -> list[str]:
        return self.book.warnings

    @property
    def homes(self) -> dict[str, View]:
        """Every Home tab published, by user."""
        return {user: view for workspace in self._workspaces.values() for user, view in workspace.homes.items()}

    def messages(self, channel: Channel) -> list[Message]:
        return self._workspaces[channel.team_id].messages(channel)

    def ephemerals(self, person: Person) -> list[Message]:
        return self._workspaces[person.team.id].ephemerals(person)

    def calls(self, method: str) -> list[Request]:
        return [request for request in self.requests if request.method == method]

    def assert_clean(self) -> None:
        """Nothing was refused, unknown, warned of or left unanswered."""
        trouble = self.book.trouble()
        assert not trouble, "\n".join(trouble)

    # -- the rest of the server ----------------------------------------------------------------------------------------

    async def _receive_file(self, http: web.Request) -> web.StreamResponse:
        try:
            answer = self.uploads.receive(http.match_info["file"], await _file_bytes(http))
        except Refusal as refusal:
            self.book.reject("upload", refusal.to_json())
            return web.Response(status=400, text=refusal.error)
        return web.Response(text=answer, content_type="text/plain")

    async def _refuse_path(self, http: web.Request) -> web.StreamResponse:
        self.book.unexpected.append(Request(f"{http.method} {http.path}", dict(http.query), status=404))
        return web.Response(status=404)


async def _file_bytes(http: web.Request) -> bytes:
    """The bytes alone, or the first part of a form."""
    if not http.content_type.startswith("multipart/"):
        return await http.read()
    for part in (await http.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


if __name__ == "__main__":
    sys.exit(asyncio.run(serve(FakeSlack)))
