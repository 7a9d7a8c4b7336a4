"""Answers to the question of the week, given from a channel's message and answered in private.

The first answer counts: for the message's figures, as the person's own, and for what they remember. After its end the
question still teaches whoever presses.
"""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from bot.core import views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.core.i18n import mark, say
from bot.core.record import replace
from bot.domain import memory, weekly_question
from bot.domain.course import Lesson
from bot.domain.memory import How
from bot.domain.outbox import DeliveryKey, DeliveryKind
from bot.domain.questions import Question
from bot.domain.quiz import Answered
from bot.features import commands
from bot.features.quiz import asking
from bot.features.request import Request, handles
from bot.features.review import recording
from bot.store.outbox import question_posts
from bot.store.outbox.question_posts import GivenAnswer

CALLED = mark("Question of the week")
CHANGED = mark("This question was changed since it was posted. Here is the new one.")
FIRST_COUNTS = mark("You answered this before; the first answer counts.")
LEFT_OUT = mark("Nothing was recorded, as you asked.")
OVER = mark("The question is over, so this is not in its figures. It was worth trying all the same.")

Weekly = commands.AskWeekly | commands.AnswerWeekly | commands.TypeWeekly


@handles(commands.AskWeekly)
async def ask(command: commands.AskWeekly, request: Request) -> views.View:
    lesson, question = memory.find(request.shelf, command.name) or _left_the_shelf()
    if first := await _first(command, request):
        return _verdict(lesson, question, first, note=FIRST_COUNTS)
    return _page(command, lesson, question)


@handles(commands.AnswerWeekly)
async def answer(command: commands.AnswerWeekly, request: Request) -> views.View:
    lesson, question = memory.find(request.shelf, command.name) or _left_the_shelf()
    return await _answered(command, request, lesson, question, question.given(command.picked or str(command.choice)))


@handles(commands.TypeWeekly)
async def type_answer(command: commands.TypeWeekly, request: Request) -> views.View:
    lesson, question = memory.find(request.shelf, command.name) or _left_the_shelf()
    if command.asks:
        if first := await _first(command, request):
            return _verdict(lesson, question, first, note=FIRST_COUNTS)
        return asking.typing(question, command)
    return await _answered(command, request, lesson, question, " ".join(command.given.split()))


def _left_the_shelf() -> NoReturn:
    raise StudyError(say("This question is not taught any more."), say("There will be another one."))


def _page(command: Weekly, lesson: Lesson, question: Question, note: str = "") -> views.QuestionPage:
    schedule, day, name = command.schedule, command.date, command.name
    answer = commands.AnswerWeekly(schedule=schedule, date=day, name=name, question=question.digest)
    page = views.QuestionPage(
        title=lesson.title, position=1, total=1, ask=question.ask, note=say(note), place=say(CALLED)
    )
    picked = command.picked if isinstance(command, commands.AskWeekly) else ""
    ask = commands.AskWeekly(schedule=schedule, date=day, name=name, picked=picked)
    typing = commands.TypeWeekly(schedule=schedule, date=day, name=name, question=question.digest)
    return asking.answerable(page, question, ask=ask, answer=answer, typing=typing)


async def _answered(
    command: commands.AnswerWeekly | commands.TypeWeekly,
    request: Request,
    lesson: Lesson,
    question: Question,
    given: str,
) -> views.View:
    if command.question != question.digest or not given:
        first = await _first(command, request)
        return (
            _verdict(lesson, question, first, note=FIRST_COUNTS) if first else _page(command, lesson, question, CHANGED)
        )
    if (await request.standing()).preferences.paused:
        return _verdict(lesson, question, Answered(0, given, correct=question.judge(given)), note=LEFT_OUT)
    counted, note = await _take(command, request, lesson, question, given)
    return _verdict(lesson, question, counted, note=note)


async def _take(
    command: Weekly, request: Request, lesson: Lesson, question: Question, given: str
) -> tuple[Answered, str]:
    """Record an answer with all that follows from it, in one transaction: in the figures of the question, in the
    person's memory, and in the number that the message shows."""
    name, now = _name(command, request), request.now
    mine = Answered(0, given, correct=question.judge(given))
    async with request.store.transaction() as connection:
        posted, result = await question_posts.read(connection, name)
        until = result.due if result else weekly_question.ends(now)
        if posted is None or now >= until:
            first = await question_posts.given(connection, request.seat, name.schedule, name.local_date)
            if first is None:
                await recording.keep(connection, request, lesson, question, given, how=How.QUIZ)
            return first or mine, FIRST_COUNTS if first else OVER
        answer = GivenAnswer(
            name.schedule, name.local_date, lesson.key, question.id, given, correct=mine.correct, at=now
        )
        counted, new = await question_posts.take(connection, request.seat, answer)
        if new:
            await recording.keep(connection, request, lesson, question, given, how=How.QUIZ)
            await question_posts.count_again(connection, posted, now=now, until=until)
    return counted, "" if new or counted.given == given else FIRST_COUNTS


async def _first(command: Weekly, request: Request) -> Answered | None:
    """What they answered before."""
    name = _name(command, request)
    async with request.store.reading() as connection:
        return await question_posts.given(connection, request.seat, name.schedule, name.local_date)


def _name(command: Weekly, request: Request) -> DeliveryKey:
    try:
        day = date.fromisoformat(command.date)
    except ValueError:
        _left_the_shelf()
    return DeliveryKey(request.actor.workspace, "", command.schedule, DeliveryKind.QUESTION, day)


def _verdict(lesson: Lesson, question: Question, answered: Answered, *, note: str) -> views.Verdict:
    more = Action(say("More questions on it"), commands.Quiz(lesson=str(lesson.key)))
    found = asking.verdict(
        lesson,
        question,
        answered.given,
        correct=answered.correct,
        position=0,
        total=1,
        offers=(more,),
        note=say(note),
    )
    return replace(found, place=say(CALLED))
