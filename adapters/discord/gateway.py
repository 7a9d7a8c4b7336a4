"""The connection to Discord's gateway: which shards this process holds, and which events it asks for.

discord.py keeps Discord's addresses in class attributes, so another base holds for the whole process: one process
speaks to one Discord.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol

import discord

from adapters.discord import http_trace, internals
from bot.api import Record, SettingsError

if TYPE_CHECKING:
    from discord.types.gateway import ReadyEvent

LONGEST_WAIT = 30.0
"""Seconds that the library may sit out a rate limit by itself; a longer one goes back to the ledger."""
GUILDS_SETTLE = 0.5
"""Seconds after the last server was heard of; nobody waits for it."""


class GatewayEvents(Protocol):
    """Who is told what happens on the gateway."""

    async def closing(self, line: GatewayClient) -> None:
        """The line is about to close; what still needs it may be finished now."""

    async def interaction(self, interaction: discord.Interaction) -> None: ...

    async def standing(self, guilds: Collection[int], *, shard: int, shards: int) -> None:
        """All the servers of a shard, as it came up."""

    async def joined(self, guild: int) -> None: ...

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

    def __init__(self, hears: GatewayEvents, shards: Shards | None) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
        super().__init__(
            intents=discord.Intents(guilds=True),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            guild_ready_timeout=GUILDS_SETTLE,
            max_ratelimit_timeout=LONGEST_WAIT,
            allowed_mentions=discord.AllowedMentions.none(),
            http_trace=http_trace.EAR,
        )
        self._fixed = shards is not None
        if shards:
            self.shard_ids, self.shard_count = list(shards.ids), shards.count
        self._hears = hears
        self._listed: dict[int, Sequence[int]] = {}
        internals.before_ready(self, self._forget_others)
        self._waited_for: set[int] = set()
        self.is_up = False
        """Each shard of this process was welcomed: from then on people are answered."""
        self.is_leaving = False

    async def find_gateway(self, api_url: str) -> None:
        """Ask where the gateway is and how many shards it wants, unless both are known. The library would ask later,
        where a refusal cannot be told from a line that was closed."""
        if self._fixed and not api_url:
            return
        advised, url, _ = await self.http.get_bot_gateway()
        internals.use_gateway(url)
        if not self._fixed:
            self.shard_count = advised

    async def close(self) -> None:
        self.is_leaving = True
        await self._hears.closing(self)
        try:
            await asyncio.shield(super().close())  # whoever else waits for it would be cancelled with it
        finally:
            internals.stop_heartbeats(self)

    async def on_shard_connect(self, shard: int) -> None:
        count = self.shard_count or 1
        self._waited_for.add(shard)
        if self._waited_for >= set(self.shard_ids or range(count)):
            self.is_up = True
        await self._hears.standing(self._listed[shard], shard=shard, shards=count)

    def _forget_others(self, ready: ReadyEvent) -> None:
        """READY lists each server of the shard, one in an outage too. The library keeps those of an earlier session
        that are not listed any more, so what is missing has to be told by the list itself."""
        shard, count = ready["shard"]
        self._listed[shard] = [int(guild["id"]) for guild in ready["guilds"]]
        for guild in self.guilds:
            if (guild.id >> 22) % count == shard and guild.id not in self._listed[shard]:
                internals.forget_guild(self, guild)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        await self._hears.interaction(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._hears.joined(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self._hears.joined(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._hears.left(guild.id)
