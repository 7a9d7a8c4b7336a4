"""Which permissions the invitation asks for, and which of them the bot has in a place.

They are named as in Discord's own settings. Each lookup asks Discord anew, but asks about a server once, however many
of its places are checked together.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import discord

from bot.api import Record, i18n

PERMISSIONS: Mapping[str, int] = {
    i18n.mark("View Channels"): 1 << 10,
    i18n.mark("Send Messages"): 1 << 11,
    i18n.mark("Embed Links"): 1 << 14,
    i18n.mark("Attach Files"): 1 << 15,
    i18n.mark("Create Public Threads"): 1 << 35,
    i18n.mark("Send Messages in Threads"): 1 << 38,
}
"""By the names that Discord's own settings use, and their bits."""

SCOPES = ("bot", "applications.commands")


def invite_url(application_id: int | str) -> str:
    """Opened by somebody with Manage Server, it adds the bot to their server."""
    asked = {
        "client_id": str(application_id),
        "scope": " ".join(SCOPES),
        "permissions": str(sum(PERMISSIONS.values())),
        "integration_type": "0",
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"


def application_of(token: str) -> int | None:
    """The application that a bot token belongs to: its first part is the bot's id, which is the application's."""
    first = token.partition(".")[0]
    try:
        said = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(said) if said.isdigit() else None


# In a place -----------------------------------------------------------------------------------------------------------


READ_HISTORY, OPEN_THREADS = i18n.mark("Read Message History"), "Create Public Threads"
_READ_HISTORY_BIT = 1 << 16
_CHANNEL, _THREAD = "Send Messages", "Send Messages in Threads"
_TAKES_POSTS = frozenset({0, 2, 5, 10, 11, 12, 13})
"""Types of channels in which a message can stand by itself; forums and categories take none."""


class ChannelAccess(Record):
    """A channel or thread, and what the bot may do there."""

    name: str
    guild: int
    missing: tuple[str, ...]
    """Of the permissions the invitation asks for, those without which nothing can be posted well in this place."""
    opens_threads: bool
    """True in a thread too, where none has to be opened."""
    reads_history: bool
    takes_posts: bool = True
    locked: bool = False
    """An archived thread that only moderators can open again."""

    @property
    def lacks(self) -> str:
        """What is missing, as it is said to a person."""
        return ", ".join(map(i18n.say, self.missing))

    @property
    def remedy(self) -> str:
        return how_to_give(*self.missing) if self.missing else ""


def how_to_give(*named: str) -> str:
    """Discord's own settings call them so, in the language of who reads it."""
    there = ", ".join(map(i18n.say, named))
    return i18n.say(
        "In the channel's settings, under Permissions, give Dualo's role: {permissions}.", permissions=there
    )


class _Server(Record):
    """What Discord said of a server."""

    guild: discord.Guild
    me: discord.Member
    channels: Mapping[int, discord.abc.GuildChannel]


@dataclass(slots=True)
class AccessLookup:
    """Permissions of several places; each answer of Discord is cached for the lookup."""

    client: discord.Client
    _servers: dict[int, _Server] = field(default_factory=dict)
    _threads: dict[int, dict[int, discord.Thread]] = field(default_factory=dict)
    _commands: dict[int, bool] = field(default_factory=dict)
    _names: dict[int, str] | None = None
    _channels: dict[int, frozenset[int]] = field(default_factory=dict)

    @property
    def invitation(self) -> str:
        """The address that brings the bot into a server, or back into one."""
        return invite_url(self.client.application_id or 0)

    async def servers(self) -> Mapping[int, str]:
        """Those that the bot is in, by name."""
        if self._names is None:
            listed = self.client.fetch_guilds(limit=None, with_counts=False)
            self._names = {guild.id: guild.name async for guild in listed}
        return self._names

    async def home_of(self, channel: int) -> int | None:
        """The server that a channel is in, whether the bot sees it or not; threads are not listed."""
        for guild in await self.servers():
            if guild not in self._channels:
                listed = await self.client.http.get_all_guild_channels(guild)
                self._channels[guild] = frozenset(int(each["id"]) for each in listed)
            if channel in self._channels[guild]:
                return guild
        return None

    async def find(self, channel: int) -> ChannelAccess | None:
        """In whichever server it is; `None` if that cannot be told."""
        known = self.client.get_channel(channel)
        try:
            found = known or await self.client.fetch_channel(channel)
        except discord.Forbidden:
            return None
        guild = getattr(found, "guild", None)
        return await self.within(guild.id, channel) if guild is not None else None

    async def within(self, guild: int, channel: int) -> ChannelAccess | None:
        """In this very server; `None` if it has no such channel, or does not show it."""
        server = await self._server(guild)
        place = server.channels.get(channel) or await self._thread(server, channel)
        parent = server.channels.get(place.parent_id) if isinstance(place, discord.Thread) else place
        if place is None or parent is None:
            return None
        thread = place if isinstance(place, discord.Thread) else None
        held = _held(server.guild, parent, server.me)
        needless = {_CHANNEL if thread else _THREAD, OPEN_THREADS}
        return ChannelAccess(
            place.name,
            guild,
            tuple(name for name, bit in PERMISSIONS.items() if not held & bit and name not in needless),
            opens_threads=thread is not None or bool(held & PERMISSIONS[OPEN_THREADS]),
            reads_history=bool(held & _READ_HISTORY_BIT),
            takes_posts=place.type.value in _TAKES_POSTS,
            locked=thread is not None and thread.archived and thread.locked,
        )

    async def has_commands(self, guild: int) -> bool:
        """Discord shows a server's commands only to an app that was invited with the scope for them."""
        if guild not in self._commands:
            application = self.client.application_id or 0
            try:
                await self.client.http.get_guild_commands(application, guild)
                self._commands[guild] = True
            except discord.Forbidden:
                self._commands[guild] = False
        return self._commands[guild]

    async def member_name(self, guild: int, person: int) -> str:
        """What a member is called there; empty if they are none."""
        try:
            member = await self.client.http.get_member(guild, person)
        except discord.NotFound:
            return ""
        user = member["user"]
        return member.get("nick") or user.get("global_name") or user["username"]

    async def person_name(self, person: int) -> str:
        return (await self.client.fetch_user(person)).display_name

    async def _server(self, guild_id: int) -> _Server:
        if guild_id not in self._servers:
            guild = await self.client.fetch_guild(guild_id, with_counts=False)
            myself = self.client.user.id if self.client.user else 0
            me, channels = await asyncio.gather(guild.fetch_member(myself), guild.fetch_channels())
            self._servers[guild_id] = _Server(guild, me, {channel.id: channel for channel in channels})
        return self._servers[guild_id]

    async def _thread(self, server: _Server, thread: int) -> discord.Thread | None:
        """An archived one is not among the active ones, but can be asked for by its id."""
        guild = server.guild
        if guild.id not in self._threads:
            self._threads[guild.id] = {each.id: each for each in await guild.active_threads()}
        if found := self._threads[guild.id].get(thread):
            return found
        try:
            asked = await self.client.fetch_channel(thread)
        except (discord.Forbidden, discord.InvalidData):
            return None
        return asked if isinstance(asked, discord.Thread) and asked.guild.id == guild.id else None


def _held(guild: discord.Guild, channel: discord.abc.GuildChannel, me: discord.Member) -> int:
    """The bits that roles and the channel's own settings give. The library's sum takes more away where writing is
    forbidden, which would name permissions that are not missing."""
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
