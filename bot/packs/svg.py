"""Diagrams as SVG: the small part of it that is taken, read strictly and written anew.

A diagram goes into a page as it stands, so nothing is left out silently: what is not on the lists below is refused with
its line. There are no links, scripts, styles, images, entities or references of any kind. What comes out is written
from what was understood, never a piece of the file itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final
from xml.parsers import expat

from bot.core.svg import INHERITED_SIZE, NAMESPACE, Svg
from bot.packs.problems import Unreadable

LARGEST: Final = 32 * 1024
"""Bytes of a file; a diagram has about three thousand."""
MOST_ELEMENTS, DEEPEST = 400, 12
WIDEST = 4_000
"""Units of a view box, in either direction."""

_NUMBER = r"-?(?:\d{1,5}(?:\.\d{1,4})?|\.\d{1,4})"
_NUMBERS = rf"\s*{_NUMBER}(?:[\s,]+{_NUMBER})*\s*"
_COLOUR = r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})|none|black|white"
_MOVE = rf"(?:translate|rotate)\({_NUMBERS}\)"
_NUM, _POSITIVE = re.compile(_NUMBER), re.compile(_NUMBER.removeprefix("-?"))
_LIST, _PAINT = re.compile(_NUMBERS), re.compile(_COLOUR)
_ANY: Mapping[str, re.Pattern[str]] = {
    "fill": _PAINT,
    "stroke": _PAINT,
    "stroke-width": _POSITIVE,
    "stroke-dasharray": _LIST,
    "stroke-linecap": re.compile("butt|round|square"),
    "stroke-linejoin": re.compile("miter|round|bevel"),
    "transform": re.compile(rf"{_MOVE}(?:\s+{_MOVE})*"),
    "font-size": _POSITIVE,
    "font-weight": re.compile("normal|bold|[1-9]00"),
    "font-style": re.compile("normal|italic"),
    "font-family": re.compile("sans-serif"),
    "text-anchor": re.compile("start|middle|end"),
}
"""What every element may state. Nothing is scaled, so that the size of text is what it says."""
_OWN: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "g": {},
    "rect": {"x": _NUM, "y": _NUM, "width": _POSITIVE, "height": _POSITIVE, "rx": _POSITIVE, "ry": _POSITIVE},
    "circle": {"cx": _NUM, "cy": _NUM, "r": _POSITIVE},
    "ellipse": {"cx": _NUM, "cy": _NUM, "rx": _POSITIVE, "ry": _POSITIVE},
    "line": {"x1": _NUM, "y1": _NUM, "x2": _NUM, "y2": _NUM},
    "polyline": {"points": _LIST},
    "polygon": {"points": _LIST},
    "path": {"d": re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9.,\s-]+")},
    "text": {"x": _NUM, "y": _NUM},
    "tspan": {"x": _NUM, "y": _NUM, "dx": _NUM, "dy": _NUM},
}
_ELEMENTS = {name: {**own, **_ANY} for name, own in _OWN.items()}
ELEMENTS: Final = tuple(_ELEMENTS)
_ROOT: Mapping[str, re.Pattern[str]] = {
    "xmlns": re.compile(re.escape(NAMESPACE)),
    "viewBox": re.compile(rf"0[\s,]+0[\s,]+{_POSITIVE.pattern}[\s,]+{_POSITIVE.pattern}"),
    "width": re.compile(rf"{_POSITIVE.pattern}(?:px)?"),
    "height": re.compile(rf"{_POSITIVE.pattern}(?:px)?"),
    **_ANY,
}
_SAYS = frozenset({"text", "tspan"})


def read(source: str) -> Svg:
    """The diagram of a file's text; raises `Unreadable`."""
    encoded = source.encode()
    if len(encoded) > LARGEST:
        raise Unreadable(1, f"This file is larger than {LARGEST // 1024} KiB", "Draw it with fewer shapes.")
    reading = _Reading()
    parser = expat.ParserCreate("utf-8")  # whatever encoding the file says
    parser.buffer_text = True
    reading.watch(parser)
    try:
        parser.Parse(encoded, True)  # noqa: FBT003 -- expat takes it by position alone: nothing follows
    except expat.ExpatError as error:
        raise Unreadable(error.lineno, "This line is not XML", "Close every element, and quote every value.") from None
    return reading.diagram()


@dataclass(slots=True)
class _Reading:
    """A file being read, element by element."""

    parts: list[str] = field(default_factory=list)
    open: list[tuple[str, float]] = field(default_factory=list)
    """The elements around, each with the text size within it."""
    size: tuple[float, float] = (0.0, 0.0)
    smallest: float = 0.0
    count: int = 0
    line: int = 1

    def watch(self, parser: expat.XMLParserType) -> None:
        def begin(name: str, attributes: dict[str, str]) -> None:
            self.line = parser.CurrentLineNumber
            self._begin(name, attributes)

        def say(words: str) -> None:
            self.line = parser.CurrentLineNumber
            self._say(words)

        def refuse(*_: object) -> None:
            mend = "Delete it: a diagram consists of elements and text."
            raise Unreadable(parser.CurrentLineNumber, "A diagram holds no DOCTYPE and no instruction", mend)

        parser.StartElementHandler = begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = say
        parser.StartDoctypeDeclHandler = refuse
        parser.ProcessingInstructionHandler = refuse

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self.count += 1
        if not self.open:
            self._root(name, attributes)
            return
        if name not in _ELEMENTS:
            known = ", ".join(f"<{each}>" for each in ELEMENTS)
            raise Unreadable(self.line, f"<{name[:40]}> is no element of a diagram", f"It has {known}.")
        if self.count > MOST_ELEMENTS or len(self.open) > DEEPEST:
            message = f"A diagram has at most {MOST_ELEMENTS} elements, {DEEPEST} deep"
            raise Unreadable(self.line, message, "Draw it with fewer shapes.")
        if (self.open[-1][0] in _SAYS) != (name == "tspan"):
            raise Unreadable(self.line, f"<{name}> cannot stand in <{self.open[-1][0]}>", "Close that one first.")
        self._check(name, attributes, _ELEMENTS[name])
        said = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
        self.parts.append(f"<{name}{said}>")
        self.open.append((name, float(attributes.get("font-size", self.open[-1][1]))))

    def _root(self, name: str, attributes: Mapping[str, str]) -> None:
        if name != "svg":
            raise Unreadable(self.line, f"The outermost element is <{name[:40]}>", "Let it be <svg>.")
        self._check(name, attributes, _ROOT)
        if attributes.get("xmlns") != NAMESPACE or "viewBox" not in attributes:
            mend = f'Write <svg xmlns="{NAMESPACE}" viewBox="0 0 360 240">.'
            raise Unreadable(self.line, "<svg> lacks its xmlns or its viewBox", mend)
        width, height = map(float, re.split(r"[\s,]+", attributes["viewBox"])[2:])
        if not (0 < width <= WIDEST and 0 < height <= WIDEST):
            raise Unreadable(self.line, f"The view box is empty, or larger than {WIDEST:,}", "Make it about 360 wide.")
        self.size = (width, height)
        kept = {key: value for key, value in attributes.items() if key in _ANY and key != "font-family"}
        self.parts.append("<g" + "".join(f' {key}="{escape(value)}"' for key, value in kept.items()) + ">")
        self.open.append((name, float(attributes.get("font-size", INHERITED_SIZE))))

    def _check(self, name: str, attributes: Mapping[str, str], known: Mapping[str, re.Pattern[str]]) -> None:
        for key, value in attributes.items():
            if key not in known:
                mend = f"Delete it, or use one of {', '.join(known)}."
                raise Unreadable(self.line, f"“{key[:40]}” is no attribute of <{name}> in a diagram", mend)
            if not known[key].fullmatch(value):
                mend = "Write plain numbers, colours as #rrggbb, and no units, styles or references."
                raise Unreadable(self.line, f"“{value[:40]}” is no value of “{key}” in a diagram", mend)

    def _say(self, words: str) -> None:
        if not words.strip() and not (self.open and self.open[-1][0] in _SAYS):
            return
        name, size = self.open[-1]
        if name not in _SAYS:
            raise Unreadable(self.line, f"Words stand in <{name}>", "Put them into a <text>.")
        if words.strip():
            self.smallest = min(self.smallest or size, size)
        self.parts.append(escape(" ".join(words.split()) if words.isspace() else words))

    def _end(self, name: str) -> None:
        self.open.pop()
        self.parts.append(f"</{'g' if name == 'svg' else name}>")

    def diagram(self) -> Svg:
        return Svg("".join(self.parts).encode(), *self.size, self.smallest or INHERITED_SIZE)
