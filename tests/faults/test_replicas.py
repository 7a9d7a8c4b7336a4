"""Several processes on one database, restarted one after the other at the very minute of a post."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from tests.delivery.conftest import MONDAY, Stage, platform, replica, stage, weekly

__all__ = ["platform", "stage"]

COUNT = 9


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Several processes need PostgreSQL."""
    return postgres_url


@pytest.mark.postgres
async def test_a_rolling_restart_of_three_replicas_delays_no_post_and_doubles_none(stage: Stage) -> None:
    for number in range(COUNT):
        await stage.add(weekly(f"s{number}"))
    stage.clock.at = MONDAY - timedelta(seconds=1)
    async with AsyncExitStack() as stack:
        running = [await stack.enter_async_context(replica(stage)) for _ in range(3)]
        for old in running:
            await old.planner.plan()
        stage.clock.at = MONDAY
        for old in running:
            claimed = await old.leases.claim("hand", 2)
            await old.courier.stop(5)
            for entry in claimed.entries:  # told to end with rows in hand that it has not begun to send
                await old.sender.carry(entry)
            new = await stack.enter_async_context(replica(stage))
            await new.tick(1)
    lines = [line for line in await stage.lines() if line.name.kind == "post"]
    assert [line.state.value for line in lines] == ["sent"] * COUNT
    assert sorted(stage.platform.keys) == sorted(line.name.key for line in lines)
