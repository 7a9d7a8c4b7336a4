"""Builds messages: texts, buttons and selects, what a button carries, and the finished drawing.

A custom id is a command's token, and the sign between version and verb says how a press is meant. `1|done|x` does it.
`1?done|x` asks first. `1!done|x` was asked for and is confirmed. `1@…`, `1+…`, `1&…` are the parts of a form that has
several. `1>42>progress` does it for the server of that number. Equal tokens within one message take other signs that
mean the same as `|`.

Neither this module nor the painter imports discord.py: content is measured where Discord is not served, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum, StrEnum
from functools import cached_property

from adapters.discord import limits
from adapters.discord.limits import Component
from adapters.discord.markdown import plain
from adapters.shared import options
from bot.api import Record, actions, blocks, commands, field, text


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
MOST_PARTS = len(_PARTS)
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
    """The custom ids of one message, each unlike the others, and what is asked before some of them."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self.confirms: dict[str, actions.Confirm] = {}

    def do(self, command: commands.Command) -> str:
        token = actions.token(command)
        for sign in _SAME:
            if self._take(made := _with_sign(token, sign)):
                return made
        raise ValueError(f"more than {len(_SAME)} buttons of one message do the same: {token}")

    def ask_first(self, command: commands.Command, confirm: actions.Confirm) -> str:
        made = _with_sign(actions.token(command), _ASK_FIRST)
        custom_id = made if self._take(made) else self.do(command)
        self.confirms[custom_id] = confirm
        return custom_id

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


def _with_sign(token: str, sign: str) -> str:
    version, _, rest = token.partition("|")
    return f"{version}{sign}{rest}"


def read_custom_id(custom_id: str) -> PressedId:
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


class Colour(IntEnum):
    """Of a container's edge. It only underlines what the words say."""

    CALM = 0x5865F2
    GOOD = 0x3BA55D
    MIND = 0xF0A232


class Style(IntEnum):
    """Of a button."""

    PRIMARY = 1
    SECONDARY = 2
    DANGER = 4
    LINK = 5


class Kind(IntEnum):
    """What a message of ours shows, kept as its container's number."""

    PAGE = 1
    STEP = 2
    """Of a quiz: the next step takes its place, and a lesson looked up meanwhile does not."""
    ASIDE = 3
    """Asked in between: whatever comes next takes its place."""


class File(Record):
    name: str
    content: bytes
    description: str = ""


class Drawing(Record, dict=True):
    """A message, ready to be sent. Nobody changes it: the same one may be sent many times."""

    components: Sequence[Component]
    files: Sequence[File] = ()
    confirms: Mapping[str, actions.Confirm] = field(default_factory=dict)
    """What is asked before the buttons with these custom ids."""
    purpose: blocks.Purpose = blocks.Purpose.NOTE

    @property
    def contents(self) -> Sequence[bytes]:
        """Of its files."""
        return [file.content for file in self.files]

    @cached_property
    def json(self) -> str:
        """The components as they go over the wire: ASCII, since one emoji makes a string of four bytes a character."""
        return json.dumps(self.components, separators=(",", ":"))


def container(parts: Sequence[Component], colour: Colour | None, number: int) -> Component:
    """A message is one container; its number finds it again."""
    edge = {} if colour is None else {"accent_color": int(colour)}
    return {"type": limits.CONTAINER, "id": number, "components": list(parts)} | edge


def aside(parts: Sequence[Component], colour: Colour | None = None) -> Drawing:
    """A message of this front end's own, around what the engine shows."""
    return Drawing([container(parts, colour, Kind.ASIDE)])


def shown(*lines: str) -> Component:
    """One block of text; empty lines are left out."""
    return {"type": limits.TEXT, "content": "\n".join(line for line in lines if line)}


def rule() -> Component:
    return {"type": limits.SEPARATOR, "divider": True, "spacing": 1}


def beside(content: Component, button: Component) -> Component:
    """Text with a button at its side."""
    return {"type": limits.SECTION, "components": [content], "accessory": button}


# What can be pressed -------------------------------------------------------------------------------------------------


def offers(given: Iterable[actions.Offer], ids: CustomIds) -> list[Component]:
    """Buttons in rows, selects below them."""
    everything = tuple(given)
    pressed = [button(each, ids) for each in everything if isinstance(each, actions.Action)]
    chosen = [row for each in everything if isinstance(each, actions.Choice) for row in _selects(each, ids)]
    return [*rows(pressed), *chosen]


def rows(buttons: Sequence[Component]) -> list[Component]:
    return [_row(*row) for row in options.rows(buttons, limits.ROW_BUTTONS)]


def _row(*within: Component) -> Component:
    return {"type": limits.ROW, "components": list(within)}


def button(action: actions.Action, ids: CustomIds) -> Component:
    style = Style.PRIMARY if action.primary else Style.SECONDARY
    confirm, command = action.confirm, action.command
    return small_button(action.label, ids.ask_first(command, confirm) if confirm else ids.do(command), style=style)


def small_button(label: str, custom_id: str, *, style: Style = Style.SECONDARY) -> Component:
    """A button whose custom id is known already."""
    return {"type": limits.BUTTON, "style": int(style), "label": _label(label), "custom_id": custom_id}


def link_button(label: str, url: str) -> Component:
    """A button that leads outwards."""
    return {"type": limits.BUTTON, "style": int(Style.LINK), "label": _label(label), "url": url}


def _label(said: str) -> str:
    return text.shorten(plain(said), limits.BUTTON_LABEL) or "–"


def _selects(choice: actions.Choice, ids: CustomIds) -> list[Component]:
    """One select for every 25 options: all of them can be reached in a message that remembers nothing."""
    distinct: dict[str, actions.ChoiceOption] = {}  # by value, as Discord refuses two options of one
    for option in choice.options:
        distinct.setdefault(actions.token(option.command), option)
    listed = [_option(option, value) for value, option in distinct.items()]
    drawn = []
    for span, page in options.pages(listed, limits.OPTIONS):
        told = f" ({span})" if span else ""
        prompt = text.shorten(plain(choice.prompt), limits.PLACEHOLDER - len(told)) + told
        select: Component = {"type": limits.SELECT, "custom_id": ids.select(), "placeholder": prompt, "options": page}
        drawn.append(_row(select))
    return drawn


def _option(option: actions.ChoiceOption, value: str) -> Component:
    made: Component = {"label": text.shorten(plain(option.label), limits.OPTION) or "–", "value": value}
    if description := text.shorten(plain(option.description), limits.OPTION):
        made["description"] = description
    return made
