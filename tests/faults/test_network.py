"""The network between a process and the platforms fails on purpose, by a plan or by chance, while posts are due and
people learn: nothing is lost or doubled, the process lives, and the log tells it in lines.

`DUALO_THOROUGH=1` makes the storms many and waits for answers as long as Dualo does. A failure names its seed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.posts import DeliveryState
from tests.faults.network import GUST, SENT, Network, between, gathered, until_over
from tests.faults.proxy import Act, Fault, Way
from tests.promises.stage import PATIENCE, Stage, until
from tests.promises.test_promises import JUST_AFTER, filled
from tests.thoroughness import THOROUGH

SEEDS = range(40) if THOROUGH else range(1)
STRIKES = 5
"""On each road, before the storm ends."""


@pytest.fixture
async def network(stage: Stage) -> AsyncIterator[Network]:
    async with between(stage) as made:
        yield made


@pytest.mark.parametrize("seed", SEEDS)
async def test_in_a_storm_nothing_is_lost_and_nothing_doubled(network: Network, seed: int) -> None:
    stage, count = network.stage, 4
    monday = await filled(stage, count)
    learning = gathered(stage, 3)
    await network.start()
    for number, road in enumerate(network.roads):
        road.storm(2 * seed + number)
    stage.turn_to(monday + JUST_AFTER)
    async with asyncio.timeout(PATIENCE):
        while min(len(road.struck) for road in network.roads) < STRIKES:
            await asyncio.gather(learning.all_press(), asyncio.sleep(1))
            stage.turn(GUST)
            for road in network.roads:
                road.stir()
    for road in network.roads:
        road.calm()

    await until_over(network, 2 * count)
    assert await stage.imbalance(2 * count) == {}
    assert {line.state for line in await stage.lines()} <= SENT
    await network.until_trouble()
    assert learning.kept <= set(await learning.recorded())
    for _ in range(3):
        await learning.all_press()
    assert sorted(await learning.recorded()) == learning.everybody == sorted(learning.kept)
    assert network.lives
    await network.stop()
    assert "Traceback" not in network.log


BREAKS = [
    *(Fault(act, Way.BACK, after) for act in (Act.CUT, Act.RESET) for after in (0, 60)),
    Fault(Act.SWALLOW, Way.BACK, seconds=1),
    *(Fault(act, Way.OUT, 200) for act in (Act.CUT, Act.RESET)),
    Fault(Act.SWALLOW, Way.OUT, 200, seconds=1),
]
"""An answer that breaks before it begins, or in its middle; a request that does; both lost without a word."""


async def test_wherever_a_post_or_its_answer_breaks_the_post_stands_there_once(network: Network) -> None:
    stage, count = network.stage, len(BREAKS)
    monday = await filled(stage, count)
    await network.start()
    asks = {network.discord: b"POST /api/v10/channels/", network.slack: b"POST /api/chat.postMessage"}
    for road, words in asks.items():
        road.plan(*(replace(fault, words=words) for fault in BREAKS))
    stage.turn_to(monday + JUST_AFTER)

    async def all_struck() -> bool | None:
        return True if all(len(road.struck) == count for road in network.roads) else None

    await until(all_struck, "every break")
    await until_over(network, 2 * count)
    assert await stage.imbalance(2 * count) == {}
    assert {line.state for line in await stage.lines()} <= SENT
    await network.stop()
    assert "Traceback" not in network.log


@pytest.mark.parametrize("away", ["discord", "slack"])
async def test_while_one_platform_refuses_the_other_is_served_and_readiness_tells_which(
    network: Network, away: str
) -> None:
    stage = network.stage
    monday = await filled(stage, 1)
    learning = gathered(stage, 1)
    await network.start()
    await network.until_trouble()
    road = network.discord if away == "discord" else network.slack
    await road.refuse()
    road.strike(Fault(Act.RESET))
    reasons = await network.until_trouble(away)
    assert "connect" in reasons[away] or "socket" in reasons[away]
    there = "slack" if away == "discord" else "discord"
    stage.turn_to(monday + JUST_AFTER)
    await learning.press_on(there)

    async def one_posted() -> str | None:
        sent = [line for line in await stage.lines() if line.state in SENT]
        return ",".join(line.name.workspace.partition(":")[0] for line in sent) or None

    assert await until(one_posted, "the post of the other platform") == there
    assert sorted(learning.kept) == sorted(await learning.recorded()) == learning.everybody_on(there)
    await road.open()
    await until_over(network, 2)
    await network.until_trouble()
    await learning.all_press()
    assert await stage.imbalance(2) == {}
    assert sorted(learning.kept) == learning.everybody
    await network.stop()
    assert "Traceback" not in network.log


SLOW = [Fault(Act.SWALLOW), Fault(Act.DELAY, seconds=2), Fault(Act.TRICKLE, seconds=0.2)][: 3 if THOROUGH else 1]


@pytest.mark.parametrize("slow", SLOW, ids=lambda fault: str(fault.act))
async def test_while_one_platform_is_slow_or_silent_the_other_is_served(network: Network, slow: Fault) -> None:
    stage, count = network.stage, 3
    monday = await filled(stage, count)
    learning = gathered(stage, 3)
    await network.start()
    network.slack.always(slow, replace(slow, way=Way.OUT))
    stage.turn_to(monday + JUST_AFTER)
    await learning.press_on("discord")
    assert sorted(learning.kept) == learning.everybody_on("discord")

    async def posted() -> bool | None:
        lines = [line for line in await stage.lines() if line.name.workspace.startswith("discord")]
        return True if [line.state for line in lines] == [DeliveryState.SENT] * count else None

    await until(posted, "the posts in Discord")
    assert [stage.times_posted(line) for line in await stage.lines() if line.state.over] == [1] * count
    network.slack.calm()
    await until_over(network, 2 * count)
    assert await stage.imbalance(2 * count) == {}
    await network.until_trouble()
    await network.stop()
    assert "Traceback" not in network.log


@pytest.mark.skipif(not THOROUGH, reason="silence is noticed after a minute: set DUALO_THOROUGH")
async def test_silence_on_every_road_for_as_long_as_anybody_waits_is_outlived(network: Network) -> None:
    """Half-open connections alone, until the libraries themselves give them up: nobody is told that anything broke."""
    stage, count = network.stage, 3
    monday = await filled(stage, count)
    learning = gathered(stage, 2)
    stage.discord.gateway.heartbeat_seconds = 5.0
    await network.start()
    silence = Fault(Act.SWALLOW)
    for road in network.roads:
        road.always(silence, replace(silence, way=Way.OUT))
    stage.turn_to(monday + JUST_AFTER)
    await network.until_trouble("slack")  # its web sockets ping every few seconds
    await asyncio.sleep(75)
    for road in network.roads:
        road.spare()
    await until_over(network, 2 * count)
    assert await stage.imbalance(2 * count) == {}
    await network.until_trouble()
    await learning.all_press()
    assert sorted(learning.kept) == learning.everybody
    await network.stop()
    assert "Traceback" not in network.log
