"""Posts what the outbox plans, each idempotency key once, and says what is missing where a place takes no posts.

The key becomes the message's nonce, by which Discord itself refuses a repeat for a few minutes. It also becomes the
number of the message's container, by which an earlier try is found in the channel's history when it is older than that.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import discord
import structlog

from adapters.discord import gateway, markdown, painter
from adapters.discord.actors import ServerOrigin, stamp_origin
from adapters.discord.addresses import PLACELESS, Destination, Posted, read_place, read_posted
from adapters.discord.components import Drawing
from adapters.discord.errors import CUT_OFF, MISSING_ACCESS
from adapters.discord.limits import NONCE, THREAD_NAME
from adapters.discord.markdown import plain
from adapters.discord.permissions import OPEN_THREADS, READ_HISTORY, AccessLookup, ChannelAccess, how_to_give
from adapters.discord.responder import PaintedMessage, discord_files
from adapters.shared import phrases
from bot.api import Clock, Delivered, Outcome, Reach, blocks, i18n, layout, replace, text, views

log = structlog.get_logger(__name__)

NONCE_HOLDS = timedelta(seconds=60)
"""How long a repeat is surely refused; Discord says no more than “the past few minutes”."""
CLOCKS_DIFFER = timedelta(seconds=5)
LOOKED_THROUGH = 500
"""Messages of a channel's history; an earlier try that lies deeper is taken for lost."""
SENDING = 32.0
"""Seconds for one post, the library's own waiting and trying again counted in; its thread has its own."""
NOT_CONNECTED = 30.0
TOKEN_REFUSED = 60.0
"""Seconds until the next try, of one post for all: whoever is refused 10,000 times in ten minutes is shut out."""
RESTS = i18n.mark("Discord asks for patience (rate limit).")

GONE: Mapping[int, str] = {
    10003: i18n.mark("The channel or thread does not exist any more. Choose another one."),
    10004: i18n.mark("The server does not exist any more, or the bot was removed from it."),
    10008: i18n.mark("The message was deleted."),
    10013: i18n.mark("This person's account does not exist any more."),
    50007: i18n.mark(
        "This person does not take direct messages from the bot. They can allow it in their privacy settings."
    ),
    50083: i18n.mark("The thread is archived and locked. Unlock it, or choose another place."),
    50278: i18n.mark("The bot shares no server with this person any more, so it cannot write to them."),
}
UNKNOWN_MESSAGE, UNAUTHORIZED = 10008, 401
MISSING_PERMISSIONS = 50013
THREAD_OPENING, THREAD_LOOKING = 8.0, 4.0
"""Seconds for it, the library's own trying again counted in, and for finding out why it could not be."""
A_WEEK: Final = 10_080
"""Minutes without a word after which Discord archives it: by then the next post has come."""
THREAD_EXISTS, NO_THREADS_HERE = 160004, 50024
TOO_MANY_THREADS = frozenset({160006, 160007})


class Deliveries:
    """Posts and edits, over a connected client."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def send(
        self, view: views.View, address: str, key: str, *, reader: views.Reader, first_try: datetime | None
    ) -> Delivered:
        """Post it, open its thread, and report a mention that notified nobody; after a repeated try, too."""
        place = read_place(address)
        if place is None:
            return Delivered(Outcome.GONE, reason=i18n.say(PLACELESS))
        page = layout.page(view, reader)
        sent = await self._send(page, place, key, first_try=first_try)
        posted = read_posted(sent.message)
        if sent.outcome is not Outcome.SENT or posted is None or place.direct:
            return sent
        lacking = [_nobody_heard(self._client, page.call, place.id)]
        if page.thread:
            lacking.append(await open_thread(self._client, page.thread, posted))
        told = " ".join(filter(None, lacking))
        return replace(sent, reason=" ".join(filter(None, (sent.reason, told))), lacking=told)

    async def _send(self, page: blocks.Page, place: Destination, key: str, *, first_try: datetime | None) -> Delivered:
        with gateway.traced() as trace:
            try:
                return await self._try(page, place, key, first_try=first_try)
            except (discord.DiscordException, *CUT_OFF) as error:
                if isinstance(error, TimeoutError) and trace.rests:
                    return Delivered(Outcome.LATER, reason=i18n.say(RESTS), wait=trace.wait)
                told = await self._outcome(error, place.id)
                doubtful = trace.doubtful and told.outcome is Outcome.LATER
                return replace(told, outcome=Outcome.UNKNOWN) if doubtful else told

    async def _try(self, page: blocks.Page, place: Destination, key: str, *, first_try: datetime | None) -> Delivered:
        async with asyncio.timeout(SENDING):
            channel = await self._open(place)
            doubtful = first_try if first_try and self._clock.now() - first_try > NONCE_HOLDS else None
            if doubtful and (settled := await self._look(place, channel, key, doubtful)):
                return settled
            return await self._post(page, place, channel, key)

    async def seek(self, address: str, key: str, *, since: datetime) -> Delivered | None:
        """The outcome of an earlier try at the key, without sending anything; `None` if there is no such message."""
        place = read_place(address)
        if place is None:
            return None
        try:
            async with asyncio.timeout(SENDING):
                return await self._look(place, await self._open(place), key, since)
        except (discord.DiscordException, *CUT_OFF) as error:
            return await self._outcome(error, place.id)

    async def _open(self, place: Destination) -> discord.abc.Messageable:
        if place.direct:
            return await self._client.create_dm(discord.Object(place.id))
        return self._client.get_partial_messageable(place.id)

    async def _post(
        self, page: blocks.Page, place: Destination, channel: discord.abc.Messageable, key: str
    ) -> Delivered:
        drawing = self._stamped(painter.paint(page, marker=marker(key)), place.guild)
        try:
            sent = await channel.send(
                view=PaintedMessage(drawing),
                files=discord_files(drawing),
                nonce=nonce(key),
                silent=False,
                allowed_mentions=allowed(page.call),
            )
        except discord.NotFound as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            return Delivered(Outcome.SENT, reason=i18n.say("It was posted, and deleted by hand."))
        return Delivered(Outcome.SENT, Posted(sent.channel.id, sent.id, place.guild, marker(key)).reference)

    async def _look(
        self, place: Destination, channel: discord.abc.Messageable, key: str, first_try: datetime
    ) -> Delivered | None:
        """An earlier try of this key in the channel's history. Nothing found means that nothing was posted."""
        if not place.direct and (blind := await self._blind(place)):
            return blind
        wanted, me = marker(key), self._client.user
        async for message in channel.history(limit=LOOKED_THROUGH, after=first_try - CLOCKS_DIFFER, oldest_first=True):
            ours = me is not None and message.author.id == me.id
            if ours and any(getattr(part, "id", 0) == wanted for part in message.components):
                return Delivered(Outcome.SENT, Posted(message.channel.id, message.id, place.guild, wanted).reference)
        return None

    async def _blind(self, place: Destination) -> Delivered | None:
        """Without the right to read, Discord shows an empty history rather than none: that would settle nothing."""
        there = await AccessLookup(self._client).find(place.id)
        if there is None or there.reads_history:
            return None
        reason = i18n.say(
            "An earlier try may stand in #{name}; to look, the bot needs “{permission}”.",
            name=there.name,
            permission=i18n.say(READ_HISTORY),
        )
        return Delivered(Outcome.UNKNOWN, reason=reason)

    async def edit(self, view: views.View, message: str, *, reader: views.Reader) -> Delivered:
        posted = read_posted(message)
        if posted is None:
            return Delivered(Outcome.GONE, reason=i18n.say("This is not a message in Discord."))
        try:
            async with asyncio.timeout(SENDING):
                target = self._client.get_partial_messageable(posted.channel).get_partial_message(posted.message)
                drawing = self._stamped(painter.draw(view, reader, marker=posted.marker), posted.guild)
                await target.edit(
                    view=PaintedMessage(drawing),
                    attachments=discord_files(drawing),
                    allowed_mentions=discord.AllowedMentions.none(),
                )
        except (discord.DiscordException, *CUT_OFF) as error:
            return await self._outcome(error, posted.channel)
        return Delivered(Outcome.SENT, message)

    def _stamped(self, drawing: Drawing, guild: int) -> Drawing:
        """A direct message on behalf of a server carries the server."""
        if not guild:
            return drawing
        known = self._client.get_guild(guild)
        return stamp_origin(drawing, ServerOrigin(guild, known.name if known else ""))

    # What an error means ---------------------------------------------------------------------------------------------

    async def _outcome(self, error: BaseException, channel: int) -> Delivered:
        match error:
            case discord.RateLimited():
                return Delivered(Outcome.LATER, reason=i18n.say(RESTS), wait=error.retry_after)
            case aiohttp.ClientConnectorError():
                return Delivered(Outcome.LATER, reason=i18n.say("Discord could not be reached."), wait=NOT_CONNECTED)
            case discord.HTTPException() if error.status >= 500:
                return Delivered(
                    Outcome.UNKNOWN,
                    reason=i18n.say("Discord answered with an error of its own ({status}).", status=error.status),
                )
            case discord.HTTPException():
                return await self._refused(error, channel)
            case _:
                return Delivered(
                    Outcome.UNKNOWN, reason=i18n.say("The connection to Discord ended before it answered.")
                )

    async def _refused(self, error: discord.HTTPException, channel: int) -> Delivered:
        if error.status == UNAUTHORIZED:
            reason = i18n.say(
                "Discord does not accept the bot's token. Put a new one into DUALO_DISCORD_TOKEN and restart."
            )
            return Delivered(Outcome.LATER, reason=reason, wait=TOKEN_REFUSED, reach=Reach.EVERYWHERE)
        if error.status == 429:  # not the limit of a route, which the library waits for: the whole bot is shut out
            return Delivered(Outcome.LATER, reason=i18n.say(RESTS), wait=NOT_CONNECTED, reach=Reach.EVERYWHERE)
        if error.code in (MISSING_ACCESS, MISSING_PERMISSIONS):
            return Delivered(Outcome.GONE, reason=await self._missing_permission(error, channel))
        if error.code in GONE:
            return Delivered(Outcome.GONE, reason=i18n.say(GONE[error.code]))
        log.error("Discord refused a message.", action="discord.refused", code=error.code, reason=error.text)
        return Delivered(Outcome.REFUSED, reason=i18n.say("Discord refused the message ({code}).", code=error.code))

    async def _missing_permission(self, error: discord.HTTPException, channel: int) -> str:
        """The missing permission by name, as far as Discord lets the bot see it."""
        there = await _access(self._client, channel)
        if there is not None and there.missing:
            said = i18n.say("In #{name} the bot lacks: {missing}.", name=there.name, missing=there.lacks)
            return f"{said} {there.remedy}"
        lacked = i18n.say("View Channels") if error.code == MISSING_ACCESS else i18n.say("Send Messages")
        return i18n.say(
            "The bot lacks a permission there, most likely “{permission}”. Give it to Dualo's role in the channel's "
            "settings, under Permissions.",
            permission=lacked,
        )


def nonce(key: str) -> str:
    """Equal for equal keys, at most 25 characters."""
    return hashlib.blake2b(key.encode(), digest_size=12).hexdigest()[:NONCE]


def marker(key: str) -> int:
    """A number that stays with the message: a component's id is the only invisible value that Discord keeps. The upper
    half of those numbers states the server of a direct message."""
    number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8, person=b"marker").digest()[:4], "big")
    return 16 + number % (2**30 - 16)


# The thread beneath a post -------------------------------------------------------------------------------------------


async def open_thread(client: discord.Client, name: str, posted: Posted) -> str:
    """Open the thread beneath a post; empty if it exists, otherwise why not. Discord allows one thread a message, so a
    repeat is harmless, and the post is complete without it."""
    try:
        async with asyncio.timeout(THREAD_OPENING):
            await client.http.start_thread_with_message(
                posted.channel,
                posted.message,
                name=text.shorten(plain(name), THREAD_NAME),
                auto_archive_duration=A_WEEK,
            )
            return ""
    except discord.HTTPException as error:
        if error.code in (THREAD_EXISTS, NO_THREADS_HERE):
            return ""
        return i18n.say("It was posted without a thread: {why}", why=await _why_no_thread(client, error, posted))
    except (discord.DiscordException, *CUT_OFF):
        return i18n.say("It was posted without a thread: Discord did not open it in time.")


async def _access(client: discord.Client, channel: int, *, within: float | None = None) -> ChannelAccess | None:
    """What the bot may do there; nothing if Discord does not say."""
    try:
        async with asyncio.timeout(within):
            return await AccessLookup(client).find(channel)
    except (discord.DiscordException, *CUT_OFF):
        return None


async def _why_no_thread(client: discord.Client, error: discord.HTTPException, posted: Posted) -> str:
    if error.code in (MISSING_ACCESS, MISSING_PERMISSIONS):
        return await _right_missing(client, posted)
    if error.code == UNKNOWN_MESSAGE:
        return i18n.say("the post was deleted meanwhile.")
    if error.code in TOO_MANY_THREADS:
        return i18n.say("this server has as many threads open as Discord allows. Archive some.")
    return i18n.say("Discord refused to open it ({code}).", code=error.code or error.status)


async def _right_missing(client: discord.Client, posted: Posted) -> str:
    there = await _access(client, posted.channel, within=THREAD_LOOKING)
    lacked = READ_HISTORY if there and there.opens_threads and not there.reads_history else OPEN_THREADS
    said = (
        i18n.say("in #{name} the bot lacks “{permission}”.", name=there.name, permission=i18n.say(lacked))
        if there
        else i18n.say("the bot lacks “{permission}”.", permission=i18n.say(lacked))
    )
    return f"{said} {how_to_give(lacked)}"


# Whom a post notifies -------------------------------------------------------------------------------------------------


def allowed(call: blocks.Call | None) -> discord.AllowedMentions:
    """The mentions of a new message that notify; an answer and an edit have none."""
    whom = markdown.called(call)
    return discord.AllowedMentions(
        everyone=False,
        users=[discord.Object(whom.person)] if isinstance(whom, views.Someone) else False,
        roles=[discord.Object(whom.role)] if isinstance(whom, views.Group) else False,
        replied_user=False,
    )


def _nobody_heard(client: discord.Client, call: blocks.Call | None, channel: int) -> str:
    """Why nobody was notified by the role that a post names; empty if they were, or if it cannot be told."""
    whom = markdown.called(call)
    why = silent(client, whom.role, channel) if isinstance(whom, views.Group) else ""
    return phrases.nobody_was_notified(why)


def silent(client: discord.Client, named: str, channel: int) -> str:
    """Why a role hears nothing of a post in the channel, and the fix; empty if it does, or if it cannot be told."""
    guild = getattr(client.get_channel(channel), "guild", None)
    if not isinstance(guild, discord.Guild) or not named.isdigit():
        return ""
    role = guild.get_role(int(named))
    if role is None:
        return i18n.say("the role that it mentions does not exist any more. Choose another one for this schedule.")
    if role.is_default():
        return i18n.say("@everyone is never called. Choose another role for this schedule.")
    place = guild.get_channel_or_thread(channel)
    may_call_all = place is not None and place.permissions_for(guild.me).mention_everyone
    if role.mentionable or may_call_all:
        return ""
    return i18n.say(
        "in Server Settings, Roles, {name}, switch on “Allow anyone to @mention this role”.", name=role.name
    )
