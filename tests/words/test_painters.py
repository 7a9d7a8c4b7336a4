"""What a painter adds to a page is said in its reader's language, too: a button to cancel, a person without a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser

import pytest
from msgspec import Struct

from adapters.discord import painter as discord_painter
from adapters.slack import painter as slack_painter
from adapters.slack import rich
from adapters.web import painter as web_painter
from bot.core import i18n, layout, views
from bot.core.commands import Command
from bot.core.svg import Svg
from bot.core.text import Text
from tests.contracts import samples
from tests.words.test_everything_is_said import INVENTED, OURS_EVERYWHERE, WORD, invented

__all__ = ["invented"]
READER = views.Reader(timezone="Europe/Paris", language=INVENTED)
SEEN = frozenset({"text", "content", "label", "placeholder", "description", "title", "alt_text", "value_text"})
IDS = re.compile(r"<[^<>]*>|:\w+:|&\w+;")


def written(part: object, name: str = "") -> Iterator[str]:
    """What is read of a message as a platform takes it."""
    match part:
        case str() if name in SEEN:
            yield part
        case Mapping():
            for key, each in part.items():
                yield from written(each, str(key))
        case list() | tuple():
            for each in part:
                yield from written(each, name)
        case _:
            return


def laid_out(part: object) -> Iterator[str]:
    """All that stands on a page before it is painted; the samples' own words are in English."""
    match part:
        case str():
            yield part
        case Text():
            yield part.source
        case Svg():
            yield part.body.decode()
        case tuple():
            for each in part:
                yield from laid_out(each)
        case Struct() if not isinstance(part, Command):
            for each in part.__struct_fields__:
                yield from laid_out(getattr(part, each))
        case _:
            return


class Read(HTMLParser):
    """What is read of the page, and what a screen reader says of it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [said for name, said in attrs if said and name in {"aria-label", "alt", "placeholder", "title"}]
        self.found += [said for name, said in attrs if said and name.startswith("data-confirm")]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def discord(view: views.View) -> Iterator[str]:
    return written(discord_painter.paint(layout.page(view, READER)).components)


def slack(view: views.View) -> Iterator[str]:
    yield from written(slack_painter.message(slack_painter.draw(view, READER)))


def web(view: views.View) -> Iterator[str]:
    page = Read()
    page.feed(str(web_painter.draw(view, READER)))
    yield from page.found


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize("paints", [discord, slack, web])
def test_what_a_painter_adds_is_said_in_the_readers_language(paints: Callable[[views.View], Iterator[str]]) -> None:
    unsaid = {}
    for name, view in samples.plain().items():
        page = {word for each in laid_out(layout.page(view, READER)) for word in WORD.findall(each)}
        found = {word for each in paints(view) for word in WORD.findall(OURS_EVERYWHERE.sub(" ", IDS.sub(" ", each)))}
        if more := found - page:
            unsaid[name] = more
    assert unsaid == {}


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize(
    "named",
    [
        views.Someone("U0123ABCD"),
        views.Group("S0123ABCD"),
        views.Place("-:T0123ABCD:C0123ABCD"),
        views.Place("-:T0123ABCD:U0123ABCD"),
        views.Place("-:T0123ABCD:D0123ABCD"),
    ],
    ids=["person", "group", "channel", "their messages", "messages"],
)
def test_slack_says_whoever_has_no_name_there_in_the_readers_language(named: rich.Named) -> None:
    with i18n.speaking(INVENTED):
        said = rich.in_words(named)
    assert said
    assert WORD.findall(said) == []
