"""Discord waits three seconds: quick answers come at once, slow ones are announced, late or double ones do no harm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from bot.core import views
from bot.core.actions import Action
from bot.core.ports import Actor
from bot.features import commands
from tests.wire.discord.clock import Unmet
from tests.wire.discord.interactions import Callback
from tests.wire.discord_stage import Scene, gate, gated, labels, running, shown, text_of

LESSON = {"theme": "backend-architectures", "lesson": "1"}


@pytest.fixture
async def slow(quiet_classroom: Scene) -> AsyncIterator[Scene]:
    """An engine behind a gate, and a bot that defers after a moment."""
    async with gated(quiet_classroom):
        yield quiet_classroom


async def test_a_quick_answer_comes_without_deferral(classroom: Scene) -> None:
    answer = await classroom.ada.slash("lesson", LESSON, channel=classroom.channel)
    assert answer.response is not None
    assert answer.response.type is Callback.MESSAGE


async def test_a_slow_answer_is_announced_in_private_and_then_comes(slow: Scene) -> None:
    answer = await slow.ada.slash("lesson", LESSON, channel=slow.channel)
    assert answer.response is not None
    assert (answer.response.type, answer.ephemeral) == (Callback.DEFERRED_MESSAGE, True)
    gate(slow).set()
    await answer.settled()
    assert "Lesson 1 of 10" in text_of(answer)
    assert "Done – next" in labels(shown(answer))


async def test_a_slow_shared_answer_is_announced_and_comes_for_all(slow: Scene) -> None:
    answer = await slow.ada.slash("lesson", LESSON | {"share": True}, channel=slow.channel)
    gate(slow).set()
    await answer.settled()
    assert slow.discord.messages(slow.channel) == [shown(answer)]
    assert "Lesson 1 of 10" in text_of(answer)


async def test_a_slow_error_is_private_though_the_announcement_was_public(slow: Scene) -> None:
    answer = await slow.ada.slash("lesson", {"theme": "zzz", "share": True}, channel=slow.channel)
    assert not answer.ephemeral
    gate(slow).set()
    await slow.discord.until(lambda: bool(answer.followups), "the private answer")
    assert slow.discord.messages(slow.channel) == []
    (told,) = answer.followups
    assert told.seen_by is slow.ada.user
    assert "There is no theme called" in told.text


async def test_a_slow_press_on_a_private_message_changes_it_in_the_end(slow: Scene) -> None:
    gate(slow).set()
    lesson = await slow.ada.slash("lesson", LESSON, channel=slow.channel).settled()
    gate(slow).clear()
    pressed = await slow.ada.press(lesson, "Done – next")
    assert pressed.response is not None
    assert pressed.response.type is Callback.DEFERRED_UPDATE
    gate(slow).set()
    await pressed.settled()
    assert "Done: " in text_of(lesson)


async def test_a_slow_press_that_opens_something_beside_it_does_so(slow: Scene) -> None:
    gate(slow).set()
    lesson = await slow.ada.slash("lesson", LESSON, channel=slow.channel).settled()
    gate(slow).clear()
    pressed = await slow.ada.press(lesson, "Save for later")
    gate(slow).set()
    await pressed.settled()
    (told,) = pressed.followups
    assert "saved for later" in told.text
    assert told.seen_by is slow.ada.user
    assert "Lesson 1 of 10" in text_of(lesson)


async def test_a_slow_press_on_a_public_message_is_answered_in_private(slow: Scene) -> None:
    gate(slow).set()
    post = await slow.boss.slash("lesson", LESSON | {"share": True}, channel=slow.channel).settled()
    gate(slow).clear()
    pressed = await slow.ada.press(post, "Done – next")
    assert (pressed.ephemeral, pressed.message is post.message) == (True, False)
    gate(slow).set()
    await pressed.settled()
    assert "Done: " in text_of(pressed)
    assert slow.discord.messages(slow.channel) == [shown(post)]


async def test_a_form_that_comes_where_none_can_open_is_told(slow: Scene) -> None:
    form = await slow.engine.engine.handle(
        commands.ReportMistake(theme="backend-architectures", lesson="layers"), actor_of(slow)
    )
    slow.engine.instead = {commands.OpenSettings: form.view}
    answer = await slow.ada.slash("settings", channel=slow.channel)
    gate(slow).set()
    await answer.settled()
    assert "This form could not be opened in time." in text_of(answer)


def actor_of(scene: Scene) -> Actor:
    return Actor(workspace=f"discord:{scene.guild.id}", person=str(scene.ada.id))


async def test_an_event_that_comes_twice_is_answered_once(classroom: Scene) -> None:
    answer = await classroom.ada.slash("quiz", LESSON, channel=classroom.channel)
    asked = len(classroom.engine.asked)
    with capture_logs() as logs:
        answer.deliver_again()
        await classroom.ada.slash("help", channel=classroom.channel)
    assert len(classroom.engine.asked) == asked + 1
    assert [one["action"] for one in logs] == ["discord.twice"]


async def test_two_processes_that_hear_one_event_answer_it_once(quiet_classroom: Scene) -> None:
    """As in a rolling restart: Discord takes the first answer, and the second costs a log line."""
    scene = quiet_classroom
    with capture_logs() as logs:
        async with running(scene.another()), running(scene.another()):
            answer = await scene.ada.slash("lesson", LESSON, channel=scene.channel)
            await scene.discord.until(lambda: bool(scene.discord.rejected), "the second answer")
    assert "Lesson 1 of 10" in text_of(answer)
    assert [one.code for one in scene.discord.rejected] == [40060]
    assert [one["code"] for one in logs if one.get("action") == "discord.late"] == [40060]


async def test_an_answer_that_comes_too_late_costs_a_log_line(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    scene.engine.gate = asyncio.Event()
    with capture_logs() as logs:
        async with running(scene.another(patience=60)):
            scene.ada.slash("lesson", LESSON, channel=scene.channel)
            await scene.discord.until(lambda: bool(scene.engine.asked), "the engine to be asked")
            scene.discord.clock.advance(4)
            scene.engine.gate.set()
            await scene.discord.until(lambda: bool(scene.discord.rejected), "the late answer")
            scene.discord.clock.advance(-4)
            again = await scene.ada.slash("lesson", LESSON, channel=scene.channel)
    assert "Lesson 1 of 10" in text_of(again)
    assert [one.code for one in scene.discord.rejected] == [10062]
    assert [one["log_level"] for one in logs if one.get("action") == "discord.late"] == ["info"]


async def test_an_answer_cut_off_on_its_way_arrives_by_a_second_try(classroom: Scene) -> None:
    fault = classroom.discord.drop("POST /interactions/*/*/callback")
    answer = await classroom.ada.slash("lesson", LESSON, channel=classroom.channel)
    await classroom.discord.until(lambda: fault.times == 0, "the cut")
    assert "Lesson 1 of 10" in text_of(answer)
    followed = await classroom.ada.press(answer, "Done – next")
    assert "Done: " in text_of(followed)
    classroom.discord.rejected.clear()


async def test_a_view_that_discord_refuses_gives_a_reference_and_no_traceback(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    too_much = tuple(Action(f"Number {number}", commands.Find(words=str(number))) for number in range(45))
    scene.engine.instead = {commands.OpenSettings: views.Notice("Too much.", actions=too_much)}
    with capture_logs() as logs:
        async with running(scene.adapter):
            answer = await scene.ada.slash("settings", channel=scene.channel)
    (failed,) = [one for one in logs if one.get("action") == "discord.failed"]
    assert f"Reference {failed['reference']}." in text_of(answer)
    assert answer.ephemeral


async def test_a_stop_finishes_what_is_in_hand(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    scene.engine.gate = asyncio.Event()
    await scene.adapter.start()
    answer = scene.ada.slash("lesson", LESSON, channel=scene.channel)
    await scene.discord.until(lambda: bool(scene.engine.asked), "the engine to be asked")
    stopping = asyncio.create_task(scene.adapter.stop())
    scene.engine.gate.set()
    await stopping
    assert "Lesson 1 of 10" in text_of(await answer)


async def test_suggestions_that_fail_leave_the_person_typing(
    quiet_classroom: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = quiet_classroom

    async def broken(*_: object, **__: object) -> tuple[()]:
        raise RuntimeError("no suggestions today")

    monkeypatch.setattr(type(scene.engine), "suggest", broken)
    with capture_logs() as logs:
        async with running(scene.adapter):
            scene.discord.interactions.patience = 0.2
            with pytest.raises(Unmet):
                await scene.ada.autocomplete("theme", {"name": "b"}, focused="name", channel=scene.channel)
            scene.discord.interactions.patience = 5
            answer = await scene.ada.slash("theme", {"name": "backend"}, channel=scene.channel)
    assert "Backend Architectures" in text_of(answer)
    assert [one["log_level"] for one in logs if one.get("action") == "discord.failed"] == ["error"]
    assert scene.discord.rejected == []
