"""Which server a message in somebody's direct messages speaks for. The message carries it, as buttons outlive restarts.

A custom id has no room beside the longest command. But every component has an id of 32 bits that nobody sees and that
comes back with the message: three of them hold the server's number and a check of it. They say where somebody wants to
act, and never whether they may.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence

from adapters.discord import custom_ids, limits
from adapters.discord.components import Drawing, rows, shown, small_button
from adapters.discord.limits import Component
from adapters.discord.markdown import subtext, words
from bot.api import Record, StudyError, commands, replace

PIECES, _BITS, _CHECK = 3, 28, 20
_OURS = 1 << 30
"""Set in every id that holds a piece; Discord's own numbers, kinds and markers lie below."""
_MASK = (1 << _BITS) - 1


class ServerOrigin(Record):
    """The server for which something is said."""

    guild: int
    name: str = ""
    """As far as it is known here."""


def stamped(drawing: Drawing, origin: ServerOrigin) -> Drawing:
    """The same message, carrying the server, and naming it if there is room. Every message with a button has at least
    three components; of one that had fewer, no press would be taken."""
    made = copy.deepcopy(list(drawing.components))
    parts = _within(made)
    if origin.name:
        parts.append(shown(subtext(f"Server: {words(origin.name)}")))
        if limits.excess(made, {file.name: file.content for file in drawing.files}):
            parts.pop()
    for component, number in zip(limits.walk(parts), _pieces(origin.guild), strict=False):
        component["id"] = number
    return replace(drawing, components=made)


# Somebody's own space -------------------------------------------------------------------------------------------------

OWN = "Your own space"
_LOOKS = frozenset({"home", "next", "progress", "settings", "themes", "theme", "lesson", "saved", "review"})
"""What a visit repeats in the server; anything else leads to its Home, as no button may record without saying so."""


def in_own_space(
    drawing: Drawing, command: commands.Command, servers: Sequence[ServerOrigin], *, leads: bool = True
) -> Drawing:
    """The same message, saying whose space it is, with a button for each server in which the person learns, as far as
    there is room. A step of a quiz and a file lead nowhere else."""
    made = copy.deepcopy(list(drawing.components))
    parts = _within(made)
    files = {file.name: file.content for file in drawing.files}
    if not parts:
        return drawing
    parts.append(shown(subtext(OWN)))
    if limits.excess(made, files):
        return drawing
    there = [
        small_button(f"Continue in {server.name}", _visit(command, server.guild)) for server in servers if server.name
    ]
    if leads and there:
        parts += (row := rows(there))
        if limits.excess(made, files):
            del parts[-len(row) :]
    return replace(drawing, components=made)


def _visit(command: commands.Command, guild: int) -> str:
    repeated = custom_ids.visit(command, guild) if command.spec.verb in _LOOKS and not command.for_everyone else ""
    return repeated or custom_ids.visit(commands.Home(), guild)


def carried(components: Sequence[Component]) -> ServerOrigin | None:
    """The server that a message carries; a `StudyError` if it is damaged."""
    ids = (component.get("id") for component in limits.walk(_within(components)))
    found = sorted(number for number in ids if isinstance(number, int) and number & _OURS)
    if not found:
        return None
    number = sum((each & _MASK) << (_BITS * at) for at, each in enumerate(found))
    guild = number >> _CHECK
    if found != _pieces(guild):
        raise StudyError(
            "It cannot be told any more for which server this message was.",
            "Nothing was changed. Type /study in that server to go on there.",
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
