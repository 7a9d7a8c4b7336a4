"""One person's completions: taken back and brought back, with a yes before and a line in the audit after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.core import actions, views
from bot.core.ports import Actor
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import MemberVerb, Person
from bot.store import tables
from bot.store.cold import learners
from bot.store.store import Store
from tests.conftest import Learner, pressed
from tests.features.house import THEME, boss, fact, listing, notice
from tests.hand_clock import HandClock

ADA = Person("ada")


async def done(learner: Learner) -> int:
    page = await learner.does(commands.OpenTheme(name=THEME))
    assert isinstance(page, views.ThemePage)
    return page.card.done


async def test_without_a_yes_it_only_says_how_many(engine: StudyEngine, ada: Learner) -> None:
    await ada.types(f"done {THEME}/layers")
    await ada.types(f"done {THEME}/concurrency")
    asked = notice(await boss(engine).types(f"study-admin member reset ada {THEME}"))
    assert asked.text.startswith("2 completions")
    assert await done(ada) == 2
    await boss(engine).does(pressed(asked, "Take 2 completions back"))
    assert await done(ada) == 0


@pytest.mark.parametrize(
    ("said", "left"), [(f"{THEME} concurrency", 1), (f"lesson:{THEME}/concurrency", 1), (THEME, 0), ("", 0)]
)
async def test_a_lesson_a_theme_or_everything_is_taken_back(
    engine: StudyEngine, ada: Learner, bob: Learner, said: str, left: int
) -> None:
    for learner in (ada, bob):
        await learner.types(f"done {THEME}/layers")
        await learner.types(f"done {THEME}/concurrency")
    await boss(engine).types(f"study-admin member reset ada {said} confirm:yes")
    assert (await done(ada), await done(bob)) == (left, 2)


async def test_what_was_taken_back_is_brought_back_and_the_earliest_date_counts(
    engine: StudyEngine, ada: Learner, clock: HandClock
) -> None:
    first = clock.now()
    await ada.types(f"done {THEME}/layers")
    reset = commands.ManageMember(action=MemberVerb.RESET, user=ADA, theme=THEME, confirm=True)
    await boss(engine).does(reset)
    clock.at += timedelta(days=3)
    await ada.types(f"done {THEME}/layers")
    await boss(engine).does(commands.ManageMember(action=MemberVerb.RESTORE, user=ADA, theme=THEME, confirm=True))
    page = await ada.types(f"lesson {THEME}/layers")
    assert isinstance(page, views.LessonPage)
    assert page.done_on == first
    await boss(engine).does(reset)
    assert await done(ada) == 0
    again = await boss(engine).does(commands.ManageMember(action=MemberVerb.RESTORE, user=ADA, confirm=True))
    assert notice(again).text.startswith("1 completion ")
    assert await done(ada) == 1


async def test_a_second_press_changes_nothing(engine: StudyEngine, ada: Learner) -> None:
    await ada.types(f"done {THEME}/layers")
    reset = commands.ManageMember(action=MemberVerb.RESET, user=ADA, confirm=True)
    await boss(engine).does(reset)
    assert "Nothing was left to do" in notice(await boss(engine).does(reset)).text
    assert len(listing(await boss(engine).does(commands.Audit())).items) == 1


async def test_both_stand_in_the_audit_with_whom_they_befell(engine: StudyEngine, ada: Learner) -> None:
    await ada.types(f"done {THEME}/layers")
    for verb in (MemberVerb.RESET, MemberVerb.RESTORE):
        await boss(engine).does(
            commands.ManageMember(action=verb, user=ADA, theme=THEME, lesson="layers", confirm=True)
        )
    lines = listing(await boss(engine).does(commands.Audit())).items
    assert {line.title.split()[0] for line in lines} == {"Took", "Brought"}
    assert [(fact(line, "Who"), fact(line, "About")) for line in lines] == [
        ((views.Someone("boss"),), (views.Someone("ada"),))
    ] * 2


async def test_another_workspace_is_out_of_reach(engine: StudyEngine, ada: Learner) -> None:
    await ada.types(f"done {THEME}/layers")
    elsewhere = boss(engine, "web:elsewhere")
    await elsewhere.does(commands.ManageMember(action=MemberVerb.RESET, user=ADA, confirm=True))
    assert await done(ada) == 1


async def test_nothing_to_take_back_is_said(engine: StudyEngine) -> None:
    for verb in MemberVerb:
        said = notice(await boss(engine).does(commands.ManageMember(action=verb, user=ADA, theme=THEME)))
        assert said.text.startswith(("That person has done no lesson in “", "There is nothing to bring back in “"))


async def test_only_those_who_manage_may(engine: StudyEngine, ada: Learner, bob: Learner) -> None:
    await ada.types(f"done {THEME}/layers")
    refused = notice(await bob.types("study-admin member reset ada confirm:yes"))
    assert (refused.tone, await done(ada)) == (views.Tone.SORRY, 1)


async def test_the_button_carries_the_names_of_a_long_lesson(engine: StudyEngine) -> None:
    person = Learner(engine, Actor("web", "4" * 19))
    await person.types(f"done {THEME}/layers")
    asked = await boss(engine).does(
        commands.ManageMember(action=MemberVerb.RESET, user=Person("4" * 19), theme=THEME, lesson="layers")
    )
    command = pressed(asked, "Take")
    assert actions.read(actions.token(command)) == command


async def test_what_is_recorded_while_all_is_taken_back_is_not_lost(
    engine: StudyEngine, store: Store, ada: Learner
) -> None:
    await ada.does(commands.Done(lesson=f"{THEME}/layers"))
    seat = Seat("web", "ada")
    written: list[str] = []

    def record(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("DELETE FROM completion") and not written:
            written.append(statement)
            row = {"workspace": "web", "person": "ada", "theme": THEME, "lesson": "concurrency"}
            values = row | {"at": HandClock().now(), "how": "learner", "digest": "d"}
            connection.execute(tables.completion.insert().values(values))

    sync = store._database.engine.sync_engine
    event.listen(sync, "before_cursor_execute", record)
    async with store.transaction() as connection:
        assert await learners.reset(connection, seat, HandClock().now(), themes=(), lessons=()) == 1
    event.remove(sync, "before_cursor_execute", record)
    async with store.reading() as connection:
        left = (await connection.execute(select(tables.completion.c.lesson))).scalars().all()
    assert (len(written), left) == (1, ["concurrency"])
