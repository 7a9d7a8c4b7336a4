"""What happens in an order that nobody plans for: posts overtaken, schedules prolonged or removed at the last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import replace
from bot.domain.course import Shelf
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.recurrence import EVERY_DAY, Occurrence, Rule, Weekday
from bot.domain.schedule import ScheduleState
from bot.features import commands
from bot.store import tables
from bot.store.cold import privacy
from bot.store.database import Database
from bot.store.outbox import entries, nudges
from bot.store.store import Store, opened
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.platform import gone
from tests.delivery.scene import Scene, numbers, scene_on

ADA = Seat("hand:w1", "ada")


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


async def test_before_its_last_post_a_schedule_has_not_ended_and_can_be_paused(scene: Scene) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1), until=MONDAY.date())
    await scene.add(rule=rule)
    await scene.at(MONDAY - timedelta(minutes=10))
    assert (await scene.found()).state is ScheduleState.ACTIVE
    await scene.ada.does(commands.SchedulePause(id="S1"))
    await scene.at(MONDAY)
    assert (scene.posted, await scene.reasons()) == ([], [])
    await scene.ada.does(commands.ScheduleResume(id="S1"))
    assert (await scene.found()).paused


async def test_with_its_last_post_a_schedule_ends(scene: Scene) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1), until=MONDAY.date())
    await scene.add(rule=rule)
    for minutes in (-10, -5, 0, 4):
        await scene.at(MONDAY + timedelta(minutes=minutes))
    assert ((await scene.found()).state, scene.told, numbers(scene.posted)) == (ScheduleState.ENDED, [], [1])
    for minutes in (6, 12):
        await scene.at(MONDAY + timedelta(minutes=minutes))
    assert len(scene.told) == 1


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


async def test_what_was_mended_and_breaks_again_the_same_day_is_told_again(scene: Scene) -> None:
    first = await scene.add()
    afternoon = replace(first.rule, at=time(15))
    await scene.stage.add(replace(first, id="S2", rule=afternoon))
    scene.stage.platform.turns.append(gone())
    await scene.at(MONDAY)
    await scene.stage.tick(60)
    assert len(scene.told) == 1
    await scene.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    await scene.stage.tick(60)
    scene.stage.platform.turns.append(gone())
    await scene.at(MONDAY + timedelta(hours=6))
    await scene.stage.tick(60)
    assert (numbers(scene.posted), len(scene.told)) == ([1], 2)


async def test_a_change_while_a_reminder_is_being_planned_leaves_no_line_of_before(postgres_url: str) -> None:
    """Where two may write at once: the planner's line is not seen by the change until the planner is done."""
    now = MONDAY - timedelta(minutes=10)
    lines, cursors = await beside_the_planner(postgres_url, lambda store: changed(store, now))
    assert (lines, cursors) == ([], [("", now)])


async def test_nothing_is_left_of_whoever_erases_while_a_reminder_is_being_planned(postgres_url: str) -> None:
    assert await beside_the_planner(postgres_url, erased) == ([], [])


async def beside_the_planner(
    url: str, act: Callable[[Store], Coroutine[None, None, None]]
) -> tuple[list[str], list[tuple[str, datetime]]]:
    """What is left in ledger and cursors if somebody acts in the middle of a chunk."""
    async with opened(Database(url)) as store:
        async with store.transaction() as connection:
            following = Occurrence(MONDAY.date(), MONDAY)
            await nudges.put(connection, ADA, DeliveryKind.NUDGE, address="dm-ada", following=following)
        async with store.transaction() as planning:
            assert await entries.try_lock(planning, "planner")
            await nudges.plan(planning, MONDAY, window=timedelta(hours=6), after=nudges.BEGINNING, most=100)
            other = asyncio.create_task(act(store))
            await waits_for_a_lock(planning)
        await other
        async with store.reading() as connection:
            lines = list((await connection.execute(select(tables.delivery.c.state))).scalars())
            cursors = await connection.execute(select(tables.nudge.c.next_date, tables.nudge.c.next_due))
            return lines, [tuple(row) for row in cursors]


async def erased(store: Store) -> None:
    async with store.transaction() as connection:
        await privacy.erase(connection, ADA, at=MONDAY)


async def changed(store: Store, now: datetime) -> None:
    async with store.transaction() as connection:
        await nudges.arm(connection, ADA, DeliveryKind.NUDGE, address="room", now=now)


async def waits_for_a_lock(connection: AsyncConnection) -> None:
    """Until somebody waits for what this transaction holds."""
    of_us = "datname = current_database() AND wait_event_type = 'Lock'"
    waiting = text(f"SELECT count(*) FROM pg_stat_activity WHERE {of_us}")
    while not (await connection.execute(waiting)).scalar_one():
        await connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        await asyncio.sleep(0.01)
