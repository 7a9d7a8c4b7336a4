"""What happens in an order that nobody plans for: posts overtaken, schedules prolonged or removed at the last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, time, timedelta

import pytest

from bot import commands
from bot.domain.course import Shelf
from bot.domain.recurrence import EVERY_DAY, Rule, Weekday
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.scene import Scene, numbers, scene_on


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    """The clock stands at Sunday noon."""
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


async def test_after_downtime_the_newest_comes_alone_even_if_an_older_one_was_planned(scene: Scene) -> None:
    rule = Rule(EVERY_DAY, time(9), zone="UTC", start=date(2026, 1, 1))
    await scene.add(rule=rule, window=timedelta(hours=72))
    scene.stage.clock.at = MONDAY - timedelta(minutes=10)
    await scene.stage.planner.plan()
    await scene.at(MONDAY + timedelta(days=1, minutes=1))
    assert numbers(scene.posted) == [1]
    overtaken = "The next post was due before this one could go out."
    assert await scene.reasons() == [("skipped", overtaken), ("sent", "")]


async def test_a_schedule_that_was_prolonged_in_time_is_not_said_to_have_ended(scene: Scene) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1), until=MONDAY.date())
    await scene.add(rule=rule)
    await scene.at(MONDAY - timedelta(minutes=10))
    await scene.ada.does(commands.ScheduleEdit(id="S1", until="2026-03-01"))
    await scene.at(MONDAY)
    await scene.at(MONDAY + timedelta(minutes=6))
    assert (numbers(scene.posted), scene.told) == ([1], [])


async def test_a_schedule_that_was_removed_is_not_said_to_have_ended(scene: Scene) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1), until=MONDAY.date())
    await scene.add(rule=rule)
    await scene.at(MONDAY)
    await scene.ada.does(commands.ScheduleRemove(id="S1", confirm=True))
    await scene.at(MONDAY + timedelta(minutes=6))
    assert (numbers(scene.posted), scene.told) == ([1], [])
