"""What the bot asks a workspace for, and why: the least that what it does needs."""

from __future__ import annotations

from collections.abc import Mapping

NEEDED: Mapping[str, str] = {
    "commands": "slash commands and shortcuts",
    "chat:write": "scheduled lessons and nudges, in channels that it was invited to",
    "im:write": "opening direct messages: nudges that somebody agreed to, and the file of one's own data",
    "im:history": "finding again a direct message whose sending is in doubt, and answering what is written there",
    "channels:read": "seeing whether it is in a public channel before a lesson is due there, and finding one by name",
    "groups:read": "the same for private channels that it was invited to",
    "channels:history": "finding again, in a public channel, a message whose sending is in doubt",
    "groups:history": "the same in a private channel",
    "users:read": "a learner's timezone and language, and who may manage Dualo",
    "usergroups:read": "assigning a theme to a user group, and letting one manage Dualo",
    "files:write": "sending somebody the file of their own data",
}
"""Scopes of the bot token, each with its reason."""


def lacking(granted: tuple[str, ...]) -> tuple[str, ...]:
    """The needed scopes that a token was not granted."""
    return tuple(scope for scope in NEEDED if scope not in granted)
