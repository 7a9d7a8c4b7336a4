"""Who asks, from where, and with what: read from the very event, never from what a button carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from adapters.discord import places
from adapters.discord.members import Member
from adapters.discord.origin import Origin
from adapters.discord.places import Place
from bot.api import Actor, commands

_SUB_COMMAND, _GROUP = 1, 2


def actor_of(interaction: discord.Interaction) -> Actor:
    """A server where the bot is installed is a workspace of its own; anything else is the person's own."""
    person = interaction.user
    at_home = interaction.is_guild_integration() and interaction.guild_id is not None
    if at_home and interaction.guild_id is not None:
        rights = interaction.permissions
        return Actor(
            workspace=places.guild_workspace(interaction.guild_id),
            person=str(person.id),
            manages=rights.manage_guild or rights.administrator,
            roles=_roles(person, interaction.guild_id),
            place=Place(interaction.channel_id).address if interaction.channel_id else "",
            locale=str(interaction.locale),
        )
    return Actor(
        workspace=places.own_workspace(person.id),
        person=str(person.id),
        private=True,
        place=Place(person.id, direct=True).address,
        locale=str(interaction.locale),
    )


def _roles(person: discord.User | discord.Member, guild: int) -> frozenset[str]:
    """As the event itself tells them, and `@everyone`, whose number is the server's. The library's own list leaves out
    every role that it has not heard of: all of them, until the server's own event has come."""
    told = person._roles if isinstance(person, discord.Member) else ()
    return frozenset(map(str, (guild, *told)))


def actor_in(interaction: discord.Interaction, origin: Origin, member: Member) -> Actor:
    """Somebody who acts in a server from their direct messages, with what Discord says of them there."""
    person = interaction.user
    return Actor(
        workspace=places.guild_workspace(origin.guild),
        person=str(person.id),
        manages=member.manages,
        roles=member.roles,
        place=Place(person.id, direct=True, guild=origin.guild).address,
        locale=str(interaction.locale),
    )


def typed(data: Mapping[str, Any]) -> tuple[tuple[str, ...], list[Mapping[str, Any]]]:
    """The path of a command that was run, and its options."""
    path, options = [str(data["name"])], list(data.get("options", ()))
    while options and options[0]["type"] in (_SUB_COMMAND, _GROUP):
        path.append(str(options[0]["name"]))
        options = list(options[0].get("options", ()))
    return tuple(path), options


def values(spec: commands.Spec, options: list[Mapping[str, Any]]) -> dict[str, object]:
    """What was given, as the engine takes it: a channel becomes an address."""
    channels = {parameter.name for parameter in spec.options if parameter.kind is commands.ParameterKind.CHANNEL}
    return {
        str(option["name"]): Place(int(option["value"])).address if option["name"] in channels else option["value"]
        for option in options
    }
