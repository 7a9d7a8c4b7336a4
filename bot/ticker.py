"""The process's clock. It only ticks; what is due stands in the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import StoreUnavailable

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]


@contextmanager
def ticking(jobs: Mapping[str, tuple[float, Job]]) -> Iterator[None]:
    """Run each job every so many seconds, never twice at once; a late tick stands for all that were missed."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for name, (seconds, job) in jobs.items():
        scheduler.add_job(
            _patient(name, job),
            "interval",
            seconds=seconds,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _patient(name: str, job: Job) -> Job:
    """A job that waits for the next tick while the database is away."""

    async def run() -> None:
        try:
            await job()
        except StoreUnavailable as error:
            log.warning("A tick waits for the database.", action="tick.later", job=name, reason=str(error))

    return run
