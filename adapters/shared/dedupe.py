"""Recognises events that a platform delivers more than once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from cachetools import FIFOCache

Key = TypeVar("Key")
Value = TypeVar("Value")


class Seen(Generic[Key, Value]):
    """The last events by their ids, each with a value that its handlers share; the oldest are forgotten first."""

    def __init__(self, make: Callable[[], Value], *, limit: int) -> None:
        self._make = make
        self._values: FIFOCache[Key, Value] = FIFOCache(limit)

    def take(self, key: Key) -> tuple[Value, bool]:
        """The event's value, and whether the event came before. Without an id (empty) every event is a new one."""
        known = self._values.get(key)
        if known is not None:
            return known, True
        made = self._make()
        if key:
            self._values[key] = made
        return made, False
