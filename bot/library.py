"""The shelf in use, and the index over it: swapped whole, so that nobody ever sees half of a reload."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.course import Shelf
from bot.domain.search import Index


@dataclass(frozen=True, slots=True)
class Edition:
    """One state of the content, complete."""

    shelf: Shelf
    index: Index

    @classmethod
    def of(cls, shelf: Shelf) -> Edition:
        return cls(shelf, Index(shelf))


class Library:
    """Holds the edition in use. A handler takes it once and keeps to it."""

    def __init__(self, shelf: Shelf) -> None:
        self._edition = Edition.of(shelf)

    @property
    def edition(self) -> Edition:
        return self._edition

    def swap(self, edition: Edition) -> None:
        self._edition = edition
