"""Reminders while what is around them changes: the workspace, the place of a mention, the learner's timezone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import views
from bot.core.record import replace
from bot.domain.learner import Seat
from bot.features import commands
from bot.packs.library import Library
from bot.store.cold import consents, schedules, workspaces
from bot.store.store import Store
from tests.conftest import Learner
from tests.delivery.conftest import MONDAY, weekly
from tests.delivery.nudged import DAILY, THEME, WORKSPACE, Nudged, nudged
from tests.hand_clock import HandClock

MENTION = replace(DAILY, nudges=commands.Nudges.MENTION)
DAY = timedelta(days=1)


@pytest.fixture
async def stage(store: Store, clock: HandClock, library: Library) -> AsyncIterator[Nudged]:
    async with nudged(store, clock, library) as stage:
        yield stage


async def test_nobody_is_planned_for_where_dualo_was_taken_away_until_it_is_back(stage: Nudged) -> None:
    await stage.willing()
    async with stage.store.transaction() as connection:
        await workspaces.left(connection, WORKSPACE, stage.clock.at)
    await stage.days(3)
    assert await stage.endings() == []
    for _ in range(2):  # a second word of it changes nothing
        async with stage.store.transaction() as connection:
            await workspaces.joined(connection, WORKSPACE, stage.clock.at)
    assert await stage.days(1) == ["2026-01-08"]


async def mentioned(stage: Nudged) -> list[str]:
    """Where Ada was called by the end of the next day at nine."""
    before = len(stage.platform.posts)
    await stage.days(1)
    return [post.address for post in stage.platform.posts[before:] if "/nudge/" in post.key]


async def test_a_mention_follows_the_schedule_to_its_new_place(stage: Nudged) -> None:
    schedule = await stage.add(replace(weekly(), theme=THEME, address="room"))
    await stage.willing(wanted=MENTION)
    async with stage.store.transaction() as connection:
        await schedules.change(connection, replace(schedule, address="hall"), stage.clock.at)
    assert await mentioned(stage) == ["hall"]


async def test_a_mention_that_is_planned_does_not_come_where_nothing_is_posted_any_more(stage: Nudged) -> None:
    schedule = await stage.add(replace(weekly(), theme=THEME, address="room"))
    await stage.willing(wanted=MENTION)
    await stage.until(MONDAY - timedelta(minutes=5))
    async with stage.store.transaction() as connection:
        await schedules.change(connection, replace(schedule, address="hall"), stage.clock.at)
    await stage.until(MONDAY)
    assert stage.platform.posts == []
    assert [reason for _, _, reason in await stage.endings()] == ["Reminders go elsewhere by now."]


async def test_nobody_is_mentioned_where_no_schedule_is_left_and_the_settings_say_why(stage: Nudged) -> None:
    schedule = await stage.add(replace(weekly(), theme=THEME, address="room"))
    ada = await stage.willing(wanted=MENTION)
    async with stage.store.transaction() as connection:
        await schedules.remove(connection, WORKSPACE, schedule.id)
    assert (await mentioned(stage), await stage.endings()) == ([], [])
    assert (await shown(ada))["Next reminder"] == "none. No lessons are posted here any more."
    await stage.add(replace(weekly("s2"), theme=THEME, address="hall"))
    assert await mentioned(stage) == ["hall"]


async def test_mentions_go_on_where_a_schedule_has_ended(stage: Nudged) -> None:
    schedule = await stage.add(replace(weekly(), theme=THEME, address="room"))
    await stage.willing(wanted=MENTION)
    async with stage.store.transaction() as connection:
        await schedules.end(connection, WORKSPACE, schedule.id, theme=THEME)
    assert await mentioned(stage) == ["room"]


async def shown(learner: Learner) -> dict[str, str]:
    page = await learner.does(commands.OpenSettings())
    assert isinstance(page, views.SettingsPage)
    return {pair.name: pair.value for pair in page.values}


async def test_a_timezone_that_the_platform_tells_anew_holds_from_the_next_look(stage: Nudged) -> None:
    ada = await stage.willing()
    ada.actor = replace(ada.actor, timezone="America/New_York")
    assert "at 09:00 (America/New_York)" in (await shown(ada))["When"]
    await reminded_in_new_york(stage)


@pytest.mark.parametrize("command", [commands.Themes(), commands.Next(), commands.Saved(), commands.Home()])
async def test_whoever_moved_is_reminded_by_the_new_clock_whatever_they_ask_for(
    stage: Nudged, command: commands.Command
) -> None:
    ada = await stage.willing()
    ada.actor = replace(ada.actor, timezone="America/New_York")
    await ada.does(command)
    await reminded_in_new_york(stage)


async def test_whoever_stays_where_they_are_costs_no_look(stage: Nudged, moves: list[str]) -> None:
    ada = await stage.willing()
    ada.actor = replace(ada.actor, timezone="America/New_York")
    for _ in range(5):
        await ada.does(commands.Themes())
    assert moves == ["ada"]


async def test_of_whoever_paused_recording_no_zone_is_kept(stage: Nudged, moves: list[str]) -> None:
    ada = await stage.willing()
    await ada.does(commands.Privacy(action=commands.PrivacyVerb.PAUSE))
    ada.actor = replace(ada.actor, timezone="America/New_York")
    await ada.does(commands.Themes())
    assert moves == []


async def reminded_in_new_york(stage: Nudged) -> None:
    await stage.until(MONDAY)
    assert stage.platform.posts == []
    await stage.until(MONDAY + timedelta(hours=5))
    assert [post.key for post in stage.platform.posts] == ["hand:w1/nudge/ada/2026-01-05"]


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whose zone was written anew."""
    seen: list[str] = []
    moved = consents.moved

    async def counted(connection: AsyncConnection, seat: Seat, zone: str) -> None:
        seen.append(seat.person)
        await moved(connection, seat, zone)

    monkeypatch.setattr(consents, "moved", counted)
    return seen
