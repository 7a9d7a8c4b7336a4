"""What a button or select carries: a command's token, and between version and verb how a press is meant.

`1|done|x` does it. `1?done|x` asks first. `1!done|x` was asked for and is confirmed. `1@…`, `1+…`, `1&…` and so on are
the parts of a form that has several. Equal tokens within one message take other signs that mean the same as `|`.
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


_SAME = "|:;,/^$*"
_ASK_FIRST, _CONFIRMED = "?", "!"
_PARTS = "@+&=~"
"""The first part of a form that has several, the second, and so on."""
_ID = re.compile(r"^(\d+)([|:;,/^$*?!@+&=~])")


class PressedId(Record):
    """A custom id, read back."""

    meant: Intent
    token: str
    part: int = 0
    """Of a form, counted from 0."""

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
    if sign in _PARTS:
        return PressedId(Intent.PART, token, _PARTS.index(sign))
    meant = {_ASK_FIRST: Intent.ASK_FIRST, _CONFIRMED: Intent.CONFIRMED}.get(sign, Intent.DO)
    return PressedId(meant, token)
