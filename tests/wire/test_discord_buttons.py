"""What people press, choose and fill in: it works for ever, and the answer goes where it belongs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.discord import components
from bot.core import views
from bot.features import commands
from tests.wire.discord import payload as read
from tests.wire.discord.interactions import Answer
from tests.wire.discord.model import Message
from tests.wire.discord.person import Given
from tests.wire.discord_stage import Scene, buttons, labels, running, selects, shown, text_of

THEME = "backend-architectures"


async def open_lesson(classroom: Scene, number: str = "1") -> Answer:
    return await classroom.ada.slash("lesson", {"theme": THEME, "lesson": number}, channel=classroom.channel)


async def test_done_records_and_the_next_lesson_follows_in_the_same_message(classroom: Scene) -> None:
    lesson = await open_lesson(classroom)
    recorded = await classroom.ada.press(lesson, "Done – next")
    assert recorded.message is lesson.message
    assert "Done: " in text_of(recorded)
    following = await classroom.ada.press(recorded, "Read lesson 2")
    assert following.message is lesson.message
    assert "Lesson 2 of 10" in text_of(following)


async def test_a_select_opens_what_was_chosen(classroom: Scene) -> None:
    themes = await classroom.ada.slash("themes", channel=classroom.channel)
    (select,) = selects(shown(themes))
    page = await classroom.ada.choose(themes, str(select["custom_id"]), [f"1|theme|{THEME}"])
    (lessons,) = selects(shown(page))
    options = read.objects_of(lessons, "options")
    lesson = await classroom.ada.choose(page, str(lessons["custom_id"]), [str(options[2]["value"])])
    assert "Lesson 3 of 10" in text_of(lesson)


async def test_a_public_button_answers_in_private_and_leaves_the_post_alone(classroom: Scene) -> None:
    given: dict[str, Given] = {"theme": THEME, "lesson": "1", "share": True}
    post = await classroom.boss.slash("lesson", given, channel=classroom.channel)
    before = text_of(post)
    recorded = await classroom.ada.press(post, "Done – next")
    assert recorded.ephemeral
    assert recorded.message is not post.message
    assert text_of(post) == before
    assert classroom.discord.messages(classroom.channel) == [shown(post)]


async def test_who_pressed_comes_from_the_event(classroom: Scene) -> None:
    given: dict[str, Given] = {"theme": THEME, "lesson": "1", "share": True}
    post = await classroom.boss.slash("lesson", given, channel=classroom.channel)
    await classroom.ada.press(post, "Done – next")
    assert classroom.last_asked[1].person == str(classroom.ada.id)
    progress = await classroom.boss.slash("progress", channel=classroom.channel)
    assert "Nothing is recorded yet" in text_of(progress)


async def test_saving_while_reading_leaves_the_lesson_on_the_screen(classroom: Scene) -> None:
    lesson = await open_lesson(classroom)
    saved = await classroom.ada.press(lesson, "Save for later")
    assert saved.message is not lesson.message
    assert (saved.ephemeral, "saved for later" in text_of(saved)) == (True, True)
    assert "Lesson 1 of 10" in text_of(lesson)


async def test_a_quiz_runs_in_one_message_to_its_end(classroom: Scene) -> None:
    given: dict[str, Given] = {"theme": THEME, "lesson": "1", "count": 3}
    quiz = await classroom.ada.slash("quiz", given, channel=classroom.channel)
    for number in range(1, 4):
        assert f"Question {number} of 3" in text_of(quiz)
        answered = await classroom.ada.press(quiz, "A")
        assert answered.message is quiz.message
        assert "**Your answer:**" in text_of(quiz)
        await classroom.ada.press(quiz, "How it went" if number == 3 else "Next question")
    assert "of 3 right" in text_of(quiz)
    assert len(shown(quiz).all_components()) > 0


async def test_the_lesson_read_during_a_quiz_leaves_the_quiz_standing(classroom: Scene) -> None:
    quiz = await classroom.ada.slash("quiz", {"theme": THEME, "lesson": "1"}, channel=classroom.channel)
    await classroom.ada.press(quiz, "A")
    lesson = await classroom.ada.press(quiz, "Read the lesson")
    assert lesson.message is not quiz.message
    assert "Next question" in labels(shown(quiz))


@pytest.mark.parametrize("plain", [False, True], ids=["usual", "plain"])
async def test_a_refusal_leaves_the_question_standing(classroom: Scene, plain: bool) -> None:
    classroom.engine.reader = views.Reader(plain=plain)
    quiz = await classroom.ada.slash("quiz", {"theme": THEME, "lesson": "1"}, channel=classroom.channel)
    classroom.engine.instead = {commands.AnswerQuestion: views.Notice("Not now.", tone=views.Tone.SORRY)}
    refused = await classroom.ada.press(quiz, "A")
    assert refused.message is not quiz.message
    assert "Question 1 of" in text_of(quiz)
    classroom.engine.instead = {commands.AnswerQuestion: views.Notice("That was all.")}
    told = await classroom.ada.press(quiz, "A")
    assert told.message is quiz.message


async def test_buttons_outlive_a_restart(classroom: Scene) -> None:
    lesson = await open_lesson(classroom)
    await classroom.adapter.stop()
    async with running(classroom.another()):
        recorded = await classroom.ada.press(lesson, "Done – next")
        assert "Done: " in text_of(recorded)


@pytest.mark.parametrize(
    "forged", ["0|done|x", "1|burn|everything", "nonsense", "1|" + "x" * 97, "1?lesson", "1|undo|a|b|c|d"]
)
async def test_a_forged_or_expired_button_gets_a_kind_sentence(classroom: Scene, forged: str) -> None:
    lesson = await open_lesson(classroom)
    button = next(one for one in buttons(shown(lesson)) if one["label"] == "Quiz me")
    button["custom_id"] = forged
    answer = await classroom.ada.press(lesson, "Quiz me")
    assert answer.ephemeral
    assert any(
        words in text_of(answer) for words in ("has expired", "There is no lesson called", "Quiz me?", "begun a theme")
    )


MANAGING = [spec.verb for spec in commands.all_specs() if spec.who is commands.Who.MANAGERS]


@pytest.mark.parametrize("verb", MANAGING)
async def test_somebody_without_rights_gets_no_further_by_a_button(classroom: Scene, verb: str) -> None:
    lesson = await open_lesson(classroom)
    button = next(one for one in buttons(shown(lesson)) if one["label"] == "Quiz me")
    button["custom_id"] = f"1|{verb}|S1"
    answer = await classroom.ada.press(lesson, "Quiz me")
    assert (answer.ephemeral, answer.modal) == (True, None)
    assert "Only those who manage" in text_of(answer) or "has expired" in text_of(answer)


# Everything that can be pressed -------------------------------------------------------------------------------------

MOST_PRESSES = 260


async def test_every_button_of_every_view_that_can_be_reached_answers(classroom: Scene) -> None:
    """A walk from the hub: each kind of button of each kind of page is pressed, each select opened."""
    ada, channel = classroom.ada, classroom.channel
    for lesson in range(1, 10):
        await ada.slash("done", {"lesson": f"{THEME} {lesson}"}, channel=channel)
    pressed: set[str] = set()
    waiting: list[tuple[Message, list[str]]] = []

    def meet(answer: Answer) -> None:
        if answer.modal is None:
            assert "Something broke" not in text_of(answer)
            fresh = list(_kinds(shown(answer), pressed))
            pressed.update(map(_kind, fresh))
            waiting.append((shown(answer), fresh))

    for line in ("privacy", "study", "help", "themes", "settings", "progress"):  # the last comes first
        meet(await ada.slash(line, channel=channel))
    while waiting and len(pressed) < MOST_PRESSES:
        page, custom_ids = waiting.pop()
        for custom_id in custom_ids:
            meet(await _press(classroom, custom_id, page))
    verbs = {each.split("|")[1] for each in pressed}
    assert {"home", "themes", "theme", "lesson", "done", "undo", "follow", "unfollow"} <= verbs
    assert {"quiz", "ask", "answer", "progress", "saved", "save", "unsave", "mistake"} <= verbs
    assert {"help", "settings", "edit-settings", "privacy", "erase"} <= verbs


def _kinds(message: Message, pressed: set[str]) -> Iterator[str]:
    """One of each kind that was not met before."""
    found = [str(button["custom_id"]) for button in buttons(message)]
    found += [str(option["value"]) for each in selects(message) for option in read.objects_of(each, "options")[:2]]
    yield from {_kind(each): each for each in found if _kind(each) not in pressed}.values()


def _kind(custom_id: str) -> str:
    token = components.read_custom_id(custom_id).token
    parts = token.split("|")
    return token if parts[1:2] == ["privacy"] else "|".join([*parts[:2], str(len(parts))])


async def _press(classroom: Scene, custom_id: str, page: Message) -> Answer:
    """By its id; a message that has changed meanwhile is opened by hand of the same token."""
    if custom_id in [str(one["custom_id"]) for one in buttons(page)]:
        return await classroom.ada.press(page, custom_id)
    for select in selects(page):
        if custom_id in [str(option["value"]) for option in read.objects_of(select, "options")]:
            return await classroom.ada.choose(page, str(select["custom_id"]), [custom_id])
    lesson = await classroom.ada.slash("next", {"theme": THEME}, channel=classroom.channel)
    spare = next(one for one in buttons(shown(lesson)) if one["label"] == "Quiz me")
    spare["custom_id"] = custom_id
    return await classroom.ada.press(lesson, custom_id)
