"""What falls due becomes one line of the ledger, ahead of its time: never two, never a burst, never silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.core.record import replace
from bot.delivery.planner import CHUNK_ALONE, CHUNK_BESIDE
from bot.domain.course import Key
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.recurrence import Occurrence
from bot.domain.schedule import FOREVER, Schedule, ScheduleState
from bot.store.cold import schedules
from bot.store.hot.operations import Bookmark
from bot.store.outbox import alerts, entries
from tests.delivery.conftest import MONDAY, Stage, line, weekly

WEEK = timedelta(days=7)


async def test_a_weekly_post_appears_at_its_time_and_once(stage: Stage) -> None:
    await stage.add(weekly())
    await stage.tick()
    assert await stage.lines() == []
    stage.clock.at = MONDAY - timedelta(minutes=15)
    await stage.tick()
    assert (await stage.states(), stage.platform.keys) == ([("2026-01-05", "planned")], [])
    for _ in range(3):
        await stage.tick(15 * 60)
    assert (await stage.states(), stage.platform.keys) == ([("2026-01-05", "sent")], ["hand:w1/post/s1/2026-01-05"])


async def test_two_ticks_at_once_plan_one_line(stage: Stage) -> None:
    schedule = await stage.add(weekly())
    stage.clock.at = MONDAY
    assert [await stage.planner._plan(schedule, MONDAY, MONDAY) for _ in range(2)] == [2, 0]
    assert len(await stage.lines(DeliveryKind.POST)) == 1


async def test_nine_o_clock_stays_nine_o_clock_over_dst(stage: Stage) -> None:
    stage.clock.at = datetime(2026, 3, 22, 12, tzinfo=UTC)
    await stage.add(weekly(zone="Europe/Berlin"))
    for _ in range(2 * 7 * 24):
        await stage.tick(3600)
    due = [each.due.isoformat() for each in await stage.lines(DeliveryKind.POST)]
    assert due == ["2026-03-23T08:00:00+00:00", "2026-03-30T07:00:00+00:00"]


async def test_after_downtime_the_newest_comes_late_and_the_others_tell_why_not(stage: Stage) -> None:
    await stage.add(weekly())
    stage.clock.at = MONDAY + 3 * WEEK + timedelta(hours=5)
    await stage.tick()
    await stage.tick()
    assert await stage.states() == [
        ("2026-01-05", "skipped"),
        ("2026-01-12", "skipped"),
        ("2026-01-19", "skipped"),
        ("2026-01-26", "late"),
    ]
    assert stage.platform.keys == ["hand:w1/post/s1/2026-01-26"]
    assert {each.reason for each in await stage.lines(DeliveryKind.POST)} == {
        "Dualo was not running here at that time.",
        "",
    }


async def test_beyond_the_window_nothing_is_posted(stage: Stage) -> None:
    await stage.add(weekly(window=timedelta(hours=2)))
    stage.clock.at = MONDAY + timedelta(hours=2)
    await stage.tick()
    assert (await stage.states(), stage.platform.keys) == ([("2026-01-05", "skipped")], [])


async def test_a_holiday_gets_a_line_that_names_it(stage: Stage) -> None:
    stage.clock.at = datetime(2026, 4, 5, 12, tzinfo=UTC)
    await stage.add(weekly(holidays="DE"))
    stage.clock.at = datetime(2026, 4, 6, 9, tzinfo=UTC)
    await stage.tick()
    [easter] = await stage.lines(DeliveryKind.POST)
    assert (easter.state, "Easter" in easter.reason, stage.platform.keys) == ("skipped", True, [])


async def test_a_skipped_date_gets_a_line_and_the_next_is_posted(stage: Stage) -> None:
    await stage.add(weekly(skips=frozenset({MONDAY.date()})))
    for moment in (MONDAY, MONDAY + WEEK):
        stage.clock.at = moment
        await stage.tick()
    assert await stage.states() == [("2026-01-05", "skipped"), ("2026-01-12", "sent")]


async def test_a_pause_ends_by_itself_and_leaves_no_lines(stage: Stage) -> None:
    await stage.add(weekly(paused_until=date(2026, 1, 13)))
    for moment in (MONDAY, MONDAY + WEEK, MONDAY + 2 * WEEK):
        stage.clock.at = moment
        await stage.tick()
    assert await stage.states() == [("2026-01-19", "sent")]


async def test_a_schedule_ends_after_its_last_date(stage: Stage) -> None:
    schedule = weekly()
    await stage.add(replace(schedule, rule=replace(schedule.rule, until=date(2026, 1, 6))))
    stage.clock.at = MONDAY
    await stage.tick()
    async with stage.store.reading() as connection:
        found = await schedules.find(connection, "hand:w1", "s1")
    assert isinstance(found, Schedule)
    assert (found.state, await stage.states()) == (ScheduleState.ENDED, [("2026-01-05", "sent")])


async def test_a_change_takes_back_what_was_planned(stage: Stage) -> None:
    schedule = await stage.add(weekly())
    stage.clock.at = MONDAY - timedelta(minutes=10)
    await stage.tick()
    later = replace(schedule, rule=replace(schedule.rule, at=schedule.rule.at.replace(hour=10)))
    async with stage.store.transaction() as connection:
        assert await schedules.change(connection, later, stage.clock.now())
    assert await stage.lines() == []
    await stage.tick(10 * 60)
    assert stage.platform.keys == []
    await stage.tick(60 * 60)
    assert await stage.states() == [("2026-01-05", "sent")]


async def test_of_two_changes_to_one_version_the_second_is_refused(stage: Stage) -> None:
    schedule = await stage.add(weekly())
    async with stage.store.transaction() as connection:
        first = await schedules.change(connection, replace(schedule, mention="a"), stage.clock.now())
        second = await schedules.change(connection, replace(schedule, mention="b"), stage.clock.now())
        kept = await schedules.find(connection, "hand:w1", "s1")
    assert isinstance(kept, Schedule)
    assert (first, second, kept.mention, kept.version) == (True, False, "a", 1)


async def test_what_is_kept_of_a_schedule_is_what_was_given(stage: Stage) -> None:
    schedule = weekly(
        skips=frozenset({date(2026, 2, 2)}), paused_until=FOREVER, mention="role", thread=True, holidays="DE-BY",
        start_at="layers", created_by="ada", window=timedelta(hours=3),
    )  # fmt: skip
    await stage.add(schedule)
    async with stage.store.reading() as connection:
        assert await schedules.of_workspace(connection, "hand:w1") == [schedule]
        assert await schedules.due(connection, MONDAY + 100 * WEEK, most=5) == []


async def test_a_removed_schedule_posts_nothing_and_its_past_stays(stage: Stage) -> None:
    await stage.add(weekly())
    stage.clock.at = MONDAY
    await stage.tick()
    stage.clock.at = MONDAY + WEEK - timedelta(minutes=5)
    await stage.tick()
    async with stage.store.transaction() as connection:
        assert await schedules.remove(connection, "hand:w1", "s1")
    await stage.tick(600)
    assert await stage.states() == [("2026-01-05", "sent")]


async def test_a_schedule_that_cannot_be_read_stops_nobody_else(stage: Stage) -> None:
    await stage.add(weekly("s1"))
    await stage.add(weekly("s2"))
    await stage.add(weekly("s3", holidays="XX"))
    async with stage.store.transaction() as connection:
        await connection.execute(text("UPDATE schedule SET zone = 'Mars/Olympus' WHERE id = 's1'"))
    stage.clock.at = MONDAY
    await stage.tick()
    async with stage.store.reading() as connection:
        open_alerts = await alerts.of_workspace(connection, "hand:w1")
    assert stage.platform.keys == ["hand:w1/post/s2/2026-01-05"]
    assert [alert.cause for alert in open_alerts] == ["broken s1", "broken s3"]


async def test_a_post_is_edited_a_week_later(stage: Stage) -> None:
    await stage.add(weekly())
    stage.clock.at = MONDAY
    await stage.tick()
    stage.clock.at = MONDAY + WEEK
    await stage.tick()
    assert [message for message, _ in stage.platform.edits] == ["m0"]
    assert await stage.states(DeliveryKind.COUNT) == [("2026-01-05", "sent"), ("2026-01-12", "planned")]


async def test_a_post_by_hand_forbids_the_planned_one_that_day(stage: Stage) -> None:
    await stage.add(weekly())
    stage.clock.at = MONDAY - timedelta(hours=2)
    assert await stage.plan(line("s1", stage.clock.at)) == 1
    await stage.tick()
    stage.clock.at = MONDAY
    await stage.tick()
    assert await stage.plan(line("s1", stage.clock.at)) == 0
    assert stage.platform.keys == ["hand:w1/post/s1/2026-01-05"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_while_somebody_presses_the_writer_is_held_for_moments_only(stage: Stage) -> None:
    assert stage.planner._chunk() == CHUNK_ALONE
    await stage.store.write(Bookmark(Seat("hand:w1", "ada"), Key("theme", "lesson"), MONDAY))
    assert stage.planner._chunk() == CHUNK_BESIDE


async def test_nudges_of_many_are_planned_in_chunks_and_once(stage: Stage) -> None:
    for number in range(23):
        await stage.nudge(f"p{number:02}", MONDAY)
    stage.planner._chunk = lambda: 5  # type: ignore[method-assign]
    stage.clock.at = MONDAY - timedelta(minutes=1)
    await stage.planner.plan_nudges()
    await stage.planner.plan_nudges()
    assert len(await stage.lines(DeliveryKind.NUDGE)) == 23
    await stage.tick(60)
    assert sorted(stage.platform.keys) == [f"hand:w1/nudge/p{number:02}/2026-01-05" for number in range(23)]


async def test_the_next_nudge_is_worked_out_when_the_last_is_over(stage: Stage) -> None:
    await stage.nudge("ada", MONDAY)
    stage.clock.at = MONDAY
    await stage.tick()
    stage.following = Occurrence(date(2026, 1, 6), MONDAY + timedelta(days=1))
    await stage.tick(7 * 3600)
    stage.following = None
    await stage.tick(18 * 3600)
    assert [each.name.local_date.day for each in await stage.lines(DeliveryKind.NUDGE)] == [5, 6]
    await stage.tick(24 * 3600)
    assert len(stage.platform.keys) == 2


async def test_what_was_decided_meanwhile_is_not_overwritten(stage: Stage) -> None:
    await stage.nudge("ada", MONDAY)
    stage.clock.at = MONDAY
    await stage.tick()
    await stage.nudge("ada", MONDAY + timedelta(days=3))
    await stage.tick(7 * 3600)
    stage.clock.at = MONDAY + timedelta(days=3)
    await stage.tick()
    assert [each.name.local_date.day for each in await stage.lines(DeliveryKind.NUDGE)] == [5, 8]


async def test_old_lines_go_and_the_posts_of_a_living_schedule_stay(stage: Stage) -> None:
    await stage.add(weekly())
    await stage.nudge("ada", MONDAY)
    stage.clock.at = MONDAY
    await stage.tick()
    await stage.plan(line("gone", MONDAY), line("open", MONDAY + timedelta(days=400)))
    await stage.tick()
    stage.clock.at = MONDAY + timedelta(days=91)
    assert await stage.sweeper.retain() == 2
    left = {(each.name.kind, each.name.schedule) for each in await stage.lines()}
    assert left == {("post", "s1"), ("count", "s1"), ("post", "open")}


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_the_same_line_is_written_once_however_often(stage: Stage, count: int) -> None:
    lines = [line(f"s{number}", MONDAY) for number in range(count)]
    assert [await stage.plan(*lines, *lines), await stage.plan(*lines)] == [count, 0]
    async with stage.store.reading() as connection:
        found = await entries.posts_of(connection, "hand:w1", ["s0"])
    assert len(found["s0"]) == min(count, 1)
