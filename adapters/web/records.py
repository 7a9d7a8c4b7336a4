"""How records are drawn: cards with facts, and each value as the page knows it. A value never calls anybody here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from markupsafe import Markup

from adapters.web.markup import element, join, moment, people
from adapters.web.pieces import action, heading, offers
from adapters.web.places import ROOM, ROOM_NAME, person_at
from bot.api import views

_TONES = {views.Tone.DONE: ("✓ ", "In order"), views.Tone.SORRY: ("! ", "Needs attention")}


def listing(view: views.Listing, reader: views.Reader) -> Markup:
    cards = element(
        "ul",
        *(element("li", _card(each, reader, about)) for each, about in zip(view.items, view.called, strict=True)),
        class_="records",
    )
    return join(
        [
            heading(people(view.title)),
            element("p", people(view.intro), class_="summary" if view.items else "quiet") if view.intro else None,
            cards if view.items else None,
            offers(view.actions),
        ]
    )


def _card(item: views.Item, reader: views.Reader, about: str) -> Markup:
    deeds = [action(each, about=about) for each in item.actions]
    return element(
        "section",
        element("div", element("h3", people(item.title)), _tone(item.tone, reader), class_="top"),
        facts(item.facts, reader),
        element("p", people(item.note), class_="remark") if item.note else None,
        element("div", *deeds, class_="row small") if deeds else None,
        class_=f"record {item.tone.value}",
    )


def _tone(tone: views.Tone, reader: views.Reader) -> Markup | None:
    """Said in words; the colour only repeats it."""
    if tone not in _TONES:
        return None
    sign, said = _TONES[tone]
    drawn = None if reader.plain else element("span", sign, aria_hidden="true")
    return element("span", drawn, said, class_=f"tag {tone.value}")


def facts(listed: Iterable[views.Fact], reader: views.Reader) -> Markup | None:
    drawn = [
        element("div", element("dt", people(fact.name)), element("dd", values(fact.values, reader))) for fact in listed
    ]
    return element("dl", *drawn, class_="facts") if drawn else None


def values(listed: Iterable[views.Value], reader: views.Reader) -> Markup:
    """One after another; a line breaks between two rather than within one."""
    drawn = [element("span", value(each, reader), class_="value") for each in listed]
    return element("span", join(drawn, " "), class_="values")


def value(one: views.Value, reader: views.Reader) -> Markup:
    match one:
        case datetime():
            return moment(one, reader.timezone)
        case views.Place(address):
            return place(address)
        case views.Someone(person):
            return people(person)
        case views.Group(role):
            return people(role)
        case str():
            return people(one)
        case _:
            assert_never(one)


def place(address: str) -> Markup:
    """The page's own places by name; of any other, what stands there."""
    if address == ROOM:
        return join([ROOM_NAME])
    return people(person_at(address) or address)
