"""The connections that coroutines share: whatever becomes of a task, its connection comes back clean."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.pool import QueuePool

from bot.domain.learner import Seat
from bot.store import tables
from bot.store.database import Database
from bot.store.store import opened


def in_use(database: Database) -> int:
    pool = database.engine.sync_engine.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


async def workspaces(database: Database) -> int:
    async with database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(tables.workspace))).scalar_one()


@pytest.mark.parametrize("writing", [False, True])
async def test_a_task_cancelled_twice_gives_its_connection_back_and_changes_nothing(
    database_url: str, writing: bool
) -> None:
    database = Database(database_url)
    began = asyncio.Event()

    async def work() -> None:
        async with database.transaction() if writing else database.reading() as connection:
            if writing:
                await connection.exec_driver_sql("INSERT INTO workspace (workspace, since) VALUES ('gone', 7)")
            began.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await began.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (in_use(database), await workspaces(database)) == (0, 0)
    await database.close()


async def test_a_transaction_that_fails_changes_nothing(database_url: str) -> None:
    database = Database(database_url)

    async def work() -> None:
        async with database.transaction() as connection:
            await connection.exec_driver_sql("INSERT INTO workspace (workspace, since) VALUES ('gone', 7)")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        await work()
    assert (in_use(database), await workspaces(database)) == (0, 0)
    await database.close()


async def test_a_closed_store_leaves_no_connection_and_no_thread(database_url: str) -> None:
    before = set(threading.enumerate())
    database = Database(database_url)
    async with opened(database) as store:
        await store.standing(Seat("web", "ada"))
        await workspaces(database)
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert (in_use(database), [thread for thread in left if thread.is_alive()]) == (0, [])
