"""What falls due becomes rows of the outbox, a quarter of an hour ahead of its time.

After downtime the newest missed date may still be posted, inside its schedule's window; the dates before it get a row
that says why nothing was posted. So do holidays and dates that were skipped by hand. There is never a burst.

Any number of processes may plan at once: a schedule's cursor moves for one of them, together with its rows, and a row
that is there already stays as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import i18n, tracing
from bot.core.i18n import mark, say
from bot.core.ports import Clock
from bot.delivery import endings
from bot.delivery.endings import Direct, nowhere
from bot.domain import holidays, outbox
from bot.domain.holidays import NoCalendar, Region
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import WINDOW, Occurrence, occurrences, zone_named
from bot.domain.schedule import Schedule
from bot.store.cold import schedules, workspaces
from bot.store.cold.schedules import Broken
from bot.store.outbox import alerts, entries, nudges
from bot.store.outbox.alerts import Alert
from bot.store.outbox.nudges import Bound, Waiting
from bot.store.outbox.worker import Checkpoint, go_on
from bot.store.store import Store

log = structlog.get_logger(__name__)

AHEAD = timedelta(minutes=15)
"""How long before its time a row is written."""
SCHEDULES_AT_ONCE = 50
ALERTS_AT_ONCE = 100
WAITING_AT_ONCE = 500
CHUNK_BESIDE, CHUNK_ALONE, CHUNK_SHARED = 64, 800, 5000
"""Nudges in one transaction: where everybody waits for one writer, while somebody does and while nobody does; and where
there are several writers."""
QUIET = 1.0
"""Seconds after a press until the planner makes itself as broad as it likes."""
NOT_RUNNING = mark("Dualo was not running here at that time.")
BY_HAND = mark("Skipped by hand.")

Foresee = Callable[[Sequence[Waiting]], Awaitable[Sequence[Occurrence | datetime | None]]]
"""When each of these is to be nudged next; a later moment, if it is to be worked out again then; None for silence."""


class Planner:
    """Writes rows; sends nothing."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        foresee: Foresee | None = None,
        direct: Direct = nowhere,
        checkpoint: Checkpoint = go_on,
    ) -> None:
        self._store = store
        self._direct = direct
        self._clock = clock
        self._foresee = foresee
        self._checkpoint = checkpoint

    async def plan(self) -> None:
        """Everything that is due up to the horizon."""
        await self.plan_posts()
        await self.plan_nudges()
        await self.foresee_nudges()
        await self.plan_alerts()

    async def plan_posts(self) -> int:
        """Lines for schedules; says how many."""
        now, total = self._clock.now(), 0
        while True:
            async with self._store.reading() as connection:
                due = await schedules.due(connection, now + AHEAD, most=SCHEDULES_AT_ONCE)
                spoken = await workspaces.languages(connection, {_home(each) for each in due})
            for each in due:
                with tracing.span("plan schedule"), i18n.speaking(spoken.get(_home(each), "")):
                    total += await self._park(each, now) if isinstance(each, Broken) else await self._plan(*each, now)
            if len(due) < SCHEDULES_AT_ONCE:
                return total

    async def _plan(self, schedule: Schedule, seen: datetime, now: datetime) -> int:
        """One schedule, in one transaction."""
        try:
            planned, following = await asyncio.to_thread(lines_of, schedule, seen, now)
        except NoCalendar as error:
            return await self._park(Broken(schedule.workspace, schedule.id, str(error)), now)
        async with self._store.transaction() as connection:
            ahead = max(
                (each.due for each in planned if each.name.kind == DeliveryKind.POST and each.due > now), default=None
            )
            ended = following is None and ahead is None and not schedule.paused
            to = following.due if following else _once_over(ahead)
            if not await schedules.advance(connection, schedule, seen=seen, to=to, ended=ended):
                return 0
            if ended:
                await self._tell(connection, schedule, planned, now)
            self._checkpoint("plan.inside")
            return await entries.plan(connection, planned)

    async def _tell(
        self, connection: AsyncConnection, schedule: Schedule, planned: Sequence[Entry], now: datetime
    ) -> None:
        """Its last date is planned: once that is over, whoever made it hears of it."""
        last = max((each.due for each in planned if each.name.kind == DeliveryKind.POST), default=now)
        await endings.tell(
            connection, schedule, last.astimezone(zone_named(schedule.rule.zone)).date(), direct=self._direct,
            due=max(last, now) + endings.AFTER_THE_LAST, why=endings.BY_DATE,
        )  # fmt: skip

    async def _park(self, broken: Broken, now: datetime) -> int:
        log.error("A schedule cannot be read.", action="schedule.broken", schedule=broken.id, reason=broken.reason)
        reason = say(
            "The schedule {id} cannot be read ({reason}). Change it, or remove it.", id=broken.id, reason=broken.reason
        )
        async with self._store.transaction() as connection:
            await alerts.raised(connection, Alert(broken.workspace, f"broken {broken.id}", reason, broken.id), now)
            await schedules.park(connection, broken)
        return 0

    async def plan_nudges(self) -> None:
        """Lines for nudges, chunk by chunk; one process at a time, since two would only wait for one another."""
        horizon = self._clock.now() + AHEAD
        bound: Bound | None = nudges.BEGINNING
        async with self._store.reading() as connection:
            if not await nudges.any_due(connection, horizon):
                return
        while bound is not None:
            with tracing.span("plan nudges"):
                bound = await self._plan_chunk(horizon, bound)

    async def _plan_chunk(self, horizon: datetime, after: Bound) -> Bound | None:
        """Where the next chunk begins; None if there is none, or another process plans."""
        async with self._store.transaction() as connection:
            if not self._store.alone and not await entries.try_lock(connection, "planner"):
                return None
            following = await nudges.plan(connection, horizon, window=WINDOW, after=after, most=self._chunk())
            self._checkpoint("plan.chunk")
        return following

    def _chunk(self) -> int:
        """People who press have the right of way: while there are any, the writer is held for moments only."""
        if not self._store.alone:
            return CHUNK_SHARED
        return CHUNK_ALONE if self._store.quiet_for >= QUIET else CHUNK_BESIDE

    async def foresee_nudges(self) -> None:
        """When those are nudged next whose last nudge is over."""
        if self._foresee is None:
            return
        while True:
            async with self._store.reading() as connection:
                waiting = await nudges.waiting(connection, self._clock.now(), most=WAITING_AT_ONCE)
            if not waiting:
                return
            found = await self._foresee(waiting)
            async with self._store.transaction() as connection:
                await nudges.set_next(connection, list(zip(waiting, found, strict=True)))
            if len(waiting) < WAITING_AT_ONCE:
                return

    async def plan_alerts(self) -> int:
        """Messages to alert contacts about what has to be fixed."""
        async with self._store.reading() as connection:
            if not await alerts.any_untold(connection):
                return 0
        async with self._store.transaction() as connection:
            return await alerts.plan(connection, self._clock.now(), most=ALERTS_AT_ONCE)


def _home(due: tuple[Schedule, datetime] | Broken) -> str:
    return due.workspace if isinstance(due, Broken) else due[0].workspace


def _once_over(last: datetime | None) -> datetime | None:
    """When a schedule without another date is looked at again, and ends: it goes on until its last post is due."""
    return last + AHEAD if last else None


def lines_of(schedule: Schedule, since: datetime, now: datetime) -> tuple[list[Entry], Occurrence | None]:
    """The rows of a schedule from its cursor up to the horizon, and the occurrence after them."""
    horizon = now + AHEAD
    coming = _occurrences(schedule, since, horizon)
    resting = {each.local_date: why for each in coming if (why := _rest(schedule, each.local_date))}
    missed = [each for each in coming if each.due <= now and each.local_date not in resting]
    late = missed[-1] if missed and now - missed[-1].due < outbox.window_of(schedule) else None
    found = []
    for each in coming:
        if each.local_date in resting:
            found.append(_skipped(schedule, each, now, resting[each.local_date]))
        elif each.due <= now and each != late:
            found.append(_skipped(schedule, each, now, NOT_RUNNING))
        else:
            found += outbox.post(schedule, each)
    return found, schedule.first_after(max(horizon, since))


def _occurrences(schedule: Schedule, since: datetime, horizon: datetime) -> list[Occurrence]:
    just_before = since - timedelta(microseconds=1)
    found = takewhile(lambda each: each.due <= horizon, occurrences(schedule.rule, just_before))
    return [each for each in found if not (schedule.paused_until and each.local_date < schedule.paused_until)]


def _rest(schedule: Schedule, day: date) -> str:
    """Why nothing is posted on a date; empty if something is."""
    if day in schedule.skips:
        return BY_HAND
    name = holidays.holiday(Region(schedule.holidays, ""), day) if schedule.holidays else None
    return say("Public holiday: {name}.", name=name) if name else ""


def _skipped(schedule: Schedule, occurrence: Occurrence, now: datetime, reason: str) -> Entry:
    name = outbox.name_of(schedule, DeliveryKind.POST, occurrence.local_date)
    return Entry(
        name,
        occurrence.due,
        occurrence.due,
        schedule.address,
        DeliveryState.SKIPPED,
        reason=reason,
        ended=max(now, occurrence.due),
    )
