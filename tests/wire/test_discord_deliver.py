"""A post stands in its place exactly once; and when it cannot, people are told what is missing by name."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.discord import delivery
from bot.core import views
from bot.core.actions import Action
from bot.core.ports import Delivered, Outcome, Reach
from bot.features import commands
from tests.wire.discord.model import DmDoor
from tests.wire.discord.permissions import Permission
from tests.wire.discord.weather import Moment
from tests.wire.discord_stage import Scene, text_of

POST = "POST /channels/*/messages"
WEEK = views.Notice(
    "Lesson 4 of 12: Concurrency",
    "Every model has another ceiling.",
    actions=(Action("Read it", commands.OpenLesson(theme="backend-architectures", lesson="concurrency")),),
)


async def post(scene: Scene, key: str = "schedule/2026-10-05", *, first_try: datetime | None = None) -> Delivered:
    return await scene.adapter.deliver(WEEK, scene.address, key, first_try=first_try)


def standing(scene: Scene) -> int:
    return len(scene.discord.messages(scene.channel))


async def test_a_post_stands_in_the_channel_and_its_buttons_work(classroom: Scene) -> None:
    done = await post(classroom)
    (message,) = classroom.discord.messages(classroom.channel)
    assert (done.outcome, done.message.partition("~")[0]) == (Outcome.SENT, f"{classroom.channel.id}/{message.id}")
    answer = await classroom.ada.press(message, "Read it")
    assert answer.ephemeral
    assert "Lesson 2 of 10" in text_of(answer)


async def test_the_nonce_comes_from_the_key_and_discord_enforces_it(classroom: Scene) -> None:
    await post(classroom)
    sent = next(one.body for one in classroom.discord.requests if one.method == "POST" and "/messages" in one.path)
    assert isinstance(sent, dict)
    assert (sent["nonce"], sent["enforce_nonce"]) == (delivery.nonce("schedule/2026-10-05"), True)
    assert sent["allowed_mentions"] == {"parse": []}


def test_equal_keys_give_equal_nonces_and_unlike_keys_unlike_ones() -> None:
    assert delivery.nonce("a/2026-10-05") == delivery.nonce("a/2026-10-05")
    assert delivery.nonce("a/2026-10-05") != delivery.nonce("a/2026-10-06")
    assert len(delivery.nonce("x" * 500)) <= 25
    assert 16 <= delivery.marker("a") < 2**30


async def test_the_same_key_does_not_post_twice(classroom: Scene) -> None:
    first, second = await post(classroom), await post(classroom)
    assert (first.message, standing(classroom)) == (second.message, 1)


async def test_an_old_doubtful_try_is_found_in_the_history(classroom: Scene) -> None:
    begun = datetime.now(UTC)
    first = await post(classroom)
    classroom.discord.clock.advance(600)
    classroom.clock.at = begun + timedelta(seconds=600)
    again = await post(classroom, first_try=begun)
    assert (again.outcome, again.message, standing(classroom)) == (Outcome.SENT, first.message, 1)


async def test_an_old_try_that_never_arrived_is_posted_now(classroom: Scene) -> None:
    begun = datetime.now(UTC)
    await post(classroom, "another/2026-10-05")
    classroom.clock.at = begun + timedelta(seconds=600)
    again = await post(classroom, first_try=begun)
    assert (again.outcome, standing(classroom)) == (Outcome.SENT, 2)


async def test_without_the_right_to_read_a_doubtful_try_stays_unknown(classroom: Scene) -> None:
    begun = datetime.now(UTC)
    await post(classroom)
    classroom.discord.deny(classroom.channel, Permission.READ_MESSAGE_HISTORY)
    classroom.clock.at = begun + timedelta(seconds=600)
    again = await post(classroom, first_try=begun)
    assert (again.outcome, standing(classroom)) == (Outcome.UNKNOWN, 1)
    assert "“Read Message History”" in again.reason


async def test_an_answer_lost_on_the_way_is_unknown_and_a_repeat_harmless(classroom: Scene) -> None:
    classroom.discord.drop(POST, moment=Moment.AFTER)
    first = await post(classroom)
    assert (first.outcome, standing(classroom)) == (Outcome.UNKNOWN, 1)
    second = await post(classroom, first_try=classroom.clock.now())
    assert (second.outcome, standing(classroom)) == (Outcome.SENT, 1)


async def test_an_error_of_discord_after_the_post_does_not_double_it(classroom: Scene) -> None:
    classroom.discord.fail(POST, status=500, moment=Moment.AFTER)
    done = await post(classroom)
    assert (done.outcome, standing(classroom)) == (Outcome.SENT, 1)


async def test_an_error_of_discord_that_lasts_is_unknown(classroom: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "SENDING", 0.3)
    classroom.discord.fail(POST, status=502, times=20)
    done = await post(classroom)
    assert (done.outcome, standing(classroom)) == (Outcome.UNKNOWN, 0)


async def test_a_short_rate_limit_is_waited_for(classroom: Scene) -> None:
    classroom.discord.limit(POST, 0.05)
    done = await post(classroom)
    assert (done.outcome, standing(classroom)) == (Outcome.SENT, 1)


async def test_a_long_rate_limit_goes_back_to_the_ledger(classroom: Scene) -> None:
    classroom.discord.limit(POST, 90.0)
    done = await post(classroom)
    assert (done.outcome, round(done.wait), standing(classroom)) == (Outcome.LATER, 90, 0)
    assert done.reach is Reach.PLACE


@pytest.mark.parametrize("status", [401, 429])
async def test_what_falls_upon_the_whole_bot_lets_all_its_posts_rest(quiet_classroom: Scene, status: int) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    scene.discord.fail(POST, status=status)
    done = await post(scene)
    assert (done.outcome, done.reach, standing(scene)) == (Outcome.LATER, Reach.EVERYWHERE, 0)
    assert done.wait >= 30


async def test_rate_limits_that_outlast_the_sending_have_certainly_posted_nothing(
    classroom: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SENDING", 0.5)
    classroom.discord.limit(POST, 0.2, times=20)
    done = await post(classroom)
    assert (done.outcome, done.reason, standing(classroom)) == (Outcome.LATER, delivery.RESTS, 0)
    assert 0 < done.wait <= 1
    tried = [one for one in classroom.discord.requests if one.method == "POST" and one.path.endswith("/messages")]
    assert len(tried) > 1


async def test_a_post_that_waits_in_line_for_a_rate_limit_has_certainly_posted_nothing(
    classroom: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom.discord.bucket(POST, limit=1, seconds=1.5)
    first = asyncio.create_task(post(classroom, "first"))
    await classroom.discord.until(lambda: standing(classroom) == 1, "the first post")
    monkeypatch.setattr(delivery, "SENDING", 0.3)
    second = await post(classroom, "second")
    assert (second.outcome, standing(classroom)) == (Outcome.LATER, 1)
    assert (await first).outcome is Outcome.SENT


async def test_a_post_on_its_way_stays_unknown_though_rate_limits_came_before(
    classroom: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SENDING", 0.5)
    classroom.discord.limit(POST, 0.05, times=2)
    classroom.discord.delay(POST, 2.0)
    done = await post(classroom)
    assert done.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("rest", [0.1, 90.0])
async def test_a_rate_limit_after_an_error_of_discord_leaves_the_doubt(
    classroom: Scene, monkeypatch: pytest.MonkeyPatch, rest: float
) -> None:
    """The error may have come after the post: what is asked for afterwards says nothing of it."""
    monkeypatch.setattr(delivery, "SENDING", 1.5)
    failed = classroom.discord.fail(POST, status=502)
    sending = asyncio.create_task(post(classroom))
    await classroom.discord.until(lambda: failed.times == 0, "the error")
    classroom.discord.limit(POST, rest, times=20)
    assert (await sending).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("lost", "told"),
    [(Permission.SEND_MESSAGES, "lacks: Send Messages."), (Permission.VIEW_CHANNEL, "View Channels")],
)
async def test_a_lost_permission_is_told_by_name_and_not_tried_again(
    quiet_classroom: Scene, lost: Permission, told: str
) -> None:
    await quiet_classroom.adapter.start()
    quiet_classroom.discord.deny(quiet_classroom.channel, lost)
    done = await post(quiet_classroom)
    assert done.outcome is Outcome.GONE
    assert told in done.reason
    assert "settings" in done.reason


async def test_a_deleted_channel_is_told(quiet_classroom: Scene) -> None:
    await quiet_classroom.adapter.start()
    quiet_classroom.discord.delete_channel(quiet_classroom.channel)
    done = await post(quiet_classroom)
    assert (done.outcome, "does not exist any more" in done.reason) == (Outcome.GONE, True)


async def test_a_server_that_took_the_bot_away_is_told(quiet_classroom: Scene) -> None:
    await quiet_classroom.adapter.start()
    quiet_classroom.discord.delete_guild(quiet_classroom.guild)
    done = await post(quiet_classroom)
    assert done.outcome is Outcome.GONE


@pytest.mark.parametrize(
    ("door", "told"),
    [(DmDoor.CLOSED, "does not take direct messages"), (DmDoor.NO_MUTUAL_GUILDS, "shares no server")],
)
async def test_a_closed_door_is_told_and_not_tried_again(quiet_classroom: Scene, door: DmDoor, told: str) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    scene.discord.set_door(scene.ada, door)
    done = await scene.adapter.deliver(WEEK, f"@{scene.ada.id}", "nudge/1")
    assert (done.outcome, told in done.reason) == (Outcome.GONE, True)


async def test_a_direct_message_arrives_and_its_buttons_work(classroom: Scene) -> None:
    done = await classroom.adapter.deliver(WEEK, f"@{classroom.ada.id}", "nudge/1")
    (message,) = classroom.discord.messages(classroom.ada.dm)
    assert done.outcome is Outcome.SENT
    answer = await classroom.ada.press(message, "Read it")
    assert classroom.last_asked[1].workspace == f"discord:dm:{classroom.ada.id}"
    assert "Lesson 2 of 10" in text_of(answer)


async def test_a_thread_is_a_place_too(classroom: Scene) -> None:
    thread = classroom.discord.thread(classroom.channel, "Lessons")
    done = await classroom.adapter.deliver(WEEK, f"#{thread.id}", "thread/1")
    assert (done.outcome, len(classroom.discord.messages(thread))) == (Outcome.SENT, 1)


async def test_a_locked_thread_is_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    thread = scene.discord.thread(scene.channel, "Lessons")
    scene.discord.archive(thread, locked=True)
    done = await scene.adapter.deliver(WEEK, f"#{thread.id}", "thread/1")
    assert (done.outcome, "archived and locked" in done.reason) == (Outcome.GONE, True)


async def test_a_message_that_would_not_fit_is_refused_and_not_tried_again(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    actions = tuple(Action(f"Number {number}", commands.Find(words=str(number))) for number in range(45))
    done = await scene.adapter.deliver(views.Notice("Too much.", actions=actions), scene.address, "x")
    assert done.outcome is Outcome.REFUSED


async def test_a_post_deleted_by_hand_counts_as_sent(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    await post(scene)
    scene.discord.delete_message(scene.discord.messages(scene.channel)[0])
    again = await post(scene)
    assert (again.outcome, standing(scene)) == (Outcome.SENT, 0)


async def test_a_place_of_another_platform_is_no_place_here(classroom: Scene) -> None:
    done = await classroom.adapter.deliver(WEEK, "T123/C456", "x")
    assert done.outcome is Outcome.GONE


async def test_before_the_start_a_post_has_to_wait(quiet_classroom: Scene) -> None:
    done = await post(quiet_classroom)
    assert (done.outcome, done.wait > 0) == (Outcome.LATER, True)


async def test_a_discord_out_of_reach_has_certainly_not_posted(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    await scene.discord.stop()
    done = await post(scene)
    assert done.outcome in (Outcome.LATER, Outcome.UNKNOWN)


async def test_a_post_is_edited_where_it_stands(classroom: Scene) -> None:
    done = await post(classroom)
    edited = await classroom.adapter.edit(views.Notice("8 have done this."), done.message)
    (message,) = classroom.discord.messages(classroom.channel)
    assert (edited.outcome, edited.message) == (Outcome.SENT, done.message)
    assert "8 have done this." in message.text


async def test_an_edit_of_a_deleted_post_is_told(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    await scene.adapter.start()
    done = await post(scene)
    scene.discord.delete_message(scene.discord.messages(scene.channel)[0])
    edited = await scene.adapter.edit(WEEK, done.message)
    assert (edited.outcome, edited.reason) == (Outcome.GONE, "The message was deleted.")
    assert (await scene.adapter.edit(WEEK, "nonsense")).outcome is Outcome.GONE
