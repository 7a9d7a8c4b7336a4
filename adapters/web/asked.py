"""What a request of the page asks: who, with what. Anything malformed is refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from aiohttp import web

from adapters.web.places import NAMELESS, ROOM, person_of
from bot.api import Actor, Record, StudyError, i18n, text

LARGEST_BODY = 256 * 1024
"""Bytes; far above the longest line or form, far below what could hurt."""


class SentFields(Record):
    """What a script sent: anything, until it is read as what it should be."""

    fields: Mapping[str, Any]

    def word(self, name: str) -> str:
        said = self.fields.get(name, "")
        return said if isinstance(said, str) else ""

    def number(self, name: str) -> int:
        said = self.fields.get(name, 0)
        return said if isinstance(said, int) and 0 <= said < 10**12 else 0


class WebRequest(SentFields):
    """A request that was read: who asks, and the fields of what they ask."""

    actor: Actor

    def answers(self) -> dict[str, str]:
        """The fields of a form; several boxes ticked are one value, joined by commas."""
        given = self.fields.get("fields")
        if not isinstance(given, dict):
            return {}
        parts = {str(name): value if isinstance(value, list) else [value] for name, value in given.items()}
        return {name: ",".join(value) for name, value in parts.items() if all(isinstance(each, str) for each in value)}


async def read(request: web.Request, workspace: str, visitor: Actor | None = None) -> WebRequest:
    """The request as it was sent. Of a visitor the server knows who asks; nothing that a browser says of it counts."""
    sent = await fields(request)
    return WebRequest(sent, visitor or _actor(sent.get("who"), workspace))


async def fields(request: web.Request, *, largest: int = LARGEST_BODY) -> dict[str, Any]:
    """An object of JSON, whose texts can all be written down: half a sign (`\\ud800`) is none."""
    sent: object = None
    if request.content_type == "application/json":
        said = await body(request, largest=largest)
        with suppress(ValueError, RecursionError):
            sent = msgspec.json.decode(said)
    if not isinstance(sent, dict):
        raise StudyError(i18n.say("The page sent something unreadable."), i18n.say("Reload it and try again."))
    return sent


async def body(request: web.Request, *, largest: int = LARGEST_BODY) -> bytes:
    """The body, or a sentence when it is larger than anything a person would send."""
    if (request.content_length or 0) <= largest and len(said := await request.read()) <= largest:
        return said
    line = i18n.say("A line may have 4,000 characters; shorten it and send it again.")
    mend = line if largest == LARGEST_BODY else i18n.say("Shorten it and try again.")
    raise StudyError(i18n.say("That is far too long."), mend)


def _actor(said: object, workspace: str) -> Actor:
    who: Mapping[str, object] = said if isinstance(said, dict) else {}
    name = who.get("person")
    person = person_of(name if isinstance(name, str) else "")
    return Actor(
        workspace=workspace,
        person=person,
        manages=who.get("manages") is True,
        private=True,
        place=ROOM,
        timezone=_timezone(who.get("timezone")),
        locale=_locale(who.get("locale")),
        name=text.shorten(text.clean(name), 60) if isinstance(name, str) and person != NAMELESS else "",
    )


def _timezone(said: object) -> str:
    if not isinstance(said, str) or not re.fullmatch(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}", said):
        return ""
    try:
        ZoneInfo(said)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return ""
    return said


def _locale(said: object) -> str:
    return said if isinstance(said, str) and re.fullmatch(r"[A-Za-z0-9-]{2,35}", said) else ""
