"""Every front end before the real engine: buttons alone lead everywhere, and a repeated event changes nothing."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from bot import commands, views
from bot.commands import Command
from bot.domain.course import Shelf
from tests.conftest import Learner
from tests.contracts import fronts

STEPS = 150
"""Enough presses to have met every kind of answer."""


@pytest.fixture(params=sorted(fronts.FRONTS))
def front(request: pytest.FixtureRequest) -> fronts.Front:
    return fronts.FRONTS[request.param]()


def test_every_typed_command_can_be_started_by_name(front: fronts.Front) -> None:
    assert {spec.verb for spec in commands.all_specs() if spec.typed} <= set(front.typed())


async def test_buttons_alone_lead_to_every_kind_of_answer(front: fronts.Front, ada: Learner, shelf: Shelf) -> None:
    *early, last = shelf.themes[0].lessons
    for lesson in early:
        await ada.does(commands.Done(lesson=str(lesson.key)))
    seen, met = await walk(front, ada, commands.Home(), commands.Lesson(theme=last.theme, lesson=last.id))
    words_wanted = {"find"}  # looks for words, so somebody has to type them
    wanted = {spec.verb for spec in commands.all_specs() if spec.typed and spec.who is commands.Who.EVERYONE}
    assert wanted - words_wanted - seen == set()
    assert {views.ThemePage, views.Question, views.Verdict, views.Recorded, views.Download, views.FormPage} <= met


async def walk(front: fronts.Front, learner: Learner, *start: Command) -> tuple[set[str], set[type[views.View]]]:
    """Press every kind of button that comes along, a few of each; everything met must fit and never break."""
    waiting = deque(start)
    pressed = {command.spec.verb: 1 for command in start}
    met: set[type[views.View]] = set()
    for _ in range(STEPS):
        if not waiting:
            break
        command = waiting.popleft()
        view = await learner.does(command)
        met.add(type(view))
        assert "Reference" not in getattr(view, "text", ""), command
        assert list(front.fits(view)) == [], command
        for offered in front.draw(view).commands:
            if pressed.get(offered.spec.verb, 0) < 4:
                pressed[offered.spec.verb] = pressed.get(offered.spec.verb, 0) + 1
                waiting.append(offered)
    return set(pressed), met


async def test_a_repeated_event_is_harmless(front: fronts.Front, ada: Learner, shelf: Shelf) -> None:
    """A platform may deliver one press twice, at once or after a while."""
    theme = shelf.themes[0].id
    lesson = await ada.types(f"lesson {theme} 1")
    recording = [each for each in front.draw(lesson).commands if each.spec.verb in {"done", "save"}]
    page = await ada.types(f"theme {theme}")
    recording += [each for each in front.draw(page).commands if each.spec.verb == "follow"]
    assert {each.spec.verb for each in recording} == {"done", "save", "follow"}
    for command in recording:
        await ada.does(command)
    once = await standing(ada, theme)
    for command in recording:
        await asyncio.gather(ada.does(command), ada.does(command))
    assert await standing(ada, theme) == once


async def test_an_answer_pressed_twice_counts_once(front: fronts.Front, ada: Learner, shelf: Shelf) -> None:
    question = await ada.types(f"quiz {shelf.themes[0].id} 1")
    answers = [each for each in front.draw(question).commands if each.spec.verb == "answer"]
    first = await ada.does(answers[0])
    others = await asyncio.gather(*(ada.does(each) for each in answers))
    assert isinstance(first, views.Verdict)
    assert [each.chosen for each in others if isinstance(each, views.Verdict)] == [first.chosen] * len(answers)


async def standing(learner: Learner, theme: str) -> list[views.View]:
    """All that a person can see of what is recorded."""
    lines = (f"theme {theme}", "progress", "saved", "study", "privacy")
    return [await learner.types(line) for line in lines]
