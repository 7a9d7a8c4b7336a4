"""Changing schedules: what is left out stays, one date is dropped alone, and nobody overwrites anybody unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core import actions, views
from bot.core.ports import Check
from bot.domain.posts import DeliveryState
from bot.domain.schedule import FOREVER, ScheduleState
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import Channel, Role
from bot.store.cold import schedules
from bot.store.outbox import alerts
from bot.store.outbox.alerts import Alert
from bot.store.store import Store
from tests.conftest import pressed
from tests.features.schedule_stage import HERE, HOME, SUNDAY, Office, fact, office, said
from tests.hand_clock import HandClock

MONDAY = SUNDAY + timedelta(days=1)
FIRST, SECOND = "Mon 6 Oct 2025 09:00 Europe/Paris", "Mon 13 Oct 2025 09:00 Europe/Paris"


@pytest.fixture
async def here(engine: StudyEngine, store: Store, clock: HandClock) -> Office:
    """With one schedule: every Monday at nine in Paris."""
    made = office(engine, store, clock)
    await made.add(mention=Role("42"), holidays="FR", start_at="2", until="2026-03-02")
    return made


async def test_what_is_left_out_stays(here: Office) -> None:
    before = await here.schedule()
    page = await here.ada.does(commands.ScheduleEdit(id="s1", time="10:30"))
    after = await here.schedule()
    assert said(page) == "Changed. Next post: Mon 6 Oct 2025 10:30 Europe/Paris."
    assert (after.rule.at.hour, after.rule.weekdays, after.version) == (10, before.rule.weekdays, 1)
    assert (after.mention, after.holidays, after.start_at) == ("42", "FR", "questions-that-teach")


async def test_a_dash_empties_what_may_be_empty(here: Office) -> None:
    await here.ada.does(commands.ScheduleEdit(id="S1", mention=Role("-"), holidays="-", start_at="-", until="-"))
    after = await here.schedule()
    assert (after.mention, after.holidays, after.start_at, after.rule.until) == ("", "", "", None)


@pytest.mark.parametrize("name", ["theme", "channel", "weekdays", "time", "timezone"])
async def test_a_dash_empties_nothing_that_a_schedule_needs(here: Office, name: str) -> None:
    refused = await here.ada.does(commands.ScheduleEdit(id="S1", **{name: "-"}))  # type: ignore[arg-type]
    assert f"needs its {name}" in said(refused)
    assert (await here.schedule()).version == 0


async def test_without_changes_it_is_shown_with_the_way_to_the_form(here: Office) -> None:
    page = await here.ada.does(commands.ScheduleEdit(id="S1", time="9:00"))
    assert isinstance(await here.ada.presses(page, "Change"), views.FormPage)
    assert isinstance(await here.ada.does(commands.ScheduleEdit(id="S1")), views.FormPage)
    assert (await here.schedule()).version == 0


async def test_the_form_saved_as_it_is_changes_nothing(here: Office) -> None:
    form = await here.ada.does(commands.ScheduleEdit(id="S1"))
    assert isinstance(form, views.FormPage)
    answers = {field.name: field.value for field in form.form.fields}
    assert "Nothing was changed." in said(await here.ada.does(actions.fill(form.form.token, answers)))
    changed = await here.ada.does(actions.fill(form.form.token, {**answers, "time": "11"}))
    assert "Mon 6 Oct 2025 11:00" in said(changed)


async def test_a_last_date_that_is_emptied_in_the_form_is_no_more(here: Office) -> None:
    form = await here.ada.does(commands.ScheduleEdit(id="S1"))
    assert isinstance(form, views.FormPage)
    answers = {field.name: field.value for field in form.form.fields}
    assert answers["until"]
    await here.ada.does(actions.fill(form.form.token, {**answers, "until": ""}))
    assert (await here.schedule()).rule.until is None


async def test_a_form_that_was_overtaken_changes_nothing_and_shows_how_it_stands(here: Office) -> None:
    form = await here.ada.does(commands.ScheduleEdit(id="S1"))
    assert isinstance(form, views.FormPage)
    await here.bob.does(commands.ScheduleEdit(id="S1", weekdays="tue"))
    answers = {field.name: field.value for field in form.form.fields} | {"time": "11:00"}
    shown = await here.ada.does(actions.fill(form.form.token, answers))
    assert "It was changed meanwhile." in said(shown)
    assert fact(shown, "Posts")[0] == "every Tuesday at 09:00 (Europe/Paris), until Mon 2 Mar 2026"


async def test_of_two_who_change_at_once_one_is_told(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    change = schedules.change

    async def overtaken(connection: object, schedule: object, now: object) -> bool:
        monkeypatch.setattr(schedules, "change", change)
        return False

    monkeypatch.setattr(schedules, "change", overtaken)
    shown = await here.ada.does(commands.ScheduleEdit(id="S1", time="10:00"))
    assert "It was changed meanwhile." in said(shown)
    assert fact(shown, "Next")[0] == FIRST
    assert [verb for verb, _ in await here.audited()] == ["schedule-add"]


async def test_another_place_is_tested_and_the_same_is_not(here: Office) -> None:
    here.platform.surveyed.clear()
    await here.ada.does(commands.ScheduleEdit(id="S1", time="10:00", channel=HERE))
    assert here.platform.surveyed == []
    here.platform.lacking["#b"] = Check("#b", healthy=False, detail="There is no such channel.", mend="Choose one.")
    refused = await here.ada.does(commands.ScheduleEdit(id="S1", channel=Channel("#b")))
    assert said(refused).startswith("There is no such channel. Choose one.")
    assert (await here.schedule()).address == HERE
    here.platform.lacking.clear()
    await here.ada.presses(refused, "Try again")
    assert (await here.schedule()).address == "#b"


async def test_another_theme_begins_at_its_first_lesson_and_says_what_does_not_count(here: Office) -> None:
    await here.posted(SUNDAY - timedelta(days=7), "questions-that-teach")
    page = await here.ada.does(commands.ScheduleEdit(id="S1", theme="frameworks-under-pressure"))
    assert "what was posted of the theme before does not count" in said(page)
    assert (await here.schedule()).start_at == ""
    assert str(fact(page, "Mon 6 Oct 2025 09:00", item=1)[0]).startswith("Lesson 1 of 12")
    page = await here.ada.does(commands.ScheduleEdit(id="S1", theme="teach-with-dualo"))
    assert "Lesson 1 of" in str(fact(page, "Mon 6 Oct 2025 09:00", item=1)[0])
    assert "Lesson 3 of" in str(fact(page, "Mon 13 Oct 2025 09:00", item=1)[0])


async def test_what_is_mended_is_told_anew_if_it_fails_again(here: Office) -> None:
    async with here.store.transaction() as connection:
        await alerts.raised(connection, Alert(HOME, f"gone {HERE}", "The channel is gone.", "S1"), SUNDAY)
    listed = await here.ada.does(commands.ScheduleList())
    assert isinstance(listed, views.Listing)
    assert listed.items[0].note == "The channel is gone."
    await here.ada.does(commands.ScheduleEdit(id="S1", channel=Channel("#b")))
    async with here.store.reading() as connection:
        assert await alerts.of_workspace(connection, HOME) == []


async def test_a_change_that_would_leave_nothing_is_refused(here: Office) -> None:
    refused = await here.ada.does(commands.ScheduleEdit(id="S1", until="sunday", weekdays="mon", every_weeks=1))
    assert "Changed." in said(refused)
    refused = await here.ada.does(commands.ScheduleEdit(id="S1", until="2025-10-05"))
    assert "Nothing would be posted any more." in said(refused)


async def test_an_ended_schedule_goes_on_with_another_theme_and_not_with_the_same(here: Office) -> None:
    await here.posted(SUNDAY - timedelta(days=7), "")
    async with here.store.transaction() as connection:
        await schedules.end(connection, HOME, "S1", theme="teach-with-dualo")
    for command in (commands.SchedulePause(id="S1"), commands.ScheduleSkip(id="S1"), commands.Preview(schedule="S1")):
        assert "S1 has ended" in said(await here.ada.does(command))
    refused = await here.ada.does(commands.ScheduleEdit(id="S1", time="10:00"))
    assert "the closing post are out" in said(refused)
    await here.ada.does(commands.ScheduleEdit(id="S1", theme="backend-architectures"))
    assert (await here.schedule()).state is ScheduleState.ACTIVE


async def test_a_pause_until_a_date_says_when_it_goes_on(here: Office) -> None:
    page = await here.ada.does(commands.SchedulePause(id="S1", until="20 oct"))
    assert said(page) == "S1 is paused until Mon 20 Oct 2025. Next post: Mon 20 Oct 2025 09:00 Europe/Paris."
    assert fact(page, "State") == ("paused until Mon 20 Oct 2025",)
    here.clock.at = SUNDAY + timedelta(days=16)
    page = await here.ada.does(commands.ScheduleShow(id="S1"))
    assert fact(page, "State") == ("active",)


async def test_a_pause_without_a_date_lasts_until_somebody_resumes_it(here: Office) -> None:
    page = await here.ada.does(commands.SchedulePause(id="S1"))
    assert (said(page), fact(page, "Next")) == ("S1 is paused until somebody resumes it.", ("nothing",))
    assert (await here.schedule()).paused_until == FOREVER
    assert said(await here.ada.presses(page, "Resume")) == f"S1 goes on. Next post: {FIRST}."
    assert "is not paused" in said(await here.ada.does(commands.ScheduleResume(id="S1")))


@pytest.mark.parametrize("until", ["today", "yesterday-ish", "2025-01-01", "2027-01-01"])
async def test_a_pause_that_is_none_is_refused(here: Office, until: str) -> None:
    refused = await here.ada.does(commands.SchedulePause(id="S1", until=until))
    assert isinstance(refused, views.Notice)
    assert (await here.schedule()).version == 0


async def test_a_skip_drops_the_next_date_only_and_the_lesson_waits(here: Office) -> None:
    page = await here.ada.does(commands.ScheduleSkip(id="S1"))
    assert said(page) == f"Nothing on Mon 6 Oct 2025; the lesson waits. Next post: {SECOND}."
    assert fact(page, "Mon 6 Oct 2025 09:00", item=1) == ("Nothing: Skipped by hand.",)
    assert str(fact(page, "Mon 13 Oct 2025 09:00", item=1)[0]).startswith("Lesson 2 of")
    page = await here.ada.does(commands.ScheduleSkip(id="S1"))
    assert "Nothing on Mon 13 Oct 2025" in said(page)


@pytest.mark.parametrize(
    ("days", "date", "why"),
    [("mon", "tuesday", ""), ("mon", "2025-10-06", "Skipped by hand."), ("sat", "1 nov", "Public holiday: ")],
)
async def test_a_date_without_a_post_is_answered_with_the_next_ones(
    here: Office, days: str, date: str, why: str
) -> None:
    await here.ada.does(commands.ScheduleSkip(id="S1"))
    await here.ada.does(commands.ScheduleEdit(id="S1", weekdays=days))
    refused = await here.ada.does(commands.ScheduleSkip(id="S1", date=date))
    assert isinstance(refused, views.Notice)
    assert "posts nothing on" in refused.text
    assert (why in refused.text, "The next posts are on " in refused.hint) == (True, True)


async def test_remove_asks_first_and_the_past_stays(here: Office) -> None:
    await here.posted(SUNDAY - timedelta(days=7), "questions-that-teach")
    asked = await here.ada.does(commands.ScheduleRemove(id="S1"))
    assert isinstance(asked, views.Notice)
    assert asked.text.startswith("Remove S1 · ")
    assert (await here.schedule()).version == 0
    gone = await here.ada.presses(asked, "Remove S1")
    assert said(gone).startswith("S1 is removed.")
    assert len(await here.lines()) == 1
    assert "There is no schedule yet." in said(await here.ada.presses(asked, "Remove S1"))


async def test_a_post_out_of_turn_shows_first_what_it_would_post(here: Office) -> None:
    shown = await here.ada.does(commands.ScheduleRunNow(id="S1"))
    assert str(fact(shown, "Post")[0]).startswith("Lesson 2 of")
    assert (fact(shown, "Where"), fact(shown, "Mentions")) == ((views.Place(HERE),), (views.Group("42"),))
    assert await here.lines() == []
    done = await here.ada.presses(shown, "Post it now")
    assert "It is being posted now." in said(done)
    [line] = await here.lines()
    assert (line.due, line.payload["lesson"], str(line.name.local_date)) == (
        SUNDAY,
        "questions-that-teach",
        "2025-10-05",
    )


async def test_a_post_out_of_turn_moves_no_plan_and_is_not_repeated(here: Office) -> None:
    await here.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    page = await here.ada.does(commands.ScheduleShow(id="S1"))
    assert fact(page, "Next")[0] == FIRST
    assert str(fact(page, "Mon 6 Oct 2025 09:00", item=1)[0]).startswith("Lesson 3 of")


async def test_there_is_one_post_a_day(here: Office) -> None:
    await here.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    again = await here.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    assert "S1 is about to post today." in said(again)
    assert len(await here.lines()) == 1
    here.clock.at = MONDAY
    await here.posted(MONDAY, "from-notes-to-theme")
    again = await here.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    assert "S1 has posted today already." in said(again)


async def test_what_failed_today_can_be_posted_once_it_is_mended(here: Office) -> None:
    await here.posted(SUNDAY, "questions-that-teach", state=DeliveryState.FAILED)
    done = await here.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    assert "Lesson 2 of" in said(done)
    [line] = await here.lines()
    assert (line.state, line.reason, line.due) == (DeliveryState.PLANNED, "", SUNDAY)


async def test_a_paused_schedule_posts_when_it_is_told_to(here: Office) -> None:
    await here.ada.does(commands.SchedulePause(id="S1"))
    assert "It is being posted now." in said(await here.ada.does(commands.ScheduleRunNow(id="S1", confirm=True)))


async def test_every_change_stands_in_the_audit(here: Office) -> None:
    await here.ada.does(commands.ScheduleEdit(id="S1", time="10:00"))
    await here.ada.does(commands.SchedulePause(id="S1"))
    await here.ada.does(commands.ScheduleResume(id="S1"))
    await here.ada.does(commands.ScheduleSkip(id="S1"))
    await here.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    await here.ada.does(commands.ScheduleRemove(id="S1", confirm=True))
    assert sorted(verb for verb, _ in await here.audited()) == [
        "schedule-add", "schedule-edit", "schedule-pause", "schedule-remove", "schedule-resume",
        "schedule-run-now", "schedule-skip",
    ]  # fmt: skip
    assert all("S1" in what for _, what in await here.audited())


async def test_what_waits_for_its_turn_goes_where_the_schedule_posts_by_then(here: Office) -> None:
    here.clock.at = MONDAY.replace(hour=7, minute=1)
    await here.plan()
    await here.ada.does(commands.ScheduleEdit(id="S1", channel=Channel("#b")))
    [line] = await here.lines()
    assert (line.address, line.state) == ("#b", DeliveryState.PLANNED)


async def test_preview_without_a_name_is_the_only_schedules_or_a_choice(here: Office) -> None:
    post = await here.ada.does(commands.Preview())
    assert isinstance(post, views.LessonPost)
    assert (post.number, post.mention) == (2, "42")
    await here.add(channel=Channel("#b"), theme="backend-architectures")
    asked = await here.ada.does(commands.Preview())
    assert pressed(asked, "S2 ·") == commands.Preview(schedule="S2")


async def test_preview_of_a_lesson_is_that_lesson_as_a_post(here: Office) -> None:
    post = await here.ada.does(commands.Preview(lesson="backend-architectures/concurrency"))
    assert isinstance(post, views.LessonPost)
    assert (post.number, post.mention, post.following is not None) == (2, "", True)
    first = await here.ada.does(commands.Preview(theme="backend"))
    assert isinstance(first, views.LessonPost)
    assert first.number == 1
