"""What a measurement says: ours, the rival's, how they compare, and whether the promise is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str], None]
"""Told what is being measured now; each telling is one step of the benchmark's `STEPS`."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    quick: bool = False
    """A few seconds, to see that it runs; its figures are worth nothing."""
    seeds: int = 1
    """Runs of chance, where chance is what is measured."""

    def of(self, full: int, quick: int) -> int:
        return quick if self.quick else full


WHOLE = Size()


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
    ratio: float | None = None
    """Ours to the rival's, where both are figures of one kind."""


def at_least(what: str, ours: float, rival: float, times: float, *, unit: str = "/s", than: str = "") -> Line:
    """Ours is to be so many times the rival's."""
    ratio = ours / rival if rival else 0.0
    against = f"{than} {rival:,.0f}{unit}".strip()
    return Line(what, f"{ours:,.0f}{unit}", against, f"≥ {times:g}×", ratio >= times, ratio)


@dataclass(frozen=True, slots=True)
class Result:
    title: str
    lines: tuple[Line, ...]
