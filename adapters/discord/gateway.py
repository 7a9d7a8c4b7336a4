"""The connection to Discord's gateway: its shards, its events, the servers the bot is in, and a trace of its requests.

discord.py keeps Discord's addresses in class attributes, so another base holds for the whole process: one process
speaks to one Discord.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Protocol

import aiohttp
import discord
import structlog

from adapters.discord import addresses, internals
from bot.api import Engine, Record, SettingsError, Vault

if TYPE_CHECKING:
    from discord.types.gateway import ReadyEvent


log = structlog.get_logger(__name__)

LIMITED = 429
_POSTS = re.compile(r"/channels/\d+/messages$")
_LOST = 599
"""Stands for an answer that never came."""
_CURRENT: ContextVar[RequestTrace | None] = ContextVar("trace", default=None)


@dataclass(slots=True)
class RequestTrace:
    """One post, with all the requests that it takes, one after another."""

    doubtful: bool = False
    """A request to post was not clearly refused: the message may exist."""
    _asking: bool = False
    _last: int = 0
    _rested_at: float = 0.0

    @property
    def rests(self) -> bool:
        """Whether the library is only sitting out a rate limit, and nothing was posted so far."""
        return not self.doubtful and not self._asking and self._last < 500

    @property
    def wait(self) -> float:
        """Seconds that Discord asked to be left alone, as far as they are not over."""
        return max(1.0, self._rested_at - asyncio.get_running_loop().time())

    def asks(self) -> None:
        self._asking = True

    def heard(self, status: int, *, posts: bool, rest: float = 0.0) -> None:
        self._asking, self._last = False, status
        if status == LIMITED:
            self._rested_at = asyncio.get_running_loop().time() + rest
        elif posts and not 400 <= status < 500:
            self.doubtful = True


@contextmanager
def traced() -> Iterator[RequestTrace]:
    """Trace what a `GatewayClient` asks of Discord within."""
    trace = RequestTrace()
    before = _CURRENT.set(trace)
    try:
        yield trace
    finally:
        _CURRENT.reset(before)


async def _asked(_: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestStartParams) -> None:
    if trace := _CURRENT.get():
        trace.asks()


async def _answered(_: aiohttp.ClientSession, __: SimpleNamespace, told: aiohttp.TraceRequestEndParams) -> None:
    if trace := _CURRENT.get():
        trace.heard(told.response.status, posts=_posts(told), rest=_retry_after(told.response))


async def _cut(_: aiohttp.ClientSession, __: SimpleNamespace, told: aiohttp.TraceRequestExceptionParams) -> None:
    if trace := _CURRENT.get():
        reached = not isinstance(told.exception, aiohttp.ClientConnectorError)
        trace.heard(_LOST, posts=reached and _posts(told))


def _posts(told: aiohttp.TraceRequestEndParams | aiohttp.TraceRequestExceptionParams) -> bool:
    return told.method == "POST" and _POSTS.search(told.url.path) is not None


def _retry_after(response: aiohttp.ClientResponse) -> float:
    try:
        return float(response.headers.get("Retry-After", ""))
    except ValueError:
        return 0.0


def _trace_config() -> aiohttp.TraceConfig:
    made = aiohttp.TraceConfig()
    made.on_request_start.append(_asked)
    made.on_request_end.append(_answered)
    made.on_request_exception.append(_cut)
    return made


# The gateway ----------------------------------------------------------------------------------------------------------


LONGEST_WAIT = 30.0
"""Seconds that the library may sit out a rate limit by itself; a longer one goes back to the ledger."""
GUILDS_SETTLE = 0.5
"""Seconds after the last server was heard of; nobody waits for it."""


class GatewayEvents(Protocol):
    """Who is told what happens on the gateway."""

    async def closing(self, client: GatewayClient) -> None:
        """The connection is about to close; what still needs it may finish now."""

    async def interaction(self, interaction: discord.Interaction) -> None: ...

    async def ready(self, guilds: Collection[int], *, shard: int, shards: int) -> None:
        """All the servers of a shard that has connected."""

    async def joined(self, guild: int) -> None: ...

    async def invited(self, guild: int) -> None:
        """The bot was added to a server just now; `joined` is not told besides."""

    async def left(self, guild: int) -> None: ...


class Shards(Record):
    """Which of all shards this process holds."""

    ids: Sequence[int]
    count: int


def read_shards(spec: str) -> Shards | None:
    """`0-3/16` is the first four of sixteen; nothing leaves it to Discord."""
    if not spec.strip():
        return None
    found = re.fullmatch(r"\s*(\d+)(?:-(\d+))?\s*/\s*(\d+)\s*", spec)
    first, last, count = (int(found[1]), int(found[2] or found[1]), int(found[3])) if found else (1, 0, 0)
    if not 0 <= first <= last < count:
        raise SettingsError(
            f"DUALO_DISCORD_SHARDS is “{spec}”: write the first and last shard and how many there are, as in 0-3/16."
        )
    return Shards(range(first, last + 1), count)


class GatewayClient(discord.AutoShardedClient):
    """Hears of servers and interactions, and keeps no members and no messages in memory."""

    def __init__(self, events: GatewayEvents, shards: Shards | None) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
        super().__init__(
            intents=discord.Intents(guilds=True),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            guild_ready_timeout=GUILDS_SETTLE,
            max_ratelimit_timeout=LONGEST_WAIT,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=_trace_config(),
        )
        self._fixed = shards is not None
        if shards:
            self.shard_ids, self.shard_count = list(shards.ids), shards.count
        self._events = events
        self._listed: dict[int, Sequence[int]] = {}
        internals.log_reconnects_in_one_line()
        internals.before_ready(self, self._forget_others)
        internals.spare_events(self, self._note_unreadable)
        internals.note_lines(self)
        self._connected: set[int] = set()
        self._unreadable: set[str] = set()
        self.is_up = False
        """Every shard of this process has connected once."""
        self.is_leaving = False

    async def find_gateway(self, api_url: str) -> None:
        """Ask where the gateway is and how many shards it wants, unless both are known. The library would ask later,
        where a refusal cannot be told from a closed connection."""
        if self._fixed and not api_url:
            return
        advised, url, _ = await self.http.get_bot_gateway()
        internals.use_gateway(url)
        if not self._fixed:
            self.shard_count = advised

    async def close(self) -> None:
        self.is_leaving = True
        await self._events.closing(self)
        try:
            await asyncio.shield(super().close())  # whoever else waits for it would be cancelled with it
        finally:
            internals.stop_heartbeats(self)
            await internals.close_lines(self)

    async def on_shard_connect(self, shard: int) -> None:
        count = self.shard_count or 1
        self._connected.add(shard)
        if self._connected >= set(self.shard_ids or range(count)):
            self.is_up = True
        await self._events.ready(self._listed[shard], shard=shard, shards=count)

    def _forget_others(self, ready: ReadyEvent) -> None:
        """READY lists each server of the shard, one in an outage too. The library keeps those of an earlier session
        that are not listed any more, so what is missing has to be told by the list itself."""
        shard, count = ready["shard"]
        self._listed[shard] = [int(guild["id"]) for guild in ready["guilds"]]
        for guild in self.guilds:
            if (guild.id >> 22) % count == shard and guild.id not in self._listed[shard]:
                internals.forget_guild(self, guild)

    def _note_unreadable(self, event: str, error: Exception) -> None:
        """In full once, as it may come again and again."""
        known = event in self._unreadable
        self._unreadable.add(event)
        said = "An event of Discord could not be read and is skipped."
        log.error(
            said,
            action="discord.unreadable",
            event_name=event,
            reason=type(error).__name__,
            exc_info=None if known else error,
        )

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        await self._events.interaction(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._events.invited(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """The library says so, too, of one that was joined within a moment of READY; but READY did not list that."""
        listed = guild.id in self._listed.get(guild.shard_id, ())
        await (self._events.joined if listed else self._events.invited)(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._events.left(guild.id)


# Servers --------------------------------------------------------------------------------------------------------------


_PREFIX, _WELCOMED = "guild:", "welcomed:"


class Guilds:
    """Remembers every server in the vault, so that a restart can tell a new one from an old one."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self._known: set[int] = set()

    async def open(self) -> None:
        self._known = {int(name.removeprefix(_PREFIX)) for name in await self._vault.names(_PREFIX)}

    async def ready(self, guilds: Collection[int], *, shard: int, shards: int) -> None:
        """Catch up on joins and removals while the process was away. A shard lists its own servers only."""
        there = set(guilds)
        mine = {guild for guild in self._known if (guild >> 22) % shards == shard}
        for guild in sorted(mine - there):
            await self.left(guild)
        for guild in sorted(there - self._known):
            await self.joined(guild)

    async def joined(self, guild: int) -> None:
        if guild in self._known:
            return
        self._known.add(guild)
        try:
            await self._engine.joined(addresses.guild_workspace(guild))
            await self._vault.put(f"{_PREFIX}{guild}", "")
        except BaseException:
            self._known.discard(guild)
            raise

    async def may_welcome(self, guild: int) -> bool:
        """True once an installation, whichever process asks."""
        return await self._vault.add(f"{_WELCOMED}{guild}", "")

    async def left(self, guild: int) -> None:
        self._known.discard(guild)
        try:
            await self._engine.left(addresses.guild_workspace(guild))
            await self._vault.drop(f"{_PREFIX}{guild}")
            await self._vault.drop(f"{_WELCOMED}{guild}")
        except BaseException:
            self._known.add(guild)
            raise
