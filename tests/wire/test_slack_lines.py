"""The two lines: forged and repeated requests, web sockets that come and go, an engine that takes its time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.core.errors import SettingsError
from bot.domain.course import Shelf
from tests.wire.slack.faults import Fault
from tests.wire.slack_bot import Scene, labels, scene_of, words

# Repetitions ----------------------------------------------------------------------------------------------------------


async def test_a_command_that_is_delivered_twice_is_asked_once(office: Scene) -> None:
    turn = await office.ada.command("/quiz", "concurrency 3")
    again = await office.slack.deliver_again(turn)
    assert office.engine.verbs() == ["quiz"]
    assert again.payload == (turn.ack and turn.ack.payload)


async def test_a_press_that_is_delivered_twice_is_answered_once(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    turn = await office.ada.press(lesson, "Done – next")
    await turn.ephemeral()
    await office.slack.deliver_again(turn)
    await office.settled()
    assert office.engine.verbs() == ["lesson", "done"]
    assert len(office.slack.ephemerals(office.ada)) == 2


async def test_a_form_that_is_delivered_twice_is_sent_once(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    form = await (await office.ada.press(lesson, "Report a mistake")).modal()
    turn = await office.ada.submit(form, {"What is wrong": "A slip"})
    await office.slack.deliver_again(turn)
    await office.settled()
    assert office.engine.verbs().count("mistake") == 2  # its form, and the report


# A slow engine --------------------------------------------------------------------------------------------------------


async def test_a_slow_answer_is_acknowledged_first_and_comes_by_the_response_url(office: Scene) -> None:
    office.engine.slow = asyncio.Event()
    turn = await office.ada.command("/next", "backend")
    assert (turn.ack and turn.ack.payload, turn.ack and turn.ack.error) == (None, None)
    office.engine.slow.set()
    assert (await turn.ephemeral()).text.startswith("Lesson 1 of 10")


async def test_a_slow_command_that_comes_again_is_not_answered_twice(office: Scene) -> None:
    office.engine.slow = asyncio.Event()
    turn = await office.ada.command("/next", "backend")
    again = await office.slack.deliver_again(turn)
    office.engine.slow.set()
    await turn.ephemeral()
    await office.settled()
    assert again.payload is None
    assert len(office.slack.ephemerals(office.ada)) == 1


async def test_while_the_engine_is_slow_a_modal_holds_the_place(office: Scene) -> None:
    await office.asks("/lesson", "concurrency")
    office.engine.slow = asyncio.Event()
    modal = await (await office.ada.shortcut("continue-learning")).modal()
    assert words(modal) == "One moment…"
    office.engine.slow.set()
    await office.shows(modal, "Lesson 1 of 10")


async def test_a_form_that_the_engine_is_slow_to_open_is_opened_all_the_same(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    office.engine.slow = asyncio.Event()
    turn = await office.ada.press(lesson, "Report a mistake")
    modal = await turn.modal()
    office.engine.slow.set()
    await office.shows(modal, "Quote the words")


async def test_a_slow_form_says_so_and_ends_with_its_result(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    form = await (await office.ada.press(lesson, "Report a mistake")).modal()
    office.engine.slow = asyncio.Event()
    await office.ada.submit(form, {"What is wrong": "A slip"})
    assert words(form) == "One moment…"
    office.engine.slow.set()
    await office.shows(form, "Thank you")


async def test_an_answer_whose_way_back_is_broken_arrives_all_the_same(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    office.slack.plan(Fault(method="response_url", status=503))
    turn = await office.ada.press(lesson, "Done – next")
    assert "1 / 10" in words(await turn.ephemeral())


async def test_an_answer_with_no_way_back_comes_to_the_direct_messages(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    office.slack.plan(Fault(method="response_url", status=404), times=2)
    await office.ada.press(lesson, "Done – next")
    sent = await office.until("a direct message", lambda: next(iter(office.slack.messages(office.ada.dm)), None))
    assert "1 / 10" in words(sent)


async def test_stopping_finishes_what_is_in_hand(office: Scene) -> None:
    office.engine.slow = asyncio.Event()
    turn = await office.ada.command("/next", "backend")
    stopping = asyncio.create_task(office.running.aclose())
    await asyncio.sleep(0)
    office.engine.slow.set()
    await stopping
    assert (await turn.ephemeral()).text.startswith("Lesson 1 of 10")


# Tokens -------------------------------------------------------------------------------------------------------------


async def test_a_wrong_bot_token_stops_the_start_with_the_mend(tmp_path: Path, shelf: Shelf) -> None:
    with pytest.raises(SettingsError, match=r"DUALO_SLACK_BOT_TOKEN: .*invalid_auth"):
        async with scene_of(tmp_path, shelf, "socket", bot_token="xoxb-wrong"):
            pass


# Limits ---------------------------------------------------------------------------------------------------------------


async def test_when_slack_will_not_say_who_asks_the_answer_comes_all_the_same(office: Scene) -> None:
    office.slack.plan(Fault(method="users.info", status=429, error="ratelimited", retry_after=30))
    assert (await office.asks("/themes")).text.startswith("Every theme")
    assert office.engine.asked[0][1].timezone == ""
    assert (await office.asks("/themes")).text.startswith("Every theme")
    assert len(office.slack.calls("users.info")) == 1


async def test_a_slow_look_at_who_asks_holds_no_answer_up(office: Scene) -> None:
    office.slack.plan(Fault(method="users.info", delay=2.0))
    assert (await office.asks("/themes")).text.startswith("Every theme")
    assert office.engine.asked[0][1].timezone == ""


async def test_somebody_whom_slack_does_not_vouch_for_manages_nothing(office: Scene) -> None:
    office.slack.plan(Fault(method="users.info", dropped=True), times=5)
    await office.asks("/themes", by=office.boss)
    assert office.engine.asked[0][1].manages is False
    assert "Open a theme" in labels(await office.asks("/themes"))
