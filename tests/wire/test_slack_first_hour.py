"""The first hour on Slack: a lesson before any choice, a wish that goes through the picker, an offer on Home."""

from __future__ import annotations

from bot.core.ports import Actor
from bot.features import commands
from bot.features.commands import Role
from tests.wire.slack_bot import Scene, labels, words

TEACH = "📝 Teach with Dualo"


async def test_next_shows_a_newcomer_a_lesson_with_the_way_to_any_other_theme(office: Scene) -> None:
    lesson = await office.asks("/next")
    assert lesson.text.startswith("Lesson 1 of 10")
    other = await office.presses(lesson, "Another theme")
    turn = await office.ada.choose(other, "Choose a theme", TEACH)
    shown = await turn.until("a lesson", lambda: next(iter([*turn.updates, *turn.ephemerals]), None))
    assert shown.text.startswith("Lesson 1 of 4 in Teach with Dualo")


async def test_a_theme_chosen_after_quiz_comes_to_its_first_question(office: Scene) -> None:
    picker = await office.asks("/quiz")
    assert "the first question comes" in words(picker)
    question = await (await office.ada.choose(picker, "Choose a theme", TEACH)).updated()
    assert "Question 1 of 5" in words(question)


async def test_a_lesson_done_is_gone_on_with_from_the_shortcut(office: Scene) -> None:
    recorded = await office.asks("/done", "teach-with-dualo 1")
    assert {"Read lesson 2", "Quiz me on lesson 1", "Undo"} <= set(labels(recorded))
    assert (await office.asks("/next")).text.startswith("Lesson 2 of 4 in Teach with Dualo")


async def test_a_groups_theme_is_offered_on_home_and_followed_with_one_press(office: Scene) -> None:
    group = office.workspace.usergroup("backend", [office.ada])
    tenant = f"slack:-:{office.workspace.id}"
    boss = Actor(tenant, office.boss.id, manages=True)
    await office.engine.engine.handle(commands.Assign(theme="teach-with-dualo", role=Role(group.id)), boss)
    await office.asks("/themes")
    await office.until("the groups", lambda: office.slack.calls("usergroups.list") or None)
    home = await office.ada.open_home()
    await office.shows(home, "Suggested to you here")
    page = await (await office.ada.press(home, "Follow")).modal()
    assert "You follow “Teach with Dualo”." in words(page)
    await office.until("Home changed", lambda: home if "Suggested to you here" not in words(home) else None)
