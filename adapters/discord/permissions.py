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
    held = _held(guild, channel, me)
    needless = _CHANNEL if thread else _THREAD
    missing = tuple(name for name, bit in PERMISSIONS.items() if not held & bit and name != needless)
    return Standing(thread.name if thread else channel.name, guild_id, missing, bool(held & _READ_HISTORY_BIT))


def _held(guild: discord.Guild, channel: discord.abc.GuildChannel, me: discord.Member) -> int:
    """The bits that roles and the channel's own settings give. The library's sum takes more away where writing is
    forbidden, which would name permissions that nobody has to mend."""
    held = 0
    for role in me.roles:
        held |= role.permissions.value
    if held & discord.Permissions(administrator=True).value:
        return discord.Permissions.all().value
    allowed = denied = 0
    for role in me.roles:
        if role.id != guild.id:
            given, taken = channel.overwrites_for(role).pair()
            allowed, denied = allowed | given.value, denied | taken.value
    everyone, own = channel.overwrites_for(guild.default_role).pair(), channel.overwrites_for(me).pair()
    for allow, deny in ((everyone[0].value, everyone[1].value), (allowed, denied), (own[0].value, own[1].value)):
        held = held & ~deny | allow
    return held


async def _guild_of(client: discord.Client, channel_id: int) -> int | None:
    known = client.get_channel(channel_id)
    try:
        found = known or await client.fetch_channel(channel_id)
    except discord.Forbidden:
        return None
    guild = getattr(found, "guild", None)
    return guild.id if guild is not None else None
