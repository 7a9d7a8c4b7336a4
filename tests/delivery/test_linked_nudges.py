"""Somebody who is linked is reminded once a day, in the chat where they chose it last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core import views
from bot.core.record import replace
from bot.domain.learner import Seat
from bot.features import commands
from bot.packs.library import Library
from bot.store.cold import consents, links
from bot.store.store import Store
from tests.conftest import Learner
from tests.delivery.nudged import DAILY, THEME, WORKSPACE, Nudged, nudged
from tests.hand_clock import HandClock

ADA, OTHER = Seat(WORKSPACE, "ada"), Seat("hand:w2", "lovelace")


@pytest.fixture
async def stage(store: Store, clock: HandClock, library: Library) -> AsyncIterator[Nudged]:
    async with nudged(store, clock, library) as stage:
        yield stage


async def willing(stage: Nudged, seat: Seat, wanted: commands.EditReminders = DAILY) -> Learner:
    learner = stage.learner(seat.person, workspace=seat.workspace)
    await learner.does(commands.FollowTheme(theme=THEME))
    await learner.does(wanted)
    stage.platform.posts.clear()
    stage.clock.at += timedelta(minutes=1)
    return learner


async def link(stage: Nudged) -> None:
    async with stage.store.transaction() as connection:
        assert await links.make(connection, ADA, OTHER, stage.clock.at)


def told(stage: Nudged) -> list[tuple[str, str]]:
    """Whom, and on which date."""
    return [(post.key.split("/")[2], post.key.rpartition("/")[2]) for post in stage.platform.posts]


async def test_of_two_that_would_come_at_one_hour_one_comes_where_it_was_chosen_last(stage: Nudged) -> None:
    ada = await willing(stage, ADA)
    await willing(stage, OTHER)
    await link(stage)
    await stage.days(2)
    assert told(stage) == [("lovelace", "2026-01-05")]
    view = await ada.types("settings")
    assert isinstance(view, views.SettingsPage)
    assert any("They come in the other chat" in each.value for each in view.values), view


async def test_linked_in_the_middle_of_a_day_no_second_one_comes_that_day(stage: Nudged) -> None:
    await willing(stage, ADA)
    await willing(stage, OTHER, replace(DAILY, hour="15:00"))
    await stage.until(stage.clock.at.replace(hour=9, minute=0) + timedelta(days=1))
    assert told(stage) == [("ada", "2026-01-05")]
    await link(stage)
    await stage.until(stage.clock.at.replace(hour=15))
    assert told(stage) == [("ada", "2026-01-05")]


async def test_where_the_other_side_is_off_or_paused_this_one_reminds(stage: Nudged) -> None:
    await willing(stage, ADA)
    other = await willing(stage, OTHER)
    await link(stage)
    await other.types("privacy pause")
    await stage.days(1)
    assert told(stage) == [("ada", "2026-01-05")]


async def test_a_lesson_done_on_the_other_side_answers_a_reminder(stage: Nudged) -> None:
    await willing(stage, ADA)
    other = stage.learner(OTHER.person, workspace=OTHER.workspace)
    await link(stage)
    await stage.days(1)
    await other.types(f"done lesson:{THEME}/layers")
    async with stage.store.reading() as connection:
        agreed = await consents.find(connection, ADA, stage.clock.at)
    assert agreed
    stage.platform.posts.clear()
    await stage.days(2)
    assert [item.number for item in stage.reminder.items] == [2]


async def test_a_snooze_on_one_side_rests_both(stage: Nudged) -> None:
    ada = await willing(stage, ADA)
    await willing(stage, OTHER)
    await link(stage)
    await ada.types("snooze 3 days")
    await stage.days(2)
    assert told(stage) == []


async def test_after_a_split_each_side_reminds_by_itself(stage: Nudged) -> None:
    await willing(stage, ADA)
    await willing(stage, OTHER)
    await link(stage)
    async with stage.store.transaction() as connection:
        await links.end(connection, ADA)
    await stage.days(1)
    assert sorted(told(stage)) == [("ada", "2026-01-05"), ("lovelace", "2026-01-05")]
