"""What is offered while something is typed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from bot.core import views
from bot.core.record import replace
from bot.domain.recurrence import Weekday
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import Channel, Person
from bot.store.store import Store
from tests.conftest import Learner
from tests.features.house import boss
from tests.features.schedule_stage import SETUP, Office


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


async def test_days_are_offered_in_the_readers_language_and_are_read_in_it(here: Office) -> None:
    here.ada.actor = replace(here.ada.actor, locale="de")
    assert await offered(here, commands.ScheduleAdd, "weekdays", "mo,d") == ["mo,di", "mo,do"]
    await here.add(weekdays="mo,do")
    assert (await here.schedule()).rule.weekdays == {Weekday.MON, Weekday.THU}
    await here.ada.does(commands.EditSettings(language="en"))
    assert await offered(here, commands.ScheduleAdd, "weekdays", "mon,t") == ["mon,tue", "mon,thu"]


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


async def test_what_managers_do_is_offered_to_the_named_and_costs_nobody_a_statement(
    engine: StudyEngine, store: Store, ada: Learner, bob: Learner
) -> None:
    await boss(engine).does(commands.EditContacts(manager=Person("ada")))
    (topic,) = commands.Help.spec.options

    async def offered(learner: Learner) -> bool:
        found = await engine.suggest(topic, "run", learner.actor)
        return "Run" in [each.value for each in found]

    assert [await offered(each) for each in (ada, bob, boss(engine))] == [True, False, True]
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(store._database.engine.sync_engine, "before_cursor_execute", note)
    await offered(bob)
    await bob.types("help")
    event.remove(store._database.engine.sync_engine, "before_cursor_execute", note)
    assert seen == []
    await boss(engine).does(commands.DropManager(named="person:ada"))
    assert not await offered(ada)


async def lessons(learner: Learner, engine: StudyEngine, typed: str, **given: str) -> list[str]:
    parameter = next(each for each in commands.OpenLesson.spec.options if each.name == "lesson")
    return [each.value for each in await engine.suggest(parameter, typed, learner.actor, given=given)]


async def test_a_number_finds_the_lesson_of_the_theme_at_hand_and_then_of_all_themes(
    ada: Learner, engine: StudyEngine
) -> None:
    await ada.types("lesson frameworks-under-pressure 1")
    found = await lessons(ada, engine, "3")
    assert found[0].startswith("frameworks-under-pressure/")
    assert {each.partition("/")[0] for each in found[:-1]} == {
        "frameworks-under-pressure", "backend-architectures", "teach-with-dualo"
    }  # fmt: skip
    within = await lessons(ada, engine, "3", theme="backend-architectures")
    assert [each.partition("/")[0] for each in within[:-1]] == ["backend-architectures"]


async def test_lessons_of_several_themes_say_which_is_theirs(ada: Learner, engine: StudyEngine) -> None:
    parameter = next(each for each in commands.OpenLesson.spec.options if each.name == "lesson")
    found = await engine.suggest(parameter, "3", ada.actor)
    assert all(" – " in each.label for each in found[:-1])


async def test_what_is_merely_a_little_alike_is_left_out(ada: Learner, engine: StudyEngine) -> None:
    found = await lessons(ada, engine, "conc")
    assert found[0] == "backend-architectures/concurrency"
    assert "frameworks-under-pressure/drift" not in found
    assert len(found) <= 12
    assert await lessons(ada, engine, "qwertz") == ["?qwertz"]


async def test_lessons_are_suggested_by_what_a_search_finds_in_them(ada: Learner, engine: StudyEngine) -> None:
    found = await ada.types("find pool")
    assert isinstance(found, views.SearchPage)
    searched = [f"{hit.lesson.theme}/{hit.lesson.id}" for hit in found.hits]
    assert await lessons(ada, engine, "pool") == [*searched, "?pool"]


async def test_a_search_is_always_offered_and_a_choice_of_it_searches(ada: Learner, engine: StudyEngine) -> None:
    parameter = next(each for each in commands.OpenLesson.spec.options if each.name == "lesson")
    last = (await engine.suggest(parameter, "pool", ada.actor))[-1]
    assert last.label == "Search the lessons for “pool”"
    assert isinstance(await ada.does(commands.OpenLesson(lesson=last.value)), views.SearchPage)
    assert isinstance(await ada.types(f"lesson {last.value}"), views.SearchPage)
    quiz = await ada.does(commands.Quiz(lesson=last.value))
    assert isinstance(quiz, views.Notice)
    assert "speak of “pool”" in quiz.text


async def test_a_theme_is_not_suggested_for_words_that_are_not_its_own(ada: Learner, engine: StudyEngine) -> None:
    parameter = next(each for each in commands.OpenLesson.spec.options if each.name == "theme")
    assert await engine.suggest(parameter, "nonsense", ada.actor) == ()
    found = await engine.suggest(parameter, "framworks", ada.actor)
    assert [each.value for each in found] == ["frameworks-under-pressure"]


async def test_the_word_that_takes_a_zone_back_is_offered_where_a_form_knows_it(here: Office) -> None:
    for command in (commands.EditSettings, commands.EditWorkspace, commands.Setup):
        parameter = next(each for each in command.spec.parameters if each.name == "timezone")
        for typed in ("", "def"):
            assert (await here.engine.suggest(parameter, typed, here.ada.actor))[0].value == "default"
        assert "default" not in [each.value for each in await here.engine.suggest(parameter, "par", here.ada.actor)]
    edit = next(each for each in commands.ScheduleEdit.spec.parameters if each.name == "timezone")
    assert "default" not in [each.value for each in await here.engine.suggest(edit, "", here.ada.actor)]


async def test_the_default_zone_of_a_schedule_is_the_workspaces(here: Office) -> None:
    await here.ada.does(commands.EditWorkspace(timezone="Asia/Tokyo"))
    await here.ada.does(replace(SETUP, timezone="default"))
    assert (await here.schedule()).rule.zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("typed", "first"), [("", "07:00"), ("9", "09:00"), ("18", "18:00"), ("8:15", "08:15"), ("9pm", "21:00")]
)
async def test_a_time_is_suggested_by_half_hours_and_as_it_was_typed(here: Office, typed: str, first: str) -> None:
    assert (await offered(here, commands.ScheduleAdd, "time", typed))[0] == first
