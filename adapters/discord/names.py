"""How places, people, roles and moments are named in a text: Discord's own way if they are its own, else literally.

Naming somebody calls nobody: what a message may call is said beside it, and for almost every message that is nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from adapters.discord.limits import Component
from adapters.discord.markdown import moment, words
from adapters.discord.pieces import shown
from adapters.discord.places import read_place
from bot.api import text, views

_ID = re.compile(r"[0-9]{15,20}")
"""As Discord numbers people and roles; what is shorter comes from elsewhere."""
BETWEEN = " · "


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


def value(given: views.Value, longest: int) -> str:
    """One value of a fact; only words are ever shortened."""
    match given:
        case datetime():
            return moment(given)
        case views.Place(address):
            return place(address)
        case views.Someone(one):
            return person(one)
        case views.Group(group):
            return role(group)
        case _:
            return words(text.shorten(given, longest))


def fact(given: views.Fact, longest: int = views.LONGEST_FACT) -> str:
    """A name, and what it stands at."""
    values = BETWEEN.join(filter(None, (value(each, longest) for each in given.values)))
    return f"**{words(text.shorten(given.name, longest))}** {values}".rstrip()


def facts(given: Iterable[views.Fact], longest: int = views.LONGEST_FACT) -> list[str]:
    return [fact(each, longest) for each in given]


def called(mention: str) -> Sequence[Component]:
    """The line above a post that calls a role; nothing if there is none."""
    return [shown(role(mention))] if is_id(mention) else []


def called_person(mention: str) -> Sequence[Component]:
    """The line above a reminder that calls its one reader."""
    return [shown(person(mention))] if is_id(mention) else []
