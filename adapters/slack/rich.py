"""Rich text: prose as elements with a style each, so that no character of it can be taken for markup.

Slack knows no switch like "mention nobody": an element that names people calls them wherever they can see it. So they
are named where one person alone reads it, and in words wherever others do. A scheduled post alone may call somebody,
and only the one that it names itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from adapters.slack.payload import Json
from bot.api import blocks, i18n, text, views

Element: TypeAlias = Json


def words(said: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> Element:
    """A run of characters, shown as they are."""
    if not (bold or italic or code):
        return {"type": "text", "text": said}
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    return {"type": "text", "text": said, "style": style}


def strong(said: str) -> Element:
    return words(said, bold=True)


def link(label: str, url: str) -> Element:
    return {"type": "link", "url": url, "text": label}


def date(at: datetime, timezone: str) -> Element:
    """A date in the own time of whoever looks."""
    return _date(at, "{date_short_pretty}", spoken_date(at, timezone))


def moment(at: datetime, timezone: str) -> Element:
    """A date and a time, in the own time of whoever looks."""
    return _date(at, i18n.say("{date_short_pretty} at {time}"), spoken_moment(at, timezone))


def _date(at: datetime, shape: str, fallback: str) -> Element:
    return {"type": "date", "timestamp": int(at.timestamp()), "format": shape, "fallback": fallback}


def spoken_date(at: datetime, timezone: str) -> str:
    """The same in words, in the reader's time."""
    local = at.astimezone(ZoneInfo(timezone))
    return i18n.day(local, i18n.say("d MMM y"))


def spoken_moment(at: datetime, timezone: str) -> str:
    local = at.astimezone(ZoneInfo(timezone))
    return i18n.day(local, i18n.say("EEE d MMM y HH:mm"))


def section(elements: Iterable[Element]) -> Json:
    """Elements that follow one another on a line."""
    return {"type": "rich_text_section", "elements": [each for each in elements if each.get("text", each["type"])]}


def quotation(elements: Iterable[Element]) -> Json:
    """Elements that are set apart from the text around them."""
    return {"type": "rich_text_quote", "elements": list(elements)}


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
    styled = words(part.text, bold=part.bold, italic=part.italic, code=part.code)
    return {**styled, "type": "link", "url": part.link} if part.link else styled


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


# Channels, people and user groups -------------------------------------------------------------------------------------

_CHANNEL = re.compile(r"[CG][A-Z0-9]{7,20}")
_PERSON = re.compile(r"[UW][A-Z0-9]{7,20}")
_GROUP = re.compile(r"S[A-Z0-9]{7,20}")

NOBODY_CALLED: Mapping[str, str] = MappingProxyType({})
Named = views.Place | views.Someone | views.Group


class Voice(StrEnum):
    """Who hears it."""

    ASIDE = "aside"
    """One person alone: an answer for their eyes, a modal, their Home tab, their direct messages."""
    ALOUD = "aloud"
    """Others see it, and nobody is called."""
    CALLING = "calling"
    """Others see it, and it may call the one that it names itself."""


def is_channel(said: str) -> bool:
    return _CHANNEL.fullmatch(said) is not None


def is_person(said: str) -> bool:
    return _PERSON.fullmatch(said) is not None


def is_group(said: str) -> bool:
    return _GROUP.fullmatch(said) is not None


def channel_of(address: str) -> str:
    """The conversation or person in an address of ours; empty where it is another's address, or none."""
    parts = address.split(":")
    if len(parts) not in (3, 4) or not all(parts):
        return ""
    return parts[2] if is_channel(parts[2]) or is_person(parts[2]) or parts[2].startswith("D") else ""


def named(given: Named, voice: Voice) -> list[Element]:
    """As Slack shows such a thing; whatever does not look like Slack's own is shown as it is."""
    match given:
        case views.Place(address):
            return _place(address, voice)
        case views.Someone(person):
            return [_person(person, voice)]
        case views.Group(role):
            return [_group(role, voice)]
        case _:
            assert_never(given)


def in_words(given: Named, called: Mapping[str, str] = NOBODY_CALLED, voice: Voice = Voice.ALOUD) -> str:
    """The same where words alone can stand: by name where Slack has said it, as its ids say nothing to people."""
    match given:
        case views.Place(address) if (place := channel_of(address)) in called and is_channel(place):
            return called[place]
        case views.Group(role) if role in called:
            return called[role]
        case views.Someone(person) if person in called and voice is Voice.ASIDE:
            return called[person]
    if isinstance(given, views.Place) and is_channel(channel_of(given.address)):
        return i18n.say("a channel")
    return "".join(str(each["text"]) for each in named(given, Voice.ALOUD))


def _place(address: str, voice: Voice) -> list[Element]:
    channel = channel_of(address)
    if is_channel(channel):
        return [{"type": "channel", "channel_id": channel}]
    if is_person(channel):
        parts = i18n.say_line("direct messages with {person}", person=_person(channel, voice))
        return [words(each) if isinstance(each, str) else each for each in parts]
    return [words(i18n.say("direct messages") if channel else address)]


def _person(person: str, voice: Voice) -> Element:
    if not is_person(person):
        return words(person)
    return {"type": "user", "user_id": person} if voice is Voice.ASIDE else words(i18n.say("somebody"))


def _group(role: str, voice: Voice) -> Element:
    if not is_group(role):
        return words(role)
    return {"type": "usergroup", "usergroup_id": role} if voice is Voice.ASIDE else words(i18n.say("a user group"))


def called(call: blocks.Call, voice: Voice) -> list[Element]:
    """The one that a post may call; where it may not, for whom it is, in words. A change says nothing of it."""
    match call.whom:
        case views.Someone(person) if is_person(person):
            native: Element = {"type": "user", "user_id": person}
        case views.Group(role) if is_group(role):
            native = {"type": "usergroup", "usergroup_id": role}
        case _:
            return [words(f"{call.label} {in_words(call.whom)}")]
    if voice is Voice.CALLING:
        return [native]
    return [] if voice is Voice.ALOUD else [words(f"{call.label} {in_words(call.whom)}")]
