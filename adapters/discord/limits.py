"""What Discord takes in one message, modal or command, and what of a drawing goes beyond it.

Unless said otherwise the unit is characters and the source is Discord's reference of its HTTP interface, version 10.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

Component: TypeAlias = dict[str, object]

ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, CHANNEL_SELECT = 5, 6, 8
SECTION, TEXT, GALLERY, FILE, SEPARATOR = 9, 10, 12, 13, 14
CONTAINER, LABEL = 17, 18
RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 21, 22, 23
"""Component types."""

COMPONENTS = 40
"""In one message, nested ones counted."""
DISPLAYED = 4_000
"""Over all text displays of a message."""
DISPLAYED_BYTES = 10_000
"""In UTF-8; above about 10,170 Discord answers with HTTP 500 (discord-api-docs#8554)."""
ROW_BUTTONS = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100
OPTIONS = 25
OPTION = 100
"""An option's label, value or description."""
PLACEHOLDER = 150
BUTTON_URL = 512
ALT_TEXT = 1_024
CHOICES = 25
"""Of an option, or of an autocompletion."""
CHOICE = 100
MODAL_TITLE = 45
MODAL_PARTS = 5
MODAL_LABEL = 45
MODAL_HELP = 100
GROUP_OPTIONS = 10
"""Of a radio or checkbox group; a radio group has at least two."""
DESCRIPTION = 100
"""Of a command or an option."""
NONCE = 25
THREAD_NAME = 100
FILE_BYTES = 10 * 1024 * 1024
"""A file in a place without boosts."""


def walk(components: Sequence[Component]) -> Iterator[Component]:
    """Every component, each before those within it."""
    for component in components:
        yield component
        inner = component.get("components")
        if isinstance(inner, list):
            yield from walk(inner)
        for key in ("accessory", "component"):
            single = component.get(key)
            if isinstance(single, dict):
                yield from walk([single])


def excess(components: Sequence[Component], files: Iterable[bytes]) -> list[str]:
    """Why these would not fit one message; nothing if they do."""
    everything = list(walk(components))
    texts = [str(component["content"]) for component in everything if component["type"] == TEXT]
    shown, size = sum(map(len, texts)), sum(len(each.encode()) for each in texts)
    heaviest = max(map(len, files), default=0)
    measured = [
        (len(everything), COMPONENTS, "components"),
        (shown, DISPLAYED, "characters of text"),
        (size, DISPLAYED_BYTES, "bytes of text"),
        (heaviest, FILE_BYTES, "bytes in a file"),
    ]
    found = [f"It takes {used:,} {what}; Discord takes {most:,}." for used, most, what in measured if used > most]
    return found + [wrong for component in everything for wrong in _own_excess(component)]


_LONGEST = {"custom_id": CUSTOM_ID, "placeholder": PLACEHOLDER, "url": BUTTON_URL}


def _own_excess(component: Component) -> Iterator[str]:
    for key, value in component.items():
        if key in _LONGEST and isinstance(value, str) and len(value) > _LONGEST[key]:
            yield f"“{value[:40]}…” takes {len(value):,} characters of {key}; Discord takes {_LONGEST[key]}."
    label = component.get("label")
    if component["type"] == BUTTON and isinstance(label, str) and len(label) > BUTTON_LABEL:
        yield f"The button “{label[:40]}…” has {len(label)} characters; Discord takes {BUTTON_LABEL}."
