"""Views of every feature: notices, forms, files, lists of records with facts. And the reader they are drawn for.

A fact may name a place, a person, a role or a moment: each front end shows those its own way, and none of them calls
anybody.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.core.actions import Action, Form, Offer
from bot.core.errors import NotYet, StudyError
from bot.core.record import Record


class Reader(Record):
    """For whom a view is drawn: how they like things shown."""

    timezone: str = "UTC"
    language: str = "en"
    plain: bool = False
    """Words in place of signs, bars and pictures."""


class Tone(StrEnum):
    """What a notice is, so that it never speaks by colour alone."""

    INFO = "info"
    DONE = "done"
    SORRY = "sorry"


class Notice(Record):
    """One short answer, with the next step."""

    text: str
    hint: str = ""
    tone: Tone = Tone.INFO
    actions: tuple[Offer, ...] = ()


def sorry(error: StudyError) -> Notice:
    """What a person can mend, as something that can be shown."""
    tone = Tone.INFO if isinstance(error, NotYet) else Tone.SORRY
    return Notice(error.message, error.hint, tone=tone, actions=error.actions)


class Pair(Record):
    """A name and what it stands at."""

    name: str
    value: str


class Download(Record):
    """A file that only the reader gets."""

    text: str
    name: str
    mime: str
    content: bytes
    actions: tuple[Offer, ...] = ()


class FormPage(Record):
    """A form to fill in."""

    title: str
    intro: str
    form: Form
    actions: tuple[Offer, ...] = ()


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
