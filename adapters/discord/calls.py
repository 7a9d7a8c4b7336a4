"""Whom a post may call: the one role of a scheduled post, the one reader of a reminder, and nobody else ever.

Discord lets a message name a role without notifying a soul where nobody may mention it; that is told, so that it can be
mended.
"""

from __future__ import annotations

import discord

from adapters.discord import names
from bot.api import blocks, views


def allowed(call: blocks.Call | None) -> discord.AllowedMentions:
    """What stands beside a new message; an answer and an edit always go out with none."""
    whom = names.called(call)
    return discord.AllowedMentions(
        everyone=False,
        users=[discord.Object(whom.person)] if isinstance(whom, views.Someone) else False,
        roles=[discord.Object(whom.role)] if isinstance(whom, views.Group) else False,
        replied_user=False,
    )


def unheard(client: discord.Client, call: blocks.Call | None, channel: int) -> str:
    """Why nobody was notified by the role that a post names; empty if they were, or if it cannot be told."""
    whom = names.called(call)
    guild = getattr(client.get_channel(channel), "guild", None)
    if not isinstance(whom, views.Group) or not isinstance(guild, discord.Guild):
        return ""
    role = guild.get_role(int(whom.role))
    if role is None:
        return "The role that it mentions does not exist any more. Choose another one for this schedule."
    if role.is_default():
        return "Nobody was notified: @everyone is never called. Choose another role for this schedule."
    place = guild.get_channel_or_thread(channel)
    may_call_all = place is not None and place.permissions_for(guild.me).mention_everyone
    if role.mentionable or may_call_all:
        return ""
    return (
        f"Nobody was notified: in Server Settings, Roles, {role.name}, switch on “Allow anyone to @mention this role”."
    )
