"""Draws a page's blocks as HTML. The type checker names the block that lacks its drawing.

A page scrolls, so nothing is left out; rows that open something are buttons as a whole. Nothing here knows the views:
their name on an answer is for styles and tests.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import assert_never

from markupsafe import Markup

from adapters.web import controls
from adapters.web.markup import Child, day, element, inline, join, link, moment, people, prose
from adapters.web.places import NAMELESS, ROOM, ROOM_NAME, person_at
from bot.api import actions, blocks, i18n, layout, text, views

_BETWEEN = " · "


def draw(view: views.View, reader: views.Reader, painter: Painter | None = None) -> Markup:
    """The view as one article of the page."""
    page = layout.page(view, reader)
    kinds = filter(None, ("answer", f"is-{page.purpose}", page.tone, type(view).__name__.lower()))
    call = _call(page.call) if page.call else None
    with i18n.speaking(page.language):
        drawn = (painter or Painter(reader)).page(page)
        return element("article", call, *drawn, class_=" ".join(kinds), tabindex=-1, lang=page.language)


def draw_own(view: views.View, reader: views.Reader, me: str) -> Markup:
    """The view for somebody from a chat, whose places and people have no names here."""
    return draw(view, reader, Elsewhere(reader, me))


def _call(call: blocks.Call) -> Markup:
    """On a page nobody is called: it says for whom it is."""
    return element("p", f"{call.label} ", element("b", _name(call.whom)), class_="called quiet")


class Painter:
    """Draws blocks for one reader, whose zone moments are shown in."""

    def __init__(self, reader: views.Reader) -> None:
        self._zone = reader.timezone

    def page(self, page: blocks.Page) -> Iterator[Child]:
        given = list(page.blocks)
        while given:
            match given:
                case [blocks.Small(parts), blocks.Heading(line, 1), *given]:
                    yield self._head(line, parts)
                case [blocks.Small(parts), blocks.Letters() as letters, *given]:
                    yield element("header", element("p", self._parts(parts), class_="eyebrow"), _ask(letters.ask))
                    yield _answers(letters)
                case [blocks.Rows(numbered=True) as listed, blocks.Offers(offers), *given]:
                    yield controls.buttons(offers)  # where they are seen without scrolling past a theme's lessons
                    yield self._rows(listed)
                    yield controls.choices(offers)
                case [block, *given]:
                    yield self._block(block)

    def _block(self, block: blocks.Block) -> Child:  # noqa: C901 -- one line a block
        match block:
            case blocks.Heading(line, 1):
                return self._head(line)
            case blocks.Heading(line):
                return element("h3", self._line(line))
            case blocks.Lead(line):
                return element("p", self._line(line), class_="said")
            case blocks.Small(parts):
                return element("p", self._parts(parts), class_="small quiet")
            case blocks.Para(line):
                return element("p", self._line(line))
            case blocks.Prose():
                return _prose(block)
            case blocks.Bar():
                return element("p", _bar(block), class_="progress")
            case blocks.Facts(facts):
                return self._facts(facts, "pairs")
            case blocks.Rows():
                return self._rows(block)
            case blocks.Cards(cards):
                items = (element("li", self._card(card)) for card in cards)
                return element("ul", *items, class_="records")
            case blocks.Upcoming(label, row):
                return element("aside", element("h3", people(label)), self._row(row), class_="next")
            case blocks.Sources():
                return _sources(block)
            case blocks.Diagram() | blocks.Picture():
                return _figure(block)
            case blocks.Letters():
                return join([element("header", _ask(block.ask)), _answers(block)])
            case blocks.Attachment():
                return _attachment(block)
            case blocks.Fields(form):
                return controls.form(form)
            case blocks.Divider():
                return element("hr")
            case blocks.Offers(offers):
                return controls.offers(offers)
            case _:
                assert_never(block)

    # Lines ----------------------------------------------------------------------------------------------------------

    def _line(self, line: blocks.Line) -> Markup:
        return join(self._inline(each) for each in line)

    def _parts(self, parts: Iterable[blocks.Line]) -> Markup:
        """A line breaks between two parts rather than within a short one."""
        return join((element("span", self._line(part)) for part in parts), _BETWEEN)

    def _inline(self, one: blocks.Inline) -> Child:
        match one:
            case str():
                return people(one)
            case blocks.Sentence(said):
                return people(said)
            case blocks.Strong(said):
                return element("strong", people(said))
            case text.Text():
                return inline(one)
            case blocks.Sign(sign):
                return element("span", f"{sign} ", class_="sign", aria_hidden="true")
            case datetime():
                return moment(one, self._zone)
            case blocks.Day(at):
                return day(at, self._zone)
            case views.Place() | views.Someone() | views.Group():
                return self._name(one)
            case _:
                assert_never(one)

    def _name(self, one: views.Place | views.Someone | views.Group) -> Markup:
        return _name(one)

    def _head(self, line: blocks.Line, above: Sequence[blocks.Line] = ()) -> Markup:
        """The one heading of an answer, with what it belongs to above it."""
        eyebrow = element("p", self._parts(above), class_="eyebrow") if above else None
        return element("header", eyebrow, element("h2", self._line(line)), class_="head")

    # Lists ----------------------------------------------------------------------------------------------------------

    def _rows(self, listed: blocks.Rows) -> Markup:
        tag = "ol" if listed.numbered else "ul"
        return element(tag, *(element("li", self._row(row)) for row in listed.rows), class_="items")

    def _row(self, row: blocks.Row) -> Markup:
        """One line of a list; it opens as a whole, unless it has a button of its own."""
        sign, title = _parted(row.title)
        number = None if row.number is None else element("span", str(row.number), class_="number")
        tags = (element("span", self._line(tag), class_="tag") for tag in row.tags)
        words = element(
            "span",
            element("span", element("span", self._line(title), class_="name"), *tags, class_="top"),
            element("span", self._parts(row.under), class_="line") if row.under else None,
            element("span", self._line(row.detail), class_="line") if row.detail else None,
            class_="words",
        )
        drawn = (element("span", sign, class_="sign", aria_hidden="true") if sign else number, words)
        bar = _bar(row.bar) if row.bar else None
        about = blocks.words(title)
        if row.opens and not row.action:
            token = actions.token(row.opens)
            return element("button", *drawn, bar, type="button", class_="item", data_token=token, data_label=about)
        own = controls.button(row.action, about=about) if row.action else None
        return element("div", *drawn, bar, own, class_="item still")

    def _card(self, card: blocks.Card) -> Markup:
        """A record. Its state is said in words; the colour only repeats it."""
        own = [controls.button(each, about=card.called) for each in card.actions]
        state = element("span", self._line(card.state), class_=f"tag {card.tone}") if card.state else None
        return element(
            "section",
            element("div", element("h3", people(card.title)), state, class_="top"),
            self._facts(card.facts, "facts") if card.facts else None,
            element("p", self._line(card.note), class_="remark") if card.note else None,
            element("div", *own, class_="row small") if own else None,
            class_=f"record {card.tone}",
        )

    def _facts(self, facts: Iterable[blocks.FactLine], kind: str) -> Markup:
        drawn = (
            element("div", element("dt", self._inline(fact.name)), element("dd", self._values(fact.values)))
            for fact in facts
        )
        return element("dl", *drawn, class_=kind)

    def _values(self, values: Sequence[blocks.Line]) -> Markup:
        """One after another; a line breaks between two rather than within one."""
        drawn = (element("span", self._line(each), class_="value") for each in values or (("–",),))
        return element("span", join(drawn, " "), class_="values")


def _parted(title: blocks.Line) -> tuple[str, blocks.Line]:
    """The sign of a title, and its words."""
    match title:
        case (blocks.Sign(sign), *words):
            return sign, tuple(words)
        case _:
            return "", title


class Elsewhere(Painter):
    """Draws for somebody from a chat: that alone knows its places and people by name, and ids say nothing."""

    def __init__(self, reader: views.Reader, me: str) -> None:
        super().__init__(reader)
        self._me = me

    def _name(self, one: views.Place | views.Someone | views.Group) -> Markup:
        match one:
            case views.Someone(person) if person == self._me:
                return join([i18n.say_as("a person", "you")])
            case views.Place():
                return join([i18n.say("your chat")])
            case views.Someone():
                return join([i18n.say_as("a person", "somebody")])
            case views.Group():
                return join([i18n.say("a group")])


def _name(one: views.Place | views.Someone | views.Group) -> Markup:
    """The page's own places by name; of anything else, what stands there."""
    match one:
        case views.Place(address):
            return people(i18n.say(ROOM_NAME) if address == ROOM else _called(person_at(address) or address))
        case views.Someone(said):
            return people(_called(said))
        case views.Group(said):
            return people(said)


def _called(person: str) -> str:
    """By the id that their name became; whoever gave none is called so in the reader's language."""
    return i18n.say_as("a person", "you") if person == NAMELESS else person


def _prose(block: blocks.Prose) -> Markup:
    if not block.label:
        return element("div", prose(block.text), class_="prose")
    if block.subject:
        label, subject = element("h3", people(block.label)), element("div", prose(block.subject), class_="chosen")
        return element("section", label, subject, prose(block.text), class_="reason")
    words = block.label.removesuffix(".")
    stop = element("span", ".", class_="stop") if words != block.label else None
    return element("section", element("h3", people(words), stop, " ", class_="lead"), prose(block.text), class_="part")


def _bar(bar: blocks.Bar) -> Markup:
    """Always in figures beside it."""
    drawn = element("progress", bar.figures, value=bar.done, max=max(bar.total, 1), aria_label=bar.about)
    return element("span", drawn, element("span", bar.figures, class_="figures"), class_="bar")


def _sources(block: blocks.Sources) -> Markup:
    section = [element("span", people(block.section))] if block.section else []
    links = [link(people(each.title), each.url) for each in block.sources]
    return element("p", element("strong", block.label), " ", join([*section, *links], _BETWEEN), class_="sources")


def _figure(block: blocks.Diagram | blocks.Picture) -> Markup:
    """On a white sheet of its own, as it was drawn for, and never wider than it was drawn twice."""
    inside = Markup(block.svg.body.decode())  # noqa: S704 -- written by us, from elements that we know
    size = f"0 0 {block.svg.width:g} {block.svg.height:g}"
    drawn = element("svg", inside, viewBox=size, role="img", aria_label=block.alt, font_family="sans-serif")
    kind = "diagram" if isinstance(block, blocks.Diagram) else "diagram picture"
    return element("figure", drawn, class_=kind)


def _ask(ask: text.Text) -> Markup:
    """A question in one paragraph is the heading of its answer; a longer one, or one with code, only names it."""
    match ask.blocks:
        case (text.Paragraph(),):
            return element("h2", inline(ask), class_="ask")
        case _:
            return element("div", prose(ask), class_="ask said")


def _answers(letters: blocks.Letters) -> Markup:
    return element("div", *(_option(each) for each in letters.options), class_="answers", role="group")


def _option(option: views.AnswerOption) -> Markup:
    return element(
        "button",
        element("span", "✓" if option.picked else option.letter, class_="letter"),
        element("span", inline(option.text)),
        type="button",
        class_="answer-option",
        aria_pressed="true" if option.picked else None,
        data_token=actions.token(option.command),
        data_label=f"{option.letter}: {option.text.plain}",
    )


def _attachment(file: blocks.Attachment) -> Markup:
    save = element(
        "button",
        people(file.label),
        element("span", f" ({file.size})", class_="figures"),
        type="button",
        class_="button primary",
        data_file=base64.b64encode(file.content).decode("ascii"),
        data_name=file.name,
        data_mime=file.mime,
    )
    return element("div", save, class_="row")
