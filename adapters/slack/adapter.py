"""Slack as a front end: what the process starts, stops, delivers through and asks after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from aiohttp import web

from adapters.slack import app as bolt
from adapters.slack import doctor, painter
from adapters.slack.api import SlackApi
from adapters.slack.command_names import CommandNames
from adapters.slack.delivery import SlackDelivery, place
from adapters.slack.directory import Directory
from adapters.slack.engine_gateway import EngineGateway
from adapters.slack.events import SlackEvents
from adapters.slack.home_tabs import HomeTabs
from adapters.slack.installations import Installations
from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.mentions import is_group
from adapters.slack.oauth import OAuthPages
from adapters.slack.payload import address
from adapters.slack.people import Groups, People
from adapters.slack.responder import SlackResponder
from adapters.slack.socket_mode import LINES, Sockets
from adapters.slack.tasks import BackgroundTasks
from bot.api import Check, Clock, Delivered, Engine, Outcome, Vault, WallClock, views

log = structlog.get_logger(__name__)

READER = views.Reader()


class SlackAdapter:
    """Socket Mode with an app token, HTTP mode with a signing secret; everything behind them is the same."""

    name = "slack"

    def __init__(
        self,
        engine: Engine,
        *,
        vault: Vault,
        bot_token: str = "",
        app_token: str = "",
        signing_secret: str = "",
        client_id: str = "",
        client_secret: str = "",
        api_url: str = "",
        public_url: str = "",
        prefix: str = "",
        clock: Clock | None = None,
        lines: int = LINES,
    ) -> None:
        clock = clock or WallClock()
        names = CommandNames(prefix)
        self._calls = SlackApi(api_url)
        self._installs = Installations(self._calls, vault, engine, token=bot_token)
        self._groups = Groups(self._calls, clock)
        self._people = People(self._calls, self._groups, clock)
        self._errands = BackgroundTasks()
        self._post = SlackDelivery(self._installs, names, clock)
        directory = Directory(self._calls, self._people, clock)
        desk = EngineGateway(
            engine, self._people, self._installs, directory=directory, api=self._calls, post=self._post
        )
        stage = SlackResponder(self._calls, self._installs, self._post, names)
        self._homes = HomeTabs(desk, stage, names, self._errands)
        turns = SlackEvents(desk, stage, self._homes, names=names, errands=self._errands)
        app = bolt.build(self._calls.client(), self._installs, turns)
        self._sockets = Sockets(app, self._calls, app_token, lines=lines) if app_token else None
        self._endpoint = bolt.Endpoint(app, signing_secret) if signing_secret else None
        self._open = False
        self._installing: OAuthPages | None = None
        if client_id and client_secret:
            self._installing = OAuthPages(
                self._calls, self._installs, vault, clock,
                client_id=client_id, client_secret=client_secret, public_url=public_url,
            )  # fmt: skip

    # Running --------------------------------------------------------------------------------------------------------

    def attach(self, app: web.Application) -> None:
        """Mount what Slack and browsers call: HTTP mode only with a secret, as anybody could call it without."""
        if self._endpoint:
            app.router.add_post(EVENTS_PATH, self._endpoint.take)
        if self._installing:
            self._installing.attach(app)

    async def start(self) -> None:
        """Connect; returns when people are being answered."""
        await self._calls.open()
        try:
            await self._installs.learn_single()
            self._open = True
            if self._endpoint:
                self._endpoint.open()
            if self._sockets:
                await self._sockets.start()
        except BaseException:
            await self._close()
            raise

    async def stop(self) -> None:
        """Finish what is in flight, then disconnect."""
        self._open = False
        if self._endpoint:
            await self._endpoint.close()
        if self._sockets:
            await self._sockets.stop()
        await self._errands.finish()
        await self._close()

    async def _close(self) -> None:
        self._open = False
        if self._sockets:
            await self._sockets.close()
        await self._people.close()
        await self._calls.close()

    # What the engine asks of a front end ----------------------------------------------------------------------------

    @property
    def trouble(self) -> str:
        if not self._open:
            return "not connected to Slack"
        return "no socket to Slack is open" if self._sockets and not self._sockets.connected else ""

    async def deliver(
        self,
        view: views.View,
        address: str,
        key: str,
        *,
        reader: views.Reader = READER,
        first_try: datetime | None = None,
    ) -> Delivered:
        """Post at an address that this front end once wrote; the same key never posts twice."""
        delivered = await self._post.deliver(view, address, key, reader=reader, first_try=first_try)
        where = place(address)
        if delivered.outcome is Outcome.SENT and where and not where.is_person:
            self._homes.changed(where.workspace)
        return delivered

    async def edit(self, view: views.View, message: str, *, reader: views.Reader = READER) -> Delivered:
        """Change an earlier post."""
        return await self._post.edit(view, message, reader=reader)

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        """What the doctor reports of Slack, or of one workspace; it may ask without anything being started."""
        looking = not self._open
        if looking:
            await self._calls.open()
        try:
            return await doctor.check(
                self._calls,
                self._installs,
                self._sockets,
                serves_http=self._endpoint is not None,
                due=places,
                tenant=_tenant(workspace) if workspace else None,
            )
        finally:
            if looking:
                await self._calls.close()

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        """For each place, whether it is this workspace's own, and what is missing there by name. Posts nothing."""
        return await doctor.survey(self._calls, self._installs, workspace, places)

    def direct(self, workspace: str, person: str) -> str:
        """The address of somebody's direct messages with the bot."""
        enterprise, team = _tenant(workspace)
        return address(enterprise, team, person)

    async def members(self, workspace: str, group: str) -> Sequence[str]:
        """Who is in a user group; raises a `StudyError` while Slack does not say."""
        enterprise, team = _tenant(workspace)
        install = await self._installs.find(enterprise, team)
        if install is None or not is_group(group):
            return ()
        return await self._groups.members(workspace, group, team=team, install=install)

    def fits(self, view: views.View) -> Sequence[str]:
        """Why the view would not fit one message; nothing if it does."""
        return painter.fits(view, READER)


def _tenant(workspace: str) -> tuple[str, str]:
    """The enterprise and the team of a tenant's key."""
    _, enterprise, team = workspace.split(":")
    return enterprise, team
