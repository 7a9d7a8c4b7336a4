"""The question of the week while it is open: answered in private, counted in public, of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.core import text, views
from bot.core.record import replace
from bot.delivery.message import Message
from bot.domain.course import Shelf
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.questions import Question
from bot.features import commands
from bot.features.account.commands import PrivacyVerb
from bot.packs.library import Edition
from bot.store.cold import privacy
from bot.store.outbox import question_posts
from tests.delivery.conftest import Stage, replica
from tests.delivery.questions import (
    DAY,
    FRIDAY,
    MINUTE,
    WEDNESDAY,
    answers,
    edits,
    lessons,
    person,
    posted_and_asked,
    reasons,
    shelf_of,
)
from tests.delivery.scene import HOME, Scene, scene_on
from tests.features.test_content_changes import with_lesson
from tests.features.test_question_kinds import checked, pick, several, typed, typing


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    """The clock stands at Sunday noon."""
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


async def test_a_press_is_answered_in_private_and_counts_once(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    wrong = await answers(scene, "bob", post, right=False)
    assert isinstance(wrong, views.Verdict)
    assert (wrong.right, wrong.note, wrong.place) == (False, "", "Question of the week")
    assert any(each.right and each.why.plain for each in wrong.answers)
    again = await answers(scene, "bob", post)
    assert isinstance(again, views.Verdict)
    assert (again.right, again.note) == (False, "You answered this before; the first answer counts.")
    await scene.at(WEDNESDAY + MINUTE)
    assert [edit.answered for edit in edits(scene)] == [1]


async def test_an_answer_is_the_persons_own_and_a_review(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    await answers(scene, "bob", post, right=False)
    async with scene.stage.store.reading() as connection:
        kept = await privacy.export(connection, Seat(HOME, "bob"))
    [answer], [review] = kept["answer"], kept["review"]
    assert (answer["schedule"], answer["quiz"], answer["correct"]) == ("S1", "S1@2026-01-07", False)
    assert (review["question"], review["correct"]) == (answer["question"], False)
    scene.stage.clock.at = WEDNESDAY + 10 * DAY
    due = await person(scene, "bob").does(commands.Review())
    assert isinstance(due, views.QuestionPage)
    assert due.ask == post.ask


async def test_whoever_paused_recording_gets_the_verdict_and_leaves_no_trace(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    await person(scene, "bob").does(commands.Privacy(action=PrivacyVerb.PAUSE))
    verdict = await answers(scene, "bob", post)
    assert isinstance(verdict, views.Verdict)
    assert (verdict.right, verdict.note) == (True, "Nothing was recorded, as you asked.")
    await scene.at(WEDNESDAY + 5 * MINUTE)
    assert edits(scene) == []


async def test_the_number_is_edited_at_most_once_a_minute(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    for second in range(0, 180, 2):
        scene.stage.clock.at = WEDNESDAY + timedelta(seconds=second)
        await answers(scene, f"p{second}", post, right=second % 4 == 0)
        await scene.stage.carry()
    await scene.at(WEDNESDAY + 5 * MINUTE)
    shown = [(edit.answered, edit.right) for edit in edits(scene)]
    assert len(shown) <= 4
    assert shown[-1] == (90, 45)


async def test_how_many_were_right_is_said_from_five_answers_up(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    for number in range(4):
        await answers(scene, f"p{number}", post)
    await scene.at(WEDNESDAY + 2 * MINUTE)
    await answers(scene, "p4", post, right=False)
    await scene.at(WEDNESDAY + 4 * MINUTE)
    assert [(edit.answered, edit.right) for edit in edits(scene)] == [(4, None), (5, 4)]


async def test_an_answer_while_the_number_is_being_edited_is_counted_too(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    await answers(scene, "p1", post)
    scene.stage.clock.at = WEDNESDAY + 2 * MINUTE
    [edit] = await scene.stage.claim()
    message = await scene.composer.compose(edit)
    await answers(scene, "p2", post)
    assert isinstance(message, Message)
    assert message.payload is not None
    assert await scene.stage.leases.settle(edit, message.payload)
    async with scene.stage.store.transaction() as connection:
        seen = replace(edit, payload=message.payload)
        await question_posts.end_count(connection, seen, now=scene.stage.clock.now(), message="m1")
    await scene.at(WEDNESDAY + 4 * MINUTE)
    assert [each.answered for each in edits(scene)] == [2]


async def test_replicas_edit_one_number(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    async with replica(scene.stage) as other:
        other.sender._compose = scene.composer.compose
        for number in range(6):
            await answers(scene, f"p{number}", post)
        scene.stage.clock.at = WEDNESDAY + 2 * MINUTE
        await scene.stage.courier.work("hand")
        await other.courier.work("hand")
        await scene.stage.courier.idle()
        await other.courier.idle()
    assert [edit.answered for edit in edits(scene)] == [6]


async def test_a_crowd_that_presses_at_once_is_counted_to_the_last(scene: Scene) -> None:
    post = await posted_and_asked(scene)

    async def edit_meanwhile() -> None:
        for _ in range(10):
            scene.stage.clock.at += MINUTE
            await scene.stage.carry()
            await asyncio.sleep(0)

    twice = [f"p{number % 20}" for number in range(40)]
    pressing = [answers(scene, name, post, right=number % 3 > 0) for number, name in enumerate(twice)]
    *verdicts, _ = await asyncio.gather(*pressing, edit_meanwhile())
    assert {type(verdict) for verdict in verdicts} == {views.Verdict}
    for _ in range(3):
        scene.stage.clock.at += 2 * MINUTE
        await scene.stage.carry()
    assert edits(scene)[-1].answered == 20


async def test_counting_the_answers_reads_those_of_the_question_alone(scene: Scene) -> None:
    if scene.stage.store.dialect.name != "sqlite":
        pytest.skip("PostgreSQL decides by the size of the table")
    await posted_and_asked(scene)
    [line] = await scene.stage.lines(DeliveryKind.QUESTION)
    seen: list[tuple[str, tuple[object, ...]]] = []
    async with scene.stage.store.reading() as connection:
        event.listen(
            connection.sync_connection,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, values, _context, _many: seen.append((statement, values)),
        )
        await question_posts.tally(connection, line.name)
        [(statement, values)] = seen
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        assert [row.detail for row in plan] == [
            "SEARCH answer USING INDEX ix_answer_workspace_quiz_given_correct (workspace=? AND quiz=?)"
        ]


async def test_a_message_that_was_deleted_ends_in_a_reason(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    await answers(scene, "bob", post)
    scene.stage.platform.vanished = True
    await scene.at(WEDNESDAY + 2 * MINUTE)
    await answers(scene, "eve", post)
    await scene.at(FRIDAY + MINUTE)
    assert await reasons(scene, DeliveryKind.ANSWERS) == [("failed", "The message was deleted.")]
    assert await reasons(scene, DeliveryKind.RESULT) == [("failed", "The message was deleted.")]
    assert scene.told == []


# Of every kind --------------------------------------------------------------------------------------------------------


def asks_only(scene: Scene, question: Question) -> None:
    """The first lesson asks nothing else."""
    lesson = replace(lessons(scene)[0], questions=(question,))
    scene.library.swap(Edition(with_lesson(shelf_of(scene), lesson)))


async def test_where_several_are_right_a_letter_opens_the_question_in_private(scene: Scene) -> None:
    asks_only(scene, several(lessons(scene)[0]))
    post = await posted_and_asked(scene)
    assert (post.several, [each.letter for each in post.options]) == (True, ["A", "B", "C"])
    bob = person(scene, "bob")
    page = await bob.does(post.options[0].command)
    assert isinstance(page, views.QuestionPage)
    assert (page.place, [each.letter for each in page.options if each.picked]) == ("Question of the week", ["A"])
    page = await pick(bob, page, "C")
    assert (await checked(bob, page)).right
    again = await bob.does(post.options[1].command)
    assert isinstance(again, views.Verdict)
    assert (again.right, again.note) == (True, "You answered this before; the first answer counts.")
    for number in range(4):
        eve = person(scene, f"eve{number}")
        await checked(eve, await pick(eve, await eve.does(post.options[1].command), "C"))
    await scene.at(FRIDAY + MINUTE)
    ended = edits(scene)[-1]
    assert ended.result is not None
    assert [share.chosen for share in ended.result.shares] == [1, 4, 5]
    assert (ended.answered, ended.right, len(ended.result.answers)) == (5, 1, 2)


async def test_a_typed_answer_is_given_in_private_and_has_no_shares(scene: Scene) -> None:
    asks_only(scene, typed(lessons(scene)[0]))
    post = await posted_and_asked(scene)
    assert post.options == ()
    for number in range(5):
        verdict = await typing(person(scene, f"p{number}"), post, "skip locked" if number else "no idea")
        assert (verdict.right, verdict.place) == (number > 0, "Question of the week")
    first = await person(scene, "p0").presses(post, "Type the answer")
    assert isinstance(first, views.Verdict)
    assert not first.right
    await scene.at(FRIDAY + MINUTE)
    ended = edits(scene)[-1]
    assert ended.result is not None
    assert (ended.answered, ended.right, ended.result.shares) == (5, 4, ())
    assert [each.text.plain for each in ended.result.answers] == ["SKIP LOCKED"]


async def test_an_answer_never_lands_on_a_question_that_has_changed(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    question = next(each for each in lessons(scene)[0].questions if each.ask == post.ask)
    asks_only(scene, replace(question, ask=text.parse("Asked anew?")))
    page = await person(scene, "bob").does(post.options[0].command)
    assert isinstance(page, views.QuestionPage)
    assert page.note == "This question was changed since it was posted. Here is the new one."
    verdict = await person(scene, "bob").does(page.options[0].command)
    assert isinstance(verdict, views.Verdict)
    assert verdict.note == ""


async def test_answers_are_erased_with_the_person_and_counted_no_more(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    for number in range(5):
        await answers(scene, f"p{number}", post)
    await scene.at(WEDNESDAY + 2 * MINUTE)
    async with scene.stage.store.transaction() as connection:
        assert await privacy.erase(connection, Seat(HOME, "p0"), at=WEDNESDAY) > 0
    await scene.at(FRIDAY + MINUTE)
    assert [(each.answered, each.right) for each in edits(scene)] == [(5, 5), (4, None)]
