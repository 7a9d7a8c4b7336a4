"""Socket Mode: several web sockets, so that one may go while another answers.

Slack asks every connection to leave after some hours, and warns before. Its successor is opened first, and the one
that leaves finishes what it has in hand; nobody notices. A second process with the same app token shares the events.
Once started, no line is given up: each try asks Slack for another address, as one is good for a short while only.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Coroutine, Sequence

from aiohttp import ClientError, WSMsgType
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import TIMEOUT, CallFailed, Calls, Limited, Refused, Unanswered
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
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
"""Seconds between two tries to open a line; each wait is twice the last one."""
_ACK = 3.0
"""Seconds that Slack waits for an acknowledgement."""


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

    @property
    def there(self) -> bool:
        return self.current_session is not None and not self.current_session.closed and not self.stale

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 -- the SDK's
        """Asked to leave, or lost: where to go next, the owner knows."""
        if force:
            self._leave(self)
        elif self.auto_reconnect_enabled:
            self._lost(self)

    async def connect(self) -> None:
        """Try the address once; the SDK would try the same one for ever."""
        try:
            async with asyncio.timeout(TIMEOUT):
                session = await self.aiohttp_client_session.ws_connect(
                    self.wss_uri or "", autoping=False, heartbeat=self.ping_interval, proxy=self.proxy
                )
        except (ClientError, OSError, ValueError) as error:
            # By its name only: the address is a key.
            raise Unanswered(f"web socket: {type(error).__name__}") from None
        old, self.current_session = self.current_session, session
        self.stale, self.last_ping_pong_time = False, None
        for task in (self.current_session_monitor, self.message_receiver):
            if task is not None:
                task.cancel()
        self.current_session_monitor = asyncio.create_task(self.monitor_current_session())
        self.message_receiver = asyncio.create_task(self.receive_messages())
        if old is not None:
            await old.close()

    async def send_message(self, message: str) -> None:
        """Send; over a line that is just being opened anew, when it is back, unless that is too late."""
        try:
            await self._send(message)
        except ConnectionError:
            async with asyncio.timeout(_ACK), self.connect_operation_lock:
                await self._send(message)

    async def _send(self, message: str) -> None:
        if self.current_session is None:
            raise ConnectionError("no web socket is open")
        await self.current_session.send_str(message)

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
        self._failing: set[Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def connected(self) -> int:
        """Lines that bring payloads. One that leaves counts until a successor cannot come: it will not last."""
        leaving = () if self._failing else self._leaving
        return sum(line.there for line in (*self._lines, *leaving))

    async def start(self) -> None:
        """Open the lines; returns when all of them are there. A token that Slack refuses stops the start."""
        for _ in range(self._wanted):
            self._lines.append(self._make())
            await self._connect(self._lines[-1], starting=True)

    async def ask_address(self) -> str:
        """A web socket's address, good for one connection."""
        client = self._calls.client()
        answer = await self._calls.ask_by(
            client, "apps.connections.open", lambda c: c.apps_connections_open(app_token=self._token)
        )
        return text(answer.data, "url")

    def _make(self) -> Line:
        line = Line(self._token, self._calls.client(), leave=self._leave, lost=self._lose)
        line.socket_mode_request_listeners.append(self._take)
        return line

    async def _connect(self, line: Line, *, starting: bool = False) -> None:
        """Try until the line is there, each time at an address of its own."""
        pause = _FIRST_WAIT
        async with line.connect_operation_lock:
            while not line.there and not line.closed:
                try:
                    line.wss_uri = await self.ask_address()
                    await line.connect()
                except CallFailed as failed:
                    if starting and isinstance(failed, Refused):
                        raise _wrong_token(failed) from None
                    self._failing.add(line)
                    wait = failed.wait if isinstance(failed, Limited) else pause
                    pause = min(pause * 2, _LONGEST_WAIT)
                    _LOG.warning(
                        "No web socket to Slack: %s. Next try in %.1f s.",
                        failed,
                        wait,
                        extra={"action": "slack.no_socket"},
                    )
                    await asyncio.sleep(wait)
            self._failing.discard(line)

    # Leaving --------------------------------------------------------------------------------------------------------

    def _leave(self, line: Line) -> None:
        if line in self._leaving or line not in self._lines or self._stopping:
            return
        line.auto_reconnect_enabled = line.default_auto_reconnect_enabled = False
        self._leaving.add(line)
        self._do(self._succeed(line))

    def _lose(self, line: Line) -> None:
        """A line that broke is opened anew at once."""
        if not line.connect_operation_lock.locked():
            self._do(self._connect(line))

    def _do(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _succeed(self, line: Line) -> None:
        """First the successor, then the farewell."""
        successor = self._make()
        self._lines[self._lines.index(line)] = successor
        await self._connect(successor)
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
                await self._acknowledge(client, _envelope(request.envelope_id, response))

    async def _acknowledge(self, line: Line, envelope: str) -> None:
        try:
            await line.send_message(envelope)
        except (ConnectionError, TimeoutError):
            _LOG.warning("A line was lost before its payload was acknowledged.", extra={"action": "slack.cut"})

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


def _wrong_token(refused: Refused) -> SettingsError:
    return SettingsError(
        f"DUALO_SLACK_APP_TOKEN: Slack refuses it ({refused.error}). Make an app-level token (xapp-…) with "
        "the scope connections:write under “Basic Information”, and switch Socket Mode on."
    )


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
