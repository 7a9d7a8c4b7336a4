"""What a measurement says: ours, the rival's or the limit, and whether the promise is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str], None]
"""Told what is being measured now."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure against one promise."""

    what: str
    ours: str
    against: str
    """The rival of the same run, or the limit."""
    promise: str
    kept: bool | None
    """None where nothing was promised."""


@dataclass(frozen=True, slots=True)
class Result:
    title: str
    lines: tuple[Line, ...]
