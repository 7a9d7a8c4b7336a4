"""Everything that posts, run by the process's clock. Each process runs all of it; leases decide who sends a row."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType

from bot.core.metrics import Metrics
from bot.core.ports import Adapter, Clock
from bot.core.record import Record
from bot.delivery.courier import Courier
from bot.delivery.leases import Leases, Sweeper
from bot.delivery.message import Compose
from bot.delivery.planner import Foresee, Planner
from bot.delivery.sender import Sender
from bot.domain.outbox import front_of
from bot.domain.rate_limiter import Rates
from bot.process.clock import GRACE, Job, ticking
from bot.store.outbox.worker import Checkpoint, go_on
from bot.store.store import Store

SWEEP, RETENTION = 60.0, 3600.0
"""Seconds between two rounds of what is not urgent."""


class DeliveryService(Record):
    """The parts of a running delivery."""

    planner: Planner
    leases: Leases
    courier: Courier
    sweeper: Sweeper


@asynccontextmanager
async def delivering(
    store: Store,
    adapters: Sequence[Adapter],
    compose: Compose,
    clock: Clock,
    tick_seconds: float = 1.0,
    *,
    rates: Mapping[str, Rates] = MappingProxyType({}),
    foresee: Foresee | None = None,
    metrics: Metrics | None = None,
    checkpoint: Checkpoint = go_on,
    grace: float = GRACE,
) -> AsyncIterator[DeliveryService]:
    """Plan and post while inside; on leaving, finish what is being sent."""
    leases = Leases(store, clock, rates=rates, checkpoint=checkpoint)
    fronts = {adapter.name: adapter for adapter in adapters}
    sender = Sender(leases, fronts, compose, store=store, clock=clock, metrics=metrics, checkpoint=checkpoint)

    def direct(workspace: str, person: str) -> str:
        front = fronts.get(front_of(workspace))
        return front.direct(workspace, person) if front else ""

    running = DeliveryService(
        Planner(store, clock, foresee=foresee, direct=direct, checkpoint=checkpoint),
        leases,
        Courier(leases, sender, metrics=metrics),
        Sweeper(store, clock),
    )
    await leases.open()
    try:
        async with ticking(_jobs(running, fronts, tick_seconds), grace=grace):
            try:
                yield running
            finally:
                await running.courier.stop(grace)
    finally:
        await leases.close()


def _jobs(running: DeliveryService, fronts: Mapping[str, Adapter], tick: float) -> dict[str, tuple[float, Job]]:
    jobs: dict[str, tuple[float, Job]] = {
        "plan": (tick, running.planner.plan),
        "recover": (tick, running.leases.recover),
        "let go": (SWEEP, running.sweeper.skip_expired),
        "retain": (RETENTION, running.sweeper.retain),
    }
    return jobs | {f"deliver {name}": (tick, functools.partial(running.courier.work, name)) for name in fronts}
