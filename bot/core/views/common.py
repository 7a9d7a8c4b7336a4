"""What any answer may be: a notice, a form, a file. And for whom it is drawn."""

from __future__ import annotations

from enum import StrEnum

from bot.core.actions import Form, Offer
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
    field: str = ""
    """The field of a form that it is about, where it is about one."""


def sorry(error: StudyError) -> Notice:
    """What a person can mend, as something that can be shown."""
    tone = Tone.INFO if isinstance(error, NotYet) else Tone.SORRY
    return Notice(error.message, error.hint, tone=tone, actions=error.actions, field=error.field)


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
