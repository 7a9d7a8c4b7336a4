"""What is around a running process breaks: no post is lost, doubled or late without need, and the log says why.

`DUALO_THOROUGH=1` makes the rounds more. Kills, storms of errors, answers that never come and clocks that jump are in
tests/promises; a PostgreSQL that goes and comes back is in tests/delivery/test_database_restart.py.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from bot.domain.posts import DeliveryState
from tests.forking import Forked
from tests.promises.stage import Stage
from tests.promises.test_promises import JUST_AFTER, filled
from tests.thoroughness import THOROUGH

PUNCTUAL = {DeliveryState.SENT}
PUNCTUAL_OR_LATE = {DeliveryState.SENT, DeliveryState.LATE}


class Told:
    """What a process writes to its log."""

    def __init__(self, process: Forked) -> None:
        assert process.stderr
        self._stream = process.stderr
        self.lines: list[str] = []

    async def until(self, words: str) -> None:
        async with asyncio.timeout(60):
            while not self.lines or words not in self.lines[-1]:
                read = await self._stream.readline()
                assert read, f"it ended without “{words}”: {self.lines}"
                self.lines.append(read.decode())

    async def rest(self) -> str:
        """Everything it said; it has ended."""
        self.lines += (await self._stream.read()).decode().splitlines()
        return "\n".join(self.lines)


async def test_a_disk_that_is_full_holds_posts_back_until_there_is_room(stage: Stage) -> None:
    resource = pytest.importorskip("resource")
    monday = await filled(stage, 1)
    process = await stage.start(stderr=asyncio.subprocess.PIPE)
    told = Told(process)
    before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, -1))
    stage.turn_to(monday + JUST_AFTER)
    await told.until("A tick waits for the database.")
    assert [stage.times_posted(line) for line in await stage.lines()] == []
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
    lines = await stage.until_over(2)
    assert {line.state for line in lines} <= PUNCTUAL_OR_LATE
    assert await stage.imbalance(2) == {}
    await stage.stop(process)
    assert "Traceback" not in await told.rest()


async def test_a_database_that_another_program_locks_holds_posts_back_until_it_lets_go(stage: Stage) -> None:
    monday = await filled(stage, 1)
    process = await stage.start(stderr=asyncio.subprocess.PIPE)
    told = Told(process)
    with closing(sqlite3.connect(stage.folder / "dualo.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        stage.turn_to(monday + JUST_AFTER)
        await told.until("reason='database is locked'")
        other.execute("ROLLBACK")
    lines = await stage.until_over(2)
    assert {line.state for line in lines} <= PUNCTUAL_OR_LATE
    assert await stage.imbalance(2) == {}
    await stage.stop(process)
    assert "Traceback" not in await told.rest()


async def test_while_discord_is_out_of_reach_at_the_start_slack_is_served(stage: Stage) -> None:
    monday = await filled(stage, 1)
    await stage.discord.stop()
    stage.turn_to(monday + JUST_AFTER)
    process = await stage.start(serving=False, stderr=asyncio.subprocess.PIPE)
    told = Told(process)
    await told.until("Check the network of this machine and DUALO_DISCORD_API_URL.")

    posted = await until_posted_in_slack(stage)
    assert posted == 1
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert "Traceback" not in await told.rest()


async def until_posted_in_slack(stage: Stage) -> int:
    (room,) = stage.rooms.values()
    async with asyncio.timeout(60):
        while not stage.team.messages(room):  # noqa: ASYNC110 - the other end is another process
            await asyncio.sleep(0.1)
    return len(stage.team.messages(room))


async def test_told_to_end_again_and_again_it_ends_well_and_loses_nothing(stage: Stage) -> None:
    monday = await filled(stage, 2)
    stage.turn_to(monday + JUST_AFTER)
    for pause in (0.0, 0.05) if THOROUGH else (0.02,):  # while the posts go out
        process = await stage.start(stderr=asyncio.subprocess.PIPE)
        await asyncio.sleep(pause)
        await stage.stop(process)
        assert "Traceback" not in await Told(process).rest()
    process = await stage.start()
    await stage.until_over(4)
    assert await stage.imbalance(4) == {}
    await stage.stop(process)


@pytest.mark.postgres
@pytest.mark.skipif(
    not THOROUGH, reason="six starts: set DUALO_THOROUGH; tests/faults/test_replicas.py has the short one"
)
async def test_a_rolling_restart_of_three_replicas_delays_no_post(shared: Stage) -> None:
    count = 3
    monday = await filled(shared, count)
    running = await asyncio.gather(*(shared.start(slack=False) for _ in range(3)))
    shared.turn_to(monday - timedelta(seconds=2))
    after: list[Forked] = []
    for old in running:
        await shared.stop(old)
        if len(after) == 1:
            shared.turn_to(monday + JUST_AFTER)
        after.append(await shared.start(slack=False))
    async with asyncio.timeout(60):
        while not await all_over(shared, count):  # noqa: ASYNC110 - the ledger wakes nobody
            await asyncio.sleep(0.2)
    assert {line.state for line in await shared.lines() if line.name.workspace.startswith("discord")} == PUNCTUAL
    assert [shared.times_posted(line) for line in await shared.lines() if line.state.over] == [1] * count
    for process in after:
        await shared.stop(process)


async def all_over(stage: Stage, count: int) -> bool:
    return sum(line.state.over for line in await stage.lines()) == count
