"""What a button or select carries: a command's token, and between version and verb how a press is meant.

`1|done|x` does it. `1?done|x` asks first. `1!done|x` was asked for and is confirmed. `1@…`, `1+…`, `1&…` and so on are
the parts of a form that has several. `1>42>progress` does it for the server of that number. Equal tokens within one
message take other signs that mean the same as `|`.
"""

from __future__ import annotations

import re
from enum import StrEnum

from adapters.discord import limits
from bot.api import Record, actions, commands


class Intent(StrEnum):
    DO = "do"
    ASK_FIRST = "ask first"
    CONFIRMED = "confirmed"
    PART = "part"
    VISIT = "visit"
    """From somebody's own space, for a server."""


_SAME = "|:;,/^$*"
_ASK_FIRST, _CONFIRMED = "?", "!"
_VISIT = ">"
_PARTS = "@+&=~"
"""The first part of a form that has several, the second, and so on."""
_ID = re.compile(r"^(\d+)([|:;,/^$*?!>@+&=~])")

_SERVER = re.compile(r"(\d{1,19})>")


class PressedId(Record):
    """A custom id, read back."""

    meant: Intent
    token: str
    part: int = 0
    """Of a form, counted from 0."""
    guild: int = 0
    """Of a visit: the server. It says where somebody wants to act, and never whether they may."""

    @property
    def command(self) -> commands.Command:
        """The command it stands for; a `StudyError` if the token is old, broken or forged."""
        return actions.read(self.token)


class CustomIds:
    """The custom ids of one message, each unlike the others."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def do(self, command: commands.Command) -> str:
        token = actions.token(command)
        for sign in _SAME:
            if self._take(made := _with_sign(token, sign)):
                return made
        raise ValueError(f"more than {len(_SAME)} buttons of one message do the same: {token}")

    def ask_first(self, command: commands.Command) -> str:
        made = _with_sign(actions.token(command), _ASK_FIRST)
        return made if self._take(made) else self.do(command)

    def select(self) -> str:
        """A select is told by its options; its own id only has to differ."""
        number = 0
        while not self._take(made := f"pick {number}"):
            number += 1
        return made

    def _take(self, made: str) -> bool:
        fresh = made not in self._taken
        self._taken.add(made)
        return fresh


def confirmed(token: str) -> str:
    return _with_sign(token, _CONFIRMED)


def visit(command: commands.Command, guild: int) -> str:
    """Does it for a server; empty if that finds no room."""
    version, _, rest = actions.token(command).partition("|")
    made = f"{version}{_VISIT}{guild}{_VISIT}{rest}"
    return made if len(made.encode()) <= limits.CUSTOM_ID else ""


def part_of_form(opener: commands.Command, part: int) -> str:
    """What opens (and later submits) a part of a form: the command that makes the form, and which part."""
    return _with_sign(actions.token(opener), _PARTS[part])


def most_parts() -> int:
    return len(_PARTS)


def _with_sign(token: str, sign: str) -> str:
    version, _, rest = token.partition("|")
    return f"{version}{sign}{rest}"


def read(custom_id: str) -> PressedId:
    found = _ID.match(custom_id[: limits.CUSTOM_ID])
    if found is None:
        return PressedId(Intent.DO, custom_id)
    version, sign = found.groups()
    token = f"{version}|{custom_id[found.end() :]}"
    if sign == _VISIT and (for_server := _SERVER.match(custom_id, found.end())):
        return PressedId(Intent.VISIT, f"{version}|{custom_id[for_server.end() :]}", guild=int(for_server[1]))
    if sign in _PARTS:
        return PressedId(Intent.PART, token, _PARTS.index(sign))
    meant = {_ASK_FIRST: Intent.ASK_FIRST, _CONFIRMED: Intent.CONFIRMED}.get(sign, Intent.DO)
    return PressedId(meant, token)
