"""What one step of the event loop costs: in seconds of its thread's own processor time, or in calls.

While a step runs, nobody else is answered. Seconds by the clock on the wall would blame a step for what other programs
do; calls are the same on every machine.
"""

from __future__ import annotations

import asyncio.events
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass(slots=True)
class Longest:
    """The longest step so far; whoever looks at it may begin anew."""

    cost: float = 0.0

    def taken(self) -> float:
        """The longest since this was last asked."""
        cost, self.cost = self.cost, 0.0
        return cost


@contextmanager
def timed() -> Iterator[Longest]:
    """In seconds of processor time."""
    with _around(time.thread_time) as longest:
        yield longest


@contextmanager
def counted() -> Iterator[Longest]:
    """In calls of functions, of those written in C too."""
    calls = 0

    def count(_: FrameType, what: str, __: Any) -> None:
        nonlocal calls
        if what.endswith("call"):
            calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        with _around(lambda: calls) as longest:
            yield longest
    finally:
        sys.setprofile(before)


@contextmanager
def _around(measure: Callable[[], float]) -> Iterator[Longest]:
    longest, run = Longest(), asyncio.events.Handle._run

    def measured(handle: asyncio.events.Handle) -> None:
        began = measure()
        run(handle)
        longest.cost = max(longest.cost, measure() - began)

    asyncio.events.Handle._run = measured  # type: ignore[assignment,method-assign]
    try:
        yield longest
    finally:
        asyncio.events.Handle._run = run  # type: ignore[method-assign]
