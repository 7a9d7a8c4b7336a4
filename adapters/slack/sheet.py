"""A page as it is laid out: blocks in order, and what can be pressed on it, numbered.

Each thing to press carries its whole command as its value, so it works after a restart and on any replica. Its id says
what its page is for, because an answer takes the place of a list or a question, but never of a lesson.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.shared.options import pages, rows
from adapters.slack import rich
from adapters.slack.payload import Json
from bot.api import actions, i18n, text

BLOCKS_IN_VIEW = 100
"""Blocks of a modal or the Home tab; same page."""
SECTION = 3000
"""Characters of a section's text; docs.slack.dev/reference/block-kit/blocks/section-block."""
HEADER = 150
"""Characters, plain text; docs.slack.dev/reference/block-kit/blocks/header-block."""
ALT_TEXT = 2000
"""Characters; docs.slack.dev/reference/block-kit/blocks/image-block."""
BUTTON = 75
"""Characters of a button's label, and of what a screen reader says in its place."""
BUTTONS_IN_ROW = 5
"""An actions block may hold 25, but Slack would break its line wherever the window ends."""
OPTIONS = 100
"""Options of a select."""
OPTION = 75
"""Characters of an option's text and of its description."""
PLACEHOLDER = 150
"""Characters of what a select says while nothing is chosen."""
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_YES = 100, 300, 30
"""Characters; docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object."""


class Sheet:
    """Blocks being laid one after the other."""

    def __init__(self, kind: str) -> None:
        self.blocks: list[Json] = []
        self._kind = kind
        self._pressed = 0

    # Words ----------------------------------------------------------------------------------------------------------

    def header(self, words: str) -> None:
        """A title; Slack's own header block would cut a long one."""
        if len(words) > HEADER:
            self.say(rich.strong(words))
        else:
            self.blocks.append({"type": "header", "text": plain(words)})

    def aside(self, words: str) -> None:
        """Small print."""
        self.blocks.append({"type": "context", "elements": [plain(text.shorten(words, SECTION))]})

    def say(self, *elements: rich.Element) -> None:
        """One paragraph of rich text."""
        said = rich.section(elements)
        if said["elements"]:
            self.blocks.append(rich.block(said))

    def write(self, *parts: Json) -> None:
        """Parts of rich text in one block."""
        if parts:
            self.blocks.append(rich.block(*parts))

    def picture(self, file: str, alt: str) -> None:
        """One of Slack's own files."""
        said = text.shorten(alt, ALT_TEXT)
        self.blocks.append({"type": "image", "slack_file": {"id": file}, "alt_text": said})

    def divide(self) -> None:
        self.blocks.append({"type": "divider"})

    # What can be pressed --------------------------------------------------------------------------------------------

    def offer(self, offers: Iterable[actions.Offer]) -> None:
        """Buttons and selects, in their order."""
        self.press([element for offer in offers for element in self._elements(offer)])

    def press(self, elements: Sequence[Json]) -> None:
        for row in rows(elements, BUTTONS_IN_ROW):
            self.blocks.append({"type": "actions", "elements": row})

    def _elements(self, offer: actions.Offer) -> Iterator[Json]:
        match offer:
            case actions.Action():
                yield self.button(offer)
            case actions.Choice(prompt, options):
                yield from self._selects(prompt, options)

    def button(self, action: actions.Action, *, spoken: str = "") -> Json:
        made: Json = {
            "type": "button",
            "action_id": self._number(),
            "text": plain(text.shorten(action.label, BUTTON)),
            "value": actions.token(action.command),
        }
        if action.primary:
            made["style"] = "primary"
        if spoken:
            made["accessibility_label"] = text.shorten(spoken, BUTTON)
        if action.confirm:
            made["confirm"] = _confirm(action.confirm)
        return made

    def _selects(self, prompt: str, options: Sequence[actions.ChoiceOption]) -> Iterator[Json]:
        """One select, or several where there are more options than one may hold."""
        for span, page in pages(options, OPTIONS):
            listed = [(actions.token(each.command), each.label, each.description) for each in page]
            yield self.select(f"{prompt} ({span})" if span else prompt, listed)

    def select(self, prompt: str, options: Sequence[tuple[str, str, str]]) -> Json:
        """A select whose options are (value, label, description)."""
        return self._select(prompt) | {"options": [option(*each) for each in options]}

    def grouped(self, prompt: str, groups: Mapping[str, Sequence[tuple[str, str, str]]]) -> Json:
        """A select whose options stand under headings."""
        listed = [
            {"label": plain(text.shorten(label, OPTION)), "options": [option(*each) for each in options[:OPTIONS]]}
            for label, options in groups.items()
        ]
        return self._select(prompt) | {"option_groups": listed}

    def _select(self, prompt: str) -> Json:
        said = plain(text.shorten(prompt, PLACEHOLDER))
        return {"type": "static_select", "action_id": self._number(), "placeholder": said}

    def beside(self, words: str, button: Json) -> None:
        """Words with a button at their side."""
        said = plain(text.shorten(words, SECTION))
        self.blocks.append({"type": "section", "text": said, "expand": True, "accessory": button})

    def _number(self) -> str:
        self._pressed += 1
        return f"{self._kind}.{self._pressed}"


def plain(words: str) -> Json:
    """A plain text object: nothing in it is ever parsed, emoji names neither."""
    return {"type": "plain_text", "text": words if words.strip() else "–", "emoji": False}


def option(value: str, label: str, description: str = "") -> Json:
    made: Json = {"text": plain(text.shorten(label, OPTION)), "value": value}
    if description:
        made["description"] = plain(text.shorten(description, OPTION))
    return made


def _confirm(asked: actions.Confirm) -> Json:
    return {
        "title": plain(text.shorten(asked.title, CONFIRM_TITLE)),
        "text": plain(text.shorten(asked.text, CONFIRM_TEXT)),
        "confirm": plain(text.shorten(asked.yes, CONFIRM_YES)),
        "deny": plain(i18n.say("Cancel")),
        "style": "danger",
    }


def weight(blocks: Sequence[Json]) -> int:
    """Characters that Slack counts against what a message may hold."""
    found = 0
    left: list[object] = [*blocks]
    while left:
        held = left.pop()
        if isinstance(held, dict):
            said = held.get("text")
            found += len(said) if isinstance(said, str) else 0
            left += [each for each in held.values() if isinstance(each, (dict, list))]
        elif isinstance(held, list):
            left += held
    return found
