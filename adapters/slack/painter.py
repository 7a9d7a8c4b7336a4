"""How a page is painted: each block as blocks of Slack's.

What does not fit one message is painted again with less room, in the order that the blocks state: details first, what
can be pressed never. `fits` tells what stays too much.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, assert_never

from adapters.slack import rich, speech
from adapters.slack.payload import CommandNames, Json
from adapters.slack.rich import Element, Voice
from adapters.slack.sheet import Sheet, weight
from adapters.slack.speech import BETWEEN, Words
from bot.api import Record, actions, blocks, i18n, layout, text, views

FileIds: TypeAlias = tuple[tuple[str, str], ...]
"""Of each diagram that Slack has as a file of its own: the drawing's digest, and the file's id."""

PLAIN_NAMES = CommandNames()
BAR, FULL, OPEN = 10, "▰", "▱"
"""How many signs a progress bar has, and which."""
BLOCKS_IN_MESSAGE = 50
"""Blocks; docs.slack.dev/reference/block-kit/blocks."""
BLOCK_TEXT = 13_000
"""Characters over all the blocks of a message, as met in practice (slackapi/bolt-js#2509, #2867)."""
AIRY = 12
"""Rows that may each stand as a block of their own, with air between them."""
WHOLE = sys.maxsize
"""Characters of what is not shortened: too much of it is refused rather than cut."""


class SlackRoom(Record):
    """How much of a page is painted."""

    details: bool
    """A row's detail, and optional small print."""
    under: bool
    """What stands under a row's title."""
    rows: int = 1_000
    title: int = WHOLE
    """Characters of a row's title."""
    value: int = views.LONGEST_FACT
    """Characters of each value on a card."""
    note: int = 400


ROOMS = (
    SlackRoom(details=True, under=True),
    SlackRoom(details=False, under=True, title=80, value=100, note=300),
    SlackRoom(details=False, under=False, rows=90, title=80, value=60, note=200),
    SlackRoom(details=False, under=False, rows=25, title=60, value=24, note=90),
)


class Drawn(Record):
    """A page as it is painted, ready for any surface."""

    page: blocks.Page
    words: Words
    blocks: tuple[Json, ...]

    @property
    def title(self) -> str:
        """A few words for a modal's head."""
        return self.page.title

    @property
    def spoken(self) -> str:
        """All of it in words: what a screen reader speaks and a notification begins with."""
        with i18n.speaking(self.page.language):
            return speech.spoken(self.page, self.words)


def draw(
    view: views.View,
    reader: views.Reader,
    names: CommandNames = PLAIN_NAMES,
    *,
    part: str = "",
    voice: Voice = Voice.ASIDE,
    files: FileIds = (),
) -> Drawn:
    """The view as its reader gets it; `part` tells several pages on one surface apart, `voice` says who hears it,
    `files` are the pictures that Slack has."""
    page = layout.page(view, reader)
    return _drawn(page, Words(names, reader.timezone, voice), part, files)[0]


def _drawn(page: blocks.Page, words: Words, part: str = "", files: FileIds = ()) -> tuple[Drawn, list[str]]:
    """The first that fits, else the last, with why it does not."""
    tries = (_Painter(page, words, room, f"{part}{page.purpose}", dict(files)).all() for room in ROOMS)
    with i18n.speaking(page.language):
        drawn = next(tries)
        while (excess := _excess(drawn)) and (tighter := next(tries, None)) is not None:
            drawn = tighter
    return Drawn(page, words, tuple(drawn)), excess


def message(drawn: Drawn) -> Json:
    """What a message is made of, wherever it is posted. Links in it unfold nothing, and words in it call nobody."""
    return {
        "text": drawn.spoken,
        "mrkdwn": False,
        "parse": "none",
        "blocks": list(drawn.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def fits(view: views.View, reader: views.Reader) -> Sequence[str]:
    """Why the view would not fit one message; nothing if it does."""
    return _drawn(layout.page(view, reader), Words(PLAIN_NAMES, reader.timezone))[1]


def _excess(drawn: Sequence[Json]) -> list[str]:
    problems = []
    if len(drawn) > BLOCKS_IN_MESSAGE:
        problems.append(f"It takes {len(drawn)} blocks; a Slack message holds {BLOCKS_IN_MESSAGE}.")
    if (used := weight(drawn)) > BLOCK_TEXT:
        problems.append(f"It has {used:,} characters; a Slack message holds about {BLOCK_TEXT:,}.")
    return problems


def offered(page: blocks.Page) -> Iterator[actions.Offer]:
    """What can be pressed and chosen below a page."""
    for block in page.blocks:
        if isinstance(block, blocks.Offers):
            yield from block.offers


class _Painter:
    """One page, in so much room."""

    def __init__(self, page: blocks.Page, words: Words, room: SlackRoom, kind: str, files: Mapping[str, str]) -> None:
        self._files = files
        self._page = page
        self._words = words
        self._room = room
        self._voice = words.voice
        self._sheet = Sheet(kind)

    def all(self) -> list[Json]:
        laid = self._sheet.blocks
        if self._page.call:
            self._sheet.say(*rich.called(self._page.call, self._voice))
        for block in self._page.blocks:
            self._paint(block)
        if laid and laid[-1]["type"] == "divider":
            laid.pop()
        return laid

    def _paint(self, block: blocks.Block) -> None:  # noqa: C901 -- one line a block
        sheet = self._sheet
        match block:
            case blocks.Heading(line, 1):
                sheet.header(self._words.seen(line))
            case blocks.Heading(line) | blocks.Lead(line):
                sheet.say(*self._strong(line))
            case blocks.Small(parts, optional):
                if self._room.details or not optional:
                    self._small(parts)
            case blocks.Para(line):
                sheet.say(*self._line(line))
            case blocks.Prose():
                sheet.write(*self._prose(block))
            case blocks.Bar():
                sheet.say(rich.words(_bar(block)))
            case blocks.Facts(facts):
                sheet.write(rich.bullets(map(self._fact, facts)))
            case blocks.Rows():
                self._rows(block)
            case blocks.Cards(cards):
                for card in cards:
                    self._card(card)
                sheet.divide()
            case blocks.Upcoming(label, row):
                sheet.say(rich.strong(f"{label}: "), *self._row(row, self._title(row, bold=False)))
            case blocks.Sources():
                self._sources(block)
            case blocks.Diagram():
                self._diagram(block)
            case blocks.Picture(_, alt):
                sheet.aside(alt)  # the picture itself goes to direct messages: an upload could not be shown in time
            case blocks.Letters():
                self._letters(block)
            case blocks.Attachment(name, size=size):
                sheet.aside(f"{name}{BETWEEN}{size}")
            case blocks.Fields(form):
                sheet.write(rich.bullets(map(_field, form.fields)))
            case blocks.Divider():
                sheet.divide()
            case blocks.Offers(offers):
                sheet.offer(offers)
            case _:
                assert_never(block)

    # Lines ----------------------------------------------------------------------------------------------------------

    def _line(self, line: blocks.Line, *, longest: int = WHOLE) -> list[Element]:
        """Only words are ever shortened."""
        return [element for each in line for element in self._one(each, longest)]

    def _one(self, each: blocks.Inline, longest: int) -> list[Element]:
        match each:
            case str() | blocks.Sentence():
                return [rich.words(text.shorten(self._words.line((each,)), longest))]
            case blocks.Strong(said):
                return [rich.strong(said)]
            case text.Text():
                return rich.inline(each)
            case blocks.Sign(sign):
                return [rich.words(f"{sign} ")]
            case blocks.Day(at):
                return [rich.date(at, self._words.zone)]
            case datetime():
                return [rich.moment(each, self._words.zone)]
            case views.Place() | views.Someone() | views.Group():
                return rich.named(each, self._voice)
            case _:
                assert_never(each)

    def _strong(self, line: blocks.Line, *, longest: int = WHOLE) -> list[Element]:
        """In bold, but for a sign before it."""
        match line:
            case (blocks.Sign() as sign, *rest):
                return [*self._one(sign, longest), *self._strong(tuple(rest), longest=longest)]
            case _:
                return rich.emboldened(self._line(line, longest=longest))

    def _between(self, parts: Sequence[blocks.Line], *, longest: int = WHOLE) -> list[Element]:
        """Short parts with a sign between them."""
        spaced = ([rich.words(BETWEEN), *self._line(part, longest=longest)] for part in parts)
        return [element for part in spaced for element in part][1:]

    def _small(self, parts: Sequence[blocks.Line]) -> None:
        """Small print is plain text; with a date or a name in it, it is rich text, which alone has those natively."""
        if all(
            isinstance(each, str | blocks.Sentence | blocks.Strong | blocks.Sign) for part in parts for each in part
        ):
            self._sheet.aside(BETWEEN.join(map(self._words.seen, parts)))
        else:
            self._sheet.say(*self._between(parts))

    # Lists ----------------------------------------------------------------------------------------------------------

    def _rows(self, block: blocks.Rows) -> None:
        """With air between them at ease, else as one list."""
        sheet = self._sheet
        kept = block.rows[: self._room.rows]
        airy = self._room.details and len(kept) <= AIRY and not block.numbered
        if airy or any(row.action for row in kept):
            for row in kept:
                self._beside(row)
        else:
            lines = [self._row(row, self._title(row, bold=self._room.under, listed=block.numbered)) for row in kept]
            sheet.write(rich.bullets(lines, ordered=block.numbered))
        if missing := len(block.rows) - len(kept):
            sheet.aside(block.left_out(missing))

    def _beside(self, row: blocks.Row) -> None:
        """A row by itself; where it has a button, that stands at its side, and its words are plain text."""
        if not row.action:
            self._sheet.say(*self._row(row, self._title(row)))
            return
        seen = self._words.seen
        title = BETWEEN.join(map(seen, (row.title, *row.tags)))
        lines = (title, BETWEEN.join(map(seen, row.under)), seen(row.detail) if self._room.details else "")
        button = self._sheet.button(row.action, spoken=f"{row.action.label}: {self._words.line(row.title)}")
        self._sheet.beside("\n".join(filter(None, lines)), button)

    def _title(self, row: blocks.Row, *, bold: bool = True, listed: bool = False) -> list[Element]:
        number = [] if row.number is None or listed else [rich.words(f"{row.number}. ")]
        title = self._strong if bold else self._line
        return [*number, *title(row.title, longest=self._room.title)]

    def _row(self, row: blocks.Row, title: list[Element]) -> list[Element]:
        """A row whose title is painted already."""
        room = self._room
        drawn = [element for tag in row.tags for element in (rich.words(BETWEEN), *self._line(tag))]
        if row.bar and not room.details:
            drawn.append(rich.words(f"{BETWEEN}{row.bar.figures}"))
        under: list[list[Element]] = []
        if row.under and room.under:
            under.append(self._between(row.under))
        if row.bar and room.details:
            under.append([rich.words(_bar(row.bar))])
        if row.detail and room.details:
            under.append(self._line(row.detail))
        return [*title, *drawn, *(element for part in under for element in (rich.words("\n"), *part))]

    def _fact(self, fact: blocks.FactLine, *, longest: int = WHOLE) -> list[Element]:
        """A name, and what it stands at."""
        values = self._between([each for each in fact.values if each], longest=longest)
        name = self._words.line((fact.name,))
        return [rich.strong(f"{text.shorten(name, longest)}: "), *(values or [rich.words("–")])]

    def _card(self, card: blocks.Card) -> None:
        """A record: its title and state, its facts as a list, a note beneath, and what can be done with it."""
        room, sheet = self._room, self._sheet
        state = [rich.words(BETWEEN), *self._line(card.state)] if card.state else []
        parts = [rich.section([rich.strong(card.title), *state])]
        if card.facts:
            parts.append(rich.bullets([self._fact(each, longest=room.value) for each in card.facts]))
        if card.note:
            parts.append(rich.section(self._line(card.note, longest=room.note)))
        sheet.divide()
        sheet.write(*parts)
        sheet.press([sheet.button(each, spoken=f"{each.label}: {card.called}") for each in card.actions])

    def _sources(self, block: blocks.Sources) -> None:
        section = [[rich.words(block.section)]] if block.section else []
        links = ([rich.link(" ".join(each.title.split()) or each.url, each.url)] for each in block.sources)
        spaced = (element for part in (*section, *links) for element in (rich.words(BETWEEN), *part))
        self._sheet.say(rich.strong(f"{block.label} "), *list(spaced)[1:])

    def _diagram(self, block: blocks.Diagram) -> None:
        """Where Slack has no picture of it, its words."""
        if file := self._files.get(block.svg.digest):
            self._sheet.picture(file, block.alt)
        else:
            self._sheet.write(rich.quotation([rich.strong(f"{block.label} "), rich.words(block.alt)]))

    # Prose and questions --------------------------------------------------------------------------------------------

    def _prose(self, block: blocks.Prose) -> list[Json]:
        """The label leads into the text; after a subject, the text stands beneath."""
        label = [rich.strong(block.label), rich.words(" ")] if block.label else []
        if block.subject is None:
            return rich.authored(block.text, tuple(label))
        return [rich.section([*label, *rich.inline(block.subject)]), *rich.authored(block.text)]

    def _letters(self, block: blocks.Letters) -> None:
        """The question, its answers in full, and a button for each that carries its letter."""
        sheet = self._sheet
        match block.ask.blocks:
            case (text.Paragraph(),):
                sheet.say(*rich.emboldened(rich.inline(block.ask)))
            case _:
                sheet.write(*rich.authored(block.ask))
        if not block.options:
            return
        answers = ([rich.strong(f"{each.mark}.  "), *rich.inline(each.text)] for each in block.options)
        sheet.write(*map(rich.section, answers))
        sheet.press(
            [
                sheet.button(actions.Action(each.mark, each.command), spoken=f"{each.letter}: {each.text.plain}")
                for each in block.options
            ]
        )


def _bar(bar: blocks.Bar) -> str:
    full = bar.filled(BAR)
    return f"{FULL * full}{OPEN * (BAR - full)} {bar.figures}"


def _field(asked: actions.Field) -> list[Element]:
    return [rich.strong(asked.label), rich.words(f" – {asked.help}" if asked.help else "")]
