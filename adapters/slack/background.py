"""What goes on after an acknowledgement, and is finished before a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import structlog

log = structlog.get_logger(__name__)


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
        log.exception("A background task failed.", action="slack.failed", task=name)
