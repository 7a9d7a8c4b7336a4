"""What happens beside a crash: copies put back, clocks that jump, answers that never come, a frozen process."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.record import replace
from bot.delivery import sender
from bot.delivery.leases import LEASE, SETTLES
from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from bot.store.cold import schedules
from bot.store.hot.door import Door
from bot.store.outbox import entries
from bot.store.queries import Query
from bot.store.store import Store
from tests import forking
from tests.delivery import process
from tests.delivery.books import AWHILE, books, fill, imbalance
from tests.delivery.conftest import MONDAY, Stage, line, replica, weekly
from tests.delivery.platform import Fault
from tests.delivery.process import Orders

WEEK = timedelta(days=7)
KEY = "hand:w1/post/s1/2026-01-05"


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    return forking.context()


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for is another process
            await asyncio.sleep(0.02)


# The clock ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [timedelta(seconds=30), timedelta(hours=2), timedelta(days=8)])
async def test_a_clock_that_is_put_back_posts_nothing_twice(stage: Stage, back: timedelta) -> None:
    await stage.add(weekly())
    stage.clock.at = MONDAY
    await stage.tick()
    stage.clock.at = MONDAY - back
    for _ in range(40):
        await stage.tick(6 * 3600)
    assert stage.platform.keys.count(KEY) == 1


async def test_a_clock_that_jumps_forward_posts_late_and_once(stage: Stage) -> None:
    await stage.add(weekly())
    stage.clock.at = MONDAY - timedelta(hours=1)
    await stage.tick()
    await stage.tick(3 * 3600)
    await stage.tick(1)
    assert (await stage.states(), stage.platform.keys) == ([("2026-01-05", "late")], [KEY])


# The platform -------------------------------------------------------------------------------------------------


async def test_an_answer_that_never_comes_is_waited_for_so_long_and_then_looked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "SEND_WITHIN", timedelta(milliseconds=20))
    stage.platform.turns.append(Fault.HANGS)
    await stage.plan(line("s1", MONDAY))
    stage.clock.at = MONDAY
    await stage.carry()
    [doubtful] = await stage.lines()
    assert (doubtful.state, doubtful.reason) == (DeliveryState.PLANNED, "No answer came in time.")
    await stage.tick(SETTLES.total_seconds() - 1)
    assert stage.platform.keys == []
    await stage.tick(LEASE.total_seconds())
    assert (await stage.states(), stage.platform.keys) == ([("2026-01-05", "sent")], [KEY])


async def test_a_schedule_changed_while_its_post_is_in_doubt_does_not_post_that_day_again(stage: Stage) -> None:
    schedule = await stage.add(weekly())
    stage.platform.turns.append(Fault.ANSWER_LOST)
    stage.clock.at = MONDAY
    await stage.tick()
    later = replace(schedule, rule=replace(schedule.rule, at=schedule.rule.at.replace(hour=11)))
    async with stage.store.transaction() as connection:
        assert await schedules.change(connection, later, stage.clock.now())
    for _ in range(12):
        await stage.tick(900)
    assert (await stage.states(), stage.platform.keys) == ([("2026-01-05", "late")], [KEY])


# A copy that is put back --------------------------------------------------------------------------------------


async def _as_on_sunday(stage: Stage) -> None:
    """What a copy from before the post says: nothing planned, nothing posted."""
    async with stage.store.transaction() as connection:
        for statement in ("DELETE FROM delivery", "DELETE FROM schedule", "DELETE FROM lane"):
            await connection.execute(text(statement))
        await schedules.add(connection, weekly(), MONDAY - timedelta(days=1))


@asynccontextmanager
async def restarted_on_an_old_copy(stage: Stage, *, noted: bool) -> AsyncIterator[Stage]:
    """It posted on Monday at nine; at ten Sunday's copy is put back, and it starts again."""
    await stage.add(weekly())
    stage.clock.at = MONDAY
    await stage.tick()
    assert stage.platform.keys == [KEY]
    await _as_on_sunday(stage)
    stage.clock.at = MONDAY + timedelta(hours=1)
    if noted:
        async with stage.store.transaction() as connection:
            await entries.note_restored(connection, stage.clock.now())
    async with replica(stage) as successor:
        await successor.tick()
        yield successor


async def test_what_a_restored_copy_takes_for_unsent_is_looked_for_first(stage: Stage) -> None:
    async with restarted_on_an_old_copy(stage, noted=True) as successor:
        [found, _] = await successor.lines()
        assert (found.name.key.split("/")[1], await successor.states()) == ("count", [("2026-01-05", "late")])
    assert stage.platform.keys == [KEY]


async def test_a_copy_put_back_behind_our_back_posts_again(stage: Stage) -> None:
    """The limit of the promise: nothing in such a copy says that it is one."""
    async with restarted_on_an_old_copy(stage, noted=False):
        assert stage.platform.keys == [KEY, KEY]


async def test_what_falls_due_after_a_copy_was_put_back_needs_no_look(stage: Stage) -> None:
    async with restarted_on_an_old_copy(stage, noted=True) as successor:
        successor.clock.at = MONDAY + WEEK
        await successor.planner.plan()
        [claimed] = [each for each in await successor.claim() if each.name.kind == DeliveryKind.POST]
        assert claimed.doubt is None


# Power, and a process that stands still -----------------------------------------------------------------------


async def test_what_counts_as_kept_is_on_the_disk(store: Store) -> None:
    """SQLite: FULL, so that a commit outlives a power cut. PostgreSQL: nobody of us turns its own waiting off."""
    question = "SELECT source IN ('session', 'client') FROM pg_settings WHERE name = 'synchronous_commit'"
    if store.alone:
        question = "PRAGMA synchronous"

    async def look(door: Door, requests: Sequence[str]) -> Sequence[object]:
        return [(await door.run(Query(each)))[0][0] for each in requests]

    hand = store.worker(look)
    hand.start()
    kept = [await hand.call(question)]
    await hand.close()
    async with store.transaction() as connection:
        kept.append((await connection.execute(text(question))).scalar_one())
    assert kept == ([2, 2] if store.alone else [False, False])


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_an_owner_that_was_frozen_beyond_its_lease_neither_posts_again_nor_writes(
    database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    await fill(database_url, people=3)
    clock = tmp_path / "clock"
    clock.write_text(MONDAY.isoformat())
    frozen = processes.Process(
        target=process.one_round, args=(Orders(database_url, tmp_path, AWHILE, freezes_at="send.before"),)
    )
    frozen.start()
    await until((tmp_path / "frozen").exists)
    clock.write_text((MONDAY + LEASE).isoformat())
    other = processes.Process(target=process.one_round, args=(Orders(database_url, tmp_path, AWHILE),))
    other.start()
    await asyncio.to_thread(other.join, 30)
    assert imbalance(*await books(database_url, tmp_path), expected=4) == {}
    assert frozen.pid
    os.kill(frozen.pid, signal.SIGCONT)
    await asyncio.to_thread(frozen.join, 30)
    assert imbalance(*await books(database_url, tmp_path), expected=4) == {}
