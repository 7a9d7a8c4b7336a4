"""Which tenant an event belongs to, and the addresses of places as only this front end reads and writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = re.compile(r"(#|@)(\d{1,20})")
_GUILD = re.compile(r"discord:(\d{1,20})")
_MESSAGE = re.compile(r"(\d{1,20})/(\d{1,20})")


@dataclass(frozen=True, slots=True)
class Place:
    """A channel or thread, or somebody's direct messages."""

    id: int
    direct: bool = False

    @property
    def address(self) -> str:
        return f"{'@' if self.direct else '#'}{self.id}"


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that stands somewhere."""

    channel: int
    message: int

    @property
    def reference(self) -> str:
        return f"{self.channel}/{self.message}"


def read_place(address: str) -> Place | None:
    found = _PLACE.fullmatch(address)
    return Place(int(found[2]), direct=found[1] == "@") if found else None


def read_posted(reference: str) -> Posted | None:
    found = _MESSAGE.fullmatch(reference)
    return Posted(int(found[1]), int(found[2])) if found else None


def guild_workspace(guild: int) -> str:
    return f"discord:{guild}"


def own_workspace(person: int) -> str:
    """Somebody's direct messages, or an app that they installed for themselves."""
    return f"discord:dm:{person}"


def guild_of(workspace: str) -> int | None:
    """The server that a workspace is; `None` for somebody's own."""
    found = _GUILD.fullmatch(workspace)
    return int(found[1]) if found else None
