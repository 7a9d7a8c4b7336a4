"""Decides what time it is: the machine's clock, moved on by tests at will."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

DISCORD_EPOCH_MS = 1_420_070_400_000


class Clock:
    def __init__(self) -> None:
        self._ahead = 0.0
        self._last_id = 0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def new_id(self) -> int:
        """A snowflake; always larger than the one before, so that ids sort by age."""
        stamp = (int(self.now() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last_id = max(self._last_id + 1, stamp)
        return self._last_id

    def new_guild_id(self) -> int:
        """Servers are told apart by the shard bits, so that the next server falls to the next shard."""
        stamp = int(self.now() * 1000) - DISCORD_EPOCH_MS
        self._last_id = max((self._last_id >> 22) + 1, stamp) << 22
        return self._last_id


class Unmet(AssertionError):
    """A condition did not come true in time; the message says which."""


class Signal:
    """Wakes those who wait for a condition whenever something happened that may have changed it."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def fire(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def until(self, condition: Callable[[], bool], what: str, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                while not condition():
                    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                    self._waiters.append(waiter)
                    await waiter
        except TimeoutError:
            raise Unmet(f"Waited {within:g} s for {what}.") from None
