"""Each private part of discord.py that this front end uses does what `internals` says of it, and is still needed."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route

from adapters.discord import internals
from bot.process.settings import LogFormat
from tests.log_lines import logged
from tests.wire.discord.server import FakeDiscord
from tests.wire.discord_stage import own_addresses

SELF = {"id": "1", "username": "dualo", "discriminator": "0", "avatar": None, "bot": True}


@pytest.fixture
async def client() -> AsyncIterator[discord.AutoShardedClient]:
    """One that hears nothing and is connected to nothing."""
    async with own_addresses(), discord.AutoShardedClient(intents=discord.Intents.none()) as made:
        yield made
        internals.stop_heartbeats(made)


def ready(*guilds: int) -> dict[str, Any]:
    listed = [{"id": str(guild), "unavailable": True} for guild in guilds]
    return {"shard": [0, 1], "user": SELF, "application": {"id": "1", "flags": 0}, "guilds": listed}


async def test_rest_calls_go_to_another_base(client: discord.AutoShardedClient) -> None:
    internals.use_base("http://127.0.0.1:1/api/v10/")
    assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me" == internals.base() + "/users/@me"


async def test_the_gateway_is_opened_at_another_address(
    client: discord.AutoShardedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    async def note(url: str) -> None:
        opened.append(url)
        raise ConnectionResetError

    internals.use_gateway("ws://127.0.0.1:1/")
    monkeypatch.setattr(client.http, "ws_connect", note)
    with pytest.raises(ConnectionResetError):
        await DiscordWebSocket.from_client(client)
    assert [url.partition("?")[0] for url in opened] == ["ws://127.0.0.1:1/"]


async def test_what_ready_lists_is_told_before_the_library_reads_it(client: discord.AutoShardedClient) -> None:
    told: list[tuple[object, discord.ClientUser | None]] = []
    internals.before_ready(client, lambda data: told.append((data["guilds"], client.user)))
    # A web socket takes its parsers from here when it is made.
    client._connection.parsers["READY"](greeting := ready(7))
    assert told == [(greeting["guilds"], None)]
    assert client.user is not None


async def test_a_guild_that_ready_lists_no_more_is_forgotten(client: discord.AutoShardedClient) -> None:
    parse = client._connection.parsers["READY"]
    parse(ready(7, 8))
    parse(ready(8))
    assert {guild.id for guild in client.guilds} == {7, 8}, "the library forgets it by itself now"
    internals.forget_guild(client, next(guild for guild in client.guilds if guild.id == 7))
    assert [guild.id for guild in client.guilds] == [8]


async def test_the_heartbeats_of_a_client_are_stopped_and_no_others(client: discord.AutoShardedClient) -> None:
    async with discord.AutoShardedClient(intents=discord.Intents.none()) as other:
        ours, theirs = heart(client), heart(other)
        internals.stop_heartbeats(client)
        ours.join(10)
        assert (ours.is_alive(), theirs.is_alive()) == (False, True)
        internals.stop_heartbeats(other)
        theirs.join(10)


async def test_a_line_that_nobody_greets_is_closed_with_its_client(client: discord.AutoShardedClient) -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        lines: list[aiohttp.ClientWebSocketResponse] = []

        async def connect(url: str, **_: object) -> aiohttp.ClientWebSocketResponse:
            lines.append(await session.ws_connect(url, autoclose=False))
            return lines[-1]

        internals.use_gateway(fake.gateway_url)
        client.http.ws_connect = connect  # type: ignore[method-assign]
        internals.note_lines(client)
        greeting = asyncio.create_task(client.launch_shard(DiscordWebSocket.DEFAULT_GATEWAY, 0))
        while not lines:  # noqa: ASYNC110 - the library tells nobody that it has opened one
            await asyncio.sleep(0)
        greeting.cancel()
        await asyncio.wait((greeting,))
        assert [one.closed for one in lines] == [False], "the library closes it by itself now"
        await internals.close_lines(client)
        assert [one.closed for one in lines] == [True]


def heart(client: discord.AutoShardedClient) -> KeepAliveHandler:
    """A heartbeat as a web socket starts it after the gateway's hello."""
    socket: Any = DiscordWebSocket.__new__(DiscordWebSocket)
    socket._connection, socket.thread_id, socket._max_heartbeat_timeout = client._connection, threading.get_ident(), 60
    made = KeepAliveHandler(ws=socket, interval=60, shard_id=0)
    made.start()
    return made


async def test_the_roles_of_a_member_are_known_before_their_guild_is(client: discord.AutoShardedClient) -> None:
    connection: Any = client._connection
    data: Any = {"id": "7", "unavailable": True}
    guild = discord.Guild(data=data, state=connection)
    member: Any = {"user": {**SELF, "id": "5"}, "roles": ["41", "42"], "flags": 0, "joined_at": None}
    person = discord.Member(data=member, guild=guild, state=connection)
    assert list(internals.role_ids(person)) == [41, 42]
    listed = {getattr(role, "id", 0) for role in person.roles}
    assert not listed & {41, 42}, "the library lists them by itself now"


async def test_an_event_that_cannot_be_read_is_told_and_skipped(client: discord.AutoShardedClient) -> None:
    told: list[tuple[str, str]] = []
    internals.spare_events(client, lambda event, error: told.append((event, type(error).__name__)))
    client._connection.parsers["GUILD_ROLE_CREATE"]({})
    assert told == [("GUILD_ROLE_CREATE", "KeyError")]
    with pytest.raises(KeyError):
        client._connection.parsers["READY"]({})


def test_a_connection_that_is_made_anew_is_a_line_in_the_log_and_a_bug_keeps_its_traceback() -> None:
    internals.log_reconnects_in_one_line()
    with logged(LogFormat.TEXT) as log:
        for error in (ConnectionResetError(104, "reset"), KeyError("guild_id")):
            try:
                raise error
            except (OSError, KeyError):
                logging.getLogger("discord.client").exception("Attempting a reconnect in %.2fs", 1.5)
    first, *rest = log.lines
    assert "No connection to Discord: ConnectionResetError. Attempting a reconnect in 1.50s." in first
    assert "action=discord.reconnecting" in first
    assert (rest[1], rest[-1]) == ("Traceback (most recent call last):", "KeyError: 'guild_id'")
