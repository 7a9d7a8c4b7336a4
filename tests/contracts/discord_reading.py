"""Reads a Discord drawing back: what its buttons do, which fields its form has, and every word as Discord shows it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from adapters.discord import forms, limits, painter, preview, registration
from adapters.discord.components import read_custom_id
from adapters.discord.limits import Component
from bot.core import views
from bot.features.commands import Command, by_path

READER = views.Reader(timezone="Europe/Paris")
_ALIVE = frozenset({"mention", "spoiler", "auto", "quote"})
"""How the preview marks what a message of ours never holds: somebody's words came alive as markup."""
_PRIMARY = 1


class _Shown(HTMLParser):
    """All words of a preview, and what among them is alive."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.foreign: list[str] = []
        self._styles = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._styles = tag == "style"
        alive = _ALIVE & set((given.get("class") or "").split())
        self.foreign += [f"{tag} {each}" for each in alive]
        self.foreign += [tag] if tag in {"script", "iframe", "object", "form"} else []
        if tag == "a" and not (given.get("href") or "").startswith(("http://", "https://")):
            self.foreign.append(f"a {given.get('href')}")

    def handle_data(self, data: str) -> None:
        if not self._styles:
            self.words.append(data)


def shown(view: views.View) -> tuple[str, list[str]]:
    """The words, and what came alive."""
    page = _Shown()
    page.feed(preview.preview(view, READER))
    page.close()
    return "".join(page.words), page.foreign


def components(view: views.View) -> list[Component]:
    if isinstance(view, views.FormPage):
        return []
    return list(limits.walk(painter.draw(view, READER).components))


def commands(view: views.View) -> Iterator[Command]:
    for component in components(view):
        options = component.get("options")
        if isinstance(options, list):
            yield from (read_custom_id(str(option["value"])).command for option in options)
        elif component["type"] == limits.BUTTON and "custom_id" in component:
            yield read_custom_id(str(component["custom_id"])).command


def primary(view: views.View) -> int:
    return sum(each["type"] == limits.BUTTON and each["style"] == _PRIMARY for each in components(view))


def fields(view: views.View) -> dict[str, list[str]]:
    if not isinstance(view, views.FormPage):
        return {}
    modal = forms.modal(view)
    parts = modal["components"]
    assert isinstance(parts, list)
    return {str(modal["custom_id"]): [str(part["component"]["custom_id"]) for part in parts if "component" in part]}


def typed() -> Iterator[str]:
    """The verbs of every command that Discord is told of."""
    for definition in registration.definitions():
        yield from _verbs((str(definition["name"]),), definition)


def _verbs(path: tuple[str, ...], definition: Component) -> Iterator[str]:
    options = definition.get("options")
    inner = [option for option in options if option["type"] in (1, 2)] if isinstance(options, list) else []
    for option in inner:
        yield from _verbs((*path, str(option["name"])), option)
    spec = by_path(path)
    if spec is not None and not inner:
        yield spec.verb
