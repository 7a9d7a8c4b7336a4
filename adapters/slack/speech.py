"""A page in words alone: what a screen reader speaks, and what a notification shows in place of blocks.

Nothing else that is sent is ever parsed by Slack: prose is rich text, everything else plain text. This one string is,
so its three characters are escaped, and no mention in it is anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from adapters.slack import rich
from adapters.slack.payload import CommandNames
from bot.api import Record, blocks, text, views

JOINER = "\u2060"
"""Word joiner: takes no room and breaks no line, but breaks a mention."""
BETWEEN = " · "
_STOPS = (".", "?", "!", "…")
FALLBACK = 3_900
"""Characters of the top-level text; Slack advises 4,000 (docs.slack.dev/reference/methods/chat.postMessage)."""

_MENTION = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)


def safe(words: str) -> str:
    """Words as they may stand in a message's top-level text."""
    words = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub(f"@{JOINER}", words)


class Words(Record):
    """Lines in words: with the commands as they are typed here, moments in the reader's own time, names for ids."""

    names: CommandNames
    zone: str
    voice: rich.Voice = rich.Voice.ASIDE

    def line(self, given: blocks.Line) -> str:
        """What a screen reader speaks of a line."""
        return "".join(self._one(each) for each in given if not isinstance(each, blocks.Sign))

    def seen(self, given: blocks.Line) -> str:
        """The same for those who see it: with its sign."""
        return "".join(f"{each.sign} " if isinstance(each, blocks.Sign) else self._one(each) for each in given)

    def _one(self, each: blocks.Inline) -> str:
        match each:
            case str():
                return each
            case blocks.Sentence(said):
                return self.names.here(said)
            case blocks.Strong(said):
                return said
            case text.Text():
                return each.plain
            case blocks.Sign(sign):
                return sign
            case blocks.Day(at):
                return rich.spoken_date(at, self.zone)
            case datetime():
                return rich.spoken_moment(each, self.zone)
            case views.Place() | views.Someone() | views.Group():
                return rich.in_words(each, self.names.called, self.voice)
            case _:
                assert_never(each)


def spoken(page: blocks.Page, words: Words) -> str:
    """The page in words. What its first sentence said is not said again; what can be pressed, Slack speaks itself."""
    return _Speech(page, words).all()


def _first_sentence(page: blocks.Page, names: CommandNames) -> str:
    """What is spoken first. Commands in it are rewritten only where the page holds it as a sentence of ours."""
    for block in page.blocks:
        match block:
            case blocks.Heading(line) | blocks.Lead(line) | blocks.Para(line):
                ours = (each.words for each in line if isinstance(each, blocks.Sentence))
                if any(said.rstrip(".") == page.spoken.rstrip(".") for said in ours):
                    return names.here(page.spoken)
            case _:
                continue
    return page.spoken


class _Speech:
    """One page being put into words."""

    def __init__(self, page: blocks.Page, words: Words) -> None:
        self._page = page
        self._lead = _first_sentence(page, words.names)
        self._led = self._lead.casefold().replace(" / ", " of ")
        self._line = words.line

    def all(self) -> str:
        said = (line for block in self._page.blocks for line in self._said(block))
        return safe(text.shorten("\n".join(filter(None, (self._lead, *said))), FALLBACK))

    def _said(self, block: blocks.Block) -> Iterator[str]:  # noqa: C901 -- one line a block
        match block:
            case blocks.Heading(_, 1):
                return  # the first sentence says what this is
            case blocks.Heading(line) | blocks.Lead(line) | blocks.Para(line):
                yield self._new(line)
            case blocks.Small(parts):
                yield BETWEEN.join(filter(None, map(self._new, parts)))
            case blocks.Prose(said, label, subject):
                yield f"{label} {(subject or said).plain}".lstrip()
                yield said.plain if subject else ""
            case blocks.Bar():
                yield self._unless_led(_bar(block))
            case blocks.Facts(facts):
                yield from map(self._fact, facts)
            case blocks.Rows(rows):
                yield from (f"– {self._row(row)}" for row in rows)
            case blocks.Cards(cards):
                yield from (line for card in cards for line in self._card(card))
            case blocks.Upcoming(label, row):
                yield f"{label}: {self._row(row)}"
            case blocks.Sources(label, sources, section):
                yield f"{label} {self._parts([section, *(each.title for each in sources)])}"
            case blocks.Diagram(alt=alt) | blocks.Picture(alt=alt):
                yield alt
            case blocks.Letters(ask, options):
                yield ask.plain
                yield from (f"{each.letter}. {each.text.plain}" for each in options)
            case blocks.Attachment(name, size=size):
                yield self._parts([name, size])
            case blocks.Fields(form):
                yield from (f"– {each.label}" for each in form.fields)
            case blocks.Divider() | blocks.Offers():
                return
            case _:
                assert_never(block)

    def _new(self, line: blocks.Line) -> str:
        """The line, unless the first sentence said it."""
        return self._unless_led(self._line(line))

    def _unless_led(self, said: str) -> str:
        """A sentence says "3 of 10" where a bar has "3 / 10"."""
        same = said.rstrip(".").casefold().replace(" / ", " of ")
        return "" if same in self._led else said

    def _parts(self, parts: Iterable[str]) -> str:
        """Parts with commas between them, but for one that ends as a sentence does."""
        *ahead, last = [*filter(None, parts)] or [""]
        return "".join(f"{each} " if each.endswith(_STOPS) else f"{each}, " for each in ahead) + last

    def _row(self, row: blocks.Row) -> str:
        number = "" if row.number is None else f"{row.number}. "
        bar = _bar(row.bar) if row.bar else ""
        lines = [*map(self._line, row.tags), *map(self._line, row.under), bar, self._line(row.detail)]
        return self._parts([f"{number}{self._line(row.title)}", *lines])

    def _fact(self, fact: blocks.FactLine) -> str:
        return f"{self._line((fact.name,))}: {self._parts(map(self._line, fact.values)) or '–'}"

    def _card(self, card: blocks.Card) -> Iterator[str]:
        yield f"– {self._parts([card.title, self._line(card.state)])}"
        yield from map(self._fact, card.facts)
        yield self._line(card.note)


def _bar(bar: blocks.Bar) -> str:
    return f"{bar.figures} {bar.about}"
