"""Connections of the HTTP server: how many may be open, and for how long one may hold a place without asking anything.

Without bounds, one client with half-sent requests takes every descriptor of the process, and with them the database's
and the chats' connections.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import Callable
from ipaddress import ip_address
from typing import cast

import structlog
from aiohttp import web

from bot.core.record import Record

log = structlog.get_logger(__name__)
_DESCRIPTORS = 8192
"""What the process asks for; the system's hard limit may be lower."""


class Limits(Record):
    """Bounds of the server; seconds where it is about time."""

    head: float = 10.0
    """From the first byte, or from connecting, to a whole head."""
    body: float = 20.0
    idle: float = 300.0
    """Longer than a proxy leaves a connection idle that it means to use again."""
    connections: int = 500
    by_peer: int = 50
    """This machine is excepted: a proxy there speaks for everybody."""


def raise_descriptor_limit(wanted: int) -> int:
    """Raise the soft limit of descriptors as far as the system lets us. Returns how many of the wanted connections fit
    into half of it; the other half is for the database, the content and the chats."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, soft // 2)


class Connections:
    """The open connections of one server. Its protocol stands before aiohttp's own and hands everything on."""

    def __init__(self, limits: Limits, most: int) -> None:
        self.limits = limits
        self._most = most
        self._open: dict[asyncio.BaseTransport, BoundedConnection] = {}
        self._peers: Counter[str] = Counter()
        self._refused = 0

    def opened(self, connection: BoundedConnection, transport: asyncio.Transport) -> bool:
        """Whether there is room for one more."""
        peer = _peer(transport)
        if len(self._open) >= self._most or (not _is_here(peer) and self._peers[peer] >= self.limits.by_peer):
            self._note_refusal(peer)
            return False
        self._open[transport] = connection
        self._peers[peer] += 1
        return True

    def closed(self, transport: asyncio.Transport) -> None:
        if self._open.pop(transport, None) is not None:
            self._peers[peer := _peer(transport)] -= 1
            self._peers += Counter()  # forget whom nothing is open of
            if not self._open or self._peers[peer] == 0:
                self._refused = 0

    def of(self, request: web.Request) -> BoundedConnection | None:
        """The connection that a request came by."""
        return self._open.get(request.transport) if request.transport else None

    def _note_refusal(self, peer: str) -> None:
        """One line for a flood, not one for each connection of it."""
        self._refused += 1
        if self._refused == 1:
            log.warning("Too many connections are open; more are closed.", action="http.full", peer=peer)


class BoundedConnection(asyncio.Protocol):
    """One connection; until a request is whole, time runs."""

    def __init__(self, connections: Connections, inner: Callable[[], asyncio.Protocol]) -> None:
        self._connections = connections
        self._make = inner
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._answering = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        line = cast(asyncio.Transport, transport)
        if not self._connections.opened(self, line):
            line.abort()
            return
        self._transport = line
        self._inner = self._make()
        self._inner.connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self._inner is None:
            return
        if not self._answering and self._deadline is None:
            self._await_head()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        if self._transport is not None:
            self._connections.closed(self._transport)
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()

    def begin_answer(self) -> None:
        """A head is whole."""
        self._answering = True
        self._stop_waiting()

    def end_answer(self) -> None:
        self._answering = False

    def _await_head(self) -> None:
        if self._transport is not None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(self._connections.limits.head, self._transport.abort)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _peer(transport: asyncio.BaseTransport) -> str:
    name = transport.get_extra_info("peername")
    return str(name[0]) if isinstance(name, tuple) else ""


def _is_here(peer: str) -> bool:
    try:
        return ip_address(peer.split("%")[0]).is_loopback
    except ValueError:
        return False
