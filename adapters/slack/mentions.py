"""What names a channel, a person or a user group, and when it may call them: in a scheduled post alone, and there only
the one that the post itself names.

Slack knows no switch like "mention nobody": an element that names people calls them wherever they can see it. So they
are named where one person alone reads it, and in words wherever others do.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from adapters.slack import rich
from adapters.slack.rich import Element
from bot.api import views

_CHANNEL = re.compile(r"[CG][A-Z0-9]{7,20}")
_PERSON = re.compile(r"[UW][A-Z0-9]{7,20}")
_GROUP = re.compile(r"S[A-Z0-9]{7,20}")


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


def value(said: views.Value, timezone: str, voice: Voice) -> list[Element]:
    """A fact's value, as Slack shows such a thing; whatever does not look like Slack's own is shown as it is."""
    match said:
        case str():
            return [rich.words(said)]
        case datetime():
            return [rich.moment(said, timezone)]
        case views.Place(address):
            return _place(address, voice)
        case views.Someone(person):
            return [_person(person, voice)]
        case views.Group(role):
            return [_group(role, voice)]
        case _:
            assert_never(said)


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


def called_group(role: str, voice: Voice) -> list[Element]:
    """The one user group that a post may call. Where it may not, nothing stands there."""
    if not is_group(role):
        return [rich.words(role)] if role else []
    return [{"type": "usergroup", "usergroup_id": role}] if voice is Voice.CALLING else []


def called_person(person: str, voice: Voice) -> list[Element]:
    """The one person that a reminder may call, where they chose to be."""
    if not is_person(person):
        return [rich.words(person)] if person else []
    return [{"type": "user", "user_id": person}] if voice is Voice.CALLING else []
