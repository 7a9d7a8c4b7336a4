"""Whatever is given for a schedule: a sentence or a plan, never a traceback, and every button fits."""

from __future__ import annotations

import pytest

from bot.core import actions, views
from bot.core.errors import StudyError
from bot.features import commands
from tests.features.schedule_stage import HERE, THEME, Office
from tests.features.test_bad_input import HOSTILE

GIVEN: dict[type[commands.Command], dict[str, object]] = {
    commands.Setup: {"theme": THEME, "channel": HERE, "weekday": "mon", "hour": "9"},
    commands.ScheduleAdd: {"theme": THEME, "channel": HERE, "weekdays": "mon", "time": "9"},
    commands.ScheduleEdit: {"id": "S1"},
    commands.SchedulePause: {"id": "S1"},
    commands.ScheduleSkip: {"id": "S1"},
    commands.ScheduleRemove: {"id": "S1"},
    commands.ScheduleRunNow: {"id": "S1"},
    commands.ScheduleList: {},
    commands.Preview: {},
}


@pytest.mark.parametrize("words", [*HOSTILE, "a" * 40, "-", "S1", "next blue moon", "9999-12-31", "0"])
async def test_hostile_words_for_a_schedule_never_break_anything(here: Office, words: str) -> None:
    await here.add()
    for build, given in GIVEN.items():
        for parameter in build.spec.parameters:
            try:
                command = commands.build(build.spec, {**given, parameter.name: words})
            except StudyError:
                continue
            view = await here.ada.does(command)
            assert not (isinstance(view, views.Notice) and "Reference" in view.text), (command, view)
            for offer in view.actions:
                for each in offer.options if isinstance(offer, actions.Choice) else (offer,):
                    assert len(actions.token(each.command).encode()) <= actions.LONGEST_TOKEN
            offered = await here.engine.suggest(parameter, words, here.ada.actor)
            assert all(len(each.label) <= 100 and len(each.value) <= 100 for each in offered)
