"""The connections that coroutines share: whatever becomes of a task, its connection comes back clean."""

from __future__ import annotations

import asyncio
import threading

import asyncpg
import pytest
from sqlalchemy import func, select
from sqlalchemy.pool import QueuePool

from bot.core.errors import StoreUnavailable
from bot.domain.learner import Seat
from bot.store import tables
from bot.store.database import Database, is_unavailable
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


async def test_what_comes_after_the_end_is_refused_and_opens_no_connection(database_url: str) -> None:
    """A page's last request, an event of a chat: whatever comes too late would open a connection that nobody closes."""
    database = Database(database_url)
    await workspaces(database)
    await database.close()
    pool = database.engine.sync_engine.pool
    assert isinstance(pool, QueuePool)
    with pytest.raises(StoreUnavailable, match="is closed"):
        await workspaces(database)
    with pytest.raises(StoreUnavailable, match="is closed"):
        async with database.transaction():
            raise AssertionError("it is open")
    assert (pool.checkedin(), pool.checkedout()) == (0, 0)


async def test_what_is_in_hand_at_the_end_is_finished_first_and_its_connection_closed(database_url: str) -> None:
    before, database = set(threading.enumerate()), Database(database_url)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with database.transaction() as connection:
            began.set()
            await go_on.wait()
            await connection.exec_driver_sql("INSERT INTO workspace (workspace, since) VALUES ('late', 7)")

    working = asyncio.create_task(work())
    await began.wait()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(working, closing)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()
    reopened = Database(database_url)
    assert await workspaces(reopened) == 1
    await reopened.close()


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


@pytest.mark.parametrize(
    ("error", "unavailable"),
    [
        (asyncpg.InvalidAuthorizationSpecificationError, True),
        (asyncpg.InvalidPasswordError, True),
        (asyncpg.InvalidCatalogNameError, True),
        (asyncpg.InsufficientPrivilegeError, True),
        (asyncpg.ReadOnlySQLTransactionError, True),
        (asyncpg.TooManyConnectionsError, True),
        (asyncpg.AdminShutdownError, True),
        (ConnectionRefusedError, True),
        (asyncpg.UniqueViolationError, False),
        (asyncpg.UndefinedTableError, False),
    ],
)
def test_what_keeps_postgresql_from_serving_is_no_mistake_of_ours(error: type[Exception], unavailable: bool) -> None:
    assert is_unavailable(error("in the driver's words")) is unavailable
