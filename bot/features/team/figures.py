"""How many of a team did something: counts of five people or more, and of nobody who could be named.

Of a theme that fewer than five have begun nothing is told; below five a count is only said to be below five.
"""

from __future__ import annotations

from bot.core import i18n
from bot.core.i18n import say, say_many

LEAST = 5
"""People of whom a number is told."""


def people(number: int) -> str:
    """How many have begun; empty for too few."""
    return say_many(number, "{n} person has begun it.", "{n} people have begun it.") if number >= LEAST else ""


def done(number: int, *, of: int) -> str:
    """How many of a group that is large enough to be told of."""
    if number <= 0:
        return say("nobody yet")
    if number >= of:
        return say("all {group}", group=i18n.figure(of))
    if number < LEAST:
        return say("fewer than five of {group}", group=i18n.figure(of))
    return say("{number} of {group}", number=i18n.figure(number), group=i18n.figure(of))
