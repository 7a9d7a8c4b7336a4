"""Whether somebody belongs to a server in which they act from their direct messages, and what they may do there.

Discord is asked, never the message that was pressed. Belonging is remembered for ten minutes; for what only managers
may do it is asked anew.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta

import discord

from adapters.discord.callbacks import CUT_OFF
from bot.api import Clock, Record, StudyError

HOLDS = timedelta(minutes=10)
REMEMBERED = 4_096
LONGEST = 10.0
"""Seconds that Discord gets to say it, where the answer may be late."""
UNKNOWN_MEMBER, UNKNOWN_USER = 10007, 10013


class Member(Record):
    """How somebody stands in a server, as Discord said."""

    server: str
    roles: frozenset[str]
    manages: bool


class Members:
    """Asks, and remembers the last answers."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[int, int], tuple[datetime, Member]] = OrderedDict()

    async def find(self, client: discord.Client, guild: int, person: int, *, anew: bool, within: float) -> Member:
        """A `StudyError` if they do not belong to it, or if Discord does not say."""
        until, known = self._known.get((guild, person), (None, None))
        if known is not None and until is not None and until > self._clock.now() and not anew:
            return known
        self._known.pop((guild, person), None)
        found = await _asked(client, guild, person, within=within)
        self._known[guild, person] = (self._clock.now() + HOLDS, found)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found


async def _asked(client: discord.Client, guild: int, person: int, *, within: float) -> Member:
    try:
        async with asyncio.timeout(within):
            server = await client.fetch_guild(guild, with_counts=False)
            member = await server.fetch_member(person)
    except (discord.NotFound, discord.Forbidden) as error:
        raise _gone(error) from None
    except (discord.DiscordException, *CUT_OFF):
        raise StudyError(
            "Discord did not say in time whether you belong to that server.",
            "Nothing was changed. Please try again in a minute.",
        ) from None
    rights = member.guild_permissions
    roles = frozenset(str(role.id) for role in member.roles)
    return Member(server.name, roles, rights.manage_guild or rights.administrator)


def _gone(error: discord.HTTPException) -> StudyError:
    here = "Nothing was changed. For lessons of your own, type /study here."
    if error.code in (UNKNOWN_MEMBER, UNKNOWN_USER):
        return StudyError("You are not a member of that server any more.", here)
    return StudyError("Dualo is not in that server any more.", here)
