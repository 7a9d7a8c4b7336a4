"""Switching the question of the week on, moving it, seeing it, switching it off; and answering it by its buttons."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core import actions, views
from bot.domain.recurrence import Weekday
from bot.domain.weekly_question import QuestionDelay
from bot.features import commands
from tests.conftest import pressed
from tests.features.schedule_stage import SUNDAY, THEME, Office, fact, said


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("2 days", "a question 2 days after each post"),
        ("wed 9:00", "a question on the Wednesday after each post, at 09:00"),
        ("1", "a question 1 day after each post"),
    ],
)
async def test_it_is_given_with_a_new_schedule_and_shown_in_the_list(here: Office, words: str, shown: str) -> None:
    await here.add(question_after=words)
    listed = await here.ada.does(commands.ScheduleList())
    assert fact(listed, "Besides") == (shown,)


async def test_without_it_there_is_none(here: Office) -> None:
    await here.add()
    assert (await here.schedule()).question_after is None
    await here.add(question_after="off", weekdays="tue")
    assert (await here.schedule("S2")).question_after is None


async def test_a_change_switches_it_on_moves_it_and_switches_it_off(here: Office) -> None:
    await here.add()
    for words, kept in (
        ("2 days", QuestionDelay(2)),
        ("thursday", QuestionDelay(weekday=Weekday.THU)),
        ("off", None),
    ):
        await here.ada.does(commands.ScheduleEdit(id="S1", question_after=words))
        assert (await here.schedule()).question_after == kept
    await here.ada.does(commands.ScheduleEdit(id="S1", question_after="2 days"))
    await here.ada.does(commands.ScheduleEdit(id="S1", time="10:00"))
    assert (await here.schedule()).question_after == QuestionDelay(2)
    told = [what for verb, what in await here.audited() if verb == "schedule-edit"]
    assert sum("a question 2 days after each post" in what for what in told) == 2
    assert sum("no question of the week" in what for what in told) == 1


@pytest.mark.parametrize("words", ["soon", "0 days", "99 days", "mon,thu", "wed 25:00"])
async def test_what_says_no_time_is_refused_with_what_would(here: Office, words: str) -> None:
    await here.add()
    refused = await here.ada.does(commands.ScheduleEdit(id="S1", question_after=words))
    assert "Say it like 2 days" in said(refused)
    assert (await here.schedule()).question_after is None


async def test_it_has_a_form_of_its_own_reached_from_the_schedule(here: Office) -> None:
    await here.add()
    page = await here.ada.does(commands.ScheduleShow(id="S1"))
    form = await here.ada.presses(page, "Question of the week")
    assert isinstance(form, views.FormPage)
    [field] = form.form.fields
    assert (field.name, field.value) == ("after", "2 days")
    await here.ada.does(actions.fill(form.form.token, {"after": "wed 09:00"}))
    assert (await here.schedule()).question_after is not None
    again = await here.ada.presses(await here.ada.does(commands.ScheduleShow(id="S1")), "Question of the week")
    assert isinstance(again, views.FormPage)
    assert again.form.fields[0].value == "wed 09:00"
    await here.ada.does(actions.fill(again.form.token, {"after": "off"}))
    assert (await here.schedule()).question_after is None


async def test_only_those_who_manage_switch_it(here: Office) -> None:
    await here.add()
    here.bob.actor = type(here.bob.actor)(here.bob.actor.workspace, "bob")
    refused = await here.bob.does(commands.ScheduleQuestion(id="S1", after="2 days"))
    assert "manage" in said(refused)
    assert (await here.schedule()).question_after is None


async def test_the_preview_shows_it_and_its_letters_record_nothing(here: Office) -> None:
    await here.add(question_after="2 days")
    post = await here.ada.does(commands.Preview(schedule="S1"))
    question = await here.ada.presses(post, "Its question")
    assert isinstance(question, views.QuestionPost)
    assert (question.preview, question.number, question.answered) == (True, 1, 0)
    assert {type(option.command) for option in question.options} <= {commands.PressPreview}
    assert "its buttons record nothing" in said(await here.ada.does(pressed(question, "Read the lesson (preview)")))
    if question.options:
        assert "its buttons record nothing" in said(await here.ada.does(question.options[0].command))
    assert await here.ada.does(commands.Preview(schedule="S1", question=True)) == question


async def test_once_a_lesson_is_out_the_preview_is_of_its_question(here: Office) -> None:
    await here.add(question_after="2 days")
    here.clock.at = SUNDAY.replace(day=7)
    await here.posted(SUNDAY.replace(day=6, hour=7), "form-of-a-lesson")
    question = await here.ada.does(commands.Preview(schedule="S1", question=True))
    assert isinstance(question, views.QuestionPost)
    assert question.number == 1


async def test_the_preview_says_when_the_answer_will_be_shown(here: Office) -> None:
    await here.add(question_after="wed 14:00")
    question = await here.ada.does(commands.Preview(schedule="S1", question=True))
    assert isinstance(question, views.QuestionPost)
    assert question.until == datetime(2025, 10, 10, 14, tzinfo=ZoneInfo("Europe/Paris"))


async def test_the_question_on_any_lesson_can_be_previewed(here: Office) -> None:
    question = await here.ada.does(commands.Preview(theme=THEME, lesson="2", question=True))
    assert isinstance(question, views.QuestionPost)
    assert (question.number, question.preview) == (2, True)


@pytest.mark.parametrize("verb", ["AnswerWeekly", "AskWeekly", "TypeWeekly"])
async def test_a_question_that_left_the_shelf_says_so(here: Office, verb: str) -> None:
    given = {"schedule": "S1", "date": "2025-10-08", "name": "0" * 12}
    if verb != "AskWeekly":
        given |= {"question": "0" * 12}
    told = await here.ada.does(getattr(commands, verb)(**given))
    assert "not taught any more" in said(told)
