"""Which process owns a row of the outbox, for how long, and when it is retried; expired and old rows are cleaned up.

Two processes never send one row: a lease lasts `LEASE`; nothing is begun later than `BEGIN_WITHIN` after the claim; no
send is waited for longer than `SEND_WITHIN`. So a send is over `MARGIN` before another process can claim the row. What
a killed process was sending has settled by then, too: only then is a doubtful try looked for.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy import case, literal, update

from bot.core import i18n
from bot.core.ports import Clock
from bot.core.record import replace
from bot.domain.outbox import Entry
from bot.domain.posts import DeliveryState
from bot.domain.rate_limiter import UNLIMITED, Rates
from bot.store import tables
from bot.store.columns import Instant
from bot.store.outbox import alerts, entries
from bot.store.outbox.claims import Claim
from bot.store.outbox.worker import (
    Checkpoint,
    Doubt,
    Mark,
    OutboxWork,
    RateLimited,
    Recover,
    Result,
    StoreContent,
    go_on,
)
from bot.store.store import Store

BEGIN_WITHIN = timedelta(seconds=10)
SEND_WITHIN = timedelta(seconds=45)
"""Longer than any front end takes, its library's own patience included."""
MARGIN = timedelta(seconds=20)
"""Also what two machines' clocks may differ by, with room to spare."""
LEASE = BEGIN_WITHIN + SEND_WITHIN + MARGIN
SETTLES = timedelta(seconds=15)
"""After so long a message that was sent stands where it is looked for."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)
JITTER = 0.25
RECOVERED_AT_ONCE = 500

TOO_LATE = i18n.mark("Its time was over before it could be posted.")
OVERDUE = timedelta(hours=1)
"""Rows that wait longer than this are searched for expired ones."""
BATCH = 500
KEPT = timedelta(days=90)
"""Ended rows. A schedule's posts stay as long as the schedule."""
PLACES_KEPT = timedelta(hours=1)


def back_off(attempt: int, *, told: float = 0.0) -> timedelta:
    """How long to wait after so many tries: as told, or else longer each time; never in step with others."""
    wait = timedelta(seconds=told) if told > 0 else FIRST_WAIT * 2 ** min(attempt - 1, 10)
    return min(wait, max(LONGEST_WAIT, timedelta(seconds=told))) * (1 + JITTER * random.random())


class Leases:
    """This process's claims on rows of the outbox, and what it marks them with."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        rates: Mapping[str, Rates] = MappingProxyType({}),
        owner: str = "",
        checkpoint: Checkpoint = go_on,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rates = rates
        self._owner = owner or uuid4().hex
        self._checkpoint = checkpoint
        self._restored: datetime | None = None
        work = OutboxWork(store.dialect, checkpoint)
        self._worker = store.worker(work.work)

    async def open(self) -> None:
        self._worker.start()
        async with self._store.reading() as connection:
            self._restored = await entries.restored_at(connection)
        if self._store.alone:
            await self._inherit()

    async def close(self) -> None:
        await self._worker.close()

    async def claim(
        self, front: str, most: int, *, in_hand: Mapping[str, int] = MappingProxyType({}), each: int = UNLIMITED
    ) -> Result:
        """Claim rows to send now. When this returns, each attempt is on the disk."""
        self._checkpoint("claim.before")
        now = self._clock.now()
        found = await self._worker.call(
            Claim(
                front,
                most,
                self._owner,
                now,
                now + LEASE,
                rates=self._rates.get(front, Rates()),
                in_hand=in_hand,
                each=each,
            )
        )
        if found.entries:
            self._checkpoint("claim.after")
        return replace(found, entries=tuple(map(self._suspected, found.entries)))

    def _suspected(self, entry: Entry) -> Entry:
        """What was due before an old copy was put back may have been posted since that copy was made."""
        if self._restored is None or entry.doubt is not None or entry.due > self._restored:
            return entry
        return replace(entry, doubt=entry.due)

    def may_begin(self, entry: Entry) -> bool:
        """Whether enough of the lease is left to send it."""
        return entry.lease.until - self._clock.now() >= SEND_WITHIN + MARGIN

    async def end(self, entry: Entry, state: DeliveryState, *, message: str = "", reason: str = "") -> bool:
        """Mark its end. False if another process owns the row by now: then nothing was written."""
        now = self._clock.now()
        return await self._tell(Mark(entry, state, at=now, message=message, reason=reason))

    async def again(
        self, entry: Entry, wait: timedelta, *, reason: str, doubt: Doubt, pause: RateLimited | None = None
    ) -> bool:
        """Plan a retry after a while."""
        ready = self._clock.now() + wait
        return await self._tell(
            Mark(entry, DeliveryState.PLANNED, ready=ready, reason=reason, doubt=doubt, pause=pause)
        )

    async def release(self, entry: Entry) -> bool:
        """Give it back; no attempt was made."""
        return await self._tell(
            Mark(entry, DeliveryState.PLANNED, ready=self._clock.now(), doubt=Doubt.NEVER_TRIED, reason=entry.reason)
        )

    async def settle(self, entry: Entry, payload: Mapping[str, str]) -> bool:
        """Store what is going to be sent. False if another process owns the row by now."""
        return (await self._worker.call(StoreContent(entry, payload))).taken

    async def recover(self) -> int:
        """Give back what somebody claimed and left."""
        now = self._clock.now()
        found = RECOVERED_AT_ONCE
        total = 0
        while found == RECOVERED_AT_ONCE:
            found = (await self._worker.call(Recover(now, now, RECOVERED_AT_ONCE))).count
            total += found
        return total

    async def _tell(self, mark: Mark) -> bool:
        taken = (await self._worker.call(mark)).taken
        self._checkpoint("mark.after")
        return taken

    async def _inherit(self) -> None:
        """Nobody else can run on this database, so whoever holds a claim is dead: no need to wait for its lease."""
        line, soon = tables.delivery, literal(self._clock.now() + SETTLES, Instant)
        async with self._store.transaction() as connection:
            await connection.execute(
                update(line)
                .where(line.c.state == DeliveryState.CLAIMED)
                .values(lease_until=case((line.c.lease_until < soon, line.c.lease_until), else_=soon))
            )


class Sweeper:
    """Ends rows whose time is over, and deletes old ones in small batches."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def skip_expired(self) -> int:
        """End what waits for a front end that does not work, and is too late by now."""
        total, found = 0, BATCH
        while found:
            now = self._clock.now()
            async with self._store.transaction() as connection:
                found = await entries.skip_expired(connection, now, reason=TOO_LATE, before=now - OVERDUE, most=BATCH)
            total += found
        return total

    async def retain(self) -> int:
        """Delete what ended long ago: read without a lock, then deleted in short batches."""
        now, total = self._clock.now(), 0
        after: Sequence[Any] | None = None
        while True:
            async with self._store.reading() as connection:
                keys = await entries.ended_keys(connection, now - KEPT, after=after, most=BATCH)
            if not keys:
                break
            async with self._store.transaction() as connection:
                await entries.delete_all(connection, keys)
            total, after = total + len(keys), keys[-1]
        async with self._store.transaction() as connection:
            await entries.delete_idle_limits(connection, now - PLACES_KEPT)
            await alerts.forget(connection, now - KEPT)
        return total
