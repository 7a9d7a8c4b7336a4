"""Background work after the acknowledgement, finished before a stop, and payloads that Slack delivers again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass

import structlog

from adapters.shared import dedupe
from bot.api import views

log = structlog.get_logger(__name__)

REMEMBERED = 16_384
"""Payloads remembered, so that a second delivery is recognised: 54 a second while a signature lasts, five minutes."""
ANSWERS = 128
"""The newest of them whose answers are kept, too, in case an acknowledgement was lost on its way."""


class BackgroundTasks:
    """Background tasks; a stop waits for them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = asyncio.Event()

    def start(self, work: Coroutine[object, object, None], *, name: str) -> None:
        task = asyncio.create_task(_watched(work, name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait until every task is done, and those that they started."""
        self._ending.set()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ending.clear()

    async def rest(self, seconds: float) -> bool:
        """Sleep, but not through a stop: False when it was cut short, and the task should end."""
        try:
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        except TimeoutError:
            return True
        return False


async def _watched(work: Coroutine[object, object, None], name: str) -> None:
    try:
        await work
    except Exception:
        log.exception("A background task failed.", action="slack.failed", errand=name)


@dataclass(slots=True, eq=False)
class PayloadTurn:
    """One payload being answered."""

    reply: asyncio.Task[views.Reply] | None = None
    """The engine's answer, asked for once however often Slack delivers the payload."""
    elsewhere: bool = False
    """Whether the answer goes another way than the acknowledgement; then a repetition carries nothing."""

    def settle(self) -> None:
        """Let go of an answer that has long been given."""
        if self.reply is not None and self.reply.done():
            self.reply = None
            self.elsewhere = True


class SeenPayloads:
    """Payloads by the id that stays the same when Slack delivers them again."""

    def __init__(self) -> None:
        self._turns: dedupe.Seen[str, PayloadTurn] = dedupe.Seen(PayloadTurn, limit=REMEMBERED)
        self._newest: deque[PayloadTurn] = deque()

    def turn(self, key: str) -> tuple[PayloadTurn, bool]:
        """The turn that this payload belongs to, and whether it was delivered before."""
        turn, again = self._turns.take(key)
        if key and not again:
            self._newest.append(turn)
            if len(self._newest) > ANSWERS:
                self._newest.popleft().settle()
        return turn, again
