"""A preview is the post for one pair of eyes: it says so, its buttons do nothing, and there is a way back."""

from __future__ import annotations

import pytest

from bot.core import actions, layout, views
from bot.features import commands
from tests.conftest import pressed
from tests.features.schedule_stage import THEME, Office, said

MARK = "Preview, for your eyes"


def labels(view: views.View) -> list[str]:
    return [each.label for each in view.actions if isinstance(each, actions.Action)]


async def shown(here: Office, command: commands.Preview) -> views.LessonPost:
    view = await here.ada.does(command)
    assert isinstance(view, views.LessonPost), view
    return view


async def test_a_preview_and_each_of_its_buttons_say_so(here: Office) -> None:
    await here.add()
    preview = await shown(here, commands.Preview(schedule="S1"))
    assert MARK in str(layout.page(preview, views.Reader()))
    assert labels(preview) == ["Read it (preview)", "Done – next (preview)", "Not this week (preview)", "Back to S1"]
    assert not any(each.primary for each in preview.actions if isinstance(each, actions.Action))


@pytest.mark.parametrize("button", ["Read it", "Done – next", "Not this week"])
async def test_pressing_a_previews_button_records_nothing_and_leads_back(here: Office, button: str) -> None:
    await here.add()
    preview = await shown(here, commands.Preview(schedule="S1"))
    answer = await here.ada.presses(preview, button)
    assert "its buttons record nothing" in said(answer)
    assert await here.ada.presses(answer, "Back to the preview") == preview
    assert isinstance(await here.ada.presses(answer, "Back to S1"), views.Listing)
    assert "Nothing is recorded yet." in said(await here.ada.types("progress"))
    assert await here.lines() == []


async def test_the_way_back_from_a_preview_is_the_schedule_it_was_of(here: Office) -> None:
    await here.add()
    preview = await here.ada.presses(await here.ada.does(commands.ScheduleShow(id="S1")), "Preview")
    assert pressed(preview, "Back to") == commands.ScheduleShow(id="S1")


async def test_a_preview_of_a_lesson_leads_back_to_those_who_run_dualo(here: Office) -> None:
    preview = await shown(here, commands.Preview(theme=THEME, lesson="2"))
    assert (preview.number, preview.preview) == (2, True)
    answer = await here.ada.presses(preview, "Done – next")
    assert "its buttons record nothing" in said(answer)
    assert await here.ada.presses(answer, "Back to the preview") == preview
    assert isinstance(await here.ada.presses(answer, "Running Dualo"), views.Listing)
