"""Pressed in Slack: an answer takes the place of what it answers, except a lesson and what all can see."""

from __future__ import annotations

from bot.core import actions
from tests.wire.slack.model import Message
from tests.wire.slack_bot import Scene, element, labels, words


async def test_a_lesson_stays_when_it_is_done(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    recorded = await office.presses(lesson, "Done – next")
    assert recorded is not lesson
    assert "1 / 10" in words(recorded)
    assert "Done – next" in labels(lesson)


async def test_a_second_press_changes_nothing(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    first = await office.presses(lesson, "Done – next")
    second = await office.presses(lesson, "Done – next")
    added = "It was recorded before; nothing changed.\n"
    assert added in words(second)
    assert "Undo" in labels(first)
    assert "Undo" not in labels(second)
    said, _, _ = words(first).replace("✓ Done:", "✓ Done already:").partition("\nUndo")
    assert words(second).replace(added, "").startswith(said)


async def test_a_notice_gives_way_to_its_answer(office: Scene) -> None:
    recorded = await office.presses(await office.asks("/lesson", "concurrency"), "Done – next")
    undone = await office.presses(recorded, "Undo")
    assert undone is recorded
    assert "is open again" in words(undone)


async def test_a_choice_opens_what_it_names(office: Scene) -> None:
    catalogue = await office.asks("/themes")
    turn = await office.ada.choose(catalogue, "Open a theme", "🏗️ Backend Architectures Deep Dive")
    page = await turn.updated()
    assert "0 / 10" in words(page)
    again = await office.ada.choose(page, "Open a lesson", "3. " + _title(page, 3))
    assert (await again.updated()).text.startswith("Lesson 3 of 10")


def _title(page: Message, number: int) -> str:
    options = element(page, "Open a lesson")["options"]
    return str(options[number - 1]["text"]["text"]).removeprefix(f"{number}. ")


async def test_a_quiz_runs_to_its_end_in_one_message(office: Scene) -> None:
    screen = await office.asks("/quiz", "concurrency 3")
    for position in range(1, 4):
        assert f"Question {position} of 3" in words(screen)
        assert labels(screen) == list("ABCD")[: len(labels(screen))]
        verdict = await office.presses(screen, "A")
        assert "Your answer:" in words(verdict)
        onward = "Next question" if position < 3 else "How it went"
        screen = await office.presses(verdict, onward)
    assert "of 3 right" in words(screen)
    assert len(office.slack.ephemerals(office.ada)) == 1


async def test_a_quiz_stays_when_a_lesson_is_looked_up_or_something_is_refused(office: Scene) -> None:
    question = await office.asks("/quiz", "concurrency 2")
    element(question, "B")["value"] = "0|answer|a"
    refused = await office.presses(question, "B")
    assert refused is not question
    assert "This button has expired." in words(refused)
    verdict = await office.presses(question, "A")
    assert verdict is question
    lesson = await office.presses(verdict, "Read the lesson")
    assert lesson is not verdict
    assert "Next question" in labels(verdict)


async def test_the_first_answer_counts_on_whatever_screen(office: Scene) -> None:
    question = await office.asks("/quiz", "concurrency 1")
    answers = [element(question, letter)["value"] for letter in labels(question)]
    await office.presses(question, "A")
    later = await office.engine.handle(actions.read(answers[1]), office.engine.asked[0][1])
    assert "the first answer counts" in getattr(later.view, "note", "")


async def test_each_answer_button_says_its_answer_to_those_who_cannot_see_the_line(office: Scene) -> None:
    question = await office.asks("/quiz", "concurrency 1")
    for letter in labels(question):
        said = element(question, letter)["accessibility_label"]
        assert said.startswith(f"{letter}: ")
        assert len(said) > len("A: ")


async def test_a_shared_lesson_answers_whoever_presses_alone(office: Scene) -> None:
    posted = await (await office.ada.command("/lesson", "concurrency share:true")).message()
    turn = await office.boss.press(posted, "Done – next")
    answer = await turn.ephemeral()
    assert answer.only_for == office.boss.id
    assert office.slack.messages(office.workspace.general) == [posted]
    assert posted.edited is None


async def test_a_press_in_a_thread_is_answered_in_the_thread(office: Scene) -> None:
    channel = office.workspace.general
    posted = await (await office.ada.command("/lesson", "concurrency share:true")).message()
    posted.thread_ts = "1700000000.000100"
    turn = await office.boss.press(posted, "Quiz me")
    assert (await turn.ephemeral()).thread_ts == posted.thread_ts
    assert office.engine.asked[-1][1].place.endswith(f"{channel.id}:{posted.thread_ts}")


async def test_a_button_outlives_a_restart(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    await office.start()
    assert "1 / 10" in words(await office.presses(lesson, "Done – next"))


async def test_a_button_from_an_older_version_says_so(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    element(lesson, "Quiz me")["value"] = "0|quiz|concurrency"
    answer = await office.presses(lesson, "Quiz me")
    assert "This button has expired." in words(answer)
    assert "Go on from here" in labels(answer)


async def test_a_forged_token_is_no_command(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    for forged in ("1|nonsense|x", "1|done|a|b", "1|quiz|a|b|99999", "", "1|done|" + "x" * 90, "?find|x", "?nonsense"):
        element(lesson, "Quiz me")["value"] = forged
        answer = await office.presses(lesson, "Quiz me")
        assert "expired" in words(answer) or "not here any more" in words(answer) or "no lesson called" in words(answer)


async def test_what_is_saved_is_listed_and_taken_off(office: Scene) -> None:
    lesson = await office.asks("/lesson", "concurrency")
    saved = await office.presses(lesson, "Save for later")
    listed = await office.presses(saved, "Show what I saved")
    assert "Saved for later" in words(listed)
    assert {"lesson 2", "saved "} <= set(words(listed).split("\n"))


async def test_progress_holds_an_undo_for_each_of_the_last(office: Scene) -> None:
    await office.asks("/done", "concurrency")
    page = await office.asks("/progress")
    assert "1 week kept" in words(page)
    assert "is open again" in words(await office.presses(page, "Undo"))


async def test_a_file_goes_to_the_direct_messages_alone(office: Scene) -> None:
    await office.asks("/done", "concurrency")
    answer = await office.asks("/study", "privacy export")
    assert "is in your direct messages with Dualo" in words(answer)
    file = next(iter(office.slack.uploads.all.values()))
    assert file.name.startswith("dualo-my-data-")
    assert b"concurrency" in (file.content or b"")
    assert [message.files[0]["name"] for message in office.slack.messages(office.ada.dm)] == [file.name]
    assert office.slack.messages(office.workspace.general) == []


async def test_a_file_that_cannot_be_sent_says_what_is_missing(rough_office: Scene) -> None:
    grant = rough_office.workspace.grant
    assert grant is not None
    grant.scopes = tuple(scope for scope in grant.scopes if scope != "files:write")
    answer = await rough_office.asks("/study", "privacy export")
    assert "The file could not be sent to you." in words(answer)
    assert "“files:write”" in words(answer)
