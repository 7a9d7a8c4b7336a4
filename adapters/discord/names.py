"""How places, people and roles are named in a text: Discord's own way if they are its own, else literally.

Naming somebody calls nobody: what a message may call is said beside it, and for almost every message that is nobody.
"""

from __future__ import annotations

import re

from adapters.discord.addresses import read_place
from adapters.discord.markdown import words
from bot.api import blocks, views

_ID = re.compile(r"[0-9]{15,20}")
"""As Discord numbers people and roles; what is shorter comes from elsewhere."""


def is_id(said: str) -> bool:
    return _ID.fullmatch(said) is not None


def person(given: str) -> str:
    return f"<@{given}>" if is_id(given) else words(given)


def role(given: str) -> str:
    return f"<@&{given}>" if is_id(given) else words(given)


def place(address: str) -> str:
    found = read_place(address)
    if found is None:
        return words(address)
    return f"<@{found.id}>" if found.direct else f"<#{found.id}>"


def called(call: blocks.Call | None) -> views.Group | views.Someone | None:
    """Whom a page calls, if it is somebody of Discord's."""
    match call:
        case blocks.Call(views.Group(said) | views.Someone(said)) if is_id(said):
            return call.whom
        case _:
            return None
