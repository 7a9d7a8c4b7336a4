"""Answers in somebody's direct messages keep Slack's pace, and wait where a post would come back later."""

from __future__ import annotations

from tests.wire.slack.faults import Fault
from tests.wire.slack.model import Message
from tests.wire.slack_bot import Scene


def written(office: Scene) -> list[Message]:
    """What the bot wrote to ada."""
    return [message for message in office.slack.messages(office.ada.dm) if message.user_id != office.ada.id]


def statuses(office: Scene) -> list[int]:
    return [call.status for call in office.slack.calls("chat.postMessage")]


async def test_lines_written_quickly_are_all_answered_at_slacks_pace(office: Scene) -> None:
    office.slack.limit_posts()
    for line in ("themes", "progress", "help"):
        await office.ada.say(line)
    await office.settled()
    assert len(written(office)) == 3
    assert statuses(office) == [200] * 3


async def test_an_answer_that_slack_limits_is_given_when_slack_takes_it(rough_office: Scene) -> None:
    rough_office.slack.plan(Fault(method="chat.postMessage", status=429, error="ratelimited", retry_after=1))
    await rough_office.ada.say("themes")
    await rough_office.settled()
    assert (len(written(rough_office)), statuses(rough_office)) == (1, [429, 200])


async def test_a_conversation_that_slack_limits_is_opened_when_slack_takes_it(rough_office: Scene) -> None:
    rough_office.slack.plan(Fault(method="conversations.open", status=429, error="ratelimited", retry_after=1))
    await rough_office.ada.say("themes")
    await rough_office.settled()
    assert len(written(rough_office)) == 1


async def test_an_answer_is_tried_three_times_and_then_no_more(rough_office: Scene) -> None:
    limit = Fault(method="chat.postMessage", status=429, error="ratelimited", retry_after=0)
    rough_office.slack.plan(limit, times=5)
    await rough_office.ada.say("themes")
    await rough_office.settled()
    assert (written(rough_office), statuses(rough_office)) == ([], [429] * 3)


async def test_an_answer_waits_for_half_a_minute_and_no_longer(rough_office: Scene) -> None:
    rough_office.slack.plan(Fault(method="chat.postMessage", status=429, error="ratelimited", retry_after=31))
    await rough_office.ada.say("themes")
    await rough_office.settled()
    assert (written(rough_office), statuses(rough_office)) == ([], [429])


async def test_an_answer_that_found_no_way_back_keeps_the_pace_too(rough_office: Scene) -> None:
    rough_office.slack.limit_posts()
    rough_office.slack.plan(Fault(method="response_url", status=404), times=2)
    lesson = await rough_office.asks("/lesson", "concurrency")
    for _ in range(2):
        await rough_office.ada.press(lesson, "Done – next")
    await rough_office.settled()
    assert (len(written(rough_office)), statuses(rough_office)) == (2, [200] * 2)
