"""The shelf in use, and the index over it: swapped whole, so that nobody ever sees half of a reload."""

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
        """Made when somebody first searches, or by `ready` before that."""
        return Index(self.shelf)

    def ready(self) -> Edition:
        """With all made that can be made beforehand, in a thread beside the answers."""
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
