"""Paints a page: each block as Discord components, in one container.

A page that does not fit one message is painted again with less room, in the order that the blocks state: details go
first, buttons never. `fits` reports what stays too much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import assert_never

from adapters.discord import components, forms, limits, markdown
from adapters.discord.components import Colour, CustomIds, Drawing, File, Kind, beside, rule, shown
from adapters.discord.limits import Component
from adapters.discord.markdown import block_text, line_text, link, moment, run, subtext, within, words
from bot.api import Record, Svg, actions, blocks, i18n, layout, pictures, text, views

AT_EASE = views.Reader()
BAR, FULL, OPEN = 10, "●", "○"
"""How many signs a progress bar has, and which: these two are in the fonts of every system that Discord runs on."""
AIRY = 12
"""Most rows that are texts of their own, with space between them."""
BETWEEN = " · "
TOO_LATE = i18n.mark("This form could not be opened in time. Please ask for it again.")

_COLOURS = {views.Tone.INFO: Colour.CALM, views.Tone.DONE: Colour.GOOD, views.Tone.SORRY: Colour.MIND}
_LINES = (blocks.Heading, blocks.Lead, blocks.Small, blocks.Para, blocks.Bar)
_GAPS: Mapping[type, str] = {blocks.Prose: "\n\n", **dict.fromkeys(_LINES, "\n")}
"""What separates two neighbours that become one text; other blocks are never joined."""
_KINDS: Mapping[blocks.Purpose, Kind] = {blocks.Purpose.STEP: Kind.STEP, blocks.Purpose.FORM: Kind.ASIDE}


class Room(Record):
    """How much of a page is painted."""

    details: bool
    """A row's detail and bar, optional small print, addresses within a text."""
    under: bool
    """The text under a row's title."""
    rows: int
    value: int = views.LONGEST_FACT
    """Characters of each value on a card."""
    note: int = 400


ROOMS = (
    Room(details=True, under=True, rows=1_000),
    Room(details=False, under=True, rows=1_000, value=100, note=300),
    Room(details=False, under=False, rows=25, value=60, note=200),
    Room(details=False, under=False, rows=12, value=24, note=90),
)


def draw(view: views.View, reader: views.Reader, *, marker: int = 0) -> Drawing:
    """The view as a message; `marker` is the container's number where it does not just say what the message is for."""
    return paint(layout.page(view, reader), marker=marker)


def fits(view: views.View) -> list[str]:
    """Why the view would not fit one message, or its form one modal; nothing if it does."""
    if isinstance(view, views.FormPage):
        return forms.excess(view)
    return _fitted(layout.page(view, AT_EASE), 0, _in_words)[1]


def _in_words(_: Svg) -> None:
    """A lesson has to fit with its diagram in words, as in plain mode, so none is drawn to measure it."""


def paint(page: blocks.Page, *, marker: int = 0) -> Drawing:
    return _lesson(page, marker) if page.purpose is blocks.Purpose.READING else _paint(page, marker)


@lru_cache(maxsize=256)
def _lesson(page: blocks.Page, marker: int) -> Drawing:
    """A lesson is the longest of all drawings, and the same for everybody who has not done it yet."""
    return _paint(page, marker)


def _paint(page: blocks.Page, marker: int) -> Drawing:
    return _fitted(page, marker, pictures.png)[0]


def _fitted(page: blocks.Page, marker: int, png: Callable[[Svg], bytes | None]) -> tuple[Drawing, list[str]]:
    """The first that fits; else the last, which Discord refuses, with why."""
    tries = (drawing for room in ROOMS for drawing in _Painter(page, room, png).messages(marker))
    with i18n.speaking(page.language):
        drawing = next(tries)
        while (excess := limits.excess(drawing.components, drawing.contents)) and (tighter := next(tries, None)):
            drawing = tighter
    return drawing, excess


class _Painter:
    """One page, in so much room."""

    def __init__(self, page: blocks.Page, room: Room, png: Callable[[Svg], bytes | None]) -> None:
        self._page, self._room, self._png = page, room, png
        self._ids = CustomIds()
        self._files: list[File] = []

    def messages(self, marker: int) -> Iterator[Drawing]:
        """With lines across, and without, as these are components, too."""
        parts = self._all()
        if parts and parts[-1]["type"] == limits.SEPARATOR:
            parts.pop()
        yield self._message(parts, marker)
        yield self._message([part for part in parts if part["type"] != limits.SEPARATOR], marker)

    def _message(self, parts: list[Component], marker: int) -> Drawing:
        page = self._page
        number = marker or _KINDS.get(page.purpose, Kind.PAGE)
        colour = _COLOURS[page.tone] if page.tone else None
        whom = markdown.called(page.call)
        above = [shown(line((whom,)))] if whom else []
        container = components.container(parts, colour, number)
        return Drawing([*above, container], tuple(self._files), self._ids.confirms, page.purpose)

    def _all(self) -> list[Component]:
        """The blocks one below another; neighbours that are lines of one text become one."""
        parts: list[Component] = []
        last = ""
        for block in self._page.blocks:
            made = list(self._painted(block))
            gap = _GAPS.get(type(block), "")
            if made and gap and gap == last:
                parts[-1] = shown(f"{parts[-1]['content']}{gap}{made[0]['content']}")
            else:
                parts += made
            last = gap if made else last
        return parts

    def _painted(self, block: blocks.Block) -> Iterator[Component]:  # noqa: C901 -- one line a block
        match block:
            case blocks.Prose():
                yield shown(_prose(block))
            case blocks.Heading(said, level):
                yield shown(f"{'#' * (level + 1)} {line(said)}")
            case blocks.Para(said):
                yield shown(line(said))
            case blocks.Small(parts, optional):
                if self._room.details or not optional:
                    yield shown(subtext(between(parts)))
            case blocks.Divider():
                yield rule()
            case blocks.Offers(offered):
                yield from components.offers(offered, self._ids)
            case blocks.Upcoming(label, row):
                yield shown(self._row(row, f"**{words(label)}** {_numbered(row)}{line(row.title)}"))
            case blocks.Sources():
                yield from self._sources(block)
            case blocks.Rows():
                yield from self._rows(block)
            case blocks.Lead(said):
                yield shown(strong(said))
            case blocks.Bar():
                yield shown(_bar(block))
            case blocks.Facts(facts):
                yield shown(*(fact(each) for each in facts))
            case blocks.Cards(cards):
                yield from (part for card in cards for part in self._card(card))
                yield rule()
            case blocks.Letters():
                yield from self._letters(block)
            case blocks.Diagram(svg, alt, label):
                yield self._drawn(svg, alt, "diagram", f"**{label}** {words(alt)}")
            case blocks.Picture(svg, alt, name):
                yield self._drawn(svg, alt, name, words(alt))
            case blocks.Attachment():
                yield self._attachment(block)
            case blocks.Fields(form):
                yield shown(*(f"**{words(each.label)}** {words(each.help)}".rstrip() for each in form.fields))
                yield shown(i18n.say(forms.READY if self._opens_form() else TOO_LATE))
            case _:
                assert_never(block)

    # Lists -----------------------------------------------------------------------------------------------------------

    def _rows(self, block: blocks.Rows) -> Iterator[Component]:
        """With air between them at ease, else in one text."""
        kept = block.rows[: self._room.rows]
        missing = len(block.rows) - len(kept)
        rest = subtext(words(block.left_out(missing))) if missing else ""
        if any(row.action for row in kept) or (self._room.details and len(kept) <= AIRY):
            yield from map(self._beside, kept)
            if rest:
                yield shown(rest)
        else:
            yield shown(*map(self._in_list, kept), rest)

    def _beside(self, row: blocks.Row) -> Component:
        said = shown(self._in_list(row))
        return beside(said, components.button(row.action, self._ids)) if row.action else said

    def _in_list(self, row: blocks.Row) -> str:
        """The title is bold if there is text beneath it."""
        bold = self._room.details or (self._room.under and row.under)
        return self._row(row, strong(row.title, _numbered(row)) if bold else _numbered(row) + line(row.title))

    def _row(self, row: blocks.Row, title: str) -> str:
        """A row whose title is painted already."""
        room, drawn = self._room, row.bar
        figures = [words(drawn.figures)] if drawn and not room.details else []
        lines = [BETWEEN.join([title, *figures, *map(line, row.tags)])]
        if row.under and room.under:
            lines.append(between(row.under))
        if drawn and room.details:
            lines.append(_bar(drawn))
        if row.detail and room.details:
            lines.append(subtext(line(row.detail)))
        return "\n".join(lines)

    def _card(self, card: blocks.Card) -> Iterator[Component]:
        room = self._room
        title = BETWEEN.join(filter(None, (strong((card.title,)), line(card.state))))
        yield rule()
        yield shown(title, *(fact(each, room.value) for each in card.facts), line(card.note, room.note))
        yield from components.offers(card.actions, self._ids)

    def _sources(self, block: blocks.Sources) -> Iterator[Component]:
        """Links in the text, or buttons where the text has no room for addresses."""
        label, section = f"**{words(block.label)}**", words(block.section)
        if self._room.details:
            links = (link(words(each.title), each.url) for each in block.sources)
            yield shown(f"{label} {BETWEEN.join(filter(None, (section, *links)))}")
        else:
            yield shown(f"{label} {section}".rstrip())
            yield from components.rows([components.link_button(each.title, each.url) for each in block.sources])

    # What is more than words -----------------------------------------------------------------------------------------

    def _letters(self, block: blocks.Letters) -> Iterator[Component]:
        """Options are lettered lines, in full; the buttons have the letters."""
        yield shown(_asked(block.ask))
        if block.options:
            do = self._ids.do
            yield shown(*(f"**{words(option.mark)}.** {block_text(option.text)}" for option in block.options))
            yield from components.rows([components.small_button(each.mark, do(each.command)) for each in block.options])

    def _drawn(self, svg: Svg, alt: str, name: str, otherwise: str) -> Component:
        """Where it cannot be drawn, its words stand there."""
        if (content := self._png(svg)) is None:
            return shown(f"> {otherwise}")
        file = File(f"{name}.png", content, text.shorten(alt, limits.ALT_TEXT))
        self._files.append(file)
        item = {"media": {"url": f"attachment://{file.name}"}, "description": file.description}
        return {"type": limits.GALLERY, "items": [item]}

    def _attachment(self, block: blocks.Attachment) -> Component:
        name = re.sub(r"[^\w.-]+", "-", block.name).strip("-.") or "download"
        self._files.append(File(name, block.content))
        return {"type": limits.FILE, "file": {"url": f"attachment://{name}"}}

    def _opens_form(self) -> bool:
        given = (offer for block in self._page.blocks if isinstance(block, blocks.Offers) for offer in block.offers)
        return any(isinstance(each, actions.Action) and each.command.asks for each in given)


# Words ---------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def line(given: blocks.Line, longest: int = limits.DISPLAYED) -> str:
    """Only words are ever shortened."""
    return "".join(_inline(each, longest) for each in given)


def between(parts: tuple[blocks.Line, ...]) -> str:
    return BETWEEN.join(map(line, parts))


def strong(given: blocks.Line, number: str = "") -> str:
    """In bold, but for a sign before it."""
    match given:
        case (blocks.Sign() as sign, *rest):
            return _inline(sign, 0) + strong(tuple(rest), number)
        case (text.Text() as written,):
            return line_text(written, bold=True)
        case _:
            said = number + line(given)
            return f"**{said}**" if said else ""


def _inline(each: blocks.Inline, longest: int) -> str:
    match each:
        case str() | blocks.Sentence():
            return within(text.shorten(each if isinstance(each, str) else each.words, longest))
        case blocks.Strong(said):
            return f"**{words(said)}**"
        case text.Text():
            return line_text(each)
        case blocks.Sign(sign):
            return f"{words(sign)} "
        case blocks.Day(at):
            return moment(at, "D")
        case datetime():
            return moment(each)
        case views.Place(address):
            return markdown.place(address)
        case views.Someone(person):
            return markdown.person(person)
        case views.Group(group):
            return markdown.role(group)
        case _:
            assert_never(each)


def fact(given: blocks.FactLine, longest: int = limits.DISPLAYED) -> str:
    """A name and its values."""
    values = BETWEEN.join(filter(None, (line(each, longest) for each in given.values)))
    return f"**{line((given.name,), longest)}** {values or '–'}"


def _numbered(row: blocks.Row) -> str:
    return "" if row.number is None else f"{row.number}\\. "


def _bar(bar: blocks.Bar) -> str:
    full = bar.filled(BAR)
    return f"{FULL * full}{OPEN * (BAR - full)} {words(bar.figures)}"


def _prose(block: blocks.Prose) -> str:
    """The label leads into prose; a list or code begins beneath it."""
    label = f"**{words(block.label)}**" if block.label else ""
    if block.subject is not None:
        return f"{label} {line_text(block.subject)}\n{block_text(block.text)}"
    runs_in = isinstance(next(iter(block.text.blocks), None), text.Paragraph)
    return f"{label}{' ' if runs_in else chr(10)}{block_text(block.text)}".lstrip()


def _asked(ask: text.Text) -> str:
    """One paragraph becomes a heading; a longer question, or one with code, stays as it was written."""
    match ask.blocks:
        case (text.Paragraph(spans),):
            return f"### {run(spans)}"
        case _:
            return block_text(ask)
