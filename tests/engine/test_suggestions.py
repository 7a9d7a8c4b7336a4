"""What is offered while something is typed."""

from __future__ import annotations

import pytest

from bot import commands
from bot.commands import Channel
from bot.engine import StudyEngine
from bot.ports import HandClock
from bot.store.store import Store
from tests.engine.schedule_stage import Office, office


@pytest.fixture
def here(engine: StudyEngine, store: Store, clock: HandClock) -> Office:
    return office(engine, store, clock)


async def offered(here: Office, build: type[commands.Command], name: str, typed: str) -> list[str]:
    parameter = next(each for each in build.spec.parameters if each.name == name)
    return [each.value for each in await here.engine.suggest(parameter, typed, here.ada.actor)]


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("mon,t", ["mon,tue", "mon,thu"]),
        ("mon, t", ["mon,tue", "mon,thu"]),
        ("t", ["tue", "thu"]),
        ("w", ["wed", "weekdays", "weekends"]),
        ("mon,thu,", ["mon,thu,tue", "mon,thu,wed", "mon,thu,fri", "mon,thu,sat", "mon,thu,sun"]),
        ("mon,x", []),
        ("xyz,t", []),
    ],
)
async def test_weekdays_go_on_from_what_is_typed(here: Office, typed: str, values: list[str]) -> None:
    assert await offered(here, commands.ScheduleAdd, "weekdays", typed) == values


async def test_schedules_are_offered_by_id_and_by_theme(here: Office) -> None:
    await here.add()
    await here.add(theme="backend-architectures", channel=Channel("#b"))
    assert await offered(here, commands.ScheduleEdit, "id", "") == ["S1", "S2"]
    assert await offered(here, commands.ScheduleEdit, "id", "s2") == ["S2"]
    assert await offered(here, commands.ScheduleEdit, "id", "backend") == ["S2"]


async def test_regions_are_offered_by_name_and_by_code(here: Office) -> None:
    assert (await offered(here, commands.ScheduleAdd, "holidays", "germ"))[0] == "DE"
    assert "DE-BY" in await offered(here, commands.ScheduleAdd, "holidays", "germany bav")


async def test_dates_are_offered_as_they_are_understood(here: Office) -> None:
    assert (await offered(here, commands.SchedulePause, "until", "24 dec"))[0] == "2025-12-24"
    assert (await offered(here, commands.SchedulePause, "until", "fri"))[0] == "2025-10-10"
    assert len(await offered(here, commands.SchedulePause, "until", "")) > 5
    assert await offered(here, commands.SchedulePause, "until", "qwertz") == []
