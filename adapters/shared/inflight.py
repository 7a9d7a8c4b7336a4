"""Counts what is in flight, so that a stop can wait until everything is answered."""

from __future__ import annotations

import asyncio


class InFlight:
    """A counter to enter around each piece of work, and a way to wait until it is at zero."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        self._count += 1
        self._idle.clear()

    def __exit__(self, *_: object) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()

    async def idle(self, *, within: float | None = None) -> bool:
        """Wait until nothing is in flight; False if that takes longer than `within` seconds."""
        try:
            async with asyncio.timeout(within):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True
