"""The question of the week: asked once on what was posted last, counted while it is open, and ended once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import event

from bot.core import text, views
from bot.core.ports import Actor
from bot.core.record import replace
from bot.delivery import courier
from bot.delivery.message import Message
from bot.domain.course import Key, Lesson, Shelf
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.questions import Question
from bot.domain.recurrence import Rule, Weekday
from bot.domain.schedule import FOREVER, Schedule
from bot.domain.weekly_question import QuestionDelay
from bot.features import commands
from bot.features.account.commands import PrivacyVerb
from bot.packs.library import Edition
from bot.store.cold import privacy, schedules
from bot.store.hot.operations import Complete
from bot.store.outbox import alerts, question_posts
from tests.conftest import Learner
from tests.delivery.conftest import MONDAY, Stage, replica
from tests.delivery.platform import Fault, gone
from tests.delivery.scene import HERE, HOME, THEME, Scene, scene_on
from tests.features.test_content_changes import with_lesson
from tests.features.test_question_kinds import checked, pick, several, typed, typing

DAY, WEEK, MINUTE = timedelta(days=1), timedelta(days=7), timedelta(minutes=1)
WEDNESDAY = MONDAY + 2 * DAY
FRIDAY = WEDNESDAY + 2 * DAY
TWO_DAYS = QuestionDelay(2)


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    """The clock stands at Sunday noon."""
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


def asked(scene: Scene) -> list[views.QuestionPost]:
    return [post.view for post in scene.stage.platform.posts if isinstance(post.view, views.QuestionPost)]


def edits(scene: Scene) -> list[views.QuestionPost]:
    return [view for _, view in scene.stage.platform.edits if isinstance(view, views.QuestionPost)]


async def reasons(scene: Scene, kind: DeliveryKind = DeliveryKind.QUESTION) -> list[tuple[str, str]]:
    return [(line.state.value, line.reason) for line in await scene.stage.lines(kind)]


async def opened(scene: Scene, lesson: str = "form-of-a-lesson", *, workspace: str = HOME) -> None:
    done = Complete(Seat(workspace, "reader"), Key(THEME, lesson), MONDAY, digest="d", how="learner")
    await scene.stage.store.write(done)


def person(scene: Scene, name: str) -> Learner:
    return Learner(scene.ada.engine, Actor(HOME, name, place=HERE))


async def answers(scene: Scene, name: str, post: views.QuestionPost, *, right: bool = True) -> views.View:
    """Press the first option that is right, or the first that is not."""
    question = next(each for lesson in shelf_of(scene).lessons for each in lesson.questions if each.ask == post.ask)
    at = next(at for at, option in enumerate(question.options) if option.right is right)
    return await person(scene, name).does(post.options[at].command)


def shelf_of(scene: Scene) -> Shelf:
    return scene.library.edition.shelf


def lessons(scene: Scene) -> Sequence[Lesson]:
    theme = shelf_of(scene).theme(THEME)
    assert theme is not None
    return theme.lessons


async def posted_and_asked(scene: Scene, **more: object) -> views.QuestionPost:
    await scene.add(question_after=TWO_DAYS, **more)
    await scene.at(MONDAY)
    await opened(scene)
    await scene.at(WEDNESDAY)
    [post] = asked(scene)
    return post


# Asking ------------------------------------------------------------------------------------------------------------


async def test_a_question_on_the_lesson_that_was_posted_comes_once_on_its_date(scene: Scene) -> None:
    post = await posted_and_asked(scene)
    await scene.at(WEDNESDAY + MINUTE)
    assert asked(scene) == [post]
    assert (post.title, post.number, post.answered, post.right) == (lessons(scene)[0].title, 1, 0, None)
    [address] = [each.address for each in scene.stage.platform.posts if each.view is post]
    assert address == HERE
    assert await scene.stage.states(DeliveryKind.QUESTION) == [("2026-01-07", "sent")]


async def test_nothing_is_asked_without_being_asked_for(scene: Scene) -> None:
    await scene.add()
    await opened(scene)
    for days in range(7):
        await scene.at(MONDAY + days * DAY)
    assert await scene.stage.lines(DeliveryKind.QUESTION) == []


async def test_a_weekday_and_hour_are_those_of_the_schedules_zone(scene: Scene) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="Asia/Tokyo", start=MONDAY.date())
    await scene.add(rule=rule, question_after=QuestionDelay(weekday=Weekday.THU, at=time(18)))
    await scene.at(datetime(2026, 1, 5, 0, tzinfo=UTC))
    await opened(scene)
    [line] = await scene.stage.lines(DeliveryKind.QUESTION)
    assert line.due == datetime(2026, 1, 8, 9, tzinfo=UTC)


async def test_of_several_posts_before_one_question_the_last_is_asked_about(scene: Scene) -> None:
    rule = Rule(frozenset({Weekday.MON, Weekday.TUE}), time(9), zone="UTC", start=MONDAY.date())
    await scene.add(rule=rule, question_after=QuestionDelay(weekday=Weekday.WED))
    for day in (MONDAY, MONDAY + DAY):
        await scene.at(day)
    for lesson in lessons(scene)[:2]:
        await opened(scene, lesson.id)
    await scene.at(WEDNESDAY)
    assert [post.number for post in asked(scene)] == [2]


async def test_nothing_is_asked_about_a_lesson_that_nobody_opened(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    await opened(scene, "running-a-theme")
    await opened(scene, workspace="hand:w2")
    await scene.at(WEDNESDAY)
    said = "Nobody here is known to have opened the lesson, so nothing is asked about it."
    assert await reasons(scene) == [("skipped", said)]


async def test_a_lesson_that_somebody_has_open_is_asked_about(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    [post] = scene.posted
    await person(scene, "bob").presses(post, "Read it")
    await scene.at(WEDNESDAY)
    assert len(asked(scene)) == 1


async def test_a_post_that_was_not_sent_has_no_question(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    scene.stage.platform.turns.append(gone())
    await scene.at(MONDAY)
    await opened(scene)
    await scene.at(WEDNESDAY)
    assert await reasons(scene) == [("skipped", "The post was not sent, so nothing is asked about it.")]


async def test_the_closing_post_has_no_question(scene: Scene) -> None:
    last = lessons(scene)[-1]
    await scene.add(start_at=last.id, question_after=TWO_DAYS)
    await opened(scene, last.id)
    for day in (MONDAY, WEDNESDAY, MONDAY + WEEK, WEDNESDAY + WEEK):
        await scene.at(day)
    assert await reasons(scene) == [("sent", ""), ("skipped", "The closing post has no lesson to ask about.")]


async def test_the_last_lesson_is_asked_about_although_its_schedule_has_ended(scene: Scene) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=MONDAY.date(), until=MONDAY.date())
    await scene.add(rule=rule, question_after=TWO_DAYS)
    await opened(scene)
    for moment in (MONDAY, MONDAY + DAY, WEDNESDAY):
        await scene.at(moment)
    assert (await scene.found()).standing.value == "ended"
    assert len(asked(scene)) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"paused_until": FOREVER}, "The schedule was paused."),
        ({"holidays": "AT"}, "Public holiday: Epiphany."),
    ],
)
async def test_on_a_holiday_and_while_paused_nothing_is_asked(
    scene: Scene, change: dict[str, object], said: str
) -> None:
    made = await scene.add(question_after=QuestionDelay(1))
    await scene.at(MONDAY)
    await opened(scene)
    await changed(scene, replace(made, **change))
    await scene.at(MONDAY + DAY)
    assert await reasons(scene) == [("skipped", said)]


async def changed(scene: Scene, wanted: Schedule) -> None:
    async with scene.stage.store.transaction() as connection:
        assert await schedules.change(connection, wanted, scene.stage.clock.now())


async def test_a_lesson_that_is_not_taught_any_more_is_not_asked_about(scene: Scene, shelf: Shelf) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    await opened(scene)
    themes = [replace(each, lessons=each.lessons[1:]) if each.id == THEME else each for each in shelf.themes]
    scene.library.swap(Edition(replace(shelf, themes=tuple(themes))))
    await scene.at(WEDNESDAY)
    assert await reasons(scene) == [("skipped", "What was posted is not taught any more.")]


async def test_a_lost_permission_is_told_once_for_posts_and_questions(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    await opened(scene)
    lacks = "In #lessons the bot lacks Send Messages. Allow it there."
    scene.stage.platform.script = lambda address, _key: gone(lacks) if address == HERE else None
    for moment in (WEDNESDAY, WEDNESDAY + MINUTE, MONDAY + WEEK, MONDAY + WEEK + MINUTE):
        await scene.at(moment)
    assert [address for address, _ in scene.told] == ["@contact"]
    scene.stage.platform.script = lambda _address, _key: None
    await opened(scene, lessons(scene)[1].id)
    await scene.at(MONDAY + 2 * WEEK)
    async with scene.stage.store.reading() as connection:
        assert await alerts.of_workspace(connection, HOME) == []


async def test_after_downtime_a_question_comes_late_inside_its_window_and_not_beyond(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    await opened(scene)
    await scene.at(WEDNESDAY + timedelta(hours=5))
    assert await reasons(scene) == [("late", "")]
    await scene.at(MONDAY + WEEK)
    await opened(scene, lessons(scene)[1].id)
    await scene.at(WEDNESDAY + WEEK + timedelta(hours=7))
    assert (await reasons(scene))[1] == ("skipped", "Its time was over before it could be posted.")


async def test_of_two_questions_that_are_due_at_once_the_newer_comes_alone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "AT_ONCE", 1)  # in the order of their dates
    rule = Rule(frozenset(Weekday), time(9), zone="UTC", start=MONDAY.date())
    await scene.add(rule=rule, question_after=QuestionDelay(1), window=timedelta(hours=72))
    for lesson in lessons(scene)[:3]:
        await opened(scene, lesson.id)
    await scene.at(MONDAY)
    for days in (1, 2, 3):  # planned, and nobody there to post
        scene.stage.clock.at = MONDAY + days * DAY - 5 * MINUTE
        await scene.stage.planner.plan()
    scene.stage.clock.at = MONDAY + 3 * DAY
    await scene.stage.carry()
    overtaken = ("skipped", "The next question was due before this one could go out.")
    unposted = ("skipped", "The post was not sent, so nothing is asked about it.")
    assert (await reasons(scene))[:3] == [overtaken, overtaken, unposted]
    assert len(scene.stage.platform.posts) == 2


async def test_a_lost_answer_does_not_double_a_question(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    await opened(scene)
    scene.stage.platform.turns.append(Fault.ANSWER_LOST)
    await scene.at(WEDNESDAY)
    assert await reasons(scene) == [("planned", "no answer")]
    await scene.at(WEDNESDAY + MINUTE)
    assert await reasons(scene) == [("sent", "")]
    assert (len(asked(scene)), scene.stage.platform.twice) == (1, [])
    assert await scene.stage.states(DeliveryKind.RESULT) == [("2026-01-07", "planned")]


async def test_a_post_by_hand_has_its_question_and_no_date_has_two(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    scene.stage.clock.at = MONDAY + DAY
    for _ in range(2):
        await scene.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    dates = [str(line.name.local_date) for line in await scene.stage.lines(DeliveryKind.QUESTION)]
    assert dates == ["2026-01-07", "2026-01-08"]


async def test_switched_on_after_a_post_its_question_still_comes(scene: Scene) -> None:
    await scene.add()
    await scene.at(MONDAY)
    await opened(scene)
    scene.stage.clock.at = MONDAY + DAY
    await scene.ada.does(commands.ScheduleEdit(id="S1", question_after="2 days"))
    await scene.at(WEDNESDAY)
    assert len(asked(scene)) == 1


async def test_switched_off_nothing_is_asked_and_moved_it_is_asked_once(scene: Scene) -> None:
    await scene.add(question_after=TWO_DAYS)
    await scene.at(MONDAY)
    await opened(scene)
    await scene.ada.does(commands.ScheduleEdit(id="S1", question_after="thu 10:00"))
    await scene.at(WEDNESDAY)
    assert asked(scene) == []
    await scene.at(WEDNESDAY + DAY + timedelta(hours=1))
    assert len(asked(scene)) == 1
    await scene.ada.does(commands.ScheduleEdit(id="S1", question_after="off"))
    await scene.at(MONDAY + WEEK)
    await scene.at(MONDAY + WEEK + 3 * DAY + timedelta(hours=1))
    assert len(await scene.stage.lines(DeliveryKind.QUESTION)) == 1


# While it is open ---------------------------------------------------------------------------------------------------


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


# Its end --------------------------------------------------------------------------------------------------------------


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
