"""Decides what exists: servers, channels, people and messages, indexed so that no request has to search."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag, StrEnum

from tests.wire.discord import payload as read
from tests.wire.discord.payload import Payload
from tests.wire.discord.permissions import ALL, IN_DM, Permission


class ChannelType(IntEnum):
    TEXT = 0
    DM = 1
    VOICE = 2
    GROUP_DM = 3
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


THREADS = (ChannelType.ANNOUNCEMENT_THREAD, ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD)


class MessageFlag(IntFlag):
    NONE = 0
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


class DmDoor(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    NO_MUTUAL_GUILDS = "no mutual guilds"


@dataclass(slots=True, eq=False)
class User:
    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"
    door: DmDoor = DmDoor.OPEN
    installed: bool = False
    dm: Channel | None = None


@dataclass(slots=True, eq=False)
class Role:
    id: int
    name: str
    permissions: Permission
    position: int
    managed: bool = False
    mentionable: bool = False


@dataclass(slots=True)
class Overwrite:
    target: int
    member: bool
    allow: Permission = Permission.NONE
    deny: Permission = Permission.NONE


@dataclass(slots=True, eq=False)
class Member:
    user: User
    guild: Guild
    joined_at: float
    roles: list[Role] = field(default_factory=list)

    def permissions(self) -> Permission:
        if self.guild.owner is self.user:
            return Permission(ALL)
        total = int(self.guild.everyone.permissions)
        for role in self.roles:
            total |= int(role.permissions)
        return Permission(ALL if total & Permission.ADMINISTRATOR.value else total)


@dataclass(slots=True, eq=False)
class Guild:
    id: int
    name: str
    owner: User
    everyone: Role
    created_at: float
    locale: str = "en-US"
    bot_present: bool = True
    deleted: bool = False
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    invited_by: User | None = None
    """Who added the bot, for the audit log."""
    granted_commands: dict[str, set[int]] = field(default_factory=dict)
    offers_commands: bool = True
    """The bot was invited with the scope `applications.commands`."""


@dataclass(slots=True, eq=False)
class Channel:
    id: int
    type: ChannelType
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    owner_id: int = 0
    position: int = 0
    recipients: tuple[User, ...] = ()
    archived: bool = False
    locked: bool = False
    created_at: float = 0.0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)

    @property
    def is_thread(self) -> bool:
        return self.type in THREADS

    def add(self, message: Message) -> None:
        self.messages[message.id] = message
        self.order.append(message.id)

    def remove(self, message: Message) -> None:
        message.deleted = True
        if self.messages.pop(message.id, None):
            self.order.pop(bisect_left(self.order, message.id))

    def history(self, *, before: int | None, after: int | None, limit: int) -> list[Message]:
        """Newest first, as Discord lists them; `after` counts from the old end."""
        if after is not None:
            start = bisect_right(self.order, after)
            ids = self.order[start : start + limit]
        else:
            end = len(self.order) if before is None else bisect_left(self.order, before)
            ids = self.order[max(0, end - limit) : end]
        return [self.messages[one] for one in reversed(ids)]

    def permissions_of(self, user: User) -> Permission:
        """What the user may do here: roles, then overwrites for everyone, for roles, for the member."""
        if self.guild is None:
            return IN_DM if user.bot or user in self.recipients else Permission.NONE
        member = self.guild.members.get(user.id)
        if member is None:
            return Permission.NONE
        total = int(member.permissions())
        if total & Permission.ADMINISTRATOR.value:
            return Permission(total)
        over = (self.parent or self).overwrites if self.is_thread else self.overwrites
        if over:
            total = _overrule(total, over, member)
        return Permission(total) if total & Permission.VIEW_CHANNEL.value else Permission.NONE


def _overrule(total: int, over: dict[int, Overwrite], member: Member) -> int:
    """Everyone's overwrite first, then all denials and all grants of the roles, the member's own last."""
    if everyone := over.get(member.guild.id):
        total = (total & ~int(everyone.deny)) | int(everyone.allow)
    mine = [over[role.id] for role in member.roles if role.id in over]
    for overwrite in mine:
        total &= ~int(overwrite.deny)
    for overwrite in mine:
        total |= int(overwrite.allow)
    if own := over.get(member.user.id):
        total = (total & ~int(own.deny)) | int(own.allow)
    return total


@dataclass(frozen=True, slots=True)
class Attachment:
    id: int
    filename: str
    data: bytes
    url: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    custom_id: str
    url: str
    style: int
    disabled: bool


@dataclass(frozen=True, slots=True)
class Select:
    custom_id: str
    placeholder: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    type: int
    disabled: bool


@dataclass(slots=True, eq=False)
class Message:
    id: int
    channel: Channel
    author: User
    created_at: float
    content: str = ""
    flags: MessageFlag = MessageFlag.NONE
    components: list[Payload] = field(default_factory=list)
    embeds: list[Payload] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    pinged: frozenset[int] = frozenset()
    """Whom it notified: people and roles by id, and everyone by the server's own id. An edit notifies nobody."""
    nonce: str | int | None = None
    edited_at: float | None = None
    edits: int = 0
    reply_to: Message | None = None
    thread: Channel | None = None
    interaction: Payload | None = None
    seen_by: User | None = None
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        return MessageFlag.EPHEMERAL in self.flags

    @property
    def loading(self) -> bool:
        return MessageFlag.LOADING in self.flags

    @property
    def is_v2(self) -> bool:
        return MessageFlag.COMPONENTS_V2 in self.flags

    @property
    def text(self) -> str:
        """Everything that a person reads: content, text displays, embeds."""
        parts = [self.content, *(read.text_of(one, "content") for one in self.all_components())]
        for embed in self.embeds:
            parts += [read.text_of(embed, "title"), read.text_of(embed, "description")]
        return "\n".join(part for part in parts if part)

    def all_components(self) -> list[Payload]:
        return list(read.walk(self.components))

    @property
    def buttons(self) -> list[Button]:
        return [
            Button(
                label=read.text_of(one, "label"),
                custom_id=read.text_of(one, "custom_id"),
                url=read.text_of(one, "url"),
                style=read.integer_of(one, "style"),
                disabled=read.truth_of(one, "disabled"),
            )
            for one in self.all_components()
            if one.get("type") == 2
        ]

    @property
    def selects(self) -> list[Select]:
        return [
            Select(
                custom_id=read.text_of(one, "custom_id"),
                placeholder=read.text_of(one, "placeholder"),
                values=tuple(read.text_of(option, "value") for option in read.objects_of(one, "options")),
                labels=tuple(read.text_of(option, "label") for option in read.objects_of(one, "options")),
                type=read.integer_of(one, "type"),
                disabled=read.truth_of(one, "disabled"),
            )
            for one in self.all_components()
            if one.get("type") in (3, 5, 6, 7, 8)
        ]
