"""How anything becomes HTML: every string is escaped, and what could turn text around or hide in it is dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup, escape

from bot.api import i18n, text

Child = str | Markup | None
Attribute = str | int | bool | None

_VOID = frozenset({"input", "br", "meta", "link"})
_HIDDEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters and direction overrides; authored text keeps its plain direction marks."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def element(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """One element. `class_` is `class`, `data_token` is `data-token`; None and False leave an attribute out."""
    said = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{said}>")  # noqa: S704 -- tag names are ours, attribute values were escaped
    return Markup(f"<{tag}{said}>{join(children)}</{tag}>")  # noqa: S704 -- join escapes whatever is not Markup


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    key = name.rstrip("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{escape(plain(str(value)))}"'


def join(children: Iterable[Child], between: str = "") -> Markup:
    return Markup(between).join(  # noqa: S704 -- separators are ours
        child if isinstance(child, Markup) else escape(plain(child)) for child in children if child
    )


def plain(words: str) -> str:
    return _HIDDEN.sub("", words)


def people(words: str) -> Markup:
    """What somebody wrote; what reads from right to left is kept apart from the text around it."""
    return element("bdi", words) if _RIGHT_TO_LEFT.search(words) else join([words])


def prose(written: text.Text) -> Markup:
    """Authored text, block by block."""
    return join(_block(block) for block in written.blocks)


def _block(block: text.Block) -> Markup:
    match block:
        case text.Paragraph(spans):
            return element("p", line(spans))
        case text.Bullets(items):
            return element("ul", *(element("li", line(item)) for item in items))
        case text.Code(code, language):
            name = ", ".join(filter(None, (i18n.say("Code"), language)))
            return element("pre", element("code", code), tabindex=0, role="region", aria_label=name, class_="code")


def inline(written: text.Text) -> Markup:
    """Authored text where only a phrase fits, as inside a button."""
    flat: list[Markup] = []
    for block in written.blocks:
        match block:
            case text.Paragraph(spans):
                flat.append(line(spans, links=False))
            case text.Bullets(items):
                flat += [line(item, links=False) for item in items]
            case text.Code(code):
                flat.append(element("code", code))
    return join(flat, " ")


def line(spans: Iterable[text.Span], *, links: bool = True) -> Markup:
    return join(_span(span, links=links) for span in spans)


def _span(span: text.Span, *, links: bool) -> Markup:
    drawn = element("code", span.text) if span.code else escape(plain(span.text))
    if span.italic:
        drawn = element("em", drawn)
    if span.bold:
        drawn = element("strong", drawn)
    return link(drawn, span.link) if span.link and links else drawn


def link(label: Child, url: str) -> Markup:
    """A link outwards; anything but http(s) is shown as its label alone."""
    if not re.match(r"https?://", url, re.IGNORECASE):
        return element("span", label)
    return element("a", label, href=url, target="_blank", rel="noopener noreferrer")


def day(at: datetime, timezone: str) -> Markup:
    """A date in the reader's own zone."""
    local = at.astimezone(_zone(timezone))
    return element("time", i18n.day(local, i18n.say("d MMMM y")), datetime=at.isoformat(timespec="minutes"))


def moment(at: datetime, timezone: str) -> Markup:
    """A date and the time of day, in the reader's own zone."""
    local = at.astimezone(_zone(timezone))
    said = i18n.day(local, i18n.say("EEE d MMMM y, HH:mm"))
    return element("time", said, datetime=at.isoformat(timespec="minutes"))


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return UTC
