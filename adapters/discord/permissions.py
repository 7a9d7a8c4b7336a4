"""What the bot may do in a place, by the names that Discord's own settings use; asked of Discord anew each time."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from adapters.discord.invite import PERMISSIONS

READ_HISTORY = "Read Message History"
_READ_HISTORY_BIT = 1 << 16
_CHANNEL, _THREAD = "Send Messages", "Send Messages in Threads"


@dataclass(frozen=True, slots=True)
class Standing:
    """A channel or thread, and what the bot lacks there."""

    name: str
    guild: int
    missing: tuple[str, ...]
    """Of the permissions the invitation asks for, those that count in this place."""
    reads_history: bool

    @property
    def mend(self) -> str:
        return (
            f"In the channel's settings, under Permissions, give Dualo's role: {', '.join(self.missing)}."
            if self.missing
            else ""
        )


async def standing(client: discord.Client, channel_id: int) -> Standing | None:
    """How the bot stands in a channel; `None` if it cannot be told which server that belongs to."""
    guild_id = await _guild_of(client, channel_id)
    if guild_id is None or client.user is None:
        return None
    guild = await client.fetch_guild(guild_id, with_counts=False)
    me = await guild.fetch_member(client.user.id)
    channels = {channel.id: channel for channel in await guild.fetch_channels()}
    threads = {} if channel_id in channels else {thread.id: thread for thread in await guild.active_threads()}
    thread = threads.get(channel_id)
    channel = channels.get(thread.parent_id if thread else channel_id)
    if channel is None:
        return None
    held = channel.permissions_for(me).value
    needless = _CHANNEL if thread else _THREAD
    missing = tuple(name for name, bit in PERMISSIONS.items() if not held & bit and name != needless)
    return Standing(thread.name if thread else channel.name, guild_id, missing, bool(held & _READ_HISTORY_BIT))


async def _guild_of(client: discord.Client, channel_id: int) -> int | None:
    known = client.get_channel(channel_id)
    try:
        found = known or await client.fetch_channel(channel_id)
    except discord.Forbidden:
        return None
    guild = getattr(found, "guild", None)
    return guild.id if guild is not None else None
