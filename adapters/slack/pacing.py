"""One message a second in a channel: each send takes the channel's next free moment, in the order it came."""

from __future__ import annotations

import asyncio

SECONDS = 1.0
"""Between two messages in a channel; docs.slack.dev/apis/web-api/rate-limits."""
PATIENCE = 5.0
"""Seconds that a send waits here; a longer queue is told to come back."""
_MANY = 10_000


class Pacer:
    """When each channel takes its next message."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._free: dict[str, float] = {}

    async def turn(self, channel: str) -> float:
        """Wait for the channel's next free moment. More than a little is not waited for, but told, in seconds."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._free.get(channel, now))
        if at - now > PATIENCE:
            return at - now
        self._free[channel] = at + self._seconds
        if len(self._free) > _MANY:
            self._free = {each: free for each, free in self._free.items() if free > now}
        if at > now:
            await asyncio.sleep(at - now)
        return 0.0
