"""Decides how the world changes and whom the gateway tells: servers, channels, members, messages."""

from __future__ import annotations

from tests.wire.discord import drawing, gateway
from tests.wire.discord.clock import Clock, Signal
from tests.wire.discord.gateway import Gateway, Session
from tests.wire.discord.model import (
    Attachment,
    Channel,
    ChannelType,
    DmDoor,
    Guild,
    Member,
    Message,
    Overwrite,
    Role,
    User,
)
from tests.wire.discord.payload import Payload, timestamp
from tests.wire.discord.permissions import EVERYONE, INVITED, Permission

NONCE_SECONDS = 120.0


class World:
    def __init__(self) -> None:
        self.clock = Clock()
        self.signal = Signal()
        self.gateway = Gateway(self.clock, self.signal, self._greet)
        self.nonce_seconds = NONCE_SECONDS
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.attachments: dict[int, Attachment] = {}
        self.nonces: dict[tuple[int, str], tuple[Message, float]] = {}
        self.bot = self.add_user("Dualo", bot=True)
        self.owner = self.add_user("operator")
        self.application_flags = 0
        self.installs = ["0", "1"]

    # People

    def add_user(self, name: str, *, bot: bool = False, locale: str = "en-US") -> User:
        user = User(self.clock.new_id(), name, bot=bot, locale=locale)
        self.users[user.id] = user
        return user

    def dm_with(self, user: User) -> Channel:
        if user.dm is None:
            user.dm = Channel(self.clock.new_id(), ChannelType.DM, user.name, recipients=(user,))
            self.channels[user.dm.id] = user.dm
        return user.dm

    def add_group_dm(self, users: tuple[User, ...]) -> Channel:
        """A conversation that the bot is not part of; user-installed commands work in it."""
        channel = Channel(self.clock.new_id(), ChannelType.GROUP_DM, "group", owner_id=users[0].id, recipients=users)
        self.channels[channel.id] = channel
        return channel

    def shares_guild(self, user: User) -> bool:
        return any(guild.bot_present and user.id in guild.members for guild in self.guilds.values())

    # Servers

    def add_guild(self, name: str, owner: User, *, locale: str, permissions: Permission, bot: bool) -> Guild:
        guild_id, now = self.clock.new_guild_id(), self.clock.now()
        everyone = Role(guild_id, "@everyone", EVERYONE, 0)
        guild = Guild(guild_id, name, owner, everyone, now, locale=locale, bot_present=False)
        guild.roles[everyone.id] = everyone
        guild.members[owner.id] = Member(owner, guild, now)
        self.guilds[guild.id] = guild
        if bot:
            self.invite_bot(guild, permissions)
        return guild

    def invite_bot(self, guild: Guild, permissions: Permission = INVITED) -> None:
        role = Role(self.clock.new_id(), self.bot.name, permissions, len(guild.roles), managed=True)
        guild.roles[role.id] = role
        guild.members[self.bot.id] = Member(self.bot, guild, self.clock.now(), [role])
        guild.bot_present = True
        joined = self._draw_guild(guild, 0)
        del joined["unavailable"]  # named only where a server comes back: this is how a bot tells joining from that
        self.gateway.emit("GUILD_CREATE", joined, guild_id=guild.id, intent=gateway.GUILDS)

    def remove_bot(self, guild: Guild) -> None:
        guild.bot_present = False
        guild.members.pop(self.bot.id, None)
        self.gateway.emit("GUILD_DELETE", {"id": str(guild.id)}, guild_id=guild.id, intent=gateway.GUILDS)

    def delete_guild(self, guild: Guild) -> None:
        guild.deleted = True
        del self.guilds[guild.id]
        for channel in (*guild.channels.values(), *guild.threads.values()):
            self.channels.pop(channel.id, None)
        self.remove_bot(guild)

    def add_member(self, guild: Guild, user: User, roles: list[Role]) -> Member:
        member = guild.members.get(user.id)
        if member is None:
            member = guild.members[user.id] = Member(user, guild, self.clock.now())
        member.roles = roles
        data = drawing.draw_member(member) | {"guild_id": str(guild.id)}
        self.gateway.emit("GUILD_MEMBER_UPDATE", data, guild_id=guild.id, intent=gateway.GUILD_MEMBERS)
        return member

    def remove_member(self, guild: Guild, user: User) -> None:
        del guild.members[user.id]
        data: Payload = {"guild_id": str(guild.id), "user": drawing.draw_user(user)}
        self.gateway.emit("GUILD_MEMBER_REMOVE", data, guild_id=guild.id, intent=gateway.GUILD_MEMBERS)

    def add_role(self, guild: Guild, name: str, permissions: Permission, *, mentionable: bool = False) -> Role:
        role = Role(self.clock.new_id(), name, permissions, len(guild.roles), mentionable=mentionable)
        guild.roles[role.id] = role
        self._tell_role("GUILD_ROLE_CREATE", guild, role)
        return role

    def set_role(self, guild: Guild, role: Role, permissions: Permission) -> None:
        role.permissions = permissions
        self._tell_role("GUILD_ROLE_UPDATE", guild, role)

    def _tell_role(self, event: str, guild: Guild, role: Role) -> None:
        data: Payload = {"guild_id": str(guild.id), "role": drawing.draw_role(role)}
        self._tell(guild, event, data)

    # Channels

    def add_channel(self, guild: Guild, name: str, kind: ChannelType) -> Channel:
        channel = Channel(self.clock.new_id(), kind, name, guild, position=len(guild.channels))
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self._tell(guild, "CHANNEL_CREATE", drawing.draw_channel(channel))
        return channel

    def add_thread(self, parent: Channel, name: str, owner: User, *, id: int | None, kind: ChannelType) -> Channel:
        assert parent.guild is not None
        thread = Channel(
            id or self.clock.new_id(), kind, name, parent.guild, parent, owner.id, created_at=self.clock.now()
        )
        parent.guild.threads[thread.id] = self.channels[thread.id] = thread
        self._tell(parent.guild, "THREAD_CREATE", drawing.draw_channel(thread) | {"newly_created": True})
        return thread

    def set_thread(self, thread: Channel, *, archived: bool, locked: bool) -> None:
        thread.archived, thread.locked = archived, locked
        assert thread.guild is not None
        self._tell(thread.guild, "THREAD_UPDATE", drawing.draw_channel(thread))

    def set_overwrite(self, channel: Channel, target: User | Role, *, allow: Permission, deny: Permission) -> None:
        assert channel.guild is not None
        channel.overwrites[target.id] = Overwrite(target.id, isinstance(target, User), allow, deny)
        self._tell(channel.guild, "CHANNEL_UPDATE", drawing.draw_channel(channel))

    def delete_channel(self, channel: Channel) -> None:
        del self.channels[channel.id]
        for message in channel.messages.values():
            self.messages.pop(message.id, None)
        if channel.guild is None:
            return
        (channel.guild.threads if channel.is_thread else channel.guild.channels).pop(channel.id, None)
        event = "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE"
        self._tell(channel.guild, event, drawing.draw_channel(channel))

    def _tell(self, guild: Guild, event: str, data: Payload) -> None:
        if guild.bot_present:
            self.gateway.emit(event, data, guild_id=guild.id, intent=gateway.GUILDS)
        self.signal.fire()

    # Messages

    def post(self, message: Message) -> None:
        """Puts a finished message into the world; an ephemeral one is in no channel's history."""
        self.messages[message.id] = message
        if message.seen_by is None:
            message.channel.add(message)
            self.tell_message("MESSAGE_CREATE", message)
        self.signal.fire()

    def touch(self, message: Message) -> None:
        message.edited_at = self.clock.now()
        message.edits += 1
        if message.seen_by is None:
            self.tell_message("MESSAGE_UPDATE", message)
        self.signal.fire()

    def delete_message(self, message: Message) -> None:
        message.channel.remove(message)
        self.messages.pop(message.id, None)
        if message.seen_by is None:
            self.tell_message("MESSAGE_DELETE", message)
        self.signal.fire()

    def tell_message(self, event: str, message: Message) -> None:
        channel = message.channel
        if Permission.VIEW_CHANNEL not in channel.permissions_of(self.bot) or channel.type is ChannelType.GROUP_DM:
            return
        guild_id = channel.guild.id if channel.guild else None
        intent = gateway.GUILD_MESSAGES if channel.guild else gateway.DIRECT_MESSAGES
        if not any(session.intents & intent for session in self.gateway.sessions.values()):
            return
        if event == "MESSAGE_DELETE":
            data: Payload = {"id": str(message.id), "channel_id": str(channel.id)}
            if guild_id is not None:
                data["guild_id"] = str(guild_id)
        else:
            data = drawing.draw_message_event(message)
            if channel.guild and message.author is not self.bot and self.bot not in message.mentions:
                data |= {"content": "", "embeds": [], "components": [], "attachments": []}
        self.gateway.emit(event, data, guild_id=guild_id, intent=intent)

    def remember_nonce(self, key: tuple[int, str], message: Message) -> None:
        now = self.clock.now()
        while self.nonces:
            oldest = next(iter(self.nonces))
            if now - self.nonces[oldest][1] <= self.nonce_seconds:
                break
            del self.nonces[oldest]
        self.nonces[key] = (message, now)

    def find_nonce(self, key: tuple[int, str]) -> Message | None:
        found = self.nonces.get(key)
        if found is None or self.clock.now() - found[1] > self.nonce_seconds:
            return None
        return found[0]

    def can_dm(self, user: User) -> bool:
        return user.door is DmDoor.OPEN

    # The gateway's greeting

    def _greet(self, session: Session) -> tuple[Payload, list[Payload]]:
        guilds = [one for one in self.guilds.values() if one.bot_present and session.hears(one.id)]
        ready: Payload = {
            "v": 10,
            "user": drawing.draw_user(self.bot) | {"verified": True, "mfa_enabled": True, "email": None, "flags": 0},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": f"{self.gateway.url}/resume",
            "shard": [session.shard, session.shards],
            "application": {"id": str(self.bot.id), "flags": self.application_flags},
            "private_channels": [],
            "_trace": [timestamp(self.clock.now())],
        }
        if not session.intents & gateway.GUILDS:
            return ready, []
        return ready, [self._draw_guild(guild, session.intents) for guild in guilds]

    def _draw_guild(self, guild: Guild, intents: int) -> Payload:
        everybody = bool(intents & gateway.GUILD_MEMBERS)
        return drawing.draw_guild(guild, [one for one in guild.members.values() if everybody or one.user is self.bot])
