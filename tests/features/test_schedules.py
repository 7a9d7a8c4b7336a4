"""Setting up, adding and looking through schedules: in words, in the schedule's own zone, true to what will come."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.core import actions, views
from bot.core.ports import Actor
from bot.core.record import replace
from bot.domain.posts import DeliveryState
from bot.features import commands
from bot.features.commands import Channel
from bot.store import tables
from tests.conftest import Learner, pressed
from tests.features.schedule_stage import HERE, HOME, SETUP, SUNDAY, THEME, Office, fact, said


async def test_an_unknown_theme_is_answered_with_the_closest_and_a_press_goes_on(here: Office) -> None:
    asked = await here.ada.does(replace(SETUP, theme="teaching dual"))
    assert isinstance(asked, views.Notice)
    assert "There is no theme called" in asked.text
    assert said(await here.ada.presses(asked, "Teach with Dualo")).startswith("First post:")


async def test_add_answers_with_the_id_the_next_three_times_and_a_preview(here: Office) -> None:
    page = await here.add(weekdays="mon,thu")
    assert said(page) == "S1 is set up. First post: Mon 6 Oct 2025 09:00 Europe/Paris."
    assert fact(page, "Next") == ("Mon 6 Oct 2025 09:00 Europe/Paris", "Thu 9 Oct 2025 09:00", "Mon 13 Oct 2025 09:00")
    assert isinstance(await here.ada.presses(page, "Preview"), views.LessonPost)


async def test_every_option_of_add_is_kept(here: Office) -> None:
    await here.add(every_weeks=2, start_at="2", mention=commands.Role("42"), thread=True, holidays="France",
                   late_window=3, until="2026-03-02")  # fmt: skip
    kept = await here.schedule()
    assert (kept.rule.every_weeks, kept.start_at, kept.mention, kept.thread) == (2, "questions-that-teach", "42", True)
    assert (kept.holidays, kept.window, str(kept.rule.until)) == ("FR", timedelta(hours=3), "2026-03-02")
    page = await here.ada.does(commands.ScheduleShow(id="S1"))
    assert fact(page, "Mentions") == (views.Group("42"),)
    assert fact(page, "Besides") == (
        "nothing on public holidays of FR; begins with lesson 2; a thread beneath each post; up to 3 hours late",
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"weekdays": "someday"}, "names no day of the week"),
        ({"time": "25:00"}, "is no time of day"),
        ({"timezone": "Mars/Olympus"}, "is no timezone"),
        ({"holidays": "Atlantis"}, "no calendar of public holidays"),
        ({"until": "2025-10-01"}, "has passed"),
        ({"until": "today"}, "Nothing would be posted"),
        ({"until": "never ever"}, "no date that I know"),
        ({"start_at": "99"}, "has no lesson “99”"),
        ({"theme": "qwertzuiop"}, "There is no theme called"),
    ],
)
async def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(
    here: Office, given: dict[str, object], words: str
) -> None:
    wanted = {"theme": THEME, "channel": HERE, "weekdays": "mon", "time": "09:00", **given}
    refused = await here.ada.does(commands.ScheduleAdd(**wanted))  # type: ignore[arg-type]
    assert isinstance(refused, views.Notice)
    assert (words in refused.text, bool(refused.hint), refused.tone) == (True, True, views.Tone.SORRY)
    assert "There is no schedule yet." in said(await here.ada.does(commands.ScheduleList()))


async def test_every_second_week_begins_with_the_first_date(here: Office) -> None:
    here.clock.at = SUNDAY - timedelta(days=3)
    page = await here.add(every_weeks=2)
    assert fact(page, "Next") == (
        "Mon 6 Oct 2025 09:00 Europe/Paris", "Mon 20 Oct 2025 09:00", "Mon 3 Nov 2025 09:00",
    )  # fmt: skip


async def test_two_who_add_at_once_get_two_ids(here: Office) -> None:
    await asyncio.gather(*(here.add(channel=Channel(f"#{number}")) for number in range(6)))
    listed = await here.ada.does(commands.ScheduleList())
    assert isinstance(listed, views.Listing)
    assert [item.title.split(" ")[0] for item in listed.items] == ["S1", "S2", "S3", "S4", "S5", "S6"]


async def test_an_id_is_not_used_again_while_the_ledger_tells_of_it(here: Office) -> None:
    await here.add()
    await here.posted(SUNDAY, "form-of-a-lesson")
    await here.ada.does(commands.ScheduleRemove(id="S1", confirm=True))
    assert "S2 is set up" in said(await here.add())


async def test_the_list_tells_what_comes_how_it_went_and_what_is_wrong(here: Office) -> None:
    await here.add()
    await here.posted(SUNDAY - timedelta(days=6), "form-of-a-lesson")
    listed = await here.ada.does(commands.ScheduleList())
    assert fact(listed, "Posts") == ("every Monday at 09:00 (Europe/Paris)", views.Place(HERE))
    assert fact(listed, "State") == ("active",)
    (last,) = fact(listed, "Last")
    assert str(last).startswith("sent, Mon 29 Sep 2025 14:00: lesson 1, The form of a lesson")
    await here.posted(SUNDAY, "", state=DeliveryState.FAILED)
    listed = await here.ada.does(commands.ScheduleList())
    assert isinstance(listed, views.Listing)
    assert (listed.items[0].note, listed.items[0].tone) == (
        "In #lessons the bot lacks Send Messages.",
        views.Tone.SORRY,
    )


async def test_the_next_times_leave_holidays_out_and_the_page_names_them(here: Office) -> None:
    here.clock.at = SUNDAY.replace(month=12, day=20)
    page = await here.add(weekdays="thu", holidays="FR")
    assert fact(page, "Next")[0] == "Thu 8 Jan 2026 09:00 Europe/Paris"
    assert fact(page, "Thu 25 Dec 2025 09:00", item=1) == ("Nothing: Public holiday: Christmas Day.",)


async def test_a_long_list_comes_in_pages_and_a_channel_narrows_it(here: Office) -> None:
    for number in range(8):
        await here.add(channel=Channel(f"#{number % 2}"), time=f"{9 + number}:00")
    first = await here.ada.does(commands.ScheduleList())
    second = await here.ada.presses(first, "More")
    assert isinstance(first, views.Listing)
    assert isinstance(second, views.Listing)
    assert (len(first.items), len(second.items)) == (views.MOST_ITEMS, 2)
    narrow = await here.ada.does(commands.ScheduleList(channel=Channel("#1")))
    assert isinstance(narrow, views.Listing)
    assert len(narrow.items) == 4


async def test_no_listing_is_longer_than_what_is_allowed(here: Office) -> None:
    await here.add(holidays="FR", thread=True, mention=commands.Role("4" * 19), start_at="2", late_window=72,
                   timezone="America/Argentina/ComodRivadavia")  # fmt: skip
    await here.posted(SUNDAY, "", state=DeliveryState.FAILED)
    for command in (commands.ScheduleList(), commands.ScheduleShow(id="S1")):
        page = await here.ada.does(command)
        assert isinstance(page, views.Listing)
        for item in page.items:
            assert len(item.facts) <= views.MOST_FACTS
            assert len(item.actions) <= 2
            for each in item.facts:
                assert sum(len(value) for value in each.values if isinstance(value, str)) <= views.LONGEST_FACT


async def test_an_unknown_id_is_answered_with_those_there_are(here: Office) -> None:
    await here.add()
    unknown = await here.ada.does(commands.ScheduleSkip(id="S9"))
    assert "There is no schedule called “S9”." in said(unknown)
    assert isinstance(await here.ada.presses(unknown, "S1 ·"), views.Listing)


@pytest.mark.parametrize("words", ["s1", "S1", "1", " #s1 "])
async def test_an_id_is_known_however_it_is_written(here: Office, words: str) -> None:
    await here.add()
    assert isinstance(await here.ada.does(commands.ScheduleShow(id=words)), views.Listing)


async def test_another_workspaces_schedule_is_unknown(here: Office) -> None:
    await here.add()
    eve = Learner(here.engine, Actor("hand:w2", "eve", manages=True, place="#x"))
    for command in (
        commands.ScheduleShow(id="S1"),
        commands.ScheduleRemove(id="S1", confirm=True),
        commands.ScheduleRunNow(id="S1", confirm=True),
        commands.ScheduleEdit(id="S1", time="10:00"),
        commands.Preview(schedule="S1"),
        commands.ScheduleList(),
    ):
        assert "There is no schedule yet." in said(await eve.does(command))
    assert (await here.schedule()).rule.at.hour == 9


async def test_who_does_not_manage_is_refused_and_offered_nothing(here: Office) -> None:
    await here.add()
    eve = Learner(here.engine, Actor(HOME, "eve", place=HERE))
    assert "Only those who manage" in said(await eve.does(commands.ScheduleList()))
    parameter = next(each for each in commands.ScheduleShow.spec.parameters if each.name == "id")
    skipped = next(each for each in commands.ScheduleSkip.spec.parameters if each.name == "id")
    assert parameter.suggest is None
    assert not await here.engine.suggest(skipped, "", eve.actor)


async def test_a_schedule_that_cannot_be_read_is_shown_and_can_be_removed(here: Office) -> None:
    await here.add()
    await here.add(channel=Channel("#b"))
    async with here.store.transaction() as connection:
        table = tables.schedule
        await connection.execute(table.update().where(table.c.id == "S1").values(zone="Mars/Olympus"))
    listed = await here.ada.does(commands.ScheduleList())
    assert isinstance(listed, views.Listing)
    assert [item.tone for item in listed.items] == [views.Tone.SORRY, views.Tone.DONE]
    asked = await here.ada.does(listed.items[0].actions[0].command)
    assert said(await here.ada.presses(asked, "Remove S1")).startswith("S1 is removed.")


async def test_home_shows_the_next_post_of_the_workspace(here: Office) -> None:
    page = await here.ada.types("study")
    assert isinstance(page, views.HomePage)
    assert page.coming is None
    await here.add(weekdays="thu")
    await here.add(weekdays="tue", theme="backend-architectures")
    page = await here.bob.types("study")
    assert isinstance(page, views.HomePage)
    assert page.coming is not None
    assert (page.coming.at.isoformat(), page.coming.theme, page.coming.place) == (
        "2025-10-07T07:00:00+00:00",
        "Backend Architectures Deep Dive",
        views.Place(HERE),
    )
    elsewhere = await Learner(here.engine, Actor("hand:w2", "eve")).types("study")
    assert isinstance(elsewhere, views.HomePage)
    assert elsewhere.coming is None


async def test_a_button_of_the_pages_always_fits(here: Office) -> None:
    for view in (await here.add(), await here.ada.does(commands.ScheduleList())):
        for offer in view.actions:
            assert isinstance(offer, actions.Action)
            assert actions.read(actions.token(offer.command)) == offer.command
    assert pressed(view, "Set up another") == commands.Setup()
