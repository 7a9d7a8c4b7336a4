"""What names a channel, a person or a user group, and when it may call them: in a scheduled post alone, and there only
the one that the post itself names.

Slack knows no switch like "mention nobody": an element that names people calls them wherever they can see it. So they
are named where one person alone reads it, and in words wherever others do.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import assert_never

from adapters.slack import rich
from adapters.slack.rich import Element
from bot.api import blocks, views

_CHANNEL = re.compile(r"[CG][A-Z0-9]{7,20}")
_PERSON = re.compile(r"[UW][A-Z0-9]{7,20}")
_GROUP = re.compile(r"S[A-Z0-9]{7,20}")

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


def in_words(given: Named) -> str:
    """The same where words alone can stand: Slack's ids say nothing to people."""
    if isinstance(given, views.Place) and is_channel(channel_of(given.address)):
        return "a channel"
    return "".join(str(each["text"]) for each in named(given, Voice.ALOUD))


def _place(address: str, voice: Voice) -> list[Element]:
    channel = channel_of(address)
    if is_channel(channel):
        return [{"type": "channel", "channel_id": channel}]
    if is_person(channel):
        return [rich.words("direct messages with "), _person(channel, voice)]
    return [rich.words("direct messages" if channel else address)]


def _person(person: str, voice: Voice) -> Element:
    if not is_person(person):
        return rich.words(person)
    return {"type": "user", "user_id": person} if voice is Voice.ASIDE else rich.words("somebody")


def _group(role: str, voice: Voice) -> Element:
    if not is_group(role):
        return rich.words(role)
    return {"type": "usergroup", "usergroup_id": role} if voice is Voice.ASIDE else rich.words("a user group")


def called(call: blocks.Call, voice: Voice) -> list[Element]:
    """The one that a post may call; where it may not, for whom it is, in words. A change says nothing of it."""
    match call.whom:
        case views.Someone(person) if is_person(person):
            native: Element = {"type": "user", "user_id": person}
        case views.Group(role) if is_group(role):
            native = {"type": "usergroup", "usergroup_id": role}
        case _:
            return [rich.words(f"{call.label} {in_words(call.whom)}")]
    if voice is Voice.CALLING:
        return [native]
    return [] if voice is Voice.ALOUD else [rich.words(f"{call.label} {in_words(call.whom)}")]
