"""Posts what the outbox plans to a channel, a thread or somebody's direct messages, each idempotency key once.

Slack takes no idempotency key, so each message carries its key as metadata. After a doubt the conversation is searched
for that key before anything is sent again; what cannot be searched stays in doubt.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import api, painter, payload
from adapters.slack.api import ApiAnswer, CallFailed, Limited, Refused, Send, Unanswered, Unreached
from adapters.slack.installations import Installations
from adapters.slack.payload import CommandNames, items, text, workspace_key
from adapters.slack.rich import Voice
from bot.api import Clock, Delivered, Outcome, Reach, Record, i18n, replace, views

log = structlog.get_logger(__name__)

EVENT = "dualo_delivery"
"""The metadata's event type."""
_BEFORE = timedelta(seconds=5)
"""How far before the first try the search begins: two clocks may differ."""
_PAGE, _PAGES = 200, 10
"""Messages looked through at most after a doubt, newest first."""
LONGEST_REST = 30.0
"""Seconds that an answer to a person waits behind others, or because Slack asks for rest."""
_TRIES = 3
"""How often an answer is tried while Slack limits; nothing was posted then."""
PLACELESS = i18n.mark("That is no place in Slack.")
BETWEEN = 1.0
"""Between two messages in a channel; docs.slack.dev/apis/web-api/rate-limits."""
QUEUE_PATIENCE = 5.0
"""Seconds that a send waits here; a longer queue is told to come back."""
_MOST_LANES = 10_000


class PostAddress(Record):
    """An address that this front end once wrote."""

    enterprise: str
    team: str
    channel: str
    """A conversation's id, or a person's for their direct messages."""
    thread: str = ""

    @property
    def workspace(self) -> str:
        """The tenant's key."""
        return workspace_key(self.enterprise, self.team)

    @property
    def is_person(self) -> bool:
        return self.channel.startswith(("U", "W"))


def place(address: str) -> PostAddress | None:
    parts = address.split(":")
    if len(parts) not in (3, 4) or not all(parts):
        return None
    return PostAddress(*parts)


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free: float = 0.0
    """When the channel takes its next message, on the loop's clock."""
    waiting: int = 0


class Pacer:
    """Lets the messages of each channel through one by one, in the order they came."""

    def __init__(self, seconds: float = BETWEEN) -> None:
        self._seconds = seconds
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, channel: str, *, patience: float = QUEUE_PATIENCE) -> AsyncIterator[float]:
        """Within it, the channel is free: 0. Behind a long queue nobody waits, but is told how long it is."""
        loop = asyncio.get_running_loop()
        lane = self._lane(channel, loop.time())
        queue = max(0.0, lane.free - loop.time()) + lane.waiting * self._seconds
        if queue > patience:
            yield queue
            return
        lane.waiting += 1
        try:
            async with lane.lock:
                await asyncio.sleep(max(0.0, lane.free - loop.time()))
                try:
                    yield 0.0
                finally:
                    lane.free = loop.time() + self._seconds
        finally:
            lane.waiting -= 1

    def _lane(self, channel: str, now: float) -> _Lane:
        if len(self._lanes) > _MOST_LANES:
            self._lanes = {name: lane for name, lane in self._lanes.items() if lane.waiting or lane.free > now}
        return self._lanes.setdefault(channel, _Lane())


class SlackDelivery:
    """Sends, looks for what may have been sent, and changes what was."""

    def __init__(self, installs: Installations, names: CommandNames, clock: Clock) -> None:
        self._installs = installs
        self._names = names
        self._clock = clock
        self._pacer = Pacer()
        self._direct: dict[tuple[str, str], str] = {}

    async def deliver(
        self, view: views.View, address: str, key: str, *, reader: views.Reader, first_try: datetime | None
    ) -> Delivered:
        where = place(address)
        if where is None:
            return Delivered(Outcome.GONE, reason=i18n.say(PLACELESS))
        if await self._installs.find(where.enterprise, where.team) is None:
            return api.outcome(Refused("account_inactive"))
        if problems := painter.fits(view, reader):
            return Delivered(Outcome.REFUSED, reason=" ".join(problems))
        try:
            channel = await self.conversation(where)
        except CallFailed as failed:
            return api.later(failed) if first_try is None else api.outcome(failed, scope="im:write")
        if first_try is not None:
            settled = await self._look(where, channel, key, since=first_try)
            if settled is not None:
                return settled
        message = painter.message(painter.draw(view, reader, self._names, voice=_voice(channel)))
        async with self._pacer.turn(f"{where.team}:{channel}") as wait:
            if wait:
                return Delivered(Outcome.LATER, reason=i18n.say("The channel has a queue of messages."), wait=wait)
            return await self._send(where, channel, key, message)

    async def conversation(self, where: PostAddress) -> str:
        """The conversation's id; a person's direct messages are opened where they are not yet."""
        if not where.is_person:
            return where.channel
        known = self._direct.get((where.team, where.channel))
        if known is None:
            answer = await self._ask(where, "conversations.open", lambda c: c.conversations_open(users=[where.channel]))
            known = self._direct[where.team, where.channel] = text(answer.data, "channel", "id")
        return known

    async def answer(self, where: PostAddress, message: Mapping[str, object]) -> None:
        """An answer to a person, in its turn among the posts; it waits where they come back. Raises `CallFailed`."""
        for tries_left in reversed(range(_TRIES)):
            try:
                return await self._answer_once(where, message)
            except Limited as limited:
                if not tries_left or limited.wait > LONGEST_REST:
                    raise
                await asyncio.sleep(limited.wait)
        return None

    async def _answer_once(self, where: PostAddress, message: Mapping[str, object]) -> None:
        channel = await self.conversation(where)
        whole = {"channel": channel, **message}
        async with self._pacer.turn(f"{where.team}:{channel}", patience=LONGEST_REST) as queue:
            if queue:
                raise Limited(queue)
            await self._ask(where, "chat.postMessage", lambda c: c.api_call("chat.postMessage", json=whole))

    async def _send(self, where: PostAddress, channel: str, key: str, message: Mapping[str, object]) -> Delivered:
        metadata = {"event_type": EVENT, "event_payload": {"key": key}}
        thread = {"thread_ts": where.thread} if where.thread else {}
        begun = self._clock.now()
        whole = {"channel": channel, **message, **thread, "metadata": metadata}
        try:
            answer = await self._ask(where, "chat.postMessage", lambda c: c.api_call("chat.postMessage", json=whole))
        except Unreached as failed:
            return api.outcome(failed)
        except Limited as failed:  # the method rests in the whole workspace
            return replace(api.outcome(failed), reach=Reach.WORKSPACE)
        except Unanswered as failed:
            log.warning(f"A message is in doubt: {failed}.", action="slack.in_doubt", delivery=key)
            found = await self._look(where, channel, key, since=begun)
            sent = found is not None and found.outcome is Outcome.SENT
            return found if found and sent else api.outcome(failed)
        except CallFailed as failed:
            self._forget(failed, where)
            return api.outcome(failed, scope="chat:write")
        return Delivered(Outcome.SENT, payload.address(where.enterprise, where.team, channel, text(answer.data, "ts")))

    def _forget(self, failed: CallFailed, where: PostAddress) -> None:
        """A direct conversation that is gone is opened anew next time."""
        if isinstance(failed, Refused) and failed.error == "channel_not_found":
            self._direct.pop((where.team, where.channel), None)

    # Looking for what may have been sent ----------------------------------------------------------------------------

    async def _look(self, where: PostAddress, channel: str, key: str, *, since: datetime) -> Delivered | None:
        """The message with this key, or None if it certainly is not there; still in doubt if nobody may look."""
        oldest = f"{(since - _BEFORE).timestamp():.6f}"
        cursor = ""
        try:
            for _ in range(_PAGES):
                data = await self._read(where, channel, oldest=oldest, cursor=cursor)
                if ts := _holding(data, key):
                    return Delivered(Outcome.SENT, payload.address(where.enterprise, where.team, channel, ts))
                cursor = text(data, "response_metadata", "next_cursor")
                if not cursor:
                    return None
        except CallFailed as failed:
            ended = api.outcome(failed, scope=history_scope(channel))
            if ended.outcome is Outcome.GONE and _lost(failed):
                return ended
            return Delivered(
                Outcome.UNKNOWN,
                reason=i18n.say("It cannot be looked for: {reason}", reason=ended.reason),
                wait=ended.wait,
            )
        return Delivered(Outcome.UNKNOWN, reason=i18n.say("Too much was said there since to look through."))

    async def _read(self, where: PostAddress, channel: str, *, oldest: str, cursor: str) -> Mapping[str, object]:
        async def send(client: AsyncWebClient) -> AsyncSlackResponse:
            if where.thread:
                return await client.conversations_replies(
                    channel=channel,
                    ts=where.thread,
                    oldest=oldest,
                    limit=_PAGE,
                    cursor=cursor or None,
                    include_all_metadata=True,
                )
            return await client.conversations_history(
                channel=channel, oldest=oldest, limit=_PAGE, cursor=cursor or None, include_all_metadata=True
            )

        method = "conversations.replies" if where.thread else "conversations.history"
        return (await self._ask(where, method, send)).data

    # Changing what was sent -----------------------------------------------------------------------------------------

    async def edit(self, view: views.View, message: str, *, reader: views.Reader) -> Delivered:
        where = place(message)
        if where is None or not where.thread:
            return Delivered(Outcome.GONE, reason=i18n.say(PLACELESS))
        # A change calls nobody, not even whom the post called when it came.
        heard = Voice.ASIDE if _voice(where.channel) is Voice.ASIDE else Voice.ALOUD
        drawn = painter.draw(view, reader, self._names, voice=heard)
        try:
            await self._ask(
                where,
                "chat.update",
                lambda c: c.chat_update(
                    channel=where.channel, ts=where.thread, text=drawn.spoken, blocks=[dict(b) for b in drawn.blocks]
                ),
            )
        except CallFailed as failed:
            # The same change twice is the same message: whatever is in doubt may simply be done again.
            return api.later(failed)
        return Delivered(Outcome.SENT, message)

    async def _ask(self, where: PostAddress, method: str, send: Send) -> ApiAnswer:
        return await self._installs.ask(where.enterprise, where.team, method, send)


def _voice(channel: str) -> Voice:
    """In direct messages one person alone hears it."""
    return Voice.ASIDE if channel.startswith("D") else Voice.CALLING


def _holding(data: Mapping[str, object], key: str) -> str:
    """The timestamp of the message that bears the key."""
    for message in items(data, "messages"):
        ours = text(message, "metadata", "event_type") == EVENT
        if ours and text(message, "metadata", "event_payload", "key") == key:
            return text(message, "ts")
    return ""


def _lost(failed: CallFailed) -> bool:
    """Whether the place itself is gone, so that sending is out of the question too."""
    lasting = {"account_inactive", "token_revoked", "invalid_auth", "is_archived", "channel_not_found"}
    return isinstance(failed, Refused) and failed.error in lasting


def history_scope(channel: str) -> str:
    """The scope by which a message there can be found again."""
    return {"D": "im:history", "G": "groups:history"}.get(channel[:1], "channels:history")
