"""Decides how each thing looks on the wire: the objects that Discord sends for users, servers and messages."""

from __future__ import annotations

from tests.wire.discord.model import Attachment, Channel, ChannelType, Guild, Member, Message, Role, User
from tests.wire.discord.payload import Payload, timestamp
from tests.wire.discord.permissions import Permission


def draw_user(user: User) -> Payload:
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.bot else user.name,
        "discriminator": "0",
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
    }


def draw_role(role: Role) -> Payload:
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def draw_member(member: Member, *, permissions: Permission | None = None) -> Payload:
    data: Payload = {
        "user": draw_user(member.user),
        "nick": None,
        "avatar": None,
        "roles": [str(role.id) for role in member.roles],
        "joined_at": timestamp(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
    if permissions is not None:
        data["permissions"] = str(int(permissions))
    return data


def draw_channel(channel: Channel) -> Payload:
    last = channel.order[-1] if channel.order else None
    data: Payload = {
        "id": str(channel.id),
        "type": int(channel.type),
        "flags": 0,
        "last_message_id": None if last is None else str(last),
    }
    if channel.guild is None:
        data["recipients"] = [draw_user(user) for user in channel.recipients]
        if channel.type is ChannelType.GROUP_DM:
            data |= {"name": channel.name, "owner_id": str(channel.owner_id), "icon": None}
        return data
    data |= {
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "parent_id": str(channel.parent.id) if channel.parent else None,
        "rate_limit_per_user": 0,
    }
    return data | (_thread_part(channel) if channel.is_thread else _place_part(channel))


def _place_part(channel: Channel) -> Payload:
    overwrites: list[Payload] = [
        {
            "id": str(one.target),
            "type": int(one.member),
            "allow": str(int(one.allow)),
            "deny": str(int(one.deny)),
        }
        for one in channel.overwrites.values()
    ]
    return {
        "position": channel.position,
        "topic": None,
        "nsfw": False,
        "bitrate": 64000,
        "user_limit": 0,
        "permission_overwrites": overwrites,
    }


def _thread_part(channel: Channel) -> Payload:
    return {
        "owner_id": str(channel.owner_id),
        "message_count": len(channel.order),
        "member_count": 1,
        "total_message_sent": len(channel.order),
        "thread_metadata": {
            "archived": channel.archived,
            "locked": channel.locked,
            "auto_archive_duration": 4320,
            "archive_timestamp": timestamp(channel.created_at),
            "create_timestamp": timestamp(channel.created_at),
        },
    }


def draw_guild(guild: Guild, members: list[Member]) -> Payload:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(guild.owner.id),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "roles": [draw_role(role) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "preferred_locale": guild.locale,
        "nsfw_level": 0,
        "premium_tier": 0,
        "joined_at": timestamp(guild.created_at),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [draw_member(member) for member in members],
        "channels": [draw_channel(channel) for channel in guild.channels.values()],
        "threads": [draw_channel(thread) for thread in guild.threads.values() if not thread.archived],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def draw_attachment(attachment: Attachment, *, ephemeral: bool) -> Payload:
    data: Payload = {
        "id": str(attachment.id),
        "filename": attachment.filename,
        "size": len(attachment.data),
        "url": attachment.url,
        "proxy_url": attachment.url,
        "content_type": "application/octet-stream",
        "ephemeral": ephemeral,
    }
    if attachment.description is not None:
        data["description"] = attachment.description
    return data


def draw_message(message: Message) -> Payload:
    data: Payload = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": 20 if message.interaction and message.interaction.get("type") == 2 else 19 if message.reply_to else 0,
        "author": draw_user(message.author),
        "content": message.content,
        "timestamp": timestamp(message.created_at),
        "edited_timestamp": None if message.edited_at is None else timestamp(message.edited_at),
        "tts": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [draw_user(user) for user in message.mentions],
        "mention_roles": [str(one) for one in message.mention_roles],
        "attachments": [draw_attachment(one, ephemeral=message.ephemeral) for one in message.attachments],
        "embeds": message.embeds,
        "components": message.components,
        "pinned": False,
        "flags": int(message.flags),
    }
    if message.nonce is not None:
        data["nonce"] = message.nonce
    if message.interaction is not None:
        data |= {"interaction_metadata": message.interaction, "application_id": str(message.author.id)}
        data["webhook_id"] = str(message.author.id)
    if message.reply_to is not None:
        data["message_reference"] = {
            "type": 0,
            "message_id": str(message.reply_to.id),
            "channel_id": str(message.channel.id),
        }
    if message.thread is not None:
        data["thread"] = draw_channel(message.thread)
    return data


def draw_message_event(message: Message) -> Payload:
    """As the gateway sends it: with the server and the author's membership beside it."""
    data = draw_message(message)
    if message.channel.guild is not None:
        data["guild_id"] = str(message.channel.guild.id)
        if member := message.channel.guild.members.get(message.author.id):
            part = draw_member(member)
            part.pop("user")
            data["member"] = part
    return data
