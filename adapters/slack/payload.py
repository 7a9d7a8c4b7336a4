"""What Slack sends, read with types: who did it, where, what entitles us to answer, and which command is meant."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from cachetools import LRUCache

from adapters.shared import dedupe
from adapters.shared.mentions import mentioned
from bot.api import Record, SettingsError, commands, views

Json: TypeAlias = dict[str, object]

NO_ENTERPRISE = "-"


def table(body: object, *path: str) -> Mapping[str, object]:
    """The object at the end of the path; empty where there is none."""
    for key in path:
        body = body.get(key) if isinstance(body, Mapping) else None
    return cast("Mapping[str, object]", body) if isinstance(body, Mapping) else {}


def text(body: object, *path: str) -> str:
    """The string at the end of the path; empty where there is none."""
    found = (table(body, *path[:-1]) if len(path) > 1 or not isinstance(body, Mapping) else body).get(path[-1])
    return found if isinstance(found, str) else ""


def flag(body: object, *path: str) -> bool:
    """A yes: Slack writes it as a boolean, or as a word in slash commands."""
    return table(body, *path[:-1]).get(path[-1]) in (True, "true")


def items(body: object, *path: str) -> list[object]:
    found = table(body, *path[:-1]).get(path[-1])
    return found if isinstance(found, list) else []


def walk(value: object) -> Iterator[Mapping[str, object]]:
    """Every object inside, from the outside in."""
    if isinstance(value, Mapping):
        yield cast("Mapping[str, object]", value)
        for held in value.values():
            yield from walk(held)
    elif isinstance(value, list):
        for held in value:
            yield from walk(held)


def workspace_key(enterprise: str, team: str) -> str:
    return f"slack:{enterprise or NO_ENTERPRISE}:{team}"


class PayloadOrigin(Record):
    """Where a payload came from, as Slack vouches for it with this very payload."""

    enterprise: str
    team: str
    person: str
    channel: str = ""
    thread: str = ""
    trigger: str = ""
    response_url: str = ""
    ephemeral: bool = False
    """Whether the message it came from is on this person's screen alone."""
    view: str = ""
    """The modal or Home tab it came from."""
    home: bool = False

    @property
    def workspace(self) -> str:
        """The tenant's key."""
        return workspace_key(self.enterprise, self.team)

    @property
    def place(self) -> str:
        """The address of where they are, as deliveries understand it."""
        return address(self.enterprise, self.team, self.channel, self.thread) if self.channel else ""

    @property
    def here(self) -> str:
        """What makes an address of a channel's id."""
        return f"{self.enterprise}:{self.team}:"


def address(enterprise: str, team: str, channel: str, thread: str = "") -> str:
    """An address that deliveries understand; a user's id in the channel's place is their direct messages."""
    return ":".join(filter(None, (enterprise, team, channel, thread)))


def origin(
    body: Mapping[str, object], *, enterprise: str | None, team: str | None, person: str | None
) -> PayloadOrigin:
    """The origin of a command, an interaction or an event; the three ids as Bolt made them out."""
    if "command" in body:
        return PayloadOrigin(
            enterprise or NO_ENTERPRISE,
            team or "",
            person or "",
            channel=text(body, "channel_id"),
            trigger=text(body, "trigger_id"),
            response_url=text(body, "response_url"),
        )
    view = table(body, "view")
    event = table(body, "event")
    return PayloadOrigin(
        enterprise=enterprise or NO_ENTERPRISE,
        team=team or "",
        person=person or "",
        channel=text(body, "channel_id") or text(body, "channel", "id") or text(event, "channel"),
        thread=text(body, "container", "thread_ts") or text(body, "message", "thread_ts"),
        trigger=text(body, "trigger_id"),
        response_url=text(body, "response_url"),
        ephemeral=flag(body, "container", "is_ephemeral"),
        view=text(view, "id"),
        home=text(view, "type") == "home",
    )


_NO_NAMES = frozenset({"", "directmessage", "privategroup"})
"""What stands in a channel's name where Slack does not tell it."""


def channel_name(body: Mapping[str, object]) -> str:
    """What the channel of a command or a press is called, as its payload says; empty where it does not."""
    name = text(body, "channel_name") or text(body, "channel", "name")
    return "" if name in _NO_NAMES or name.startswith("mpdm-") else f"#{name}"


def person_name(user: Mapping[str, object]) -> str:
    """What somebody is called, as Slack's own lists show it."""
    return text(user, "profile", "display_name") or text(user, "real_name") or text(user, "name")


# Payloads that come again ---------------------------------------------------------------------------------------------

NAMES_REMEMBERED = 16_384
REMEMBERED = 16_384
"""Payloads remembered, so that a second delivery is recognised: 54 a second while a signature lasts, five minutes."""
ANSWERS = 128
"""The newest of them whose answers are kept, too, in case an acknowledgement was lost on its way."""


@dataclass(slots=True, eq=False)
class PayloadTurn:
    """One payload being answered."""

    reply: asyncio.Task[views.Reply] | None = None
    """The engine's answer, asked for once however often Slack delivers the payload."""
    elsewhere: bool = False
    """Whether the answer goes another way than the acknowledgement; then a repetition carries nothing."""

    def settle(self) -> None:
        """Let go of an answer that has long been given."""
        if self.reply is not None and self.reply.done():
            self.reply = None
            self.elsewhere = True


class SeenPayloads:
    """Payloads by the id that stays the same when Slack delivers them again."""

    def __init__(self) -> None:
        self._turns: dedupe.Seen[str, PayloadTurn] = dedupe.Seen(PayloadTurn, limit=REMEMBERED)
        self._newest: deque[PayloadTurn] = deque()

    def turn(self, key: str) -> tuple[PayloadTurn, bool]:
        """The turn that this payload belongs to, and whether it was delivered before."""
        turn, again = self._turns.take(key)
        if key and not again:
            self._newest.append(turn)
            if len(self._newest) > ANSWERS:
                self._newest.popleft().settle()
        return turn, again


# Commands as they are typed -------------------------------------------------------------------------------------------

STAND_ALONE = ("themes", "lesson", "next", "done", "quiz", "review", "progress")
"""Verbs that are slash commands of their own; each works under the root as well."""

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,14}")
"""A slash command has 32 characters, and the longest of ours needs 16 of them and a dash."""
_ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_PICKED = re.compile(r"<(?P<sign>#|@|!subteam\^)(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")
_BEFORE = {"@": "@", "!subteam^": "@&"}
_LINKED = re.compile(r"<(?P<url>(?:https?|mailto):[^|>]+)(?:\|(?P<label>[^>]*))?>")


class CommandNames:
    """The commands' names in one installation."""

    def __init__(self, prefix: str = "") -> None:
        prefix = prefix.strip().strip("/").lower()
        if prefix and not _PREFIX.fullmatch(prefix):
            raise SettingsError(
                f"{prefix!r} cannot stand before a Slack command: use up to 15 of a–z, 0–9, - and _, beginning with "
                "a letter or a digit."
            )
        self.prefix = prefix if not prefix or prefix[-1] in "-_" else f"{prefix}-"
        self.called: MutableMapping[str, str] = LRUCache(NAMES_REMEMBERED)
        """What channels, people and groups are called, by id: as far as Slack has said so already."""

    @property
    def root(self) -> str:
        return f"/{self.prefix}{commands.ROOT}"

    @property
    def admin_root(self) -> str:
        return f"/{self.prefix}{commands.ADMIN_ROOT}"

    def typed(self, spec: commands.Spec) -> str:
        """How a person types this command."""
        if spec.path[0] == commands.ADMIN_ROOT or spec.path == (commands.ROOT,) or spec.name in STAND_ALONE:
            return f"/{self.prefix}{spec.name}"
        return f"{self.root} {spec.name}"

    def line(self, command: str, words: str) -> str:
        """What was sent as a slash command, as the line that it would be without Slack around it."""
        name = command.lstrip("/").lower()
        return f"{name.removeprefix(self.prefix)} {words}".strip()

    def here(self, words: str) -> str:
        """Our own words with every command that they mention as it is typed here."""

        def replace(found: re.Match[str]) -> str:
            spec = commands.by_path(tuple(found["name"].split()))
            return self.typed(spec) if spec else found.group()

        return mentioned().sub(replace, words) if "/" in words else words


def unescape(words: str, *, place: str = "") -> str:
    """What a person typed: Slack's escapes undone, a picked channel as its id, a person as `@id`, a group as `@&id`.

    `place` is put before a channel's id, so that it reads as an address.
    """

    if "<" not in words and "&" not in words:
        return words

    def picked(found: re.Match[str]) -> str:
        return f"{_BEFORE.get(found['sign'], place)}{found['id']}"

    words = _LINKED.sub(lambda found: found["label"] or found["url"], _PICKED.sub(picked, words))
    for escaped, meant in _ESCAPED:
        words = words.replace(escaped, meant)
    return words
