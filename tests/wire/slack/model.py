"""What a Slack workspace is made of here: people, channels, messages, views, and the clock they share."""

import itertools
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

# JSON as it travels: the one place where the tests accept that a key may hold anything.
Json: TypeAlias = dict[str, Any]

PUBLIC_URL = "https://slack.com"


class Refusal(Exception):
    """Slack says no: the error code, and what else its answer holds."""

    def __init__(self, error: str, *, messages: list[str] | None = None, **extra: object) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []
        self.extra = extra

    def to_json(self) -> Json:
        """Slack repeats block complaints under `errors`, and all of them with a level under `response_metadata`."""
        answer: Json = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            if self.error == "invalid_blocks":
                answer["errors"] = list(self.messages)
            answer["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return answer


class Clock:
    """Wall time that a test can push forward; signatures alone keep the real one, because Bolt checks against it."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._last_ts = 0

    def now(self) -> float:
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds

    def stamp(self) -> str:
        """A message's `ts`: seconds and microseconds, never the same twice, never going back."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"


class Ids:
    """Names things the way Slack does: a letter and upper-case characters, never the same twice."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def make(self, prefix: str) -> str:
        return f"{prefix}0{next(self._count):09X}"


@dataclass(slots=True)
class User:
    """One account. Mutable on purpose: a test moves somebody to another time zone and looks whether it is noticed."""

    id: str
    team_id: str
    name: str
    real_name: str = ""
    tz: str = "Europe/Berlin"
    tz_label: str = "Central European Time"
    tz_offset: int = 3600
    locale: str = "en-US"
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    deleted: bool = False

    def to_json(self, *, with_locale: bool) -> Json:
        shown: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.real_name or self.name,
            "tz": self.tz,
            "tz_label": self.tz_label,
            "tz_offset": self.tz_offset,
            "profile": {"real_name": self.real_name or self.name, "display_name": self.name, "team": self.team_id},
            "is_admin": self.is_admin,
            "is_owner": self.is_owner,
            "is_primary_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        if self.deleted:
            for gone in ("real_name", "tz", "tz_label", "tz_offset", "is_admin", "is_owner"):
                del shown[gone]
        if with_locale:
            shown["locale"] = self.locale
        return shown


class ChannelKind(StrEnum):
    """Slack's four kinds; the scope a method needs follows from it."""

    PUBLIC = "public_channel"
    PRIVATE = "private_channel"
    IM = "im"
    MPIM = "mpim"

    @property
    def scope_prefix(self) -> str:
        return {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}[self.value]


@dataclass(slots=True)
class Message:
    """A message in a channel, or (with `only_for`) one that a single person sees until they reload."""

    ts: str
    team_id: str
    channel_id: str
    user_id: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    only_for: str | None = None
    edited: str | None = None
    gone: bool = False
    files: list[Json] = field(default_factory=list)
    # What people picked in this message's selects and inputs: user, block, action, state.
    picked: dict[str, dict[str, Json]] = field(default_factory=dict)

    def to_json(self, *, metadata: str = "all") -> Json:
        """`metadata`: "all", "type" (what history shows unless asked for more) or "none"."""
        shown: Json = {"type": "message", "user": self.user_id, "ts": self.ts, "text": self.text, "team": self.team_id}
        optional: Json = {
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "thread_ts": self.thread_ts,
            "files": self.files,
        }
        shown.update({key: value for key, value in optional.items() if value})
        if self.edited:
            shown["edited"] = {"user": self.user_id, "ts": self.edited}
        if self.broadcast:
            shown["subtype"] = "thread_broadcast"
        if self.metadata and metadata == "all":
            shown["metadata"] = self.metadata
        elif self.metadata and metadata == "type":
            shown["metadata"] = {"event_type": self.metadata["event_type"]}
        return shown


@dataclass(slots=True)
class Channel:
    """A place messages go to. `members` holds user ids, the bot's own among them when it was invited."""

    id: str
    team_id: str
    name: str
    kind: ChannelKind
    members: list[str] = field(default_factory=list)
    archived: bool = False
    restricted: bool = False
    messages: dict[str, Message] = field(default_factory=dict)

    def to_json(self, viewer: str) -> Json:
        if self.kind is ChannelKind.IM:
            others = [member for member in self.members if member != viewer]
            return {"id": self.id, "is_im": True, "user": others[0] if others else viewer, "is_open": True,
                    "is_archived": self.archived, "context_team_id": self.team_id}  # fmt: skip
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind is ChannelKind.PUBLIC,
            "is_group": self.kind is ChannelKind.PRIVATE,
            "is_im": False,
            "is_mpim": self.kind is ChannelKind.MPIM,
            "is_private": self.kind is not ChannelKind.PUBLIC,
            "is_archived": self.archived,
            "is_member": viewer in self.members,
            "num_members": len(self.members),
            "context_team_id": self.team_id,
        }


@dataclass(slots=True)
class Usergroup:
    """A group of people with a handle, such as @backend."""

    id: str
    team_id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False

    def to_json(self, *, with_users: bool) -> Json:
        shown: Json = {"id": self.id, "team_id": self.team_id, "handle": self.handle, "name": self.name,
                       "is_usergroup": True, "date_delete": int(self.disabled)}  # fmt: skip
        if with_users:
            shown["users"] = list(self.users)
        return shown


@dataclass(slots=True)
class View:
    """A modal or a Home tab as Slack stores it: the app's description plus ids, hash and what was typed."""

    id: str
    team_id: str
    user_id: str
    described: Json
    hash: str
    app_id: str
    bot_id: str
    root_id: str
    previous_id: str | None = None
    values: dict[str, Json] = field(default_factory=dict)
    turn_id: str | None = None

    @property
    def type(self) -> str:
        return str(self.described["type"])

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.described["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        return str(self.described.get("callback_id", ""))

    @property
    def title(self) -> str:
        return str(self.described.get("title", {}).get("text", ""))

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "team_id": self.team_id,
            "app_id": self.app_id,
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
            "title": None,
            "submit": None,
            "close": None,
            "callback_id": "",
            "external_id": "",
            "private_metadata": "",
            "clear_on_close": False,
            "notify_on_close": False,
            **self.described,
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
        }


@dataclass(slots=True)
class Team:
    """One workspace."""

    id: str
    name: str
    domain: str
    enterprise_id: str | None
    bot: User
    bot_id: str
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    usergroups: dict[str, Usergroup] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    messages_tab: bool = True
    """Whether people there may be written to directly by the app."""
