"""Socket Mode: several web sockets share the events in turn; what stays unacknowledged goes to another one."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import WSMsgType, web

from tests.wire.slack.delivery import Delivery, Pace
from tests.wire.slack.model import Json, Refusal
from tests.wire.slack.world import World

MOST_CONNECTIONS = 10
# Slack tells how long it means to keep the line.
CONNECTION_SECONDS = 18_060


@dataclass(slots=True, eq=False)
class Connection:
    """One web socket, and what was sent over it and not yet acknowledged."""

    number: int
    http: web.Request
    socket: web.WebSocketResponse
    outbox: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)
    unacked: dict[str, Delivery] = field(default_factory=dict)
    leaving: bool = False
    delivered: int = 0
    pings: int = 0


class SocketMode:
    """The hub: connections come and go, deliveries find one that is there."""

    def __init__(self, world: World, pace: Pace) -> None:
        self._world = world
        self._pace = pace
        self._tickets: set[str] = set()
        self._expired: set[str] = set()
        self._made = 0
        self._next = 0
        self._waiting: deque[Delivery] = deque()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._under_way: dict[str, Delivery] = {}
        # Sent more than once, so acknowledged more than once with good reason.
        self._repeated: set[str] = set()
        self._writers: set[asyncio.Task[None]] = set()
        self.connections: list[Connection] = []
        self.expiring = 0
        """So many of the next addresses have expired before they are used."""
        self.silent = False
        """While set, no ping is answered, as by a network that swallows everything."""

    # -- the app's side ----------------------------------------------------------------------------------------------

    def open_connection(self) -> Json:
        """apps.connections.open: an address that works once."""
        if len(self.connections) >= MOST_CONNECTIONS:
            raise Refusal("too_many_websockets")
        ticket = self._world.ids.make("ticket-")
        if self.expiring:
            self.expiring -= 1
            self._expired.add(ticket)
        else:
            self._tickets.add(ticket)
        url = self._world.base_url.replace("http", "ws", 1)
        return {"url": f"{url}/link/?ticket={ticket}&app_id={self._world.app.id}"}

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """One connection, from hello to goodbye."""
        ticket = http.query.get("ticket", "")
        if ticket in self._expired:
            # Once is bad luck; who comes again with the same one is warned of below.
            self._expired.discard(ticket)
            return web.Response(status=401)
        if ticket not in self._tickets:
            self._world.book.warn("socket ticket used twice or never issued")
            return web.Response(status=401)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(http)
        self._made += 1
        connection = Connection(self._made, http, socket)
        self.connections.append(connection)
        writer = asyncio.create_task(self._write(connection))
        self._writers.add(writer)
        try:
            connection.outbox.put_nowait(json.dumps(self._hello()))
            self._flush()
            self._world.book.ring()
            await self._read(connection)
        finally:
            self._leave(connection)
            connection.outbox.put_nowait(None)
            await writer
            self._writers.discard(writer)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "applink-0", "build_number": 1, "approximate_connection_time": CONNECTION_SECONDS},
            "connection_info": {"app_id": self._world.app.id},
        }

    async def _write(self, connection: Connection) -> None:
        """One writer a socket keeps the order, and nobody else has to wait for a slow reader."""
        while (text := await connection.outbox.get()) is not None:
            if connection.socket.closed:
                return
            try:
                await connection.socket.send_str(text)
            except ConnectionError:
                return

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is WSMsgType.PING:
                connection.pings += 1
                if not self.silent:
                    await connection.socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self._take_ack(connection, message.data)

    def _take_ack(self, connection: Connection, text: str) -> None:
        book = self._world.book
        try:
            ack = json.loads(text)
            envelope_id = ack["envelope_id"]
        except (ValueError, KeyError, TypeError):
            book.warn(f"bad_ack: not JSON with an envelope_id: {text[:100]}")
            return
        connection.unacked.pop(envelope_id, None)
        delivery = self._under_way.pop(envelope_id, None)
        if delivery is None and envelope_id in self._repeated:
            return
        if delivery is None:
            book.warn(f"bad_ack: nothing is waiting for {envelope_id}")
            return
        timer = self._timers.pop(envelope_id, None)
        if timer is not None:
            timer.cancel()
        if delivery.acked.done():
            book.warn(f"late_ack: {delivery.kind} after {delivery.elapsed():.2f} s")
            return
        delivery.accept(ack.get("payload"))

    def _leave(self, connection: Connection) -> None:
        """What this socket had not answered goes to another at once."""
        if connection in self.connections:
            self.connections.remove(connection)
        for delivery in list(connection.unacked.values()):
            connection.unacked.clear()
            if not delivery.acked.done():
                self._send_again(delivery, "connection_closed")
        self._world.book.ring()

    # -- Slack's side ------------------------------------------------------------------------------------------------

    def send(self, delivery: Delivery) -> None:
        """To the next connection in turn; without one it waits for the next that is opened."""
        able = [connection for connection in self.connections if not connection.leaving]
        if not able:
            self._waiting.append(delivery)
            return
        fresh = [connection for connection in able if delivery.id not in connection.unacked] or able
        connection = fresh[self._next % len(fresh)]
        self._next += 1
        connection.unacked[delivery.id] = delivery
        connection.delivered += 1
        self._under_way[delivery.id] = delivery
        connection.outbox.put_nowait(json.dumps(_envelope(delivery)))
        delivery.attempts += 1
        loop = asyncio.get_running_loop()
        self._timers[delivery.id] = loop.call_later(self._pace.redeliver_seconds, self._send_again, delivery, "timeout")

    def _send_again(self, delivery: Delivery, reason: str) -> None:
        timer = self._timers.pop(delivery.id, None)
        if timer is not None:
            timer.cancel()
        if delivery.attempts > self._pace.retries:
            self._world.book.fail(f"undelivered: {delivery.kind} after {delivery.attempts} attempts")
            delivery.give_up("undelivered")
            return
        if delivery.acked.done() and not delivery.is_event:
            # The person has long been told that it did not work.
            return
        delivery.reason = reason
        self._repeated.add(delivery.id)
        self.send(delivery)

    def _flush(self) -> None:
        while self._waiting and any(not connection.leaving for connection in self.connections):
            delivery = self._waiting.popleft()
            if not delivery.acked.done():
                self.send(delivery)

    def announce_disconnect(self, reason: Literal["warning", "refresh_requested", "link_disabled"]) -> None:
        """Ask every connected app to reconnect. After a warning the line still works; otherwise nothing new comes."""
        message = json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-0"}})
        for connection in self.connections:
            connection.leaving = reason != "warning"
            connection.outbox.put_nowait(message)

    async def ping(self) -> None:
        for connection in self.connections:
            await connection.socket.ping(b"Ping from applink-0")

    def cut(self) -> None:
        """Lose every connection without a word, as a network does."""
        for connection in list(self.connections):
            if connection.http.transport is not None:
                connection.http.transport.abort()

    async def hang_up(self) -> None:
        """Close every connection, as Slack does some seconds after it announced so."""
        for connection in list(self.connections):
            await connection.socket.close(code=1000, message=b"")

    async def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for connection in list(self.connections):
            await connection.socket.close(code=1001, message=b"server is going away")


def _envelope(delivery: Delivery) -> Json:
    envelope: Json = {
        "envelope_id": delivery.id,
        "type": delivery.kind.value,
        "payload": delivery.payload,
        "accepts_response_payload": not delivery.is_event,
    }
    if delivery.is_event or delivery.attempts:
        envelope |= {"retry_attempt": delivery.attempts, "retry_reason": delivery.reason}
    return envelope
