"""Which tenant an event belongs to, and the addresses of places as only this front end reads and writes them."""

from __future__ import annotations

import re

from bot.api import Record, i18n

PLACELESS = i18n.mark("This is not a place in Discord.")
_PLACE = re.compile(r"#(\d{1,20})|@(\d{1,20})(?:/(\d{1,19}))?")
_GUILD = re.compile(r"discord:(\d{1,20})")
_MESSAGE = re.compile(r"(\d{1,20})/(\d{1,20})(?:/(\d{1,19}))?(?:~(\d{1,10}))?")


class Destination(Record):
    """A channel or thread, or somebody's direct messages."""

    id: int
    direct: bool = False
    guild: int = 0
    """The server for which somebody is written to; 0 for whoever speaks for themselves alone."""

    @property
    def address(self) -> str:
        return f"{'@' if self.direct else '#'}{self.id}{_of(self.guild)}"


class Posted(Record):
    """A message that was posted."""

    channel: int
    message: int
    guild: int = 0
    """The destination's, so that an edit of the message keeps it."""
    marker: int = 0
    """By which it is found in its channel; an edit keeps that as well."""

    @property
    def reference(self) -> str:
        return f"{self.channel}/{self.message}{_of(self.guild)}{f'~{self.marker}' if self.marker else ''}"


def _of(guild: int) -> str:
    return f"/{guild}" if guild else ""


def read_place(address: str) -> Destination | None:
    found = _PLACE.fullmatch(address)
    if found is None:
        return None
    return Destination(int(found[1])) if found[1] else Destination(int(found[2]), direct=True, guild=int(found[3] or 0))


def read_posted(reference: str) -> Posted | None:
    found = _MESSAGE.fullmatch(reference)
    return Posted(int(found[1]), int(found[2]), int(found[3] or 0), int(found[4] or 0)) if found else None


def guild_workspace(guild: int) -> str:
    return f"discord:{guild}"


def own_workspace(person: int) -> str:
    """Somebody's direct messages, or an app that they installed for themselves."""
    return f"discord:dm:{person}"


def guild_of(workspace: str) -> int | None:
    """The server that a workspace is; `None` for somebody's own."""
    found = _GUILD.fullmatch(workspace)
    return int(found[1]) if found else None
