"""The parts that several views share: texts, bars, lists, buttons, selects; and what a finished drawing is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cached_property

from adapters.discord import limits
from adapters.discord.buttons import Ids
from adapters.discord.limits import Component
from adapters.discord.markdown import plain, subtext, words
from bot.api import Record, actions, field, text, views

BAR = 10
"""Signs of a progress bar."""
FEW, FEWEST = 25, 12
"""Lines of a list that is drawn tightly."""
AIRY = 12
"""Lines of a list that may each stand as a text of their own, with air between them."""
TIGHTEST = 3


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

    @cached_property
    def json(self) -> str:
        """The components as they go over the wire: ASCII, since one emoji makes a string of four bytes a character."""
        return json.dumps(self.components, separators=(",", ":"))


class Body(Record):
    """What stands in a message's one container."""

    parts: Sequence[Component]
    colour: Colour | None = None
    files: Sequence[File] = ()
    above: Sequence[Component] = ()
    """What stands before the container, where a call is heard and seen at once."""


@dataclasses.dataclass(slots=True)
class Pen:
    """How a view is drawn: for whom, and how tightly. Tightness 0 is at ease; each step leaves more away."""

    reader: views.Reader
    tight: int = 0
    ids: Ids = dataclasses.field(default_factory=Ids)
    confirms: dict[str, actions.Confirm] = dataclasses.field(default_factory=dict)

    def sign(self, sign: str) -> str:
        """A sign with the space after it; in plain mode words stand alone."""
        return f"{sign} " if sign and not self.reader.plain else ""


# Texts ---------------------------------------------------------------------------------------------------------------


def shown(*lines: str) -> Component:
    """One block of text; empty lines are left out."""
    return {"type": limits.TEXT, "content": "\n".join(line for line in lines if line)}


def rule() -> Component:
    return {"type": limits.SEPARATOR, "divider": True, "spacing": 1}


def beside(content: Component, button: Component) -> Component:
    """Text with a button at its side."""
    return {"type": limits.SECTION, "components": [content], "accessory": button}


def theme_name(emoji: str, title: str, pen: Pen) -> str:
    return pen.sign(words(emoji)) + words(title)


def bar(done: int, total: int, pen: Pen) -> str:
    """How far somebody is: always in figures, and as a bar for those who like one."""
    if pen.reader.plain:
        return f"{done} / {total} lessons done"
    full = BAR * done // max(total, 1)
    full = max(full, 1) if done else full
    return f"{'■' * full}{'□' * (BAR - full)} {done} / {total}"


def theme_row(card: views.ThemeCard, pen: Pen) -> tuple[str, str]:
    """A theme as the head of a line, and its detail."""
    followed = " · followed" if card.followed else ""
    head = f"**{theme_name(card.emoji, card.title, pen)}**{followed}\n{bar(card.done, card.total, pen)}"
    if pen.tight:
        head = f"{theme_name(card.emoji, card.title, pen)} · {card.done} / {card.total}{followed}"
    return head, words(card.line)


def lesson_row(card: views.LessonCard, pen: Pen) -> tuple[str, str]:
    """A lesson as the head of a line, and its detail; what is done is said in words."""
    title = f"{card.number}\\. {words(card.title)}"
    head = title if pen.tight > 1 else f"**{title}**"
    return head + lesson_state(card, pen), words(card.summary)


def lesson_state(card: views.LessonCard, pen: Pen) -> str:
    if not card.done:
        return ""
    return f" · {pen.sign('✓')}done{', updated since' if card.updated else ''}"


def listed(rows: Iterable[tuple[str, str]], pen: Pen, *, more: str = "more") -> list[Component]:
    """A list that fits: with details at ease, then heads alone, then only the first of them and how many there are."""
    everything = list(rows)
    kept = everything[: {2: FEW, 3: FEWEST}.get(pen.tight, len(everything))]
    drawn = [head if pen.tight or not detail else f"{head}\n{subtext(detail)}" for head, detail in kept]
    if len(kept) < len(everything):
        drawn.append(subtext(f"and {len(everything) - len(kept)} {more}"))
    if not pen.tight and len(drawn) <= AIRY:
        return [shown(line) for line in drawn]
    return [shown("\n".join(drawn))] if drawn else []


def next_up(card: views.LessonCard | None, pen: Pen, title: str = "Next up") -> str:
    """What comes next, as every lesson ends: the title and the summary."""
    if card is None:
        return ""
    summary = "" if pen.tight > 1 else f"\n{subtext(words(card.summary))}"
    return f"**{title}** {card.number}\\. {words(card.title)}{summary}"


def pairs(rows: Iterable[views.Pair]) -> Component:
    return shown("\n".join(f"**{words(row.name)}** {words(row.value)}" for row in rows))


# What can be pressed -------------------------------------------------------------------------------------------------


def offers(given: Iterable[actions.Offer], pen: Pen) -> list[Component]:
    """Buttons in rows, selects below them."""
    everything = tuple(given)
    pressed = [button(each, pen) for each in everything if isinstance(each, actions.Action)]
    chosen = [row for each in everything if isinstance(each, actions.Choice) for row in selects(each, pen)]
    return [*rows(pressed), *chosen]


def rows(buttons: Sequence[Component]) -> list[Component]:
    most = limits.ROW_BUTTONS
    return [_row(*buttons[at : at + most]) for at in range(0, len(buttons), most)]


def _row(*within: Component) -> Component:
    return {"type": limits.ROW, "components": list(within)}


def button(action: actions.Action, pen: Pen) -> Component:
    style = Style.PRIMARY if action.primary else Style.SECONDARY
    if action.confirm is None:
        return _button(action.label, pen.ids.do(action.command), style)
    custom_id = pen.ids.ask_first(action.command)
    pen.confirms[custom_id] = action.confirm
    return _button(action.label, custom_id, style)


def _button(label: str, custom_id: str, style: Style) -> Component:
    said = text.shorten(plain(label), limits.BUTTON_LABEL) or "–"
    return {"type": limits.BUTTON, "style": int(style), "label": said, "custom_id": custom_id}


def small_button(label: str, custom_id: str, *, style: Style = Style.SECONDARY) -> Component:
    """A button whose custom id is known already."""
    return _button(label, custom_id, style)


def link_button(label: str, url: str) -> Component:
    """A button that leads outwards."""
    said = text.shorten(plain(label), limits.BUTTON_LABEL) or "–"
    return {"type": limits.BUTTON, "style": int(Style.LINK), "label": said, "url": url}


def selects(choice: actions.Choice, pen: Pen) -> list[Component]:
    """One select for every 25 options: all of them can be reached in a message that remembers nothing."""
    options = _unlike(choice.options)
    pages = [options[at : at + limits.OPTIONS] for at in range(0, len(options), limits.OPTIONS)]
    drawn, first = [], 1
    for page in pages:
        span = f" ({first}–{first + len(page) - 1})" if len(pages) > 1 else ""
        prompt = text.shorten(plain(choice.prompt), limits.PLACEHOLDER - len(span)) + span
        drawn.append(_row(_select(prompt, page, pen)))
        first += len(page)
    return drawn


def _unlike(options: Iterable[actions.ChoiceOption]) -> list[actions.ChoiceOption]:
    """Discord refuses two options of one value."""
    return list({actions.token(option.command): option for option in reversed(tuple(options))}.values())[::-1]


def _select(prompt: str, options: Iterable[actions.ChoiceOption], pen: Pen) -> Component:
    return {
        "type": limits.SELECT,
        "custom_id": pen.ids.select(),
        "placeholder": prompt,
        "options": [_option(option) for option in options],
    }


def _option(option: actions.ChoiceOption) -> Component:
    made: Component = {
        "label": text.shorten(plain(option.label), limits.OPTION) or "–",
        "value": actions.token(option.command),
    }
    if description := text.shorten(plain(option.description), limits.OPTION):
        made["description"] = description
    return made
