"""The process's clock. It only ticks, by the machine's steady clock; what is due stands in the database."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

from bot.core.errors import StoreUnavailable

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]


@asynccontextmanager
async def ticking(jobs: Mapping[str, tuple[float, Job]]) -> AsyncIterator[None]:
    """Run each job every so many seconds while inside, never twice at once; on leaving, none is left behind."""
    tasks = [asyncio.create_task(_tick(name, *each), name=f"tick: {name}") for name, each in jobs.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _tick(name: str, seconds: float, job: Job) -> None:
    now = asyncio.get_running_loop().time
    due = now() + seconds
    while True:
        await asyncio.sleep(due - now())
        await _once(name, job)
        due += seconds * max(1, math.ceil((now() - due) / seconds))  # one tick stands for all that were missed


async def _once(name: str, job: Job) -> None:
    try:
        await job()
    except StoreUnavailable as error:
        log.warning("A tick waits for the database.", action="tick.later", job=name, reason=str(error))
    except Exception:
        log.exception("A tick failed; the next one tries again.", action="tick.failed", job=name)
