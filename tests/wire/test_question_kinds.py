"""One right option, several, or words that are typed: each kind is asked, answered and judged in both chats."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.core.ports import Actor
from bot.domain.course import Lesson, Shelf
from bot.domain.questions import Question, QuestionKind
from bot.features import commands
from bot.packs import load
from tests.conftest import CONTENT
from tests.wire import discord_stage, slack_bot
from tests.wire.discord.interactions import Answer
from tests.wire.slack.model import Message

LESSON = "frameworks-under-pressure/stateless-or-stateful"
ENDS = ("That is all for today.", "8 of 8 right")
ONWARD = re.compile("Next question|How it (goes on|went)")
WAYS = pytest.mark.parametrize("way", ["review", "quiz"])


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """With questions of every kind."""
    return load.load([CONTENT]).shelf


@pytest.fixture
def lesson(shelf: Shelf) -> Lesson:
    found = shelf.lesson(*LESSON.split("/"))
    assert found is not None
    assert {each.kind for each in found.questions} == set(QuestionKind)
    return found


def asked(said: str, lesson: Lesson) -> Question:
    """Which question it is, whatever signs a platform escapes."""
    return next(each for each in lesson.questions if _plain(each.ask.plain) in _plain(said))


def _plain(words: str) -> str:
    return re.sub(r"\W", "", words)


@WAYS
async def test_every_kind_of_question_is_answered_rightly_in_discord(
    classroom: discord_stage.Scene, lesson: Lesson, way: str
) -> None:
    ada, channel = classroom.ada, classroom.channel
    await ada.slash("done", {"lesson": LESSON}, channel=channel)
    await classroom.engine.engine.handle(commands.EditSettings(reviews=10, filled=True), classroom.last_asked[1])
    classroom.clock.at += timedelta(days=1)
    options: dict[str, str | int] = {"lesson": LESSON, "count": 10} if way == "quiz" else {}
    page = await ada.slash(way, dict(options), channel=channel)
    for _ in lesson.questions:
        page = await _in_discord(classroom, page, asked(discord_stage.text_of(page), lesson))
        assert "Right" in discord_stage.text_of(page)
        onward = next(each for each in discord_stage.labels(discord_stage.shown(page)) if ONWARD.search(each))
        page = await ada.press(page, onward)
    assert any(end in discord_stage.text_of(page) for end in ENDS)


async def _in_discord(classroom: discord_stage.Scene, page: Answer, question: Question) -> Answer:
    ada = classroom.ada
    if question.typed:
        form = await ada.press(page, "Type the answer")
        assert form.modal is not None
        (field,) = form.modal.fields
        return await ada.submit(form, {field: question.typed.accepted[0].upper()})
    for at in question.rights:
        page = await ada.press(page, "ABCDEF"[at])
    return await ada.press(page, "Check my answer") if len(question.rights) > 1 else page


@WAYS
async def test_every_kind_of_question_is_answered_rightly_in_slack(
    office: slack_bot.Scene, lesson: Lesson, way: str
) -> None:
    await office.asks("/done", LESSON)
    actor = office.engine.asked[-1][1]
    await office.engine.engine.handle(
        commands.EditSettings(reviews=10, filled=True), Actor(actor.workspace, actor.person)
    )
    office.clock.at += timedelta(days=1)
    page = await office.asks(f"/{way}", f"{LESSON} count:10" if way == "quiz" else "")
    for _ in lesson.questions:
        page = await _in_slack(office, page, asked(slack_bot.words(page), lesson))
        assert "Right" in slack_bot.words(page)
        page = await office.presses(page, next(each for each in slack_bot.labels(page) if ONWARD.search(each)))
    assert any(end in slack_bot.words(page) for end in ENDS)


async def _in_slack(office: slack_bot.Scene, page: Message, question: Question) -> Message:
    if question.typed:
        form = await (await office.ada.press(page, "Type the answer")).modal()
        (field,) = slack_bot.labels(form)
        await office.ada.submit(form, {field: question.typed.accepted[0].upper()})
        return await office.shows(page, "Right")
    for at in question.rights:
        page = await office.presses(page, "ABCDEF"[at])
    return await office.presses(page, "Check my answer") if len(question.rights) > 1 else page
