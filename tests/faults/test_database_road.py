"""The network between a process and its PostgreSQL fails on purpose while posts are due and people learn.

What a crash of PostgreSQL itself costs is in tests/delivery/test_database_restart.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.faults.network import GUST, SENT, Network, before_database, between, gathered, until_over, untold
from tests.faults.proxy import Act, Fault, Proxy
from tests.promises.stage import PATIENCE, Stage
from tests.promises.test_promises import JUST_AFTER, filled
from tests.thoroughness import THOROUGH

pytestmark = pytest.mark.postgres
SEEDS = range(20) if THOROUGH else range(1)
STRIKES = 12
"""Before the storm ends."""


@pytest.fixture
async def network(shared: Stage) -> AsyncIterator[Network]:
    async with between(shared) as made:
        yield made


@pytest.fixture
async def road(network: Network) -> AsyncIterator[Proxy]:
    async with before_database(network.stage) as proxy:
        yield proxy


async def test_answers_of_the_database_that_never_come_are_given_up(network: Network, road: Proxy) -> None:
    """As behind a network that has forgotten the connection, or a standby that took over without a word."""
    stage, count = network.stage, 2
    stage.settings["TEST_ANSWERS_WITHIN"] = "1"
    monday = await filled(stage, count)
    learning = gathered(stage, 2)
    await network.start()
    await learning.all_press()
    road.strike(Fault(Act.SWALLOW))  # a connection that rests is found out before it is used, and given up unsaid
    road.plan(Fault(Act.SWALLOW, words=b"FOR UPDATE SKIP LOCKED"))  # and one of those that come instead is in use
    stage.turn_to(monday + JUST_AFTER)
    await stage.until_over(2 * count)
    assert await stage.imbalance(2 * count) == {}
    assert {line.state for line in await stage.lines()} <= SENT
    await network.until_trouble()
    await learning.all_press()
    assert sorted(await learning.recorded()) == learning.everybody == sorted(learning.kept)
    await network.stop()
    assert "no answer came in time" in network.log
    assert "Traceback" not in network.log


@pytest.mark.parametrize("seed", SEEDS)
async def test_in_a_storm_before_the_database_nothing_is_lost_and_nothing_doubled(
    network: Network, road: Proxy, seed: int
) -> None:
    stage, count = network.stage, 4
    stage.settings["TEST_ANSWERS_WITHIN"] = "3"
    monday = await filled(stage, count)
    learning = gathered(stage, 3)
    await network.start()
    road.storm(seed)
    stage.turn_to(monday + JUST_AFTER)
    async with asyncio.timeout(PATIENCE):
        while len(road.struck) < STRIKES:
            await asyncio.gather(learning.all_press(), asyncio.sleep(1))
            stage.turn(GUST)
            road.stir()
    road.calm()
    await until_over(network, 2 * count)
    assert await stage.imbalance(2 * count) == {}
    assert {line.state for line in await stage.lines()} <= SENT
    await network.until_trouble()
    assert learning.kept <= set(await learning.recorded())
    await learning.all_press()
    assert sorted(await learning.recorded()) == learning.everybody
    assert network.lives
    await network.stop()
    assert untold(network.log) == []
    assert "garbage collector" not in network.log, "and every connection is given back"
