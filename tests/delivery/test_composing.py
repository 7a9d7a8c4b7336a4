"""What the clock posts is what was previewed; what has changed by then is cancelled in words; the end is told once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.core import views
from bot.core.ports import Delivered, Outcome
from bot.core.record import replace
from bot.delivery.message import Message
from bot.domain.course import Key, Shelf
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.recurrence import Rule, Weekday
from bot.domain.schedule import ScheduleState
from bot.features import commands
from bot.features.schedules import posting
from bot.packs.library import Edition
from bot.store.cold import workspaces
from bot.store.hot.operations import Complete
from bot.store.outbox import alerts
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.platform import Fault, gone
from tests.delivery.scene import HERE, HOME, THEME, Scene, numbers, scene_on

WEEK = timedelta(days=7)


@pytest.fixture
async def scene(stage: Stage, shelf: Shelf) -> AsyncIterator[Scene]:
    """The clock stands at Sunday noon."""
    made = await scene_on(stage, shelf)
    yield made
    await made.stage.courier.stop(5)


async def test_what_is_previewed_is_what_is_posted_but_for_the_mark_and_the_buttons(scene: Scene) -> None:
    await scene.add(mention="42", thread=True, holidays="FR")
    for week in range(6):
        scene.stage.clock.at = MONDAY + week * WEEK - timedelta(hours=5)
        shown = await scene.ada.does(commands.Preview(schedule="S1"))
        await scene.at(MONDAY + week * WEEK)
        assert isinstance(shown, (views.LessonPost, views.ClosingPost))
        posted = scene.posted[-1]
        assert isinstance(posted, (views.LessonPost, views.ClosingPost))
        assert (shown.preview, posted.preview) == (True, False)
        assert replace(shown, preview=False, actions=posted.actions) == posted
        if isinstance(shown, views.ClosingPost):
            break
    assert numbers(scene.posted) == [1, 2, 3, 4, "ClosingPost"]


async def test_a_post_leads_on_and_names_nobody(scene: Scene) -> None:
    await scene.add(mention="42")
    await scene.at(MONDAY)
    [post] = scene.posted
    assert isinstance(post, views.LessonPost)
    assert [offer.label for offer in post.actions if hasattr(offer, "label")] == [
        "Read it",
        "Done – next",
        "Not this week",
    ]
    assert post.following is not None
    assert (post.following.when, post.total, post.done, post.mention) == ("Next Monday, 12 January", 4, 0, "42")


async def test_next_monday_is_the_monday_after_the_holiday(scene: Scene) -> None:
    await scene.add(holidays="DE")
    await scene.at(datetime(2026, 3, 30, 9, tzinfo=UTC))
    post = scene.posted[-1]
    assert isinstance(post, views.LessonPost)
    assert post.following is not None
    assert post.following.when == "Monday, 13 April"


async def test_a_further_try_posts_the_lesson_that_was_settled(scene: Scene, shelf: Shelf) -> None:
    await scene.add()
    scene.stage.platform.turns.append(Fault.REQUEST_LOST)
    await scene.at(MONDAY)
    theme = shelf.theme(THEME)
    assert theme is not None
    turned = replace(theme, lessons=tuple(reversed(theme.lessons)))
    others = tuple(turned if each is theme else each for each in shelf.themes)
    scene.library.swap(Edition(replace(shelf, themes=others)))
    await scene.stage.tick(60)
    [post] = scene.posted
    assert isinstance(post, views.LessonPost)
    assert post.title == theme.lessons[0].title


async def test_a_post_out_of_turn_goes_out_and_its_lesson_does_not_come_again(scene: Scene) -> None:
    await scene.add()
    await scene.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    await scene.stage.tick()
    await scene.at(MONDAY)
    assert numbers(scene.posted) == [1, 2]
    assert await scene.stage.states() == [("2026-01-04", "sent"), ("2026-01-05", "sent")]


async def test_a_post_out_of_turn_on_a_planned_date_takes_that_dates_place(scene: Scene) -> None:
    await scene.add()
    scene.stage.clock.at = MONDAY - timedelta(hours=2)
    await scene.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    await scene.stage.tick()
    for moment in (MONDAY, MONDAY + WEEK):
        await scene.at(moment)
    assert numbers(scene.posted) == [1, 2]


async def test_what_failed_is_posted_by_hand_the_same_day_and_the_alert_goes(scene: Scene) -> None:
    await scene.add()
    scene.stage.platform.turns.append(gone())
    await scene.at(MONDAY)
    assert await scene.reasons() == [("failed", "The channel is archived. Choose another one.")]
    await scene.ada.does(commands.ScheduleRunNow(id="S1", confirm=True))
    await scene.stage.tick(60)
    assert (numbers(scene.posted), scene.stage.platform.twice) == ([1], [])
    async with scene.stage.store.reading() as connection:
        assert await alerts.of_workspace(connection, HOME) == []


async def test_a_paused_or_moved_schedule_posts_nothing_that_was_in_hand(scene: Scene) -> None:
    await scene.add()
    scene.stage.platform.turns.append(Fault.REQUEST_LOST)
    await scene.at(MONDAY)
    await scene.ada.does(commands.SchedulePause(id="S1"))
    await scene.stage.tick(60)
    assert (scene.posted, await scene.reasons()) == ([], [("skipped", "The schedule was paused.")])


async def test_the_closing_post_ends_the_schedule_and_its_maker_hears_of_it_once(scene: Scene) -> None:
    await scene.add(start_at="running-a-theme")
    await scene.at(MONDAY)
    await scene.at(MONDAY + WEEK)
    assert numbers(scene.posted) == [4, "ClosingPost"]
    closing = scene.posted[-1]
    assert isinstance(closing, views.ClosingPost)
    assert (closing.total, bool(closing.suggestion), len(closing.actions)) == (4, True, 3)
    ended = await scene.found()
    assert ended.state is ScheduleState.ENDED
    await scene.stage.tick(1)
    for weeks in (2, 3, 4):
        await scene.at(MONDAY + weeks * WEEK)
    assert numbers(scene.posted) == [4, "ClosingPost"]
    [(address, notice)] = scene.told
    assert isinstance(notice, views.Notice)
    assert (address, "has ended: every lesson and the closing post are out." in notice.text) == ("@ada", True)


async def test_a_closing_post_in_doubt_is_told_once_too(scene: Scene) -> None:
    await scene.add(start_at="running-a-theme")
    await scene.at(MONDAY)
    scene.stage.platform.turns.append(Fault.ANSWER_LOST)
    await scene.at(MONDAY + WEEK)
    assert (await scene.found()).state is ScheduleState.ACTIVE
    for _ in range(3):
        await scene.stage.tick(60)
    assert (await scene.found()).state is ScheduleState.ENDED
    assert (len(scene.told), scene.stage.platform.twice) == (1, [])


async def test_a_crash_after_the_end_was_written_tells_nobody_twice(scene: Scene) -> None:
    await scene.add(start_at="running-a-theme")
    await scene.at(MONDAY)
    scene.stage.clock.at = MONDAY + WEEK
    await scene.stage.planner.plan()
    [line] = [each for each in await scene.stage.claim() if each.name.kind == DeliveryKind.POST]
    letter = await scene.composer.compose(line)
    assert isinstance(letter, Message)
    assert letter.payload is not None
    await scene.stage.leases.settle(line, letter.payload)
    await scene.stage.platform.deliver(letter.view, line.address, line.name.key)
    await scene.stage.sender._end_schedule(replace(line, payload=letter.payload))
    for _ in range(4):
        await scene.stage.tick(60)
    assert (len(scene.told), scene.stage.platform.twice) == (1, [])
    assert (await scene.stage.states())[-1] == ("2026-01-12", "sent")


async def test_a_schedule_past_its_last_date_is_told_of_after_the_last_post(scene: Scene) -> None:
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1), until=date(2026, 1, 6))
    await scene.add(rule=rule, created_by="")
    await scene.at(MONDAY - timedelta(minutes=10))
    await scene.at(MONDAY)
    assert (numbers(scene.posted), scene.told) == ([1], [])
    await scene.stage.tick(600)
    [(address, notice)] = scene.told
    assert isinstance(notice, views.Notice)
    assert (address, "its last date is over" in notice.text) == ("@contact", True)


async def test_a_theme_that_is_gone_is_told_once_and_cleared_when_it_is_back(scene: Scene, shelf: Shelf) -> None:
    await scene.add()
    scene.library.swap(Edition(replace(shelf, themes=tuple(each for each in shelf.themes if each.id != THEME))))
    for weeks in range(3):
        await scene.at(MONDAY + weeks * WEEK)
        await scene.stage.tick(60)
    assert await scene.reasons() == [("skipped", f"The theme “{THEME}” is not taught any more.")] * 3
    [(address, listing)] = scene.told
    assert isinstance(listing, views.Listing)
    assert (address, "S1" in listing.items[0].title) == ("@contact", True)
    scene.library.swap(Edition(shelf))
    await scene.at(MONDAY + 3 * WEEK)
    async with scene.stage.store.reading() as connection:
        assert (numbers(scene.posted), await alerts.of_workspace(connection, HOME)) == ([1], [])


async def test_a_theme_that_is_for_another_workspace_is_posted_there_alone(scene: Scene, shelf: Shelf) -> None:
    await scene.add()
    theme = shelf.theme(THEME)
    assert theme is not None
    others = tuple(each for each in shelf.themes if each is not theme)
    scene.library.swap(Edition(Shelf((replace(theme, workspaces=("hand:w2",)), *others))))
    await scene.at(MONDAY)
    await scene.stage.tick(60)
    assert scene.posted == []
    assert theme.title not in repr(scene.told)
    scene.library.swap(Edition(Shelf((replace(theme, workspaces=(HOME,)), *others))))
    await scene.at(MONDAY + WEEK)
    assert numbers(scene.posted) == [1]


async def test_an_alert_names_the_schedule_the_place_and_the_mend(scene: Scene) -> None:
    await scene.add()
    scene.stage.platform.turns.append(gone("In #lessons the bot lacks Send Messages. Allow it there."))
    await scene.at(MONDAY)
    await scene.stage.tick(60)
    [(address, listing)] = scene.told
    assert isinstance(listing, views.Listing)
    [item] = listing.items
    assert (address, item.title) == ("@contact", "S1 · 📝 Teach with Dualo")
    assert item.facts == (views.Fact("Where", (views.Place(HERE),)),)
    assert item.note == "In #lessons the bot lacks Send Messages. Allow it there."
    assert [each.command for each in item.actions] == [
        commands.ScheduleRunNow(id="S1"),
        commands.ScheduleShow(id="S1"),
    ]


@pytest.mark.parametrize(("people", "done"), [(4, 0), (5, 5)])
async def test_after_a_week_the_post_says_how_many_if_they_are_enough(scene: Scene, people: int, done: int) -> None:
    await scene.add()
    await scene.at(MONDAY)
    await complete(scene, people)
    await scene.at(MONDAY + WEEK)
    edits = {message: view.done for message, view in scene.stage.platform.edits if isinstance(view, views.LessonPost)}
    assert edits == ({"m0": done} if done else {})
    if not done:
        [line] = [each for each in await scene.stage.lines(DeliveryKind.COUNT) if each.state.over]
        assert line.reason == "Fewer than 5 people have done it, so no number is shown."


async def complete(scene: Scene, people: int, lessons: tuple[str, ...] = ("form-of-a-lesson",)) -> None:
    """In this workspace, and as many again in another."""
    for workspace in (HOME, "hand:w2"):
        for number in range(people):
            for lesson in lessons:
                seat = Seat(workspace, f"p{number}")
                done = Complete(seat, Key(THEME, lesson), MONDAY, digest="d", how="learner")
                await scene.stage.store.write(done)


async def test_the_closing_post_counts_those_who_did_all_of_it(scene: Scene, shelf: Shelf) -> None:
    theme = shelf.theme(THEME)
    assert theme is not None
    await scene.add(start_at="running-a-theme")
    await complete(scene, 6, tuple(each.id for each in theme.lessons[:-1]))
    await complete(scene, 5, (theme.lessons[-1].id,))
    for weeks in range(3):
        await scene.at(MONDAY + weeks * WEEK)
    counted: Mapping[str, object] = dict(scene.stage.platform.edits)
    closing = counted["m1"]
    assert isinstance(closing, views.ClosingPost)
    assert closing.done == 5


async def test_a_post_that_was_not_sent_is_not_counted(scene: Scene) -> None:
    await scene.add()
    scene.stage.platform.turns.append(gone())
    await scene.at(MONDAY)
    await scene.at(MONDAY + WEEK)
    counts = [line.reason for line in await scene.stage.lines(DeliveryKind.COUNT) if line.state.over]
    assert counts == ["The post was not sent, so nothing is counted."]


async def test_a_workspace_that_left_is_passed_over_until_it_comes_back(scene: Scene) -> None:
    await scene.add()
    await scene.at(MONDAY - timedelta(minutes=10))
    async with scene.stage.store.transaction() as connection:
        await workspaces.left(connection, HOME, MONDAY)
    for weeks in range(2):
        await scene.at(MONDAY + weeks * WEEK)
    assert (scene.posted, await scene.reasons()) == ([], [("skipped", "The workspace took Dualo away.")])
    async with scene.stage.store.transaction() as connection:
        await workspaces.joined(connection, HOME, MONDAY)
    await scene.at(MONDAY + 2 * WEEK)
    assert numbers(scene.posted) == [1]


async def test_a_post_that_notified_nobody_is_told_once_and_settled_by_one_that_did(scene: Scene) -> None:
    await scene.add(mention="42")
    quiet = Delivered(Outcome.SENT, "m", reason="Nobody was notified.", lacking="Nobody was notified.")
    scene.stage.platform.turns.append(quiet)
    await scene.at(MONDAY)
    await scene.stage.tick(60)
    [(_, listing)] = scene.told
    assert isinstance(listing, views.Listing)
    assert listing.items[0].note == "Nobody was notified."
    assert [each.command for each in listing.items[0].actions] == [commands.ScheduleShow(id="S1")]
    async with scene.stage.store.reading() as connection:
        assert [each.cause for each in await alerts.of_workspace(connection, HOME)] == [alerts.went_without("S1")]
    await scene.at(MONDAY + WEEK)
    assert numbers(scene.posted)[-1] == 2
    async with scene.stage.store.reading() as connection:
        assert await alerts.of_workspace(connection, HOME) == []
    assert len(scene.told) == 1


async def test_a_contact_who_could_not_be_told_is_kept_and_not_told_of_themselves(scene: Scene) -> None:
    await scene.add()
    scene.stage.platform.script = lambda _address, _key: gone("It is closed.")
    await scene.at(MONDAY)
    for _ in range(4):
        await scene.stage.tick(60)
    assert scene.told == []
    async with scene.stage.store.reading() as connection:
        known = {each.cause: each for each in await alerts.of_workspace(connection, HOME)}
    assert known[alerts.contact_closed("@contact")].told is not None
    scene.stage.platform.script = lambda _address, _key: None
    await scene.stage.tick(60)
    assert scene.told == []


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 3), "Thursday, 3 December"),
        (date(2026, 12, 1), "Tuesday, 1 December"),
        (date(2026, 12, 7), "Next Monday, 7 December"),
        (date(2026, 12, 14), "Monday, 14 December"),
        (date(2027, 1, 4), "Monday, 4 January 2027"),
    ],
)
def test_a_post_says_the_date_of_the_next_however_near_it_is(day: date, words: str) -> None:
    assert posting.day_words(day, date(2026, 11, 30)) == words
