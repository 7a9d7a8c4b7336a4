"""What is done now and then: lines whose time is over are ended, and old ones are let go in small bites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.core.ports import Clock
from bot.delivery.sender import TOO_LATE
from bot.store.outbox import alerts, entries
from bot.store.store import Store

OVERDUE = timedelta(hours=1)
"""Lines that wait longer than this are looked through for those whose time is over."""
BITE = 500
KEPT = timedelta(days=90)
"""Ended lines. A schedule's posts stay as long as the schedule."""
PLACES_KEPT = timedelta(hours=1)


class Sweeper:
    """Keeps the ledger true and small."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def let_go(self) -> int:
        """End what waits for a front end that does not work, and is too late by now."""
        total, found = 0, BITE
        while found:
            now = self._clock.now()
            async with self._store.transaction() as connection:
                found = await entries.let_go(connection, now, reason=TOO_LATE, before=now - OVERDUE, most=BITE)
            total += found
        return total

    async def retain(self) -> int:
        """Drop what ended long ago; looking for it is in nobody's way, and each bite is short."""
        now, after, total = self._clock.now(), None, 0
        while True:
            bite = await self._old(now - KEPT, after)
            if not bite:
                break
            async with self._store.transaction() as connection:
                await entries.drop(connection, bite)
            total, after = total + len(bite), bite[-1]
        async with self._store.transaction() as connection:
            await entries.tidy(connection, now - PLACES_KEPT)
            await alerts.forget(connection, now - KEPT)
        return total

    async def _old(self, before: Any, after: Sequence[Any] | None) -> list[Sequence[Any]]:
        async with self._store.reading() as connection:
            return await entries.old(connection, before, after=after, most=BITE)
