"""How many rows are being sent at once: a bounded number at each front end, and of these a bounded number of each
workspace."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable

import structlog

from bot.core.metrics import Metrics
from bot.delivery.leases import Leases
from bot.delivery.sender import Sender
from bot.domain.outbox import Entry

log = structlog.get_logger(__name__)

AT_ONCE = 16
"""Rows of one front end that are being sent at a time."""
EACH = 8
"""Of these, of one workspace: one that answers slowly does not take up the whole front end."""
LONGEST_PAUSE = 1.0
"""Seconds to wait here for a rate limit; a longer wait is left to the next tick."""

Sleep = Callable[[float], Awaitable[object]]


class Courier:
    """Claims what is ready and has it sent."""

    def __init__(
        self, leases: Leases, sender: Sender, *, sleep: Sleep = asyncio.sleep, metrics: Metrics | None = None
    ) -> None:
        self._leases = leases
        self._sender = sender
        self._sleep = sleep
        self._metrics = metrics or Metrics()
        self._in_hand: dict[str, dict[asyncio.Task[None], Entry]] = defaultdict(dict)
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._stopping = False

    async def work(self, front: str) -> int:
        """Begin to send whatever is ready at one front end; returns how many, once nothing more is ready."""
        begun = 0
        async with self._turns[front]:
            while not self._stopping:
                running = self._in_hand[front]
                if len(running) >= AT_ONCE:
                    await asyncio.wait(list(running), return_when=asyncio.FIRST_COMPLETED)
                    continue
                in_hand = Counter(entry.name.workspace for entry in running.values())
                found = await self._leases.claim(front, AT_ONCE - len(running), in_hand=in_hand, each=EACH)
                begun += len(found.entries)
                for entry in found.entries:
                    self._begin(front, entry)
                if found.wait is not None and found.wait <= LONGEST_PAUSE:
                    self._metrics.waited(front, "dualo", found.wait)
                    await self._sleep(found.wait)
                elif found.entries:
                    await asyncio.sleep(0)
                elif any(count >= EACH for count in in_hand.values()):
                    if running:  # all of it may have ended while the claim was under way
                        await asyncio.wait(list(running), return_when=asyncio.FIRST_COMPLETED)
                else:
                    break
        return begun

    async def idle(self) -> None:
        """Wait until nothing is being sent."""
        while tasks := self._tasks():
            await asyncio.wait(tasks)

    async def stop(self, grace: float) -> None:
        """Claim nothing more and finish what is being sent; the rest goes back when its lease is over."""
        self._stopping = self._sender.stopping = True
        try:
            async with asyncio.timeout(grace):
                for turn in list(self._turns.values()):
                    async with turn:
                        pass
                await self.idle()
        except TimeoutError:
            tasks = self._tasks()
            log.warning("Some posts were not done in time.", action="delivery.cut_off", count=len(tasks))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for running in self._in_hand.values() for task in running]

    def _begin(self, front: str, entry: Entry) -> None:
        task = asyncio.create_task(self._sender.carry(entry), name=f"deliver {entry.name.key}")
        running = self._in_hand[front]
        running[task] = entry
        task.add_done_callback(lambda done: running.pop(done, None))
