"""The content in use and the search index over it: swapped whole, so that no answer ever sees half of a reload.

A theme may be for some workspaces alone. What a workspace sees is decided here, before anybody is answered or sent
something: whoever works with an edition that was seen from a workspace cannot name what is not for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from bot.core.record import Record
from bot.domain import languages
from bot.domain.course import Shelf
from bot.domain.search import Index

_ANY_OTHER = ""
"""In place of a workspace that no theme names."""


class Edition(Record, dict=True):
    """One state of the content."""

    shelf: Shelf
    shared: Index | None = None
    """That of the edition which this one shows in another language. The edition is not held: where nothing points
    back at itself, what is replaced goes at once."""

    @cached_property
    def index(self) -> Index:
        """Built by `ready` before the edition is used."""
        return self.shared.read_in(self.shelf) if self.shared else Index(self.shelf)

    @cached_property
    def _seen(self) -> Mapping[str, Edition]:
        """What each workspace sees that a theme names, and what any other one does; nothing where all see all."""
        named = {workspace for theme in self.shelf.themes for workspace in theme.workspaces}
        return {workspace: self._only_for(workspace) for workspace in (_ANY_OTHER, *named)} if named else {}

    def _only_for(self, workspace: str) -> Edition:
        return Edition(Shelf(tuple(theme for theme in self.shelf.themes if theme.is_for(workspace))))

    def seen_from(self, workspace: str) -> Edition:
        """The edition without the themes that are for others."""
        seen = self._seen
        return (seen.get(workspace) or seen[_ANY_OTHER]) if seen else self

    @cached_property
    def _translated(self) -> Mapping[str, Edition]:
        """By the language into which something is translated; in most installations there is none."""
        return {each: Edition(self.shelf.in_language(each), self.index) for each in sorted(self.shelf.translated)}

    def read_in(self, language: str) -> Edition:
        """As it is read by somebody who wants that language; the edition itself where nothing is translated into it."""
        if not language or not self.shelf.translated:
            return self
        return self._translated.get(languages.closest(language, self._translated), self)

    def ready(self) -> Edition:
        """With its indexes, each of which takes a second for thousands of lessons: called in a thread beside the
        answers."""
        for edition in self._seen.values() or (self,):
            _ = edition.index, edition._translated
        return self


class Library:
    """Holds the edition in use. A handler takes it once and keeps to it."""

    def __init__(self, shelf: Shelf) -> None:
        self._edition = Edition(shelf)

    @property
    def edition(self) -> Edition:
        """All of it, for whoever runs the server; people are answered by what is seen from their workspace."""
        return self._edition

    def seen_from(self, workspace: str) -> Edition:
        return self._edition.seen_from(workspace)

    def swap(self, edition: Edition) -> None:
        self._edition = edition
