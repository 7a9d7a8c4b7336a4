"""One message a second in a channel, counted from the answer to the one before, however slow the line is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SECONDS = 1.0
"""Between two messages in a channel; docs.slack.dev/apis/web-api/rate-limits."""
PATIENCE = 5.0
"""Seconds that a send waits here; a longer queue is told to come back."""
_MANY = 10_000


@dataclass(slots=True)
class _Lane:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free: float = 0.0
    """When the channel takes its next message, on the loop's clock."""
    waiting: int = 0


class Pacer:
    """Lets the messages of each channel through one by one, in the order they came."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, channel: str, *, patience: float = PATIENCE) -> AsyncIterator[float]:
        """Within it, the channel is free: 0. Behind a long queue nobody waits, but is told how long it is."""
        loop = asyncio.get_running_loop()
        lane = self._lane(channel, loop.time())
        queue = max(0.0, lane.free - loop.time()) + lane.waiting * self._seconds
        if queue > patience:
            yield queue
            return
        lane.waiting += 1
        try:
            async with lane.lock:
                await asyncio.sleep(max(0.0, lane.free - loop.time()))
                try:
                    yield 0.0
                finally:
                    lane.free = loop.time() + self._seconds
        finally:
            lane.waiting -= 1

    def _lane(self, channel: str, now: float) -> _Lane:
        if len(self._lanes) > _MANY:
            self._lanes = {name: lane for name, lane in self._lanes.items() if lane.waiting or lane.free > now}
        return self._lanes.setdefault(channel, _Lane())
