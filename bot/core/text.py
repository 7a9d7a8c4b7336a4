"""The small markup of lessons, parsed once into spans that every platform draws its own way.

Bold, italic, inline code, fenced code, links and bullet lists; nothing else. What authors wrote becomes `Text`; what
people typed stays `str`, is cleaned here, and is never parsed.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from enum import Enum, auto
from functools import cached_property
from itertools import accumulate

from bot.core.record import Record

_SIGNS = re.compile(r"[\\`\[*]")
_ESCAPED = frozenset("\\`*[]")
_SIGNS_TO_ESCAPE = re.compile(r"[\\`*\[\]]")
_ADDRESS = re.compile(r"(?P<url>https://(?P<place>[^\s?#()“”]*[^\s?#()“”.,;:])(?:\?[^\s()“”]*[^\s()“”.,;:])?)")
_TICKS = re.compile(r"`++")
_LINK = re.compile(r"\((?P<url>https?://[^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+)\)")
_CLOSES_LABEL = re.compile(r"[\]\n]")
_OPENS_BOLD = re.compile(r"\*\*(?=\S)")
_CLOSES_BOLD = re.compile(r"(?<=\S)\*\*(?!\*)")
_OPENS_ITALIC = re.compile(r"(?<![*\w])\*(?=[^\s*])")
_CLOSES_ITALIC = re.compile(r"(?<=[^\s*])\*(?![*\w])")
_FENCE = re.compile(r"^```(?P<language>[\w+#.-]*)\s*$")
_BULLET = re.compile(r"^\s{0,3}[-•]\s+(?P<item>.*)$")
_BEGINS_BLOCK = re.compile(rf"{_FENCE.pattern}|{_BULLET.pattern}")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Span(Record):
    """A run of characters in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""


class Paragraph(Record):
    spans: tuple[Span, ...]


class Bullets(Record):
    items: tuple[tuple[Span, ...], ...]


class Code(Record):
    code: str
    language: str = ""


Block = Paragraph | Bullets | Code


class Text(Record, dict=True):
    """Authored text. It is parsed when somebody first wants to see it: most of a large shelf never is."""

    source: str

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return _blocks(self.source)

    @cached_property
    def plain(self) -> str:
        """The words alone, for search, counting and screen readers."""
        return "\n".join([_plain(block) for block in self.blocks])


def _plain(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return "".join([span.text for span in spans])
        case Bullets(items):
            return "\n".join("- " + "".join(span.text for span in item) for item in items)
        case Code(code):
            return code


def parse(source: str) -> Text:
    """Authored markup as text; what is not markup stays as it is."""
    return Text(source)


def code(words: str) -> Text:
    """Words of a person, shown as they were typed: nothing in them is markup."""
    literal = words.replace("`", "'").strip()
    return Text(f"`{literal}`" if literal else "")


def _blocks(source: str) -> tuple[Block, ...]:
    source = source.strip("\n")
    if "\n" not in source and not _BEGINS_BLOCK.match(source):
        return (Paragraph(inline(said)),) if (said := source.strip()) else ()
    blocks: list[Block] = []
    lines: list[str] = []
    rest = iter(source.split("\n"))
    for line in rest:
        if fence := _FENCE.match(line):
            blocks += _prose(lines)
            lines = []
            blocks.append(Code("\n".join(_until_fence(rest)), fence["language"]))
        else:
            lines.append(line)
    return (*blocks, *_prose(lines))


def _until_fence(lines: Iterator[str]) -> list[str]:
    code: list[str] = []
    for line in lines:
        if line.strip() == "```":
            break
        code.append(line)
    return code


def _prose(lines: list[str]) -> list[Block]:
    """Split lines into paragraphs and bullet lists; a bullet goes on over indented lines."""
    blocks: list[Block] = []
    paragraph: list[str] = []
    items: list[list[str]] = []

    def close() -> None:
        if items:
            blocks.append(Bullets(tuple(inline(" ".join(item)) for item in items)))
        elif paragraph:
            blocks.append(Paragraph(inline(" ".join(part.strip() for part in paragraph))))
        paragraph.clear()
        items.clear()

    for line in lines:
        if bullet := _BULLET.match(line):
            if not items:
                close()
            items.append([bullet["item"].strip()])
        elif not line.strip():
            close()
        elif items and line.startswith(" "):
            items[-1].append(line.strip())
        else:
            if items:
                close()
            paragraph.append(line)
    close()
    return blocks


def inline(source: str, *, bold: bool = False, italic: bool = False, link: str = "") -> tuple[Span, ...]:
    """Parse what stands within one line of prose, in time that grows with its length alone."""
    if not _SIGNS.search(source):
        return (Span(source, bold=bold, italic=italic, link=link),) if source else ()
    spans: list[Span] = []
    plain: list[str] = []
    ends = _Ends(source, bold=bold, italic=italic, link=bool(link))
    at = 0

    def flush() -> None:
        if words := "".join(plain):
            spans.append(Span(words, bold=bold, italic=italic, link=link))
        plain.clear()

    while sign := _SIGNS.search(source, at):
        plain.append(source[at : sign.start()])
        mark, at = ends.mark(sign.start())
        if mark.kind is MarkKind.PLAIN:
            plain.append(mark.text)
            continue
        flush()
        match mark.kind:
            case MarkKind.CODE:
                spans.append(Span(mark.text.strip(" ") or " ", bold=bold, italic=italic, code=True, link=link))
            case MarkKind.LINK:
                spans += inline(mark.text, bold=bold, italic=italic, link=mark.url)
            case MarkKind.BOLD:
                spans += inline(mark.text, bold=True, italic=italic, link=link)
            case MarkKind.ITALIC:
                spans += inline(mark.text, bold=bold, italic=True, link=link)
    plain.append(source[at:])
    flush()
    return tuple(spans)


class MarkKind(Enum):
    """What a sign of the markup turned out to begin."""

    PLAIN = auto()
    CODE = auto()
    LINK = auto()
    BOLD = auto()
    ITALIC = auto()


class FoundMark(Record):
    """What stands between two signs."""

    kind: MarkKind
    text: str
    url: str = ""


class _Ends:
    """Where each kind of mark can end. It is looked up once for a line, so that a sign without an end costs no walk.

    No mark stands within one of its own kind, so that marks are never deeper than there are kinds.
    """

    def __init__(self, source: str, *, bold: bool, italic: bool, link: bool) -> None:
        self._source = source
        self._ticks = [found.span() for found in _TICKS.finditer(source)] if "`" in source else []
        self._tick_starts = [start for start, _ in self._ticks]
        self._longest_after = list(accumulate((end - start for start, end in reversed(self._ticks)), max))[::-1]
        self._bold = [] if bold or "**" not in source else _places(_CLOSES_BOLD, source)
        self._italic = [] if italic or "*" not in source else _places(_CLOSES_ITALIC, source)
        self._label = [] if link or "]" not in source else _places(_CLOSES_LABEL, source)

    def mark(self, at: int) -> tuple[FoundMark, int]:
        """The mark that begins at this sign, and where what follows begins."""
        source = self._source
        match source[at]:
            case "\\":
                escaped = source[at + 1 : at + 2]
                return (FoundMark(MarkKind.PLAIN, escaped), at + 2) if escaped in _ESCAPED else self._none(at, at + 1)
            case "`":
                return self._code(at)
            case "[":
                return self._linked(at)
            case _:
                return self._stressed(at)

    def _none(self, at: int, end: int) -> tuple[FoundMark, int]:
        return FoundMark(MarkKind.PLAIN, self._source[at:end]), end

    def _code(self, at: int) -> tuple[FoundMark, int]:
        """As many ticks end it as began it."""
        number = bisect_left(self._tick_starts, at + 1) - 1
        opened = self._ticks[number][1]
        ticks = opened - at
        if number + 1 == len(self._ticks) or self._longest_after[number + 1] < ticks:
            return self._none(at, opened)
        start, close = self._ticks[number := number + 1]
        while close - start < ticks:
            start, close = self._ticks[number := number + 1]
        return FoundMark(MarkKind.CODE, self._source[opened : close - ticks]), close

    def _linked(self, at: int) -> tuple[FoundMark, int]:
        close = _first(self._label, at + 1)
        is_label = close is not None and close > at + 1 and self._source[close] == "]"
        if close is not None and is_label and (found := _LINK.match(self._source, close + 1)):
            return FoundMark(MarkKind.LINK, self._source[at + 1 : close], found["url"]), found.end()
        return self._none(at, at + 1)

    def _stressed(self, at: int) -> tuple[FoundMark, int]:
        if _OPENS_BOLD.match(self._source, at) and (close := _first(self._bold, at + 3)) is not None:
            return FoundMark(MarkKind.BOLD, self._source[at + 2 : close]), close + 2
        if _OPENS_ITALIC.match(self._source, at) and (close := _first(self._italic, at + 2)) is not None:
            return FoundMark(MarkKind.ITALIC, self._source[at + 1 : close]), close + 1
        return self._none(at, at + 1)


def _places(sign: re.Pattern[str], source: str) -> list[int]:
    return [found.start() for found in sign.finditer(source)]


def _first(places: list[int], least: int) -> int | None:
    """The first of the places, which are in order, that is no earlier."""
    number = bisect_left(places, least)
    return places[number] if number < len(places) else None


def linked(ours: str, *, before: str = "") -> Text:
    """Our own words with the addresses in them as links, after words that are shown as they are."""
    return Text(escaped(before) + _ADDRESS.sub(_as_link, escaped(ours)))


def escaped(words: str) -> str:
    """Words as markup that shows them as they are."""
    return _SIGNS_TO_ESCAPE.sub(r"\\\g<0>", words)


def _as_link(found: re.Match[str]) -> str:
    url = found["url"].replace("\\", "")
    return f"[{found['place']}]({url})"


def clean(typed: str, *, lines: bool = False) -> str:
    """What a person typed without control characters and direction overrides; one line unless `lines`."""
    kept = typed if typed.isprintable() else _printable(typed)
    return kept.strip() if lines else " ".join(kept.split())


def _printable(typed: str) -> str:
    return "".join(
        character
        for character in typed.replace("\r\n", "\n").replace("\r", "\n")
        if character in "\n\t" or (character not in _BIDI and unicodedata.category(character) not in _UNPRINTABLE)
    )


def shorten(text: str, longest: int) -> str:
    """The text cut at a word to `longest` characters, with an ellipsis where something is missing."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > longest // 2 else cut).rstrip(" ,;:–-") + "…"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 lesson`, `3 lessons`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
