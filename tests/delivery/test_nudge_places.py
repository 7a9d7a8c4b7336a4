"""Who suggested a reminder, where it may be seen, and what becomes of it when nobody can be reached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core import actions, views
from bot.core.ports import Delivered, Outcome
from bot.core.record import replace
from bot.domain.outbox import DeliveryKind
from bot.features import commands
from bot.packs.library import Library
from bot.store import tables
from bot.store.store import Store
from tests.conftest import pressed
from tests.delivery.conftest import MONDAY, weekly
from tests.delivery.nudged import DAILY, THEME, Nudged, nudged
from tests.delivery.platform import gone
from tests.hand_clock import HandClock

DAY = timedelta(days=1)
MENTION = replace(DAILY, nudges=commands.Nudges.MENTION)


@pytest.fixture
async def stage(store: Store, clock: HandClock, library: Library) -> AsyncIterator[Nudged]:
    async with nudged(store, clock, library) as stage:
        yield stage


def labels(view: views.View) -> list[str]:
    return [each.label for each in view.actions if isinstance(each, actions.Action)]


# Suggested by somebody


async def test_the_first_reminder_says_who_suggested_it_and_how_to_stop_and_the_next_does_not(stage: Nudged) -> None:
    ada = await stage.assigned("ada", "grace")
    await stage.until(MONDAY)
    assert stage.reminder.suggested_by == views.Someone("grace")
    assert "“Stop reminders” ends them" in stage.reminder.note
    await ada.types(f"lesson {THEME} 1")
    await stage.days(1)
    second = stage.reminder
    assert (len(stage.platform.posts), second.suggested_by, second.note) == (2, None, "")


async def test_who_was_told_is_known_when_the_ledger_has_forgotten(stage: Nudged) -> None:
    ada = await stage.assigned("ada", "grace")
    await stage.until(MONDAY)
    await stage.days(1)
    async with stage.store.transaction() as connection:
        await connection.execute(tables.delivery.delete())
    await ada.types(f"lesson {THEME} 1")
    await stage.days(1)
    assert (len(stage.platform.posts), stage.reminder.suggested_by) == (2, None)


async def test_an_introduction_that_was_not_sent_is_made_with_the_next(stage: Nudged) -> None:
    await stage.assigned("ada", "grace")
    stage.platform.script = lambda _address, _key: Delivered(Outcome.REFUSED, reason="no")
    await stage.until(MONDAY)
    stage.platform.script = lambda _address, _key: None
    assert (await stage.days(1), stage.reminder.suggested_by) == (["2026-01-06"], views.Someone("grace"))


async def test_a_no_outweighs_an_assignment(stage: Nudged) -> None:
    ada = await stage.assigned("ada", "grace")
    await stage.until(MONDAY)
    await ada.does(pressed(stage.reminder, "Stop reminders"))
    await stage.assigned("ada", "grace")
    assert await stage.days(5) == []


# In public


async def test_a_mention_names_the_person_and_nothing_of_theirs(stage: Nudged) -> None:
    await stage.add(replace(weekly(), theme=THEME, address="room"))
    ada = await stage.willing(wanted=MENTION)
    await ada.types("done layers")
    await stage.days(1)
    await stage.until(MONDAY + DAY)
    last = stage.platform.posts[-1]
    assert (last.address, last.key) == ("room", "hand:w1/nudge/ada/2026-01-05")
    shown = stage.reminder
    assert (shown.mention, shown.items, shown.note, shown.suggested_by) == ("ada", (), "", None)
    assert [pressed(shown, label) for label in labels(shown)] == [
        commands.Next(), commands.Snooze(until="1 week"), commands.StopReminders()
    ]  # fmt: skip


async def test_whoever_changed_to_direct_messages_is_not_told_in_public(stage: Nudged) -> None:
    await stage.add(replace(weekly(), theme="other", address="room"))
    ada = await stage.willing(wanted=MENTION)
    await stage.until(MONDAY - timedelta(minutes=1))
    stage.clock.at = MONDAY
    claimed = next(line for line in await stage.claim() if line.name.kind == DeliveryKind.NUDGE)
    await ada.does(DAILY)
    stage.platform.posts.clear()
    await stage.sender.carry(claimed)
    assert stage.platform.posts == []


# Who cannot be reached


async def test_closed_messages_end_them_and_the_settings_say_why(stage: Nudged) -> None:
    ada = await stage.willing()
    stage.platform.turns.append(gone("They take no messages."))
    await stage.until(MONDAY)
    assert (await stage.endings())[0][1:] == ("failed", "They take no messages.")
    page = await ada.types("settings")
    assert isinstance(page, views.SettingsPage)
    said = {pair.name: pair.value for pair in page.values}
    assert said["Reminders"] == "off; they could not be delivered: “They take no messages.”"
    assert await stage.days(5) == []
    await ada.does(commands.Resume())
    assert await stage.days(2) == []
    await ada.does(DAILY)
    assert "They take no messages." not in str(await ada.types("settings"))
    stage.platform.posts.clear()
    assert len(await stage.days(1)) == 1


async def test_one_person_s_closed_messages_end_nobody_else_s(stage: Nudged) -> None:
    await stage.willing("ada")
    await stage.willing("bob")
    stage.platform.script = lambda address, _key: gone() if address == "dm-ada" else None
    assert await stage.days(1) == ["2026-01-05"]
    assert {post.address for post in stage.platform.posts} == {"dm-bob"}


async def test_an_answer_that_was_lost_brings_no_second_reminder(stage: Nudged) -> None:
    await stage.willing()
    stage.platform.turns.append(Delivered(Outcome.UNKNOWN, reason="no answer"))
    await stage.until(MONDAY)
    await stage.until(MONDAY + timedelta(hours=3))
    assert stage.platform.keys == ["hand:w1/nudge/ada/2026-01-05"]
