"""What a learner has done, as it came from the database: read only where somebody looks.

A command looks at one theme of the many that somebody may have done, and some look at none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from json import loads

from bot.domain.course import Key
from bot.domain.learner import Completion
from bot.store.columns import from_micros


class Completions(Mapping[Key, Completion]):
    """A learner's completions by lesson, out of a JSON array of their columns."""

    def __init__(self, stored: str) -> None:
        self._stored = stored

    def __getitem__(self, key: Key) -> Completion:
        at, digest, how = self._read[key.theme, key.lesson]
        return Completion(key, from_micros(at), digest, how)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, Key) and (key.theme, key.lesson) in self._read

    def __iter__(self) -> Iterator[Key]:
        return (Key(theme, lesson) for theme, lesson in self._read)

    def __len__(self) -> int:
        return len(self._read)

    @cached_property
    def _read(self) -> dict[tuple[str, str], tuple[int, str, str]]:
        themes, lessons, *others = loads(self._stored)
        if not themes:
            return {}
        return dict(zip(zip(themes, lessons, strict=True), zip(*others, strict=True), strict=True))
