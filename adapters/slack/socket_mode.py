"""Socket Mode: the web sockets over which Slack delivers payloads, opened with aiohttp.

Slack asks every connection to leave after some hours. Its successor is opened first, and the old connection stays until
what it brought is answered. An address serves one connection, so each try asks `apps.connections.open` for a new one,
and goes on until it succeeds. Several connections are kept open, as payloads reach whichever is there; other processes
with the same app token share them.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.api import TIMEOUT, CallFailed, Limited, Refused, SlackApi, Unanswered
from adapters.slack.payload import table, text
from bot.api import SettingsError

log = structlog.get_logger(__name__)

LINES = 2
"""Connections kept open; Slack allows ten an app."""
TWIN_AFTER = 60.0
"""Seconds after the start at which the second is opened: Slack limits how often one is asked for, and replicas that
start one after the other need one each before anybody needs two."""
HEARTBEAT = 8.0
"""Seconds between two pings; a connection whose pong takes longer than half of that counts as lost."""
_OVERLAP = 1.0
"""Seconds that a connection stays beside its successor, for what Slack had sent before it knew."""
_CLOSING = 2.0
"""Seconds that Slack gets to answer a farewell."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
"""Seconds between two tries to connect; doubled each time, and shortened at random by up to a half."""
_ACK = 3.0
"""Seconds that Slack waits for an acknowledgement."""


@dataclass(slots=True, eq=False)
class Connection:
    """One web socket, from its handshake to its end."""

    socket: aiohttp.ClientWebSocketResponse
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when Slack asks it to leave, or when it is lost."""
    successor: asyncio.Future[Connection] = field(default_factory=asyncio.Future)
    answering: set[asyncio.Task[None]] = field(default_factory=set)


class Sockets:
    """The connections of one process."""

    def __init__(
        self, app: AsyncApp, calls: SlackApi, app_token: str, *, lines: int = LINES, twin_after: float = TWIN_AFTER
    ) -> None:
        self._app = app
        self._calls = calls
        self._token = app_token
        self._wanted = lines
        self._twin_after = twin_after
        self._session: aiohttp.ClientSession | None = None
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failing: set[Connection] = set()
        """Those whose successor could not be opened at the last try."""
        self._stopping = False

    @property
    def connected(self) -> int:
        """Connections that bring payloads. One that is to leave counts while a successor can be expected."""
        return sum(not each.socket.closed for each in self._connections - self._failing)

    async def start(self) -> None:
        """Connect; returns when the first connection is there, and opens the others later. A token that Slack refuses
        stops the start."""
        # The whole of a connection may take days; what may not take long is bounded where it is awaited.
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), trust_env=True)
        self._start(self._keep(await self._connect()), self._tasks)
        for number in range(1, self._wanted):
            self._start(self._open_later(number * self._twin_after), self._tasks)

    async def _open_later(self, wait: float) -> None:
        await asyncio.sleep(wait)
        await self._keep(await self._connect(patient=True))

    async def ask_address(self) -> str:
        """A web socket's address, good for one connection."""
        client = self._calls.client()
        answer = await self._calls.ask_by(
            client, "apps.connections.open", lambda c: c.apps_connections_open(app_token=self._token)
        )
        return text(answer.data, "url")

    def _start(self, work: Coroutine[object, object, None], tasks: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(_log_failure)

    # Opening and leaving --------------------------------------------------------------------------------------------

    async def _keep(self, connection: Connection) -> None:
        """Keep one connection open: each that ends has a successor before it is closed."""
        while True:
            await connection.ending.wait()
            successor = await self._connect(connection)
            connection.successor.set_result(successor)
            self._start(self._leave(connection), self._tasks)
            connection = successor

    async def _connect(self, predecessor: Connection | None = None, *, patient: bool = False) -> Connection:
        """Try until it succeeds, each time at an address of its own. Only at the start a refusal is final."""
        pause = _FIRST_WAIT
        while True:
            try:
                made = await self._connect_once()
            except CallFailed as failed:
                if predecessor is None and not patient and isinstance(failed, Refused):
                    raise _wrong_token(failed) from None
                if predecessor is not None:
                    self._failing.add(predecessor)
                wait = failed.wait if isinstance(failed, Limited) else pause * random.uniform(0.5, 1.0)
                pause = min(pause * 2, _LONGEST_WAIT)
                log.warning(f"No web socket to Slack: {failed}. Next try in {wait:.1f} s.", action="slack.no_socket")
                await asyncio.sleep(wait)
            else:
                self._failing -= {predecessor}
                return made

    async def _connect_once(self) -> Connection:
        if self._session is None:
            raise RuntimeError("the web sockets are not started")
        address = await self.ask_address()
        try:
            async with asyncio.timeout(TIMEOUT):
                socket = await self._session.ws_connect(
                    address, heartbeat=HEARTBEAT, timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSING)
                )
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # By its name only: the address is a key.
            raise Unanswered(f"web socket: {type(error).__name__}") from None
        made = Connection(socket)
        self._connections.add(made)
        self._start(self._read(made), self._tasks)
        return made

    async def _leave(self, connection: Connection) -> None:
        """Answer what it brought, then close it."""
        if not connection.socket.closed:
            await asyncio.sleep(_OVERLAP)
        await _done(connection.answering)
        await connection.socket.close()
        self._connections.discard(connection)

    # Payloads -------------------------------------------------------------------------------------------------------

    async def _read(self, connection: Connection) -> None:
        """Take what comes until the connection ends; pings and pongs are aiohttp's own."""
        try:
            async for message in connection.socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(connection, _envelope(message.data))
        finally:
            connection.ending.set()

    def _take(self, connection: Connection, envelope: Mapping[str, object]) -> None:
        """While stopping nothing is taken: what is not acknowledged, Slack gives to another connection."""
        if envelope.get("type") == "disconnect":
            log.info("Slack renews a connection.", action="slack.renewed", reason=envelope.get("reason"))
            connection.ending.set()
        elif "envelope_id" in envelope and not self._stopping:
            self._start(self._answer(connection, envelope), connection.answering)

    async def _answer(self, connection: Connection, envelope: Mapping[str, object]) -> None:
        payload = dict(table(envelope, "payload"))
        response = await self._app.async_dispatch(
            AsyncBoltRequest(mode="socket_mode", body=payload, headers=_headers(envelope))
        )
        if response.status == 200:
            await self._acknowledge(connection, _acknowledgement(text(envelope, "envelope_id"), response))

    async def _acknowledge(self, connection: Connection, acknowledgement: str) -> None:
        """Over the connection that brought it, or over its successor if that is there in time."""
        try:
            await connection.socket.send_str(acknowledgement)
        except ConnectionError:
            try:
                async with asyncio.timeout(_ACK):
                    successor = await asyncio.shield(connection.successor)
                    await successor.socket.send_str(acknowledgement)
            except (ConnectionError, TimeoutError):
                said = "A connection was lost before its payload was acknowledged."
                log.warning(said, action="slack.cut")

    # Stopping -------------------------------------------------------------------------------------------------------

    async def stop(self) -> None:
        """Answer what was taken."""
        self._stopping = True
        for connection in list(self._connections):
            await _done(connection.answering)

    async def close(self) -> None:
        """Close every connection, and leave no task behind."""
        tasks = [*self._tasks, *(task for each in self._connections for task in each.answering)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(connection.socket.close() for connection in self._connections))
        self._connections.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _done(tasks: set[asyncio.Task[None]]) -> None:
    while tasks:
        await asyncio.wait(tasks)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("Something broke at a web socket.", exc_info=error, action="slack.failed")


def _wrong_token(refused: Refused) -> SettingsError:
    return SettingsError(
        f"DUALO_SLACK_APP_TOKEN: Slack refuses it ({refused.error}). Make an app-level token (xapp-…) with "
        "the scope connections:write under “Basic Information”, and switch Socket Mode on."
    )


def _envelope(message: str) -> Mapping[str, object]:
    """An envelope around a payload, or a word about the connection itself."""
    try:
        return table(json.loads(message))
    except (RecursionError, ValueError):
        return {}


def _headers(envelope: Mapping[str, object]) -> dict[str, str | Sequence[str]]:
    """What HTTP mode says of a repetition in headers."""
    headers: dict[str, str | Sequence[str]] = {"content-type": "application/json"}
    if attempt := envelope.get("retry_attempt"):
        headers["x-slack-retry-num"] = str(attempt)
        headers["x-slack-retry-reason"] = text(envelope, "retry_reason")
    return headers


def _acknowledgement(envelope: str, response: BoltResponse) -> str:
    """The answer is JSON already, and long, so it is not parsed and written again."""
    head = f'{{"envelope_id": {json.dumps(envelope)}'
    return f'{head}, "payload": {response.body}}}' if response.body.startswith("{") else head + "}"
