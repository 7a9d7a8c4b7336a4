"""Whether a place takes posts, told before anything is posted there: is it this server's own, and what is missing.

A channel of another server is never looked at more closely, and never named.
"""

from __future__ import annotations

from collections.abc import Sequence

import discord

from adapters.discord import endings, permissions
from adapters.discord.callbacks import CUT_OFF
from adapters.discord.invite import invite_url
from adapters.discord.permissions import Grounds, Standing
from adapters.discord.places import Place, guild_of, own_workspace, read_place
from bot.api import Check

MISSING_ACCESS, UNKNOWN_GUILD = 50001, 10004


async def survey(client: discord.Client, workspace: str, addresses: Sequence[str]) -> list[Check]:
    """One line for each place, in their order."""
    grounds = Grounds(client)
    return [await _asked(grounds, workspace, address) for address in addresses]


async def _asked(grounds: Grounds, workspace: str, address: str) -> Check:
    place = read_place(address)
    if place is None:
        return no_place(address)
    guild = guild_of(workspace)
    try:
        if place.direct:
            return await _direct(grounds, workspace, place)
        there = await grounds.within(guild, place.id) if guild else None
    except discord.NotFound as error:
        return left(grounds.client) if error.code == UNKNOWN_GUILD else gone(address)
    except discord.Forbidden as error:
        return left(grounds.client) if error.code == MISSING_ACCESS else unseen(address)
    except (discord.DiscordException, *CUT_OFF) as error:
        return unanswered(f"Discord {address}", error)
    if there is None:
        return Check(
            f"Discord {address}",
            healthy=False,
            detail="It is not a channel of this server.",
            mend="Choose a channel of this server that Dualo can see.",
        )
    return told(there)


async def _direct(grounds: Grounds, workspace: str, place: Place) -> Check:
    guild = guild_of(workspace)
    if place.guild not in (0, guild):
        known = False
    else:
        known = await grounds.has_member(guild, place.id) if guild else workspace == own_workspace(place.id)
    if known:
        return messages_of(place)
    return Check(
        f"Discord @{place.id}",
        healthy=False,
        detail="This person is not a member of this server." if guild else "This is somebody else.",
        mend="Choose somebody who is." if guild else "Choose your own direct messages.",
    )


# What is told of a place ---------------------------------------------------------------------------------------------


def told(there: Standing) -> Check:
    """Of a channel or thread that is seen."""
    name = f"Discord #{there.name}"
    if not there.takes_posts:
        return Check(
            name,
            healthy=False,
            detail="Nothing can be posted in a channel of this kind.",
            mend="Choose a text channel.",
        )
    if there.locked:
        return Check(
            name,
            healthy=False,
            detail="The thread is archived and locked.",
            mend="Unlock it, or choose another place.",
        )
    detail = [f"Missing: {', '.join(there.missing)}." if there.missing else "Nothing is missing."]
    threads = ""
    if not there.opens_threads:
        detail.append(f"Without “{permissions.OPEN_THREADS}” no thread can be opened beneath a post.")
        threads = f"{detail[-1]} {permissions.how_to_give(permissions.OPEN_THREADS)}"
    if not there.reads_history:
        detail.append(f"Without “{permissions.READ_HISTORY}” a doubtful post cannot be looked for after a crash.")
    return Check(name, healthy=not there.missing, detail=" ".join(detail), mend=there.mend, threads=threads)


def unanswered(name: str, error: BaseException) -> Check:
    """Nothing was learnt, as Discord refused, limits the bot for a while, or was not reached. Discord's own words are
    shown; those of the network are not, since they may name what is only the operator's."""
    if isinstance(error, discord.RateLimited):
        wait = endings.seconds(error)
        detail, mend = f"Discord takes no such question for {wait}.", "Try again after that."
    else:
        said = f": {endings.told(error)}" if isinstance(error, discord.DiscordException) else ""
        detail = f"Discord did not answer{said}."
        mend = "Try again in a minute; https://discordstatus.com tells of troubles."
    return Check(name, healthy=False, detail=detail, mend=mend)


def no_place(address: str) -> Check:
    return Check(f"Discord {address}", healthy=False, detail="This is not a place in Discord.", mend="Choose another.")


def gone(address: str) -> Check:
    return Check(
        f"Discord {address}", healthy=False, detail="The channel does not exist any more.", mend="Choose another."
    )


def unseen(address: str) -> Check:
    mend = "Give Dualo's role “View Channels” and “Send Messages” there."
    return Check(f"Discord {address}", healthy=False, detail="The bot does not see this channel.", mend=mend)


def messages_of(place: Place) -> Check:
    return Check(f"Discord @{place.id}", healthy=True, detail="Direct messages are tried when there is one to send.")


def left(client: discord.Client, address: str = "") -> Check:
    return Check(
        f"Discord {address}".strip(),
        healthy=False,
        detail="The bot is not in this server any more.",
        mend=f"Invite it again: {invite_url(client.application_id or 0)}",
    )


__all__ = ["gone", "left", "messages_of", "no_place", "survey", "told", "unanswered", "unseen"]
