"""A form opens as the first answer or never: a quick one opens at once, a slow one is announced, and then offered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from adapters.discord import events, forms, limits, painter
from bot.core import actions, views
from bot.core.ports import Actor
from bot.features import commands
from tests.contracts.samples.running import setup_form
from tests.wire.discord.interactions import RESPONSE_SECONDS, Answer, Callback
from tests.wire.discord.model import Message
from tests.wire.discord.payload import Payload
from tests.wire.discord_stage import Scene, gate, gated, labels, shown, text_of
from tests.wire.test_discord_forms import LONG_FORM

LESSON = {"theme": "backend-architectures", "lesson": "1"}
OPEN = "Open the form"


@pytest.fixture
async def slow(quiet_classroom: Scene) -> AsyncIterator[Scene]:
    """An engine behind a gate that stands open, and a bot that defers after a moment what is no form."""
    async with gated(quiet_classroom) as shut:
        shut.set()
        yield quiet_classroom


async def open_lesson(scene: Scene) -> Answer:
    return await scene.ada.slash("lesson", LESSON, channel=scene.channel).settled()


async def late(scene: Scene, act: Callable[[], Answer]) -> Answer:
    """What becomes of a form that the engine is slow with, and whoever asks for it impatient."""
    gate(scene).clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(events, "FORM_PATIENCE", 0.05)
        answer = await act()
    gate(scene).set()
    return await answer.settled()


def offered(answer: Answer) -> Message:
    """The message that the form is in instead."""
    (told,) = answer.followups or [shown(answer)]
    return told


async def test_a_form_is_waited_for_longer_than_anything_else(slow: Scene) -> None:
    lesson = await open_lesson(slow)
    gate(slow).clear()
    form = slow.ada.press(lesson, "Report a mistake")
    other = await slow.ada.slash("themes", channel=slow.channel)
    assert other.response is not None
    assert (other.response.type, form.response) == (Callback.DEFERRED_MESSAGE, None)
    gate(slow).set()
    await form
    assert form.modal is not None
    assert form.modal.title == "Report a mistake"


async def test_a_slow_form_is_announced_in_private_within_the_three_seconds(slow: Scene) -> None:
    slow.engine.instead = {commands.Setup: setup_form()}
    gate(slow).clear()
    answer = await slow.boss.slash("study-admin setup", channel=slow.channel)
    assert answer.response is not None
    assert (answer.response.type, answer.ephemeral) == (Callback.DEFERRED_MESSAGE, True)
    assert answer.elapsed < RESPONSE_SECONDS
    gate(slow).set()
    told = offered(await answer.settled())
    assert forms.READY in told.text
    form = await slow.boss.press(told, OPEN)
    assert form.modal is not None
    assert "channel" in form.modal.fields


async def test_a_slow_form_stands_beside_the_page_and_its_result_takes_its_place(slow: Scene) -> None:
    lesson = await open_lesson(slow)
    pressed = await late(slow, lambda: slow.ada.press(lesson, "Report a mistake"))
    assert pressed.response is not None
    assert pressed.response.type is Callback.DEFERRED_UPDATE
    told = offered(pressed)
    assert told.seen_by is slow.ada.user
    assert "Lesson 1 of 10" in text_of(lesson)
    form = await slow.ada.press(told, OPEN)
    sent = await slow.ada.submit(form, {"what": "A typo."}).settled()
    assert sent.message is told
    assert "Thank you" in told.text
    assert slow.last_asked[0] == commands.ReportMistake(theme=LESSON["theme"], lesson="layers", what="A typo.")


async def test_a_form_that_is_slow_twice_is_offered_in_the_same_message(slow: Scene) -> None:
    lesson = await open_lesson(slow)
    pressed = await late(slow, lambda: slow.ada.press(lesson, "Report a mistake"))
    told = offered(pressed)
    again = await late(slow, lambda: slow.ada.press(told, OPEN))
    assert (again.followups, labels(told)) == ([], [OPEN])


async def test_a_slow_form_asked_for_on_a_post_is_told_to_nobody_else(slow: Scene) -> None:
    post = await slow.boss.slash("lesson", LESSON | {"share": True}, channel=slow.channel).settled()
    menu = await late(slow, lambda: slow.ada.message_command("Report this lesson", shown(post)))
    told = offered(menu)
    assert (told.seen_by is slow.ada.user, labels(told)) == (True, [OPEN])
    assert slow.discord.messages(slow.channel) == [shown(post)]


async def test_a_slow_form_that_turns_out_an_error_is_told_in_private(slow: Scene) -> None:
    slow.engine.instead = {commands.Setup: views.Notice("There is nothing to set up.")}
    told = offered(await late(slow, lambda: slow.boss.slash("study-admin setup", channel=slow.channel)))
    assert "There is nothing to set up." in told.text
    assert told.seen_by is slow.boss.user


async def test_a_slow_next_part_keeps_what_was_filled_in(slow: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    slow.engine.instead = {commands.EditSettings: LONG_FORM}
    filled: list[Payload] = []

    def fill(token: str, answers: Payload) -> commands.Command:
        filled.append(answers)
        return commands.OpenSettings()

    monkeypatch.setattr(actions, "fill", fill)
    settings = await slow.ada.slash("settings", channel=slow.channel).settled()
    first = await slow.ada.press(settings, "Change the rest")
    between = await slow.ada.submit(first, {"timezone": "Asia/Tokyo"}).settled()
    again = await late(slow, lambda: slow.ada.press(between, "Go on to part 2"))
    assert (again.followups, labels(shown(between))) == ([], ["Go on to part 2"])
    assert "**Timezone** Asia/Tokyo" in text_of(between)
    assert forms.READY in text_of(between)
    second = await slow.ada.press(between, "Go on to part 2")
    await slow.ada.submit(second, {"language": "=fr", "plain": True}).settled()
    assert [(one["timezone"], one["language"], one["plain"]) for one in filled] == [("Asia/Tokyo", "fr", "1")]


async def test_a_form_that_no_button_opens_keeps_its_words(classroom: Scene) -> None:
    actor = Actor(f"discord:{classroom.guild.id}", str(classroom.ada.id))
    opener = commands.ReportMistake(theme=LESSON["theme"], lesson="layers")
    page = (await classroom.engine.engine.handle(opener, actor)).view
    assert isinstance(page, views.FormPage)
    for other in (commands.ReportMistake(theme="x" * 60, lesson="y" * 60), commands.OpenSettings()):
        assert forms.offered_again(page, other) == page
    (*_, last) = limits.walk(painter.draw(page, views.Reader()).components)
    assert last["content"] == "This form could not be opened in time. Please ask for it again."
    assert forms.offered_again(page, opener).actions == (actions.Action(OPEN, opener),)
