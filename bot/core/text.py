"""The small markup of lessons, parsed once into spans that every platform draws its own way.

Bold, italic, inline code, fenced code, links and bullet lists; nothing else. What authors wrote becomes `Text`; what
people typed stays `str`, is cleaned here, and is never parsed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property

from bot.core.record import Record

_INLINE = re.compile(
    r"\\(?P<escaped>[\\`*\[\]])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?P=ticks)(?!`)"
    r"|\[(?P<label>[^\]\n]+)\]\((?P<url>https?://[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)"
    r"|\*\*(?P<bold>(?=\S).+?(?<=\S))\*\*(?!\*)"
    r"|(?<![*\w])\*(?P<italic>(?=[^\s*]).+?(?<=[^\s*]))\*(?![*\w])",
    re.DOTALL,
)
_FENCE = re.compile(r"^```(?P<language>[\w+#.-]*)\s*$")
_BULLET = re.compile(r"^\s{0,3}[-•]\s+(?P<item>.*)$")
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

    @property
    def plain(self) -> str:
        """The words alone, for search, counting and screen readers."""
        return "\n".join(_plain(block) for block in self.blocks)


def _plain(block: Block) -> str:
    match block:
        case Paragraph(spans):
            return "".join(span.text for span in spans)
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
    blocks: list[Block] = []
    lines: list[str] = []
    rest = iter(source.strip("\n").split("\n"))
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
    items: list[str] = []

    def close() -> None:
        if items:
            blocks.append(Bullets(tuple(inline(item) for item in items)))
        elif paragraph:
            blocks.append(Paragraph(inline(" ".join(part.strip() for part in paragraph))))
        paragraph.clear()
        items.clear()

    for line in lines:
        if bullet := _BULLET.match(line):
            if not items:
                close()
            items.append(bullet["item"].strip())
        elif not line.strip():
            close()
        elif items and line.startswith(" "):
            items[-1] += " " + line.strip()
        else:
            if items:
                close()
            paragraph.append(line)
    close()
    return blocks


def inline(source: str, *, bold: bool = False, italic: bool = False, link: str = "") -> tuple[Span, ...]:
    """Parse what stands within one line of prose."""
    spans: list[Span] = []
    plain = ""
    at = 0

    def flush() -> None:
        nonlocal plain
        if plain:
            spans.append(Span(plain, bold=bold, italic=italic, link=link))
            plain = ""

    for found in _INLINE.finditer(source):
        plain += source[at : found.start()]
        at = found.end()
        if found["escaped"]:
            plain += found["escaped"]
            continue
        flush()
        if found["code"]:
            spans.append(Span(found["code"].strip(" ") or " ", bold=bold, italic=italic, code=True, link=link))
        elif found["url"]:
            spans += inline(found["label"], bold=bold, italic=italic, link=found["url"])
        elif found["bold"]:
            spans += inline(found["bold"], bold=True, italic=italic, link=link)
        elif found["italic"]:
            spans += inline(found["italic"], bold=bold, italic=True, link=link)
    plain += source[at:]
    flush()
    return tuple(spans)


def clean(typed: str, *, lines: bool = False) -> str:
    """What a person typed without control characters and direction overrides; one line unless `lines`."""
    typed = typed.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        character
        for character in typed
        if character in "\n\t" or (character not in _BIDI and unicodedata.category(character) not in _UNPRINTABLE)
    )
    if lines:
        return kept.strip()
    return " ".join(kept.split())


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
