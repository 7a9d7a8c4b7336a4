"""The process's clock: APScheduler runs each job every so many seconds. What is due stands in the database.

Used by the composition root and by the delivery. APScheduler reckons by the wall clock, so a guard looks every second
of the steady clock whether the wall clock was set back, and wakes the scheduler (docs/decisions/0011-tick.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.core.errors import StoreUnavailable

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]
GRACE = 20.0
"""Seconds that a job in hand gets to finish on leaving; then it is cancelled."""
WATCH = 1.0
"""Seconds between two looks at the clocks."""
SET = timedelta(seconds=1)
"""A job that is due this much later than it can be was left behind by a wall clock that was set back."""


@asynccontextmanager
async def ticking(jobs: Mapping[str, tuple[float, Job]], *, grace: float = GRACE) -> AsyncIterator[None]:
    """Run each job every so many seconds while inside, never twice at once; one tick stands for all that were missed.
    On leaving, what is in hand is finished, or cancelled after the grace."""
    in_hand: set[asyncio.Future[object]] = set()
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        jobstores={"default": MemoryJobStore()},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for name, (seconds, job) in jobs.items():
        scheduler.add_job(_run, Every(seconds=seconds, timezone=UTC), (name, job, in_hand), id=name)
    scheduler.start()
    guard = asyncio.create_task(_watch(scheduler), name="guard of the clock")
    try:
        yield
    finally:
        guard.cancel()
        scheduler.pause()
        await asyncio.sleep(0)  # a job that was just submitted begins, and is in hand
        await _finish(in_hand, grace)
        await asyncio.gather(guard, return_exceptions=True)
        scheduler.shutdown()
        await asyncio.sleep(0)  # the scheduler shuts down in the loop's next turn


async def _run(name: str, job: Job, in_hand: set[asyncio.Future[object]]) -> None:
    """One tick. A failure is logged, and the next tick tries again."""
    task = asyncio.ensure_future(job())
    in_hand.add(task)
    await asyncio.wait((task,))
    in_hand.discard(task)
    match None if task.cancelled() else task.exception():
        case None:
            pass
        case StoreUnavailable() as error:
            log.warning("A tick waits for the database.", action="tick.later", job=name, reason=str(error))
        case error:
            log.error("A tick failed; the next one tries again.", action="tick.failed", job=name, exc_info=error)


async def _finish(in_hand: set[asyncio.Future[object]], grace: float) -> None:
    tasks = tuple(in_hand)
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Every(IntervalTrigger):  # type: ignore[misc]  # APScheduler has no types
    """An interval that skips at once what was missed. APScheduler walks through it run by run: minutes, and gigabytes,
    on a machine without a clock of its own that starts in 1970 and is then told the time."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        if previous_fire_time is not None:
            previous_fire_time += (now - previous_fire_time) // self.interval * self.interval
        found: datetime | None = super().get_next_fire_time(previous_fire_time, now)
        return found


async def _watch(scheduler: AsyncIOScheduler) -> None:
    """See to it that no job is due later than its interval from now: set back by an hour, the wall clock would
    otherwise bring no tick for an hour. The watch itself goes by the loop's steady clock."""
    while True:
        await asyncio.sleep(WATCH)
        now = datetime.now(UTC)
        late = [job for job in scheduler.get_jobs() if job.next_run_time > now + job.trigger.interval + SET]
        for job in late:
            job.modify(next_run_time=now + job.trigger.interval)
        if late:
            log.warning("The wall clock was set back; the ticks go on.", action="tick.clock_set_back")
