"""Long lists a page at a time: what a page holds, and the button to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from bot.core import views
from bot.core.actions import Action, Offer
from bot.core.i18n import say
from bot.features.commands import Command

Thing = TypeVar("Thing")


def begin(page: int) -> int:
    """The first of a page, counted from the beginning."""
    return page * views.MOST_ITEMS


def cut(things: Sequence[Thing], page: int) -> tuple[Thing, ...]:
    """A page of what is all in hand."""
    return tuple(things[begin(page) : begin(page) + views.MOST_ITEMS])


ASKED = views.MOST_ITEMS + 1
"""How many to ask the store for, to know whether there are more than a page."""


def more(onward: Command, *, there: bool) -> tuple[Offer, ...]:
    return (Action(say("More"), onward),) if there else ()
