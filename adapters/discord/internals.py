"""The parts of discord.py that are not its public interface, each with the reason why it is needed.

Everything else in this front end uses what the library documents. A new version may change any of these, so that
`tests/wire/test_discord_internals.py` holds each of them by a test of its own.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route

if TYPE_CHECKING:
    from discord.types.gateway import ReadyEvent

_LINES: weakref.WeakKeyDictionary[discord.Client, weakref.WeakSet[aiohttp.ClientWebSocketResponse]] = (
    weakref.WeakKeyDictionary()
)
"""The gateway connections that each client has opened and not lost yet."""


def use_base(url: str) -> None:
    """Send all REST calls of this process to this base, up to and with `/v10`. The library has no setting for it."""
    Route.BASE = url.rstrip("/")


def base() -> str:
    """The base that REST calls go to, for the answers that this front end posts itself."""
    return Route.BASE


def use_gateway(url: str) -> None:
    """Open gateways of this process at this address. The library asks for it by itself only when it asks for the number
    of shards, and then at a time when a refusal looks like a closed connection."""
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


def before_ready(client: discord.Client, told: Callable[[ReadyEvent], None]) -> None:
    """Call `told` with each READY before the library reads it. The library's own event comes without the payload, and
    READY alone lists the guilds that the bot is in."""
    parsers = client._connection.parsers
    parse = parsers["READY"]

    def ready(data: ReadyEvent) -> None:
        told(data)
        parse(data)

    parsers["READY"] = ready


def spare_events(client: discord.Client, told: Callable[[str, Exception], None]) -> None:
    """Skip an event that the library cannot read, and tell of it. By itself the library would give up the connection,
    and everybody's answers with it; and anew whenever such an event comes, each time at the cost of a login. Without
    READY there is no connection, so that one may end it."""

    def spared(event: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def read(data: Any) -> None:
            try:
                parse(data)
            except Exception as error:
                told(event, error)

        return read

    parsers = client._connection.parsers
    parsers.update({event: spared(event, parse) for event, parse in parsers.items() if event != "READY"})


def forget_guild(client: discord.Client, guild: discord.Guild) -> None:
    """Drop a guild that the bot was removed from while it was away. No event tells the library of it, so that it would
    keep the guild for ever."""
    client._connection._remove_guild(guild)


def stop_heartbeats(client: discord.Client) -> None:
    """Stop the heartbeat threads of a client that is closed. A shard whose start was cancelled after the gateway's
    hello is unknown to the client, and its thread would go on with a closed event loop."""
    for thread in threading.enumerate():
        if isinstance(thread, KeepAliveHandler) and thread.ws._connection is client._connection:
            thread.stop()


def note_lines(client: discord.Client) -> None:
    """Remember each gateway connection that the client opens, so that `close_lines` closes what the library loses: it
    knows a line once Discord has greeted it, and one whose greeting is cut off or takes too long stays open."""
    open_line, lines = client.http.ws_connect, _LINES.setdefault(client, weakref.WeakSet())

    async def connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        opened = await open_line(url, compress=compress)
        lines.add(opened)
        return opened

    client.http.ws_connect = connect  # type: ignore[method-assign]


async def close_lines(client: discord.Client) -> None:
    """Close every gateway connection of a client that is closed."""
    await asyncio.gather(*(line.close() for line in tuple(_LINES.get(client, ())) if not line.closed))


def role_ids(member: discord.Member) -> Sequence[int]:
    """The roles as the event itself lists them. `Member.roles` leaves out those that the guild's own event has not
    brought yet: all of them, until that event has come."""
    return member._roles


class _InOneLine(logging.Filter):
    """A connection that broke is made anew by the library, which logs each try with a traceback: one line is enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, (OSError, aiohttp.ClientError, discord.ConnectionClosed, discord.GatewayNotFound)):
            why, next_step = type(error).__name__, record.getMessage().rstrip(".")
            record.msg, record.args = f"No connection to Discord: {why}. {next_step}.", ()
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.action = "discord.reconnecting"
        return True


_RECONNECTS = _InOneLine()


def log_reconnects_in_one_line() -> None:
    """In this whole process; the library's loggers belong to no client."""
    for name in ("discord.client", "discord.shard"):
        logging.getLogger(name).addFilter(_RECONNECTS)  # once, however often it is added
