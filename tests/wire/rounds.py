"""The whole delivery behind a front end on a wire: planned, composed and sent as the clock in the test's hand goes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.core.ports import Adapter
from bot.delivery.composer import Composer
from bot.delivery.courier import Courier
from bot.delivery.leases import Leases
from bot.delivery.planner import Planner
from bot.delivery.reminders import Reminders
from bot.delivery.sender import Sender
from bot.domain.course import Shelf
from bot.packs.library import Library
from bot.store.store import Store
from tests.hand_clock import HandClock

Round = Callable[[datetime], Awaitable[None]]
"""Puts the clock at a moment, and sends whatever is due by then."""


@asynccontextmanager
async def making_rounds(store: Store, adapter: Adapter, clock: HandClock, shelf: Shelf) -> AsyncIterator[Round]:
    library = Library(shelf)
    reminders = Reminders(store, library, clock, timezone="UTC")
    composer = Composer(store, library, clock, timezone="UTC", nudges=reminders.compose)
    leases = Leases(store, clock)
    courier = Courier(leases, Sender(leases, {adapter.name: adapter}, composer.compose, store=store, clock=clock))
    planner = Planner(store, clock, foresee=reminders.foresee, direct=adapter.direct)

    async def go(moment: datetime) -> None:
        clock.at = moment
        for _ in range(4):  # what a failure leads to is planned by one, and told by another
            await planner.plan()
            await leases.recover()
            await courier.work(adapter.name)
            await courier.idle()
            clock.at += timedelta(seconds=1)

    await leases.open()
    try:
        yield go
    finally:
        await courier.stop(5)
        await leases.close()
