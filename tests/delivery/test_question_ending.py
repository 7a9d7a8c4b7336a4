"""The question of the week at its end: it ends once, says what is right, and counts nothing after that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core import views
from bot.domain.course import Shelf
from bot.domain.outbox import DeliveryKind
from bot.features import commands
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.questions import (
    DAY,
    FRIDAY,
    MINUTE,
    TWO_DAYS,
    WEDNESDAY,
    answers,
    asked,
    edits,
    opened,
    posted_and_asked,
)
from tests.delivery.scene import Scene, scene_on


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    """The clock stands at Sunday noon."""
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


async def test_at_its_end_it_says_once_what_is_right_and_how_the_answers_fell(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    for number in range(8):
        await answers(scene, f"p{number}", post, right=number < 6)
    await scene.at(FRIDAY + MINUTE)
    await scene.at(FRIDAY + 10 * MINUTE)
    [ended] = [edit for edit in edits(scene) if edit.result]
    assert ended.result is not None
    assert edits(scene)[-1] is ended
    assert (ended.options, ended.answered, ended.right) == ((), 8, 6)
    assert [each.right for each in ended.result.answers] == [True]
    assert sorted((share.chosen, share.right) for share in ended.result.shares if share.chosen) == [
        (2, False),
        (6, True),
    ]


async def test_below_five_answers_no_shares_are_shown(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    for number in range(4):
        await answers(scene, f"p{number}", post)
    await scene.at(FRIDAY + MINUTE)
    ended = edits(scene)[-1]
    assert ended.result is not None
    assert (ended.answered, ended.right, ended.result.shares) == (4, None, ())


async def test_a_late_press_is_told_so_still_teaches_and_is_not_counted(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    for number in range(5):
        await answers(scene, f"p{number}", post)
    await scene.at(FRIDAY + MINUTE)
    late = await answers(scene, "late", post, right=False)
    assert isinstance(late, views.Verdict)
    assert late.note.startswith("The question is over, so this is not in its figures.")
    assert any(each.right for each in late.answers)
    first = await answers(scene, "p1", post, right=False)
    assert isinstance(first, views.Verdict)
    assert (first.right, first.note) == (True, "You answered this before; the first answer counts.")
    await scene.at(FRIDAY + 10 * MINUTE)
    assert edits(scene)[-1].answered == 5


async def test_a_question_that_came_late_is_open_for_as_long(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    await opened(scene)
    late = WEDNESDAY + timedelta(hours=5)
    await scene.at(late)
    [result] = await scene.stage.lines(DeliveryKind.RESULT)
    assert result.due == late + timedelta(hours=48)


async def test_moved_after_it_was_asked_it_does_not_come_again(scene: Scene) -> None:
    await posted_and_asked(scene)
    await scene.ada.does(commands.ScheduleEdit(id="S1", question_after="3 days"))
    await scene.at(WEDNESDAY + DAY)
    assert len(asked(scene)) == 1
    assert await scene.stage.states(DeliveryKind.QUESTION) == [("2026-01-07", "sent")]
