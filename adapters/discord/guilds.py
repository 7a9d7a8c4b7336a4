"""Which servers the bot is in: the engine hears of each that came or went, also while this process was away."""

from __future__ import annotations

from collections.abc import Collection

from adapters.discord import addresses
from bot.api import Engine, Vault

_PREFIX = "guild:"


class Guilds:
    """Remembers every server in the vault, so that a restart can tell a new one from an old one."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self._known: set[int] = set()

    async def open(self) -> None:
        self._known = {int(name.removeprefix(_PREFIX)) for name in await self._vault.names(_PREFIX)}

    async def standing(self, guilds: Collection[int], *, shard: int, shards: int) -> None:
        """Make up for what happened while nobody listened. A shard tells of its own servers only."""
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
        await self._engine.joined(addresses.guild_workspace(guild))
        await self._vault.put(f"{_PREFIX}{guild}", "")

    async def left(self, guild: int) -> None:
        self._known.discard(guild)
        await self._engine.left(addresses.guild_workspace(guild))
        await self._vault.drop(f"{_PREFIX}{guild}")
