"""The bot that most people write: look what is due, send it, and note that it was sent."""

from __future__ import annotations

import asyncio

from sqlalchemy import select, update

from bot.core.ports import Clock
from bot.core.views import Notice
from bot.delivery.planner import Planner
from bot.domain.outbox import Entry
from bot.domain.posts import DeliveryState
from bot.store import tables
from bot.store.database import Database
from bot.store.outbox import entries
from bot.store.store import Store, opened
from tests.delivery.process import FilePlatform, Orders

AT_ONCE = 16


def serve(orders: Orders) -> None:
    """Until somebody kills it."""
    asyncio.run(_serve(orders))


async def _serve(orders: Orders) -> None:
    clock = orders.clock()
    platform = FilePlatform(orders.folder / "posts", clock, 0.0, orders.slow)
    async with opened(Database(orders.database)) as store:
        planner = Planner(store, clock)
        while True:
            await planner.plan()
            due = await _due(store, clock)
            await asyncio.gather(*(_carry(store, platform, each) for each in due))
            if not due:
                await asyncio.sleep(0.05)


async def _due(store: Store, clock: Clock) -> list[Entry]:
    table = tables.delivery
    async with store.reading() as connection:
        found = await connection.execute(
            select(table).where(table.c.state == DeliveryState.PLANNED, table.c.ready_at <= clock.now()).limit(AT_ONCE)
        )
        return [entries.read(row) for row in found.mappings()]


async def _carry(store: Store, platform: FilePlatform, entry: Entry) -> None:
    await platform.deliver(Notice(entry.name.key), entry.address, entry.name.key)
    async with store.transaction() as connection:
        await connection.execute(
            update(tables.delivery).where(entries.named(entry.name)).values(state=DeliveryState.SENT)
        )
