"""What Slack sends, read with types: who did it, where, and what entitles us to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

from bot.api import Record

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
        return f"slack:{self.enterprise}:{self.team}"

    @property
    def place(self) -> str:
        """The address of where they are, as deliveries understand it."""
        return address(self.enterprise, self.team, self.channel, self.thread) if self.channel else ""


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
