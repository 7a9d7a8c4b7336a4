"""Who acts, where, and what: read from the event itself, never from what a button carries.

A direct message may speak for a server. Then Discord is asked what the person may do there, as the event does not say.
The message itself carries the server, as buttons outlive restarts. A custom id has no room beside the longest command,
but every component has an id of 32 bits that nobody sees and that comes back with the message: three of them hold the
server's number and a check of it. They say where somebody wants to act, and never whether they may.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import discord
from cachetools import TTLCache

from adapters.discord import addresses, components, internals, limits, registration
from adapters.discord.addresses import Destination
from adapters.discord.components import Drawing, shown
from adapters.discord.errors import CUT_OFF
from adapters.discord.limits import Component
from adapters.discord.markdown import subtext, words
from adapters.shared.reports import mistake_in
from bot.api import Actor, Clock, Record, StudyError, commands, i18n, replace

HOLDS = timedelta(minutes=10)
REMEMBERED = 4_096
LONGEST = 10.0
"""Seconds that Discord gets to say it, where the answer may be late."""
UNKNOWN_MEMBER, UNKNOWN_USER = 10007, 10013


class Member(Record):
    """Somebody's rights in a server, as Discord stated them."""

    server: str
    roles: frozenset[str]
    manages: bool


def actor_of(interaction: discord.Interaction) -> Actor:
    """A server where the bot is installed is a workspace of its own; anything else is the person's own."""
    person, guild, rights = interaction.user, interaction.guild_id, interaction.permissions
    if guild is None or not interaction.is_guild_integration():
        return Actor(
            workspace=addresses.own_workspace(person.id),
            person=str(person.id),
            private=True,
            roams=guild is None,
            place=Destination(person.id, direct=True).address,
            locale=str(interaction.locale),
            name=person.display_name,
        )
    roles = internals.role_ids(person) if isinstance(person, discord.Member) else ()
    return Actor(
        workspace=addresses.guild_workspace(guild),
        person=str(person.id),
        manages=rights.manage_guild or rights.administrator,
        roles=frozenset(map(str, (guild, *roles))),  # the role `@everyone` has the server's id
        place=Destination(interaction.channel_id).address if interaction.channel_id else "",
        locale=str(interaction.locale),
        name=person.display_name,
    )


def actor_in(interaction: discord.Interaction, origin: ServerOrigin, member: Member) -> Actor:
    """Somebody who acts in a server from their direct messages, with what Discord says of them there."""
    person = interaction.user
    return Actor(
        workspace=addresses.guild_workspace(origin.guild),
        person=str(person.id),
        manages=member.manages,
        roles=member.roles,
        place=Destination(person.id, direct=True, guild=origin.guild).address,
        locale=str(interaction.locale),
        name=person.display_name,
    )


def typed(data: Mapping[str, Any]) -> tuple[tuple[str, ...], list[Mapping[str, Any]]]:
    """The path of a command that was run, and its options."""
    path, options = [str(data["name"])], list(data.get("options", ()))
    while options and options[0]["type"] in (registration.SUB_COMMAND, registration.GROUP):
        path.append(str(options[0]["name"]))
        options = list(options[0].get("options", ()))
    return tuple(path), options


def values(spec: commands.Spec, options: list[Mapping[str, Any]]) -> dict[str, object]:
    """What was given, as the engine takes it: a channel becomes an address."""
    channels = {parameter.name for parameter in spec.options if parameter.kind is commands.ParameterKind.CHANNEL}
    return {
        str(option["name"]): Destination(int(option["value"])).address
        if option["name"] in channels
        else option["value"]
        for option in options
    }


def message_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message whose menu a command was taken from."""
    messages: Mapping[str, Any] = data.get("resolved", {}).get("messages", {})
    message: Mapping[str, Any] = messages.get(str(data.get("target_id")), {})
    return message


def report_on(message: Mapping[str, Any], application: int) -> commands.Command:
    """The report form for the lesson that a message of ours shows."""
    ours = str(message.get("author", {}).get("id", "")) == str(application)
    pressable = limits.walk(message.get("components", [])) if ours else ()
    found = mistake_in(components.read_custom_id(str(each.get("custom_id", ""))).token for each in pressable)
    if found is None:
        raise StudyError(
            i18n.say("There is no lesson of mine in this message."),
            i18n.say(
                "“{command}” works on a lesson that I posted; anywhere else, open the lesson with /lesson and press "
                "“Report a mistake”.",
                command=i18n.say(registration.REPORT),
            ),
        )
    return found


# Who brought the bot in -----------------------------------------------------------------------------------------------

_BOT_ADD: Final = 28
"""The audit log's number for it."""
_LOOKED_THROUGH = 10


async def installer(client: discord.Client, guild: int) -> int:
    """Whoever added the bot to a server, where it may read the audit log; else the server's owner."""
    server = await client.fetch_guild(guild, with_counts=False)
    me = await server.fetch_member(client.user.id if client.user else 0)
    if me.guild_permissions.view_audit_log:  # the invitation asks for no such right; few servers give it
        held = await client.http.get_audit_logs(guild, limit=_LOOKED_THROUGH, action_type=_BOT_ADD)
        for entry in held["audit_log_entries"]:
            if entry["target_id"] == str(me.id) and entry["user_id"]:
                return int(entry["user_id"])
    return server.owner_id or 0


# Members of a server, for direct messages that speak for it ----------------------------------------------------------


class Members:
    """Asks Discord who belongs to a server, and caches it for a while; for a manager's command it asks again."""

    def __init__(self, clock: Clock) -> None:
        self._known: TTLCache[tuple[int, int], Member] = TTLCache(
            REMEMBERED, HOLDS.total_seconds(), lambda: clock.now().timestamp()
        )

    async def find(self, client: discord.Client, guild: int, person: int, *, anew: bool) -> Member:
        """A `StudyError` if they do not belong to it, or if Discord does not say."""
        known = self._known.get((guild, person))
        if known is not None and not anew:
            return known
        self._known.pop((guild, person), None)
        found = self._known[guild, person] = await _fetch(client, guild, person)
        return found


async def _fetch(client: discord.Client, guild: int, person: int) -> Member:
    try:
        async with asyncio.timeout(LONGEST):
            server = await client.fetch_guild(guild, with_counts=False)
            member = await server.fetch_member(person)
    except (discord.NotFound, discord.Forbidden) as error:
        raise _gone(error) from None
    except (discord.DiscordException, *CUT_OFF):
        raise StudyError(
            i18n.say("Discord did not say in time whether you belong to that server."),
            i18n.say("Nothing was changed. Please try again in a minute."),
        ) from None
    rights = member.guild_permissions
    roles = frozenset(str(role.id) for role in member.roles)
    return Member(server.name, roles, rights.manage_guild or rights.administrator)


async def belongs(client: discord.Client, guild: int, person: int) -> bool:
    """Whether Discord knows them in that server; a `StudyError` if it does not say."""
    try:
        async with asyncio.timeout(LONGEST):
            await client.http.get_member(guild, person)
    except (discord.NotFound, discord.Forbidden):
        return False
    except (discord.DiscordException, *CUT_OFF):
        raise StudyError(i18n.say("Discord did not say in time whether somebody belongs to that server.")) from None
    return True


def _gone(error: discord.HTTPException) -> StudyError:
    here = i18n.say("Nothing was changed. For lessons of your own, type /study here.")
    if error.code in (UNKNOWN_MEMBER, UNKNOWN_USER):
        return StudyError(i18n.say("You are not a member of that server any more."), here)
    return StudyError(i18n.say("Dualo is not in that server any more."), here)


# The server that a direct message speaks for --------------------------------------------------------------------------


PIECES, _BITS, _CHECK = 3, 28, 20
_OURS = 1 << 30
"""Set in every id that holds a piece; Discord's own numbers, kinds and markers lie below."""
_MASK = (1 << _BITS) - 1


class ServerOrigin(Record):
    """The server for which something is said."""

    guild: int
    name: str = ""
    """As far as it is known here."""


def stamp_origin(drawing: Drawing, origin: ServerOrigin) -> Drawing:
    """The same message, carrying the server, and naming it if there is room. Every message with a button has at least
    three components; of one that had fewer, no press would be taken."""
    made = copy.deepcopy(list(drawing.components))
    parts = _within(made)
    if origin.name:
        parts.append(shown(subtext(i18n.say("Server: {name}", name=words(origin.name)))))
        if limits.excess(made, drawing.contents):
            parts.pop()
    for component, number in zip(limits.walk(parts), _pieces(origin.guild), strict=False):
        component["id"] = number
    return replace(drawing, components=made)


def read_origin(components: Sequence[Component]) -> ServerOrigin | None:
    """The server that a message carries; a `StudyError` if it is damaged."""
    ids = (component.get("id") for component in limits.walk(_within(components)))
    found = sorted(number for number in ids if isinstance(number, int) and number & _OURS)
    if not found:
        return None
    number = sum((each & _MASK) << (_BITS * at) for at, each in enumerate(found))
    guild = number >> _CHECK
    if found != _pieces(guild):
        raise StudyError(
            i18n.say("It cannot be told any more for which server this message was."),
            i18n.say("Nothing was changed. Type /study in that server to go on there."),
        )
    return ServerOrigin(guild)


def _within(components: Sequence[Component]) -> list[Component]:
    """What the message's one container holds. Its own number means other things."""
    for component in components:
        parts = component.get("components")
        if component.get("type") == limits.CONTAINER and isinstance(parts, list):
            return parts
    return []


def _pieces(guild: int) -> list[int]:
    """Least first, each with its place in the number, so that they are told apart in whatever order they come."""
    number = guild << _CHECK | _check(guild)
    return [_OURS | at << _BITS | (number >> (_BITS * at)) & _MASK for at in range(PIECES)]


def _check(guild: int) -> int:
    digest = hashlib.blake2b(str(guild).encode(), digest_size=4, person=b"origin").digest()
    return int.from_bytes(digest, "big") >> (32 - _CHECK)


# Somebody's own space -------------------------------------------------------------------------------------------------

OWN = i18n.mark("Your own space")
_LOOKS = frozenset({"home", "next", "progress", "settings", "themes", "theme", "lesson", "saved", "review"})
"""What a visit repeats in the server; anything else leads to its Home, as no button may record without saying so."""


def in_own_space(
    drawing: Drawing, command: commands.Command, servers: Sequence[ServerOrigin], *, leads: bool = True
) -> Drawing:
    """The same message, saying whose space it is, with a button for each server in which the person learns, as far as
    there is room. A step of a quiz and a file lead nowhere else."""
    made = copy.deepcopy(list(drawing.components))
    parts = _within(made)
    if not parts:
        return drawing
    parts.append(shown(subtext(i18n.say(OWN))))
    if limits.excess(made, drawing.contents):
        return drawing
    there = [
        components.small_button(i18n.say("Continue in {name}", name=server.name), _visit(command, server.guild))
        for server in servers
        if server.name
    ]
    if leads and there:
        parts += (row := components.rows(there))
        if limits.excess(made, drawing.contents):
            del parts[-len(row) :]
    return replace(drawing, components=made)


def _visit(command: commands.Command, guild: int) -> str:
    repeated = components.visit(command, guild) if command.spec.verb in _LOOKS and not command.for_everyone else ""
    return repeated or components.visit(commands.Home(), guild)
