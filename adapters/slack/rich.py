"""Rich text: prose as elements with a style each, so that no character of it can be taken for markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from adapters.slack.payload import Json
from bot.api import text

Element: TypeAlias = Json


def words(said: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> Element:
    """A run of characters, shown as they are."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    return {"type": "text", "text": said, "style": style} if style else {"type": "text", "text": said}


def strong(said: str) -> Element:
    return words(said, bold=True)


def link(label: str, url: str) -> Element:
    return {"type": "link", "url": url, "text": label}


def date(at: datetime, timezone: str) -> Element:
    """A date in the own time of whoever looks."""
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_short_pretty}",
        "fallback": spoken_date(at, timezone),
    }


def moment(at: datetime, timezone: str) -> Element:
    """A date and a time, in the own time of whoever looks."""
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": "{date_short_pretty} at {time}",
        "fallback": spoken_moment(at, timezone),
    }


def spoken_date(at: datetime, timezone: str) -> str:
    """The same in words, in the reader's time."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%b %Y}"


def spoken_moment(at: datetime, timezone: str) -> str:
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local:%a} {spoken_date(at, timezone)} {local:%H:%M}"


def section(elements: Iterable[Element]) -> Json:
    """Elements that follow one another on a line."""
    return {"type": "rich_text_section", "elements": [each for each in elements if each.get("text", each["type"])]}


def bullets(items: Iterable[Sequence[Element]], *, ordered: bool = False) -> Json:
    style = "ordered" if ordered else "bullet"
    return {"type": "rich_text_list", "style": style, "elements": [section(item) for item in items]}


def block(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def emboldened(elements: Iterable[Element]) -> list[Element]:
    """The same in bold, as far as Slack has it bold: words, and links."""
    return [
        {**each, "style": {**style, "bold": True}} if isinstance(style := each.get("style", {}), dict) else each
        for each in elements
    ]


def span(part: text.Span) -> Element:
    if part.link:
        element = link(part.text, part.link)
        styled = words(part.text, bold=part.bold, italic=part.italic, code=part.code).get("style")
        return {**element, "style": styled} if styled else element
    return words(part.text, bold=part.bold, italic=part.italic, code=part.code)


def authored(said: text.Text, lead: tuple[Element, ...] = ()) -> list[Json]:
    """Authored text as parts of a rich text block; `lead` stands before its first words."""
    return _authored(said.source) if not lead else _led(said, lead)


@lru_cache(maxsize=4096)
def _authored(source: str) -> list[Json]:
    return _led(text.parse(source), ())


def _led(said: text.Text, lead: tuple[Element, ...]) -> list[Json]:
    parts: list[Json] = []
    line: list[Element] = list(lead)

    def flush() -> None:
        if line:
            parts.append(section(line))
            line.clear()

    for at, each in enumerate(said.blocks):
        match each:
            case text.Paragraph(spans):
                if at and line:
                    line.append(words("\n\n"))
                line.extend(span(part) for part in spans)
            case text.Bullets(items):
                flush()
                parts.append(bullets([[span(part) for part in item] for item in items]))
            case text.Code(code):
                flush()
                parts.append({"type": "rich_text_preformatted", "elements": [words(code or " ")]})
    flush()
    return parts


def inline(said: text.Text) -> list[Element]:
    """Short authored text within a line; blocks that need a line of their own are joined by blanks."""
    found: list[Element] = []
    for each in said.blocks:
        if found:
            found.append(words(" "))
        match each:
            case text.Paragraph(spans):
                found.extend(span(part) for part in spans)
            case text.Bullets(items):
                for item in items:
                    found.extend([words(" • "), *(span(part) for part in item)])
            case text.Code(code):
                found.append(words(code or " ", code=True))
    return found
