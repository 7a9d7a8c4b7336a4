"""Answers in somebody's direct messages keep Slack's pace, and wait where a post would come back later."""

from __future__ import annotations

import pytest

from bot.features import commands
from tests.wire.slack.faults import Fault
from tests.wire.slack.model import Message
from tests.wire.slack_bot import Scene, words


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


@pytest.mark.parametrize("line", ["hello", "Hi Dualo!", "good morning 👋", "thanks"])
async def test_a_greeting_leads_home(office: Scene, line: str) -> None:
    await office.ada.say(line)
    await office.settled()
    assert office.engine.asked[-1][0] == commands.Home()
    assert len(written(office)) == 1


@pytest.mark.parametrize("line", ["concurrency", "what is a race between two threads?"])
async def test_words_that_are_no_command_are_searched_for(office: Scene, line: str) -> None:
    await office.ada.say(line)
    await office.settled()
    assert office.engine.asked[-1][0] == commands.Find(words=line)


async def test_a_command_that_was_mistyped_is_offered_and_not_searched_for(office: Scene) -> None:
    await office.ada.say("progres")
    await office.settled()
    (answer,) = written(office)
    assert "There is no command “progres”." in words(answer)
    assert office.engine.verbs() == []


async def test_a_mention_in_a_channel_is_answered_to_the_asker_alone(office: Scene) -> None:
    turn = await office.ada.mention("themes", office.workspace.general)
    answer = await turn.ephemeral()
    assert (answer.only_for, answer.channel_id) == (office.ada.id, office.workspace.general.id)
    assert office.engine.verbs() == ["themes"]
    assert written(office) == []


async def test_a_mention_in_a_thread_is_answered_there(office: Scene) -> None:
    first = await office.ada.say("Who knows Dualo?", channel=office.workspace.general)
    ts = next(reversed(office.workspace.general.messages))
    assert first is not None
    turn = await office.ada.mention("hello", office.workspace.general, thread_ts=ts)
    assert (await turn.ephemeral()).thread_ts == ts


async def test_a_mention_that_cannot_be_answered_there_is_answered_in_direct_messages(rough_office: Scene) -> None:
    rough_office.slack.plan(Fault(method="chat.postEphemeral", error="user_not_in_channel"))
    await rough_office.ada.mention("themes", rough_office.workspace.general)
    await rough_office.settled()
    assert len(written(rough_office)) == 1
