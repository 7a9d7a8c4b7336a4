"""The contract of reminders, kept by the whole: what people press, the store, the planner, the courier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from bot.core import actions, layout, views
from bot.core.record import replace
from bot.domain.learner import Seat
from bot.features import commands
from bot.packs.library import Edition, Library
from bot.store import tables
from bot.store.cold import consents
from bot.store.store import Store
from tests.conftest import Learner, pressed
from tests.delivery.conftest import MONDAY, weekly
from tests.delivery.nudged import DAILY, THEME, WORKSPACE, Nudged, nudged
from tests.delivery.platform import later
from tests.hand_clock import HandClock

DAY = timedelta(days=1)


@pytest.fixture
async def stage(store: Store, clock: HandClock, library: Library) -> AsyncIterator[Nudged]:
    async with nudged(store, clock, library) as stage:
        yield stage


def labels(view: views.View) -> list[str]:
    return [each.label for each in view.actions if isinstance(each, actions.Action)]


async def text_of(learner: Learner, command: commands.Command) -> str:
    view = await learner.does(command)
    assert isinstance(view, views.Notice), view
    return f"{view.text} {view.hint}"


# A yes, and what comes of it


async def test_nobody_is_reminded_who_never_said_so(stage: Nudged) -> None:
    await stage.learner().does(commands.FollowTheme(theme=THEME))
    assert await stage.days(3) == []


async def test_a_yes_brings_the_next_lesson_at_that_hour_and_no_second_one_that_date(stage: Nudged) -> None:
    await stage.willing()
    await stage.until(MONDAY - timedelta(seconds=1))
    assert stage.platform.posts == []
    await stage.until(MONDAY)
    assert [(post.address, post.key) for post in stage.platform.posts] == [("dm-ada", "hand:w1/nudge/ada/2026-01-05")]
    assert [item.number for item in stage.reminder.items] == [1]
    assert labels(stage.reminder) == ["Read it", "Snooze a week", "Stop reminders"]
    assert (stage.reminder.mention, stage.reminder.suggested_by, stage.reminder.note) == ("", None, "")
    await stage.until(MONDAY + timedelta(hours=14))
    assert len(stage.platform.posts) == 1


async def test_where_a_platform_told_how_long_to_wait_nobody_asks_it_before(stage: Nudged) -> None:
    await stage.willing()
    stage.platform.turns.append(later(600.0))
    await stage.until(MONDAY)
    stage.clock.at = MONDAY + timedelta(seconds=590)
    await stage.tick()
    assert stage.platform.posts == []
    stage.clock.at = MONDAY + timedelta(seconds=1200)
    await stage.tick()
    assert [post.key for post in stage.platform.posts] == ["hand:w1/nudge/ada/2026-01-05"]


async def test_one_message_tells_of_every_theme_that_is_followed(stage: Nudged) -> None:
    themes = [theme.id for theme in stage.library.edition.shelf.themes]
    ada = await stage.willing()
    for theme in themes[1:]:
        await ada.does(commands.FollowTheme(theme=theme))
    await ada.does(commands.Done(lesson=f"{THEME}/layers"))
    await stage.until(MONDAY)
    assert len(stage.platform.posts) == 1
    assert len(stage.reminder.items) == min(len(themes), 5)
    assert {item.number for item in stage.reminder.items} == {1, 2}
    assert "Read the first" in labels(stage.reminder)


async def test_reading_is_an_answer_and_silence_makes_them_rarer_until_they_stop(stage: Nudged) -> None:
    ada = await stage.willing()
    await stage.until(MONDAY)
    await ada.does(pressed(stage.reminder, "Read it"))
    assert await stage.days(20) == ["2026-01-06", "2026-01-09", "2026-01-16"]
    assert "Keep them coming" in labels(stage.reminder)
    assert "the last one" in stage.reminder.note
    assert await stage.days(9) == []


async def test_keep_them_coming_brings_them_back(stage: Nudged) -> None:
    ada = await stage.willing()
    await stage.days(20)
    await ada.does(pressed(stage.reminder, "Keep them coming"))
    assert (await stage.days(2))[:1] == ["2026-01-25"]


@pytest.mark.parametrize("years", [0, 1])
async def test_whoever_comes_back_after_the_silence_is_reminded_again(stage: Nudged, years: int) -> None:
    ada = await stage.willing()
    await stage.days(20)
    if years:
        stage.clock.at += timedelta(days=365)
        await stage.sweeper.retain()
        assert await stage.days(3) == []
    await ada.types(f"lesson {THEME} 2")
    assert len(await stage.days(2)) == 1


async def test_opening_the_same_lesson_on_another_day_is_a_sign_of_life(stage: Nudged) -> None:
    ada = await stage.willing()
    await ada.types(f"lesson {THEME} 1")
    for day in range(6):
        await stage.until(MONDAY + day * DAY)
        await ada.types(f"lesson {THEME} 1")
    assert len(stage.platform.posts) == 6


@pytest.mark.parametrize("sign", ["lesson 1", "done layers", "quiz"])
async def test_every_trace_of_learning_is_a_sign_of_life(stage: Nudged, sign: str) -> None:
    ada = await stage.willing()
    await stage.until(MONDAY + timedelta(minutes=5))
    if sign == "quiz":
        question = await ada.types(f"quiz lesson:{THEME}/layers")
        stage.clock.at += DAY
        assert isinstance(question, views.QuestionPage)
        await ada.does(question.options[0].command)
    else:
        await ada.types(sign)
    async with stage.store.reading() as connection:
        found = await consents.find(connection, Seat(WORKSPACE, "ada"), stage.clock.at)
    assert found
    standing = await stage.store.standing(Seat(WORKSPACE, "ada"))
    signs = [found.past.alive, standing.bookmark_at, *(each.at for each in standing.completions.values())]
    assert max(at for at in signs if at) == stage.clock.at


async def test_no_more_a_week_than_was_agreed(stage: Nudged) -> None:
    ada = await stage.willing(wanted=replace(DAILY, a_week=2))
    dates: list[str] = []
    for _ in range(14):
        dates += await stage.days(1)
        await ada.types(f"lesson {THEME} 1")
    assert dates == ["2026-01-05", "2026-01-06", "2026-01-12", "2026-01-13"]


async def test_nothing_comes_after_the_last_date(stage: Nudged) -> None:
    ada = await stage.willing(wanted=replace(DAILY, until="2026-01-06"))
    dates: list[str] = []
    for _ in range(5):
        dates += await stage.days(1)
        await ada.types(f"lesson {THEME} 1")
    assert dates == ["2026-01-05", "2026-01-06"]


async def test_whoever_has_finished_hears_nothing_until_they_follow_something_new(stage: Nudged) -> None:
    ada = await stage.willing()
    shelf = stage.library.edition.shelf
    for lesson in shelf.themes[0].lessons:
        await ada.does(commands.Done(lesson=str(lesson.key)))
    assert await stage.days(4) == []
    await ada.does(commands.FollowTheme(theme=shelf.themes[1].id))
    assert (await stage.days(1), stage.reminder.items[0].theme) == (["2026-01-09"], shelf.themes[1].title)


async def test_nobody_is_reminded_of_a_theme_that_is_for_another_workspace(stage: Nudged) -> None:
    await stage.willing()
    shelf = stage.library.edition.shelf
    first, *others = shelf.themes
    stage.library.swap(Edition(replace(shelf, themes=(replace(first, workspaces=("hand:w2",)), *others))))
    assert await stage.days(3) == []
    stage.library.swap(Edition(replace(shelf, themes=(replace(first, workspaces=("hand:w1",)), *others))))
    assert await stage.days(1) == ["2026-01-08"]


# Late decisions


async def planned(stage: Nudged) -> Learner:
    """A quarter of an hour before: the line is written."""
    ada = await stage.willing()
    await stage.until(MONDAY - timedelta(minutes=14))
    assert [line[1] for line in await stage.endings()] == ["planned"]
    return ada


@pytest.mark.parametrize("command", [commands.Snooze(until="friday"), commands.StopReminders(), commands.NotThisWeek()])
async def test_what_was_planned_is_taken_back_when_somebody_wants_none(
    stage: Nudged, command: commands.Command
) -> None:
    ada = await planned(stage)
    await ada.does(command)
    await stage.until(MONDAY)
    assert (stage.platform.posts, await stage.endings()) == ([], [])


async def test_what_was_planned_is_asked_about_again_before_it_is_sent(stage: Nudged) -> None:
    ada = await planned(stage)
    await ada.types(f"lesson {THEME} 1")
    await stage.until(MONDAY)
    assert stage.platform.posts == []
    reason = "It would come too soon after the last one, or after the last lesson."
    assert await stage.endings() == [("2026-01-05", "skipped", reason)]


async def test_another_hour_holds_at_once(stage: Nudged) -> None:
    ada = await stage.willing()
    await stage.until(MONDAY - DAY + timedelta(minutes=1))
    await stage.until(MONDAY - timedelta(hours=10))
    await ada.does(replace(DAILY, hour="18:00"))
    await stage.until(MONDAY + timedelta(hours=8))
    assert stage.platform.posts == []
    await stage.until(MONDAY + timedelta(hours=9))
    assert [post.key for post in stage.platform.posts] == ["hand:w1/nudge/ada/2026-01-05"]


async def test_a_change_of_timezone_holds_at_once(stage: Nudged) -> None:
    ada = await stage.willing()
    await stage.until(MONDAY - timedelta(hours=2))
    await ada.does(commands.EditSettings(timezone="America/New_York"))
    await stage.until(MONDAY + timedelta(hours=4))
    assert stage.platform.posts == []
    await stage.until(MONDAY + timedelta(hours=5))
    assert len(stage.platform.posts) == 1


async def test_erasing_ends_everything(stage: Nudged) -> None:
    ada = await planned(stage)
    await ada.does(commands.Erase(word="erase"))
    assert await stage.days(5) == []
    async with stage.store.reading() as connection:
        left = [table.name for table in tables.personal if (await connection.execute(table.select())).first()]
    assert left == []


async def test_a_line_in_hand_of_somebody_who_erased_is_not_sent(stage: Nudged) -> None:
    ada = await planned(stage)
    stage.clock.at = MONDAY
    [claimed] = await stage.claim()
    await ada.does(commands.Erase(word="erase"))
    await stage.sender.carry(claimed)
    assert (stage.platform.posts, await stage.lines()) == ([], [])


async def test_while_recording_is_paused_nothing_is_sent_and_then_it_goes_on(stage: Nudged) -> None:
    ada = await stage.willing()
    await ada.types("privacy pause")
    assert await stage.days(3) == []
    await ada.types("privacy resume")
    assert await stage.days(1) == ["2026-01-08"]


# Many


async def test_many_are_foreseen_a_part_at_a_time_and_each_is_reminded_once(stage: Nudged) -> None:
    people = [f"p{number:03}" for number in range(120)]
    for person in people:
        await stage.assigned(person, "grace")
    await stage.until(MONDAY)
    assert sorted(post.address for post in stage.platform.posts) == [f"dm-{person}" for person in people]


async def test_a_schedule_s_zone_goes_before_the_workspace_s_and_the_learner_s_before_both(stage: Nudged) -> None:
    async with stage.store.transaction() as connection:
        await connection.execute(
            tables.workspace.insert().values(workspace=WORKSPACE, timezone="Asia/Tokyo", since=stage.clock.at)
        )
    ada = await stage.willing()
    said = [await text_of(ada, DAILY)]
    await stage.add(replace(weekly(zone="Europe/Paris"), theme=THEME))
    said.append(await text_of(ada, DAILY))
    await ada.does(commands.EditSettings(timezone="America/Lima"))
    said.append(await text_of(ada, DAILY))
    assert [each.split("(")[1].split(")")[0] for each in said] == ["Asia/Tokyo", "Europe/Paris", "America/Lima"]
    await stage.until(MONDAY + timedelta(hours=4))
    assert [post.view for post in stage.platform.posts if isinstance(post.view, views.Reminder)] == []
    await stage.until(MONDAY + timedelta(hours=5))
    assert [item.number for item in stage.reminder.items] == [1]


async def test_the_reminder_of_a_theme_with_a_date_names_it(stage: Nudged) -> None:
    await stage.assigned("ada", "boss")
    async with stage.store.transaction() as connection:
        await connection.execute(update(tables.follow).values(by_date=date(2026, 2, 6)))
    await stage.until(MONDAY)
    [item] = stage.reminder.items
    assert item.by == "Fri 6 Feb 2026"
    assert "to be done by Fri 6 Feb 2026" in str(layout.page(stage.reminder, views.Reader()))
