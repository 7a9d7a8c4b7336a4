"""The thread beneath a post: opened once, named after the lesson, and nothing that the post depends on.

Discord itself keeps it to one thread a message, so opening it again is harmless. Where it cannot be opened the post
stands all the same, and it is told why it stands alone.
"""

from __future__ import annotations

import asyncio
from typing import Final

import discord

from adapters.discord.callbacks import CUT_OFF
from adapters.discord.limits import THREAD_NAME
from adapters.discord.markdown import plain
from adapters.discord.permissions import OPEN_THREADS, READ_HISTORY, Grounds, how_to_give
from adapters.discord.places import Posted
from bot.api import text, views

OPENING, LOOKING = 8.0, 4.0
"""Seconds for it, the library's own trying again counted in, and for finding out why it could not be."""
A_WEEK: Final = 10_080
"""Minutes without a word after which Discord archives it: by then the next post has come."""
STANDS_ALREADY, NOT_IN_THIS_CHANNEL, UNKNOWN_MESSAGE = 160004, 50024, 10008
MISSING_ACCESS, MISSING_PERMISSIONS, TOO_MANY = 50001, 50013, frozenset({160006, 160007})


def name_of(view: views.LessonPost) -> str:
    return text.shorten(plain(f"{view.number}. {view.title}"), THREAD_NAME)


async def open_beneath(client: discord.Client, view: views.LessonPost, posted: Posted) -> str:
    """Empty once it stands; otherwise why it does not, for people."""
    try:
        async with asyncio.timeout(OPENING):
            await client.http.start_thread_with_message(
                posted.channel, posted.message, name=name_of(view), auto_archive_duration=A_WEEK
            )
            return ""
    except discord.HTTPException as error:
        if error.code in (STANDS_ALREADY, NOT_IN_THIS_CHANNEL):
            return ""
        return f"It was posted without a thread: {await _why(client, error, posted)}"
    except (discord.DiscordException, *CUT_OFF):
        return "It was posted without a thread: Discord did not open it in time."


async def _why(client: discord.Client, error: discord.HTTPException, posted: Posted) -> str:
    if error.code in (MISSING_ACCESS, MISSING_PERMISSIONS):
        return await _what_is_missing(client, posted)
    if error.code == UNKNOWN_MESSAGE:
        return "the post was deleted meanwhile."
    if error.code in TOO_MANY:
        return "this server has as many threads open as Discord allows. Archive some."
    return f"Discord refused to open it ({error.code or error.status})."


async def _what_is_missing(client: discord.Client, posted: Posted) -> str:
    try:
        async with asyncio.timeout(LOOKING):
            there = await Grounds(client).standing(posted.channel)
    except (discord.DiscordException, *CUT_OFF):
        there = None
    lacked = READ_HISTORY if there and there.opens_threads and not there.reads_history else OPEN_THREADS
    place = f"in #{there.name} " if there else ""
    return f"{place}the bot lacks “{lacked}”. {how_to_give(lacked)}"
