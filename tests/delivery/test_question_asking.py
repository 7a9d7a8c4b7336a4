"""The question of the week: asked once on what was posted last."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.core.record import replace
from bot.domain.course import Shelf
from bot.domain.outbox import DeliveryKind
from bot.domain.recurrence import Rule, Weekday
from bot.domain.schedule import FOREVER, Schedule
from bot.domain.weekly_question import QuestionDelay
from bot.features import commands
from bot.packs.library import Edition
from bot.store.cold import schedules
from bot.store.outbox import alerts
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.platform import Fault, gone
from tests.delivery.questions import (
    DAY,
    MINUTE,
    TWO_DAYS,
    WEDNESDAY,
    WEEK,
    asked,
    lessons,
    opened,
    person,
    posted_and_asked,
    reasons,
)
from tests.delivery.scene import HERE, HOME, THEME, Scene, scene_on


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    """The clock stands at Sunday noon."""
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


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
    assert await reasons(scene) == [
        ("skipped", "The post was not out when the question was due, so nothing is asked about it.")
    ]


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
    assert (await scene.found()).state.value == "ended"
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


async def all_due_at_once(scene: Scene, days: int) -> None:
    """Monday's post is out. Every day after it has a post and a question, and nobody was there to send them."""
    rule = Rule(frozenset(Weekday), time(9), zone="UTC", start=MONDAY.date())
    await scene.add(rule=rule, question_after=QuestionDelay(1), window=timedelta(hours=72))
    for lesson in lessons(scene)[:3]:
        await opened(scene, lesson.id)
    await scene.at(MONDAY)
    for day in range(1, days + 1):
        scene.stage.clock.at = MONDAY + day * DAY - 5 * MINUTE
        await scene.stage.planner.plan()
    scene.stage.clock.at = MONDAY + days * DAY


async def both_have_something_to_ask(scene: Scene) -> None:
    """Tuesday's post came in time, and then nobody was there to ask Tuesday's question until Wednesday's was due."""
    await all_due_at_once(scene, 1)
    [post] = [each for each in await scene.stage.claim() if each.name.kind is DeliveryKind.POST]
    scene.stage.clock.at -= MINUTE
    await scene.stage.sender.carry(post)
    scene.stage.clock.at = WEDNESDAY - 5 * MINUTE
    await scene.stage.planner.plan()
    scene.stage.clock.at = WEDNESDAY
    await scene.stage.leases.recover()


async def looks_at_each(scene: Scene, *, backwards: bool) -> None:
    """One row after the other, posts and questions, from the first date to the last or from the last to the first."""
    rows = sorted(await scene.stage.claim(), key=lambda each: each.due, reverse=backwards)
    for each in rows:
        await scene.stage.sender.carry(each)


OVERTAKEN = ("skipped", "The next question was due before this one could go out.")
UNPOSTED = ("skipped", "The post was not out when the question was due, so nothing is asked about it.")
BOTH_WAYS = pytest.mark.parametrize("backwards", [False, True], ids=["oldest first", "newest first"])


@BOTH_WAYS
async def test_of_two_questions_that_are_due_at_once_the_newer_comes_alone(scene: Scene, *, backwards: bool) -> None:
    await both_have_something_to_ask(scene)
    await looks_at_each(scene, backwards=backwards)
    assert (await reasons(scene))[:2] == [OVERTAKEN, ("sent", "")]
    assert [each.number for each in asked(scene)] == [2]


@BOTH_WAYS
async def test_a_question_is_not_overtaken_by_newer_ones_that_have_nothing_to_ask(
    scene: Scene, *, backwards: bool
) -> None:
    await all_due_at_once(scene, 3)
    await looks_at_each(scene, backwards=backwards)
    assert (await reasons(scene))[:3] == [("late", ""), UNPOSTED, UNPOSTED]
    assert [each.number for each in asked(scene)] == [1]


@BOTH_WAYS
async def test_a_newer_question_that_fails_has_had_its_turn(scene: Scene, *, backwards: bool) -> None:
    await both_have_something_to_ask(scene)
    scene.stage.platform.script = lambda _address, key: gone("It is too long.") if "/question/" in key else None
    await looks_at_each(scene, backwards=backwards)
    assert (await reasons(scene))[:2] == [OVERTAKEN, ("failed", "It is too long.")]


@BOTH_WAYS
async def test_a_question_whose_post_comes_with_it_says_the_same_before_and_after_the_post(
    scene: Scene, *, backwards: bool
) -> None:
    await scene.add(question_after=QuestionDelay(1), window=timedelta(hours=72))
    await opened(scene)
    scene.stage.clock.at = MONDAY - MINUTE
    await scene.stage.planner.plan()
    scene.stage.clock.at = MONDAY + DAY
    await looks_at_each(scene, backwards=backwards)
    assert (await scene.stage.states(), await reasons(scene)) == ([("2026-01-05", "late")], [UNPOSTED])


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
