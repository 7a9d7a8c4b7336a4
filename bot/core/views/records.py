"""Records that somebody looks through: schedules, reports, people, checks. A list of items with facts.

A fact may name a place, a person, a role or a moment: each front end shows those its own way, and none of them calls
anybody.
"""

from __future__ import annotations

from datetime import datetime

from bot.core.actions import Action, Offer
from bot.core.record import Record
from bot.core.views.common import Tone

MOST_ITEMS = 6
"""Items of one listing; whoever makes it pages what is longer."""
MOST_FACTS = 6
LONGEST_FACT = 160
"""Characters of one fact, its values together."""


class Place(Record):
    """A channel or a room, by the address that a front end once wrote."""

    address: str


class Someone(Record):
    """A person, by the platform's own id."""

    person: str


class Group(Record):
    """A role or a user group, by the platform's own id."""

    role: str


Value = str | datetime | Place | Someone | Group
"""A moment is shown in the reader's own time."""


class Fact(Record):
    """A name and what it stands at; several values stand one after another."""

    name: str
    values: tuple[Value, ...]


class Item(Record):
    """One record."""

    title: str
    facts: tuple[Fact, ...] = ()
    note: str = ""
    tone: Tone = Tone.INFO
    """`DONE` for what is well, `SORRY` for what needs somebody."""
    actions: tuple[Action, ...] = ()
    """Two at most."""


class Listing(Record):
    """Records: schedules, reports, people, checks."""

    title: str
    items: tuple[Item, ...] = ()
    intro: str = ""
    """Also what is said when there are none."""
    actions: tuple[Offer, ...] = ()

    @property
    def called(self) -> tuple[str, ...]:
        """What to call each item where it is spoken of apart from the others: those of one title are numbered."""
        titles = [item.title for item in self.items]
        return tuple(
            f"{title} ({titles[: at + 1].count(title)} of {titles.count(title)})" if titles.count(title) > 1 else title
            for at, title in enumerate(titles)
        )
