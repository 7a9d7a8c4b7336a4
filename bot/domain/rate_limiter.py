"""How fast something may be sent: so many a second, and so many at once. Nothing is counted; one instant says it all.

The generic cell rate algorithm: a lane keeps the moment at which it will be idle again. Sending moves that on by one
step, and is allowed while it lies no further ahead than the burst reaches.
"""

from __future__ import annotations

from bot.core.record import Record

SECOND = 1_000_000
UNLIMITED = 1_000_000
"""More than anybody asks for at once."""


class Rate(Record):
    """So many a second, and this many at once after a rest."""

    each_second: float
    burst: int = 1

    def __post_init__(self) -> None:
        if self.each_second <= 0 or self.burst < 1:
            raise ValueError(f"no such rate: {self.each_second} a second, {self.burst} at once")

    @property
    def step(self) -> int:
        """Microseconds that one takes."""
        return max(1, round(SECOND / self.each_second))


class Rates(Record):
    """What holds for one front end: over all of it, for each workspace, for each place. None is no limit."""

    front: Rate | None = None
    workspace: Rate | None = None
    place: Rate | None = None


def permits(rate: Rate | None, *, idle_at: int, now: int) -> int:
    """How many may go now."""
    if rate is None:
        return UNLIMITED
    return max(0, (rate.burst * rate.step - max(0, idle_at - now)) // rate.step)


def spend(rate: Rate | None, count: int, *, idle_at: int, now: int) -> int:
    """When the lane is idle again after so many."""
    return idle_at if rate is None or not count else max(idle_at, now) + count * rate.step


def wait(rate: Rate, count: int, *, idle_at: int, now: int) -> int:
    """Microseconds until so many, at most a burst, may go at once."""
    return max(0, idle_at - now - (rate.burst - min(count, rate.burst)) * rate.step)
