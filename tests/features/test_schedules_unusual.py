"""Schedules in unusual hands: pressed twice, resumed too late, skipped after the post, told of what went only half."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.core import views
from bot.core.record import replace
from bot.domain.posts import DeliveryState
from bot.domain.schedule import ScheduleState
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Edition, Library
from bot.store import tables
from bot.store.store import Store
from tests.conftest import pressed
from tests.features.schedule_stage import HERE, SUNDAY, THEME, Office, fact, office, said
from tests.hand_clock import HandClock

MONDAY = SUNDAY + timedelta(days=1)


@pytest.fixture
async def here(engine: StudyEngine, store: Store, clock: HandClock) -> Office:
    """With one schedule: every Monday at nine in Paris."""
    made = office(engine, store, clock)
    await made.add(until="2026-03-02")
    return made


async def test_a_second_press_skips_no_second_date(here: Office) -> None:
    button = pressed(await here.ada.does(commands.ScheduleShow(id="S1")), "Skip the next")
    assert said(await here.ada.does(button)).startswith("Nothing on Mon 6 Oct 2025; the lesson waits.")
    assert said(await here.ada.does(button)).startswith("S1 posts nothing on Mon 6 Oct 2025 anyway.")
    assert len((await here.schedule()).skips) == 1


async def test_a_second_pause_changes_nothing(here: Office) -> None:
    await here.ada.does(commands.SchedulePause(id="S1"))
    again = await here.bob.does(commands.SchedulePause(id="S1"))
    assert said(again) == "S1 is already paused until somebody resumes it."
    assert sorted(verb for verb, _ in await here.audited()) == ["schedule-add", "schedule-pause"]


async def test_the_very_same_order_is_not_added_twice(here: Office) -> None:
    again = await here.add(until="2026-03-02")
    assert said(again) == "S1 does exactly this already; nothing was added."
    other = await here.add(until="2026-03-02", time="15:00")
    assert said(other).startswith("S2 is set up.")


async def test_the_same_order_may_be_given_again_after_its_end(here: Office) -> None:
    table = tables.schedule
    async with here.store.transaction() as connection:
        await connection.execute(update(table).values(state=ScheduleState.ENDED, next_due=None))
    assert said(await here.add(until="2026-03-02")).startswith("S2 is set up.")


async def test_what_is_resumed_after_its_last_date_is_told_so(here: Office) -> None:
    await here.ada.does(commands.SchedulePause(id="S1"))
    here.clock.at = SUNDAY + timedelta(days=200)
    told = await here.ada.does(commands.ScheduleResume(id="S1"))
    assert said(told) == "The last date of S1 has passed, so nothing would come. Give it a later one, or remove it."
    assert pressed(told, "Change") == commands.ScheduleEdit(id="S1")
    await here.ada.does(commands.ScheduleEdit(id="S1", until="-"))
    assert said(await here.ada.does(commands.ScheduleResume(id="S1"))).startswith("S1 goes on. Next post: ")


async def test_a_schedule_without_its_theme_resumes_in_whole_sentences(here: Office, library: Library) -> None:
    await here.ada.does(commands.SchedulePause(id="S1"))
    shelf = library.edition.shelf
    library.swap(Edition(replace(shelf, themes=tuple(each for each in shelf.themes if each.id != THEME))))
    told = await here.ada.does(commands.ScheduleResume(id="S1"))
    assert said(told) == "S1 goes on. No more posts are planned, though."


async def test_a_date_that_was_posted_is_not_said_to_be_without_a_post(here: Office) -> None:
    here.clock.at = MONDAY
    await here.posted(MONDAY - timedelta(hours=5), "the-form")
    told = await here.ada.does(commands.ScheduleSkip(id="S1", date="2025-10-06"))
    assert said(told) == "S1 has posted on Mon 6 Oct 2025 already. A later date can be skipped."
    assert (await here.schedule()).skips == frozenset()


async def test_what_was_sent_with_a_flaw_tells_the_lesson_and_the_flaw(here: Office) -> None:
    lesson = "questions-that-teach"
    await here.posted(MONDAY - timedelta(hours=5), lesson)
    here.clock.at = MONDAY
    flaw = "The thread could not be opened: the bot lacks Create Public Threads."
    async with here.store.transaction() as connection:
        await connection.execute(update(tables.delivery).values(reason=flaw))
    listed = await here.ada.does(commands.ScheduleList())
    last = str(fact(listed, "Last")[0])
    assert last.startswith("sent, Mon 6 Oct 2025 09:00: lesson 2, Questions that teach")
    assert isinstance(listed, views.Listing)
    assert (listed.items[0].note, listed.items[0].tone) == (flaw, views.Tone.DONE)


async def test_what_was_sent_whole_has_no_note(here: Office) -> None:
    await here.posted(MONDAY - timedelta(hours=5), "questions-that-teach", state=DeliveryState.SENT)
    here.clock.at = MONDAY
    listed = await here.ada.does(commands.ScheduleList(channel=HERE))
    assert isinstance(listed, views.Listing)
    assert listed.items[0].note == ""
