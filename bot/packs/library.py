"""The content in use and the search index over it: swapped whole, so that no answer ever sees half of a reload."""

from __future__ import annotations

from functools import cached_property

from bot.core.record import Record
from bot.domain.course import Shelf
from bot.domain.search import Index


class Edition(Record, dict=True):
    """One state of the content."""

    shelf: Shelf

    @cached_property
    def index(self) -> Index:
        """Built by `ready` before the edition is used."""
        return Index(self.shelf)

    def ready(self) -> Edition:
        """With its index, which takes a second for thousands of lessons: called in a thread beside the answers."""
        _ = self.index
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
