"""The operator's doctor: every place of the database that something is posted to, by front end."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from bot.domain.recurrence import Rule, Weekday
from bot.domain.schedule import Schedule, ScheduleState
from bot.process import doctor
from bot.process import fronts as process_fronts
from bot.process.settings import Secret, Settings
from bot.store.cold import schedules
from bot.store.store import Store
from tests.features.house import THEME, Front
from tests.hand_clock import HandClock


async def test_each_front_end_is_asked_about_its_own_places_once_and_not_about_ended_ones(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1))
    orders = [
        Schedule("web:a", "S1", THEME, "#one", rule),
        Schedule("web:a", "S2", THEME, "#one", rule),
        Schedule("web:b", "S1", THEME, "#two", rule),
        Schedule("web:b", "S2", THEME, "#gone", rule, state=ScheduleState.ENDED),
        Schedule("other:c", "S1", THEME, "#three", rule),
    ]
    async with store.transaction() as connection:
        for order in orders:
            await schedules.add(connection, order, HandClock().now())
    web, other = Front(), Front(name="other")

    def fronts(*_: Any, **__: Any) -> list[Front]:
        return [web, other]

    monkeypatch.setattr(process_fronts, "build_adapters", fronts)
    settings = Settings(data_dir=tmp_path, database_url=Secret(database_url))
    found = await doctor.examine(settings)
    assert (web.checked, other.checked) == (["#one", "#two"], ["#three"])
    assert all(check.healthy for check in found), found
