"""Every front end before the real engine: buttons alone lead everywhere, and a repeated event changes nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping

import pytest

from bot.core import actions, views
from bot.core.actions import Field, FieldKind
from bot.core.ports import Actor, Services
from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.features import commands
from bot.features.commands import Channel, Command, Person, Who
from tests.conftest import Learner
from tests.contracts import fronts

STEPS = 150
"""Enough presses to have met every kind of answer."""
ROOM = "web:room"


@pytest.fixture(params=sorted(fronts.FRONTS))
def front(request: pytest.FixtureRequest) -> fronts.Front:
    return fronts.FRONTS[request.param]()


def test_every_typed_command_can_be_started_by_name(front: fronts.Front) -> None:
    assert {spec.verb for spec in commands.all_specs() if spec.typed} <= set(front.typed())


def verbs(who: Who) -> set[str]:
    return {spec.verb for spec in commands.all_specs() if spec.who is who}


async def test_buttons_alone_lead_to_every_kind_of_answer(front: fronts.Front, ada: Learner, shelf: Shelf) -> None:
    *early, last = shelf.themes[0].lessons
    for lesson in early:
        await ada.does(commands.Done(lesson=str(lesson.key)))
    ada.engine.settle(Services(links=True))
    seen, met = await walk(front, ada, commands.Home(), commands.OpenLesson(theme=last.theme, lesson=last.id))
    words_wanted = {"find"}  # looks for words, so somebody has to type them
    wanted = {spec.verb for spec in commands.all_specs() if spec.typed and spec.who is Who.EVERYONE}
    assert wanted - words_wanted - seen == set()
    assert verbs(Who.MANAGERS) & seen == set()
    assert {views.ThemePage, views.QuestionPage, views.Verdict, views.Recorded, views.Download, views.FormPage} <= met


@pytest.fixture
async def manager(engine: StudyEngine, shelf: Shelf) -> Learner:
    """Somebody who runs a workspace where there is something to look after."""
    boss = Learner(engine, Actor(workspace="web", person="boss", manages=True, place=ROOM))
    theme = shelf.themes[0]
    lesson = theme.lessons[0].id
    for command in (
        commands.Setup(channel=Channel(ROOM), theme=theme.id, weekday="mon", hour="09:00", timezone="UTC"),
        commands.ScheduleSkip(id="S1"),
        commands.ReportMistake(theme=theme.id, lesson=lesson, what="A word is missing."),
        commands.Assign(theme=theme.id, user=Person("bob")),
        commands.EditContacts(manager=Person("carol")),
    ):
        done = await boss.does(command)
        assert getattr(done, "tone", views.Tone.DONE) is not views.Tone.SORRY, (command, done)
    return boss


async def test_buttons_and_forms_lead_a_manager_everywhere(front: fronts.Front, manager: Learner) -> None:
    """From the commands that need no words, every other one is a press or a form away."""
    managed = [spec for spec in commands.all_specs() if spec.who is Who.MANAGERS]
    start = [
        commands.build(spec, {}) for spec in managed if spec.typed and not any(each.required for each in spec.options)
    ]
    seen, met = await walk(front, manager, *start, steps=2 * STEPS)
    words_wanted = {"schedule-add", "assign", "member"}  # whom, what, where: somebody has to say it
    only_after_a_change = {"apply-content"}
    assert verbs(Who.MANAGERS) - words_wanted - only_after_a_change - seen == set()
    assert {views.Listing, views.LessonPost, views.FormPage, views.Notice} <= met


@pytest.mark.parametrize("verb", sorted(verbs(Who.MANAGERS)))
async def test_what_managers_do_is_refused_to_everybody_else(bob: Learner, verb: str) -> None:
    spec = commands.by_verb(verb)
    assert spec is not None
    needed = {each.name: each.choices[0] if each.choices else "1" for each in spec.parameters if each.required}
    answer = await bob.does(commands.build(spec, needed))
    assert isinstance(answer, views.Notice)
    assert answer.text == "Only those who manage this workspace can do that."


async def walk(
    front: fronts.Front, learner: Learner, *start: Command, steps: int = STEPS
) -> tuple[set[str], set[type[views.View]]]:
    """Press every kind of button that comes along, and send every form, a few of each; everything met must fit and
    never break."""
    waiting = deque(start)
    pressed = {command.spec.verb: 1 for command in start}
    met: set[type[views.View]] = set()
    for _ in range(steps):
        if not waiting:
            break
        command = waiting.popleft()
        view = await learner.does(command)
        met.add(type(view))
        assert "Reference" not in getattr(view, "text", ""), command
        assert list(front.fits(view)) == [], command
        for offered in [*front.draw(view).commands, *submitted(view)]:
            if pressed.get(offered.spec.verb, 0) < 4:
                pressed[offered.spec.verb] = pressed.get(offered.spec.verb, 0) + 1
                waiting.append(offered)
    return set(pressed), met


FILLED: Mapping[FieldKind, str] = {
    FieldKind.TOGGLE: "no",
    FieldKind.CHANNEL: ROOM,
    FieldKind.PERSON: "bob",
    FieldKind.ROLE: "crew",
    FieldKind.NUMBER: "1",
}
"""What somebody gives where nothing stands yet."""


def submitted(view: views.View) -> Iterator[Command]:
    """A form as it is sent by somebody who only fills in what is missing."""
    if isinstance(view, views.FormPage):
        answers = {field.name: field.value or _missing(field) for field in view.form.fields}
        yield actions.fill(view.form.token, answers)


def _missing(field: Field) -> str:
    first = field.options[0][0] if field.options else FILLED.get(field.kind, "words")
    return first if field.required or field.kind is FieldKind.TOGGLE else ""


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
    assert [each.answers for each in others if isinstance(each, views.Verdict)] == [first.answers] * len(answers)


async def standing(learner: Learner, theme: str) -> list[views.View]:
    """All that a person can see of what is recorded."""
    lines = (f"theme {theme}", "progress", "saved", "study", "privacy")
    return [await learner.types(line) for line in lines]
