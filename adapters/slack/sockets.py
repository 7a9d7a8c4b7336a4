"""Socket Mode: several web sockets, so that one may go while another answers.

Slack asks every connection to leave after some hours, and warns before. Its successor is opened first, and the one
that leaves finishes what it has in hand; nobody notices. A second process with the same app token shares the events.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence

from aiohttp import WSMsgType
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import AGAIN, Calls, Limited, Refused, Unanswered
from adapters.slack.errands import InHand
from adapters.slack.payload import text
from bot.api import SettingsError

_LOG = logging.getLogger(__name__)

LINES = 2
"""Connections kept open; Slack allows ten an app."""
PING = 3.0
"""Seconds between pings; a line that answers none of four is opened anew."""
_LEAVING = 1.0
"""Seconds that a line stays beside its successor, for what Slack had sent before it knew."""


class Line(SocketModeClient):
    """One web socket. Asked to leave, it tells its owner and stays until its successor is there."""

    def __init__(
        self,
        app_token: str,
        web_client: AsyncWebClient,
        *,
        leave: Callable[[Line], None],
        lost: Callable[[Line], None],
    ) -> None:
        super().__init__(app_token, logger=_LOG, web_client=web_client, ping_interval=PING)
        self.in_hand = InHand()
        self._leave = leave
        self._lost = lost

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 -- the SDK's
        if force:
            self._leave(self)
        else:
            await super().connect_to_new_endpoint()

    async def receive_messages(self) -> None:
        """Read until the line ends, and say at once that it has: the SDK would notice at its next ping."""
        session = self.current_session
        while not self.closed and session is not None and session is self.current_session:
            message = await session.receive()
            match message.type:
                case WSMsgType.TEXT:
                    await self.enqueue_message(message.data)
                case WSMsgType.PING:
                    await session.pong(message.data)
                case WSMsgType.PONG:
                    self.last_ping_pong_time = time.time()
                case WSMsgType.CLOSE | WSMsgType.CLOSING | WSMsgType.CLOSED | WSMsgType.ERROR:
                    break
        if session is self.current_session and self.auto_reconnect_enabled and not self.closed:
            self._lost(self)

    async def end(self) -> None:
        """Close, and leave no task behind."""
        tasks = [self.message_processor, self.current_session_monitor, self.message_receiver]
        await self.close()  # type: ignore[no-untyped-call]
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)


class Sockets:
    """The lines of one process."""

    def __init__(self, app: AsyncApp, calls: Calls, app_token: str, *, lines: int = LINES) -> None:
        self._app = app
        self._calls = calls
        self._token = app_token
        self._wanted = lines
        self._lines: list[Line] = []
        self._leaving: set[Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def connected(self) -> int:
        return sum(line.current_session is not None and not line.current_session.closed for line in self._lines)

    async def start(self) -> None:
        """Open the lines; returns when all of them are there."""
        for _ in range(self._wanted):
            self._lines.append(await self._open())

    async def ask_address(self) -> str:
        """A web socket's address, good for one connection."""
        client = self._calls.client()
        answer = await self._calls.ask_by(
            client, "apps.connections.open", lambda c: c.apps_connections_open(app_token=self._token)
        )
        return text(answer.data, "url")

    async def _open(self) -> Line:
        address = await self._address()
        line = Line(self._token, self._calls.client(), leave=self._leave, lost=self._lose)
        line.socket_mode_request_listeners.append(self._take)
        line.wss_uri = address
        await line.connect()  # type: ignore[no-untyped-call]
        return line

    async def _address(self) -> str:
        """Ask until Slack answers; a token that it refuses stops the start."""
        while True:
            try:
                return await self.ask_address()
            except Refused as refused:
                raise SettingsError(
                    f"DUALO_SLACK_APP_TOKEN: Slack refuses it ({refused.error}). Make an app-level token (xapp-…) with "
                    "the scope connections:write under “Basic Information”, and switch Socket Mode on."
                ) from None
            except Limited as limited:
                await asyncio.sleep(limited.wait)
            except Unanswered as failed:
                _LOG.warning("Slack cannot be reached: %s.", failed, extra={"action": "slack.unreachable"})
                await asyncio.sleep(AGAIN)

    # Leaving --------------------------------------------------------------------------------------------------------

    def _leave(self, line: Line) -> None:
        if line in self._leaving or line not in self._lines or self._stopping:
            return
        self._leaving.add(line)
        line.auto_reconnect_enabled = line.default_auto_reconnect_enabled = False
        task = asyncio.create_task(self._succeed(line))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _lose(self, line: Line) -> None:
        """A line that broke is opened anew at once; should that fail, the SDK goes on trying."""
        task = asyncio.create_task(_reopen(line))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _succeed(self, line: Line) -> None:
        """First the successor, then the farewell."""
        try:
            successor = await self._open()
        except SettingsError as error:
            _LOG.error("A web socket cannot be replaced: %s", error, extra={"action": "slack.no_socket"})
            return
        self._lines[self._lines.index(line)] = successor
        await asyncio.sleep(_LEAVING)
        await line.in_hand.none()
        self._leaving.discard(line)
        await line.end()

    # Payloads -------------------------------------------------------------------------------------------------------

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Answer an envelope. While stopping none is taken: what is not acknowledged, Slack gives to another."""
        if self._stopping or not isinstance(client, Line):
            return
        with client.in_hand:
            response = await self._app.async_dispatch(
                AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=_headers(request))
            )
            if response.status == 200:
                await client.send_message(_envelope(request.envelope_id, response))

    async def stop(self) -> None:
        """Answer what was taken, then close."""
        self._stopping = True
        for line in [*self._lines, *self._leaving]:
            await line.in_hand.none()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(line.end() for line in {*self._lines, *self._leaving}))
        self._lines.clear()
        self._leaving.clear()


async def _reopen(line: Line) -> None:
    try:
        await line.connect_to_new_endpoint()
    except Exception as failed:
        _LOG.warning("A web socket is not back yet: %s.", failed, extra={"action": "slack.cut"})


def _headers(request: SocketModeRequest) -> dict[str, str | Sequence[str]]:
    """What HTTP mode says of a repetition in headers."""
    headers: dict[str, str | Sequence[str]] = {"content-type": "application/json"}
    if request.retry_attempt:
        headers["x-slack-retry-num"] = str(request.retry_attempt)
        headers["x-slack-retry-reason"] = request.retry_reason or ""
    return headers


def _envelope(envelope: str, response: BoltResponse) -> str:
    """The acknowledgement; the payload is JSON already, and long, so it is not read and written again."""
    head = f'{{"envelope_id": {json.dumps(envelope)}'
    if not response.body:
        return head + "}"
    return f'{head}, "payload": {response.body}}}' if response.body.startswith("{") else head + "}"
