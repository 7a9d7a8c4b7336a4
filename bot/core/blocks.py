"""What a page consists of: blocks that say what a thing is, never how it looks.

`layout` turns a view into a `Page`; each adapter's painter draws its blocks natively. The union `Block` is closed, so a
painter ends in `assert_never`. There are no colours, columns, embeds or limits here: a painter decides what a block
looks like on its platform and what it leaves out where there is no room, in the order that the blocks themselves state.

Plain mode is settled before a painter starts: a page laid out for a plain reader holds no `Sign`, `Bar`,
`Picture` or `Diagram` and no tone, but words in their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.core import i18n
from bot.core.actions import Action, Form, Offer
from bot.core.commands import Command
from bot.core.record import Record
from bot.core.svg import Svg
from bot.core.text import Text
from bot.core.views import AnswerOption, Group, Place, Someone, SourceLink, Tone

# Within a line ----------------------------------------------------------------------------------------------------


class Sentence(Record):
    """The product's own words, literal but for the commands in them: `/next` is shown as people type it there."""

    words: str


class Strong(Record):
    """The few words of a line that carry it."""

    words: str


class Sign(Record):
    """An emoji or a mark that only repeats what the words beside it say; a screen reader need not speak it."""

    sign: str


class Day(Record):
    """A moment of which only the date matters, in the reader's own time."""

    at: datetime


Inline = str | Sentence | Strong | Text | Sign | datetime | Day | Place | Someone | Group
"""`str` is shown literally, whoever wrote it; only `Text` holds markup. A `datetime` is a date and a time of day, in
the reader's own time. A place, a person and a group are named as the platform names them, and naming calls nobody."""

Line = tuple[Inline, ...]
"""What stands in one line, without anything between its parts. It holds a `Sign` at its beginning only, and the sign is
followed by a space."""


# Blocks -----------------------------------------------------------------------------------------------------------


class Heading(Record):
    """The page's title (level 1, at most one a page) or that of a part of it."""

    line: Line
    level: Literal[1, 2] = 1


class Lead(Record):
    """The one sentence that an answer without a title consists of."""

    line: Line


class Small(Record):
    """Small print: short parts with a separator between them. Before a title it says what the title belongs to."""

    parts: tuple[Line, ...]
    optional: bool = False
    """Whether it may be left out where there is little room."""


class Para(Record):
    """A paragraph. Right after the title it is the summary."""

    line: Line


class Prose(Record):
    """Authored text, led in by a label; a subject (the answer that was chosen) stands between the two."""

    text: Text
    label: str = ""
    """It ends with its own punctuation mark if the text goes on in the same line."""
    subject: Text | None = None


class Bar(Record):
    """How far somebody is: figures always, and a bar."""

    done: int
    total: int
    figures: str
    about: str
    """What the figures count, for those who do not see the bar."""

    def filled(self, signs: int) -> int:
        """How many of so many signs are full: none only if nothing is done, all only if everything is."""
        full = signs * min(self.done, self.total) // max(self.total, 1)
        return max(full, 1) if self.done else full


class FactLine(Record):
    """A name and what it stands at; several values stand one after another."""

    name: str | Sentence
    values: tuple[Line, ...]


class Facts(Record):
    """Names, and what each stands at."""

    facts: tuple[FactLine, ...]


class Row(Record):
    """One line of a list. Where there is little room its detail is left out first, then what stands under the title."""

    title: Line
    number: int | None = None
    """Before the title, where order matters."""
    tags: tuple[Line, ...] = ()
    """States, in words, beside the title."""
    under: tuple[Line, ...] = ()
    """Where it belongs: short parts, as of small print."""
    bar: Bar | None = None
    detail: Line = ()
    opens: Command | None = None
    """What opens it, where a whole row can be pressed. A page offers another way to it as well."""
    action: Action | None = None
    """The row's own button."""


class Rows(Record):
    """A list. Rows that find no room are counted in its last line."""

    rows: tuple[Row, ...]
    numbered: bool = False
    """Whether the rows are numbered from 1 without a gap."""
    rest: str = "and {count} more"

    def left_out(self, count: int) -> str:
        """What is said in place of the last rows."""
        return self.rest.format(count=i18n.figure(count))


class Card(Record):
    """A record: its facts, a note, what can be done with it."""

    title: str
    state: Line = ()
    tone: Tone = Tone.INFO
    facts: tuple[FactLine, ...] = ()
    note: Line = ()
    actions: tuple[Action, ...] = ()
    called: str = ""
    """What to call it where it is spoken of apart from the others; its buttons say this to those who listen."""


class Cards(Record):
    """Records, one below another. Where there is little room, values and notes are shortened."""

    cards: tuple[Card, ...]


class Upcoming(Record):
    """What comes next: a label and a row."""

    label: str
    row: Row


class Sources(Record):
    """What a page rests on: the section of a lesson, sources with their addresses."""

    label: str
    sources: tuple[SourceLink, ...]
    section: str = ""


class Picture(Record):
    """A drawing of the reader's own, as of this moment, on its own white ground."""

    svg: Svg
    alt: str
    """The same in words: shown in its place wherever it cannot be drawn."""
    name: str
    """Of its file, without an ending."""


class Diagram(Record):
    """A drawing that teaches; it is drawn on a white ground, whatever the ground around it."""

    svg: Svg
    alt: str
    """The same in words: shown after the label wherever it cannot be drawn."""
    label: str


class Letters(Record):
    """A question and its lettered answers, none where the answer is typed. It is the heading of its page."""

    ask: Text
    options: tuple[AnswerOption, ...]


class Attachment(Record):
    """A file that only the reader gets."""

    name: str
    mime: str
    content: bytes
    size: str
    """In words."""
    label: str
    """What a button that saves it says."""


class Fields(Record):
    """A form to fill in."""

    form: Form


class Divider(Record):
    """Another part of the page begins."""


class Offers(Record):
    """What can be pressed and chosen; at most one button of a page is primary."""

    offers: tuple[Offer, ...]


Block = (
    Heading
    | Lead
    | Small
    | Para
    | Prose
    | Bar
    | Facts
    | Rows
    | Cards
    | Upcoming
    | Sources
    | Picture
    | Diagram
    | Letters
    | Attachment
    | Fields
    | Divider
    | Offers
)


# The page ---------------------------------------------------------------------------------------------------------


class Purpose(StrEnum):
    """What a page is for; by it a chat decides whether an answer takes its place."""

    PAGE = "page"
    """To look at; whatever is asked for next may take its place."""
    READING = "reading"
    """A lesson: somebody may still be reading it."""
    STEP = "step"
    """Of a quiz: the next step takes its place, and a lesson looked up meanwhile does not."""
    NOTE = "note"
    """A short answer."""
    REFUSAL = "refusal"
    """A short answer that says why something is not to be had; a quiz stays where it is."""
    FORM = "form"
    FILE = "file"


class Call(Record):
    """The one role or person that a posted page calls."""

    whom: Group | Someone
    label: str
    """What stands before the name where nobody is called by it, as in a preview."""


class Page(Record):
    """A view laid out once, for every front end."""

    title: str
    """A few words, for the head of a window."""
    spoken: str
    """One sentence that says what this is: a notification begins with it, and a screen reader speaks it first."""
    blocks: tuple[Block, ...]
    tone: Tone | None = None
    """None where nothing but the words matters."""
    purpose: Purpose = Purpose.PAGE
    call: Call | None = None
    thread: str = ""
    """The name of the thread to be opened beneath it; empty where there is none."""
    language: str = "en"
    """What it is said in: a painter's own words are in it, too."""


def words(line: Line) -> str:
    """A line's own words: without signs, and without what only a platform can name."""
    return "".join(_words(line))


def _words(line: Line) -> Iterator[str]:
    for each in line:
        match each:
            case str():
                yield each
            case Sentence(said) | Strong(said):
                yield said
            case Text():
                yield each.plain
            case _:
                continue
