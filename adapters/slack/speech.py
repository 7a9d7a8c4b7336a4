"""The words alone: what a screen reader speaks and a notification shows in place of blocks.

Nothing else that is sent is ever parsed by Slack: prose is rich text, everything else plain text. This one string is,
so its three characters are escaped, and no mention in it is anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

JOINER = "\u2060"
"""Word joiner: takes no room and breaks no line, but breaks a mention."""

_MENTION = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)
_BARS = re.compile(r"[▰▱▁▂▃▄▅▆▇█·–]*[▰▱▁▂▃▄▅▆▇█][▰▱▁▂▃▄▅▆▇█·–]* ?")
_NAMED = {"channel": "a channel", "user": "somebody", "usergroup": "a user group"}
"""What stands for an element whose name Slack alone knows."""
_SPOKEN = frozenset({"header", "section", "context", "rich_text"})


def safe(words: str) -> str:
    """Words as they may stand in a message's top-level text."""
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub(f"@{JOINER}", words)


def speak(block: Mapping[str, object]) -> str:
    """A block in words; what can be pressed is left out, as Slack speaks that itself."""
    if block.get("type") not in _SPOKEN:
        return ""
    inner = {key: held for key, held in block.items() if key != "accessory"}
    return _BARS.sub("", " ".join(_words(inner)).strip())


def _words(value: object) -> Iterator[str]:
    """The words in reading order; a line of a list begins with a dash."""
    if isinstance(value, list):
        for held in value:
            yield from _words(held)
    elif isinstance(value, Mapping):
        yield from _said(value)


def _said(value: Mapping[str, object]) -> Iterator[str]:
    kind, said = value.get("type"), value.get("text")
    if kind == "rich_text_section":
        if not _only_calls(value.get("elements")):
            yield _line(value.get("elements"))
    elif kind == "rich_text_list":
        items = value.get("elements")
        for item in items if isinstance(items, list) else ():
            yield f"\n– {_line(item.get('elements'))}"
    elif isinstance(said, str):
        yield said
    else:
        for held in value.values():
            yield from _words(held)


def _line(elements: object) -> str:
    held = elements if isinstance(elements, list) else []
    return "".join(_element(each) for each in held)


def _only_calls(elements: object) -> bool:
    """Whether a line holds nothing but a name: there is no word in it to speak."""
    held = elements if isinstance(elements, list) else []
    return all(each.get("type") in _NAMED for each in held)


def _element(element: Mapping[str, object]) -> str:
    kind = element.get("type")
    named = _NAMED.get(kind, "") if isinstance(kind, str) else ""
    return str(element.get("text") or element.get("fallback") or named)
