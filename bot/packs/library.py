"""The content in use and the search index over it: swapped whole, so that no answer ever sees half of a reload."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from bot.core.record import Record
from bot.domain import languages
from bot.domain.course import Shelf
from bot.domain.search import Index


class Edition(Record, dict=True):
    """One state of the content."""

    shelf: Shelf

    @cached_property
    def index(self) -> Index:
        """Built by `ready` before the edition is used."""
        return Index(self.shelf)

    @cached_property
    def _translated(self) -> Mapping[str, Edition]:
        """By the language into which something is translated; in most installations there is none."""
        return {each: Edition(self.shelf.in_language(each)) for each in sorted(self.shelf.translated)}

    def read_in(self, language: str) -> Edition:
        """As it is read by somebody who wants that language; the edition itself where nothing is translated into it."""
        if not language or not self.shelf.translated:
            return self
        return self._translated.get(languages.closest(language, self._translated), self)

    def ready(self) -> Edition:
        """With every index, which takes a second for thousands of lessons: called in a thread beside the answers."""
        for edition in (self, *self._translated.values()):
            _ = edition.index
        return self


class Library:
    """Holds the edition in use. A handler takes it once and keeps to it."""

    def __init__(self, shelf: Shelf) -> None:
        self._edition = Edition(shelf)

    @property
    def edition(self) -> Edition:
        return self._edition

    def swap(self, edition: Edition) -> None:
        self._edition = edition
