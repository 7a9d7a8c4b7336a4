"""Home leads whoever runs a workspace to its first schedule, for as long as there is none, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import actions, views
from bot.core.ports import Actor
from bot.domain.schedule import Schedule
from bot.features import commands
from bot.store.cold import schedules
from tests.conftest import Learner
from tests.features.schedule_stage import HOME, Office

SET_UP = "Set up a weekly lesson"


def offered(view: views.View) -> list[str]:
    assert isinstance(view, views.HomePage), view
    return [each.label for each in view.actions if isinstance(each, actions.Action)]


async def test_home_leads_a_manager_to_the_first_schedule_until_there_is_one(here: Office) -> None:
    page = await here.ada.types("study")
    assert offered(page).count(SET_UP) == 1
    assert isinstance(await here.ada.presses(page, SET_UP), views.FormPage)
    await here.add()
    assert SET_UP not in offered(await here.ada.types("study"))


async def test_home_counts_a_schedule_that_posts_nothing_any_more(here: Office) -> None:
    await here.add()
    await here.ada.does(commands.SchedulePause(id="S1"))
    page = await here.ada.types("study")
    assert isinstance(page, views.HomePage)
    assert (page.coming, SET_UP in offered(page)) == (None, False)


async def test_home_offers_the_first_schedule_to_whoever_a_manager_named_and_to_nobody_else(here: Office) -> None:
    cat, dan, alone = (
        Learner(here.engine, actor)
        for actor in (
            Actor(HOME, "cat"),
            Actor(HOME, "dan", roles=frozenset({"leads"})),
            Actor("own", "eve", private=True),
        )
    )
    await here.ada.does(commands.EditContacts(manager_role=commands.Role("leads")))
    assert [SET_UP in offered(await each.types("study")) for each in (cat, dan, alone)] == [False, True, False]


async def test_home_asks_for_schedules_once_more_only_for_those_who_run_the_workspace(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    listed = schedules.of_workspace

    async def counted(connection: AsyncConnection, workspace: str) -> list[Schedule | schedules.Broken]:
        asked.append(workspace)
        return await listed(connection, workspace)

    monkeypatch.setattr(schedules, "of_workspace", counted)
    await Learner(here.engine, Actor(HOME, "cat")).types("study")
    assert asked == []
    await here.ada.types("study")
    assert asked == [HOME]


async def test_home_shows_whoever_runs_the_workspace_the_reports_that_wait_and_nobody_else(here: Office) -> None:
    cat = Learner(here.engine, Actor(HOME, "cat"))
    assert not [each for each in offered(await here.ada.types("study")) if each.startswith("Inbox")]
    await cat.does(
        commands.ReportMistake(theme="teach-with-dualo", lesson="questions-that-teach", what="A word is missing.")
    )
    page = await here.ada.types("study")
    assert "Inbox: 1 report" in offered(page)
    assert isinstance(await here.ada.presses(page, "Inbox"), views.Listing)
    assert not [each for each in offered(await cat.types("study")) if each.startswith("Inbox")]
