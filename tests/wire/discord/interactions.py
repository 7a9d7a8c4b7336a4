"""Decides what one interaction is: its token and deadlines, how it was answered, what the person now sees."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import IntEnum

from tests.wire.discord import drawing
from tests.wire.discord import payload as read
from tests.wire.discord.clock import Signal, Unmet
from tests.wire.discord.model import Channel, ChannelType, Guild, Message, User
from tests.wire.discord.payload import Payload
from tests.wire.discord.permissions import IN_DM, Permission
from tests.wire.discord.world import World

RESPONSE_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0
ATTACHMENT_BYTES = 10 * 1024 * 1024


class InteractionType(IntEnum):
    PING = 1
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class Callback(IntEnum):
    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


@dataclass(frozen=True, slots=True)
class Response:
    """The first answer as the bot sent it."""

    type: Callback
    data: Payload
    ephemeral: bool


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Modal:
    """A form on the person's screen."""

    title: str
    custom_id: str
    components: list[Payload]
    answer: Answer

    @property
    def fields(self) -> dict[str, Payload]:
        """The inputs by `custom_id`."""
        return {
            read.text_of(one, "custom_id"): one for one in read.walk(self.components) if read.text_of(one, "custom_id")
        }

    @property
    def labels(self) -> list[str]:
        return [read.text_of(one, "label") for one in read.walk(self.components) if read.text_of(one, "label")]


@dataclass(slots=True, eq=False)
class Answer:
    """What became of something that a person did; awaiting it waits for the bot's first answer.

    A test that wants the end of a deferral awaits `settled()`: the loading message was filled, or after a deferred
    update something was edited or posted.
    """

    id: int
    token: str
    type: InteractionType
    user: User
    channel: Channel
    world: World
    what: str
    payload: Payload
    delivered_at: float
    listening: int = 0
    patience: float = 5.0
    option_type: int = 3
    source: Message | None = None
    response: Response | None = None
    answered_at: float | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Modal | None = None
    choices: list[Choice] = field(default_factory=list)
    edits: int = 0
    signal: Signal = field(default_factory=Signal)

    def __await__(self) -> Generator[object, None, Answer]:
        return self.answered().__await__()

    @property
    def message(self) -> Message | None:
        """The message that the answer made or changed, as the person sees it now."""
        return None if self.original is None or self.original.deleted else self.original

    @property
    def ephemeral(self) -> bool:
        return self.original is not None and self.original.ephemeral

    @property
    def elapsed(self) -> float:
        """Seconds from the person's act to the bot's first answer."""
        if self.answered_at is None:
            raise Unmet(f"{self.what} has not been answered.")
        return self.answered_at - self.delivered_at

    async def answered(self, *, within: float | None = None) -> Answer:
        await self._until(lambda: self.response is not None, "an answer to", within)
        return self

    async def settled(self, *, within: float | None = None) -> Answer:
        await self.answered(within=within)
        if self.response is not None and self.response.type is Callback.DEFERRED_MESSAGE:
            await self._until(lambda: self.original is None or not self.original.loading, "the end of", within)
        elif self.response is not None and self.response.type is Callback.DEFERRED_UPDATE:
            await self._until(lambda: self.edits > 0 or bool(self.followups), "a change after", within)
        return self

    async def _until(self, condition: Callable[[], bool], what: str, within: float | None) -> None:
        nobody = "" if self.listening else " (no bot was connected to hear it)"
        seconds = self.patience if within is None else within
        await self.signal.until(condition, f"{what} {self.what}{nobody}", seconds)

    def deliver_again(self) -> None:
        """The gateway repeats the very same event."""
        guild = self.channel.guild
        self.world.gateway.emit("INTERACTION_CREATE", self.payload, guild_id=guild.id if guild else None)


class Interactions:
    """Every interaction that may still be answered, by token."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.response_seconds = RESPONSE_SECONDS
        self.token_seconds = TOKEN_SECONDS
        self.patience = 5.0
        self.by_token: dict[str, Answer] = {}

    def deliver(
        self,
        kind: InteractionType,
        data: Payload,
        *,
        user: User,
        channel: Channel,
        what: str,
        integrations: frozenset[int],
        source: Message | None = None,
    ) -> Answer:
        world = self.world
        answer = Answer(
            id=world.clock.new_id(),
            token=secrets.token_urlsafe(48),
            type=kind,
            user=user,
            channel=channel,
            world=world,
            what=what,
            payload={},
            delivered_at=world.clock.now(),
            patience=self.patience,
            source=source,
        )
        answer.payload = self._draw(answer, data, integrations)
        self._forget_old()
        self.by_token[answer.token] = answer
        guild = channel.guild
        answer.listening = world.gateway.emit(
            "INTERACTION_CREATE", answer.payload, guild_id=guild.id if guild else None
        )
        return answer

    def late(self, answer: Answer) -> bool:
        return self.world.clock.now() - answer.delivered_at > self.response_seconds

    def expired(self, answer: Answer) -> bool:
        return self.world.clock.now() - answer.delivered_at > self.token_seconds

    def _forget_old(self) -> None:
        while self.by_token:
            token = next(iter(self.by_token))
            if not self.expired(self.by_token[token]):
                return
            del self.by_token[token]

    def _draw(self, answer: Answer, data: Payload, integrations: frozenset[int]) -> Payload:
        channel, user, guild = answer.channel, answer.user, answer.channel.guild
        payload: Payload = {
            "id": str(answer.id),
            "application_id": str(self.world.bot.id),
            "type": int(answer.type),
            "token": answer.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": self._draw_channel(channel, user),
            "locale": user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": ATTACHMENT_BYTES,
            "authorizing_integration_owners": self._draw_owners(answer, integrations),
            "context": context_of(channel, self.world.bot),
            "app_permissions": str(int(self._app_permissions(channel))),
        }
        if guild is None:
            payload["user"] = drawing.draw_user(user)
        else:
            payload |= {
                "guild_id": str(guild.id),
                "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
                "guild_locale": guild.locale,
                "member": drawing.draw_member(guild.members[user.id], permissions=channel.permissions_of(user)),
            }
        if answer.source is not None and answer.type in (InteractionType.COMPONENT, InteractionType.MODAL_SUBMIT):
            payload["message"] = drawing.draw_message(answer.source)
        return payload

    def _draw_channel(self, channel: Channel, user: User) -> Payload:
        return drawing.draw_channel(channel) | {"permissions": str(int(channel.permissions_of(user)))}

    def _draw_owners(self, answer: Answer, integrations: frozenset[int]) -> Payload:
        guild = answer.channel.guild
        owners: Payload = {}
        if 0 in integrations:
            owners["0"] = str(guild.id) if guild else "0"
        if 1 in integrations:
            owners["1"] = str(answer.user.id)
        return owners

    def _app_permissions(self, channel: Channel) -> Permission:
        guild: Guild | None = channel.guild
        if guild is None:
            return IN_DM
        if guild.bot_present:
            return channel.permissions_of(self.world.bot)
        return Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE


def context_of(channel: Channel, bot: User) -> int:
    """0 in a server, 1 in the bot's own direct messages, 2 in any other private conversation."""
    if channel.guild is not None:
        return 0
    return 1 if channel.type is ChannelType.DM and bot not in channel.recipients else 2


def draw_metadata(answer: Answer) -> Payload:
    data: Payload = {
        "id": str(answer.id),
        "type": int(answer.type),
        "user": drawing.draw_user(answer.user),
        "authorizing_integration_owners": answer.payload["authorizing_integration_owners"],
    }
    if answer.type is InteractionType.COMPONENT and answer.source is not None:
        data["interacted_message_id"] = str(answer.source.id)
    if answer.type is InteractionType.MODAL_SUBMIT:
        data["triggering_interaction_metadata"] = {
            "id": str(answer.id),
            "type": int(InteractionType.COMMAND),
            "user": drawing.draw_user(answer.user),
            "authorizing_integration_owners": answer.payload["authorizing_integration_owners"],
        }
    return data
