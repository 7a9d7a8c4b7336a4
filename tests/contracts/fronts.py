"""The front ends that must pass the suite. A new one joins by adding itself to `FRONTS`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from adapters.discord import painter as discord_painter
from adapters.slack import painter as slack_painter
from adapters.web import painter
from adapters.web.adapter import WebAdapter
from bot.core import actions, completing, views
from bot.features import commands
from bot.features.commands import Command
from tests.contracts import discord_reading, slack_reading
from tests.contracts.sample_engine import SampleEngine

READER = views.Reader(timezone="Europe/Paris")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rendered view, read back out of the platform's own native form."""

    commands: Sequence[Command]
    """What its buttons, selects and answers come back as."""
    primary: int
    """How many buttons stand out as the one that records something."""
    fields: Mapping[str, Sequence[str]]
    """The fields of each form, by the form's token."""
    words: str
    """All that a person would read, as they would read it."""
    foreign: Sequence[str]
    """Native constructs that the front end did not make itself: markup that came alive."""


@dataclass(frozen=True, slots=True)
class Front:
    """A front end as the suite sees it."""

    name: str
    draw: Callable[[views.View], Drawn]
    fits: Callable[[views.View], Sequence[str]]
    typed: Callable[[], Collection[str]]
    """The verbs of all commands that a person can start by name, as a manager is offered them."""


class _Page(HTMLParser):
    """Reads the page's fragments the way a browser would."""

    OURS: frozenset[str] = frozenset(
        {
            *("article", "header", "section", "aside", "div", "span", "p", "h2", "h3", "strong", "b", "em", "code"),
            *("pre", "ul", "ol", "li", "a", "bdi", "time", "button", "form", "label", "select", "option", "input"),
            *("textarea", "fieldset", "legend", "datalist", "dl", "dt", "dd", "progress", "figure", "figcaption"),
            *("svg", "g", "rect", "text", "title", "hr"),
        }
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.commands: list[Command] = []
        self.primary = 0
        self.fields: dict[str, list[str]] = {}
        self.words: list[str] = []
        self.foreign: list[str] = []
        self._form = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.OURS:
            self.foreign.append(tag)
        self.foreign += [f"{tag} {name}" for name in given if name.startswith("on") or name in {"style", "srcdoc"}]
        if tag == "a" and not (given.get("href") or "").startswith(("http://", "https://")):
            self.foreign.append(f"a {given.get('href')}")
        token = given.get("data-token") or (given.get("value") if tag == "option" and not self._form else None)
        if token:
            self.commands.append(actions.read(token))
        self.primary += "primary" in (given.get("class") or "").split() and bool(given.get("data-token"))
        if tag == "form":
            self._form = given.get("data-form") or ""
            if self._form:
                self.fields[self._form] = []
        if self._form and given.get("name"):
            self.fields[self._form].append(str(given["name"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _web() -> Front:
    adapter = WebAdapter(SampleEngine())

    def draw(view: views.View) -> Drawn:
        page = _Page()
        page.feed(str(painter.draw(view, READER)))
        page.close()
        return Drawn(page.commands, page.primary, page.fields, "".join(page.words), page.foreign)

    def named() -> Collection[str]:
        names = (offered.label.removeprefix("/") for offered in completing.complete("/", manages=True).candidates)
        found = (commands.by_path(tuple(name.split())) for name in names)
        return {spec.verb for spec in found if spec is not None}

    return Front("web", draw, adapter.fits, named)


def _discord() -> Front:
    def draw(view: views.View) -> Drawn:
        words, foreign = discord_reading.shown(view)
        read = discord_reading
        return Drawn(list(read.commands(view)), read.primary(view), read.fields(view), words, foreign)

    return Front("discord", draw, discord_painter.fits, lambda: set(discord_reading.typed()))


def _slack() -> Front:
    def draw(view: views.View) -> Drawn:
        read = slack_reading
        return Drawn(read.found(view), read.primary(view), read.fields(view), read.words(view), read.foreign(view))

    return Front("slack", draw, lambda view: slack_painter.fits(view, READER), slack_reading.typed)


FRONTS: Mapping[str, Callable[[], Front]] = {"web": _web, "discord": _discord, "slack": _slack}
