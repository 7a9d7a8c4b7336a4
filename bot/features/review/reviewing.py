"""Reviews, one question at a time: what is about to be forgotten comes first, a few a day, never a backlog.

An answer counts for the state that was asked, so a second press, another device or another replica finds the first.
Somebody who paused recording gets the same questions and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NoReturn

from bot.core import views
from bot.core.actions import Action, Offer
from bot.core.errors import NotYet, StudyError
from bot.core.i18n import mark, say, say_many
from bot.domain import memory, when
from bot.domain.course import Lesson
from bot.domain.memory import Deck, How, Memory
from bot.domain.questions import Question
from bot.features import commands, ways
from bot.features.learning import pages
from bot.features.quiz import asking
from bot.features.request import Request, handles
from bot.features.review import due, recording
from bot.store.cold import memories
from bot.store.cold.memories import Reviewed

CHANGED = mark("This question was changed since you saw it. Here is the new one.")
COUNTED = mark("You answered this before; the first answer counts.")
LEFT_OUT = mark("Nothing was recorded, as you asked.")
COMING = 3
"""So many of the next days with reviews are named."""


@handles(commands.Review)
async def review(command: commands.Review, request: Request) -> views.View:
    found, kept = await due.look(request)
    skip = command.skip if (await request.standing()).preferences.paused else 0
    if skip >= found.left:
        return _nothing_due(request, found, kept)
    waiting = found.due[skip]
    names = memory.names_of(waiting.lesson, waiting.question, request.shelf)
    ask = commands.AskReview(name=memory.fingerprint(names[0]), number=waiting.number, skip=skip)
    return _question(ask, waiting.lesson, waiting.question, found)


@handles(commands.AskReview)
async def ask(command: commands.AskReview, request: Request) -> views.View:
    lesson, question = memory.find(request.shelf, command.name) or _left_the_shelf()
    return _question(command, lesson, question, await due.deck(request))


def _question(ask: commands.AskReview, lesson: Lesson, question: Question, found: Deck, note: str = "") -> views.View:
    position = found.answered_today + ask.skip + 1
    total = max(position, found.answered_today + found.left)
    page = views.QuestionPage(title=lesson.title, position=position, total=total, ask=question.ask, note=say(note))
    fresh = question.digest
    answer = commands.AnswerReview(name=ask.name, number=ask.number, skip=ask.skip, question=fresh)
    typing = commands.TypeReview(name=ask.name, number=ask.number, skip=ask.skip, question=fresh)
    return asking.answerable(page, question, ask=ask, answer=answer, typing=typing)


def _left_the_shelf() -> NoReturn:
    raise StudyError(
        say("This question is not taught any more."),
        say("The others are still there."),
        actions=(Action(say("Go on"), commands.Review()),),
    )


@handles(commands.AnswerReview)
async def answer(command: commands.AnswerReview, request: Request) -> views.View:
    lesson, question = memory.find(request.shelf, command.name) or _left_the_shelf()
    given = question.given(command.picked or str(command.choice))
    return await _answered(command, request, lesson, question, given)


@handles(commands.TypeReview)
async def type_answer(command: commands.TypeReview, request: Request) -> views.View:
    lesson, question = memory.find(request.shelf, command.name) or _left_the_shelf()
    if command.asks:
        return asking.typing(question, command)
    return await _answered(command, request, lesson, question, " ".join(command.given.split()))


async def _answered(
    command: commands.AnswerReview | commands.TypeReview,
    request: Request,
    lesson: Lesson,
    question: Question,
    given: str,
) -> views.View:
    if command.question != question.digest or not given:
        ask = commands.AskReview(name=command.name, number=command.number, skip=command.skip)
        return _question(ask, lesson, question, await due.deck(request), CHANGED)
    if (await request.standing()).preferences.paused:
        return await _unrecorded(command, request, lesson, question, given)
    counted = await recording.record(request, lesson, question, given, how=How.REVIEW, number=command.number)
    if counted is None:
        raise NotYet(
            say("This question was asked again since, or its record was erased."),
            actions=(Action(say("Go on"), commands.Review()),),
        )
    found = await due.deck(request)
    return _verdict(command, request, (lesson, question), found, counted, first=counted.given == given)


def _verdict(
    command: commands.AnswerReview | commands.TypeReview,
    request: Request,
    found: tuple[Lesson, Question],
    deck: Deck,
    counted: Reviewed,
    *,
    first: bool,
) -> views.View:
    lesson, question = found
    offers: list[Offer] = [_onward(deck, commands.Review())]
    if counted.correct and not counted.guessed:
        offers.append(Action(say("I guessed"), commands.Guessed(name=command.name, number=command.number)))
    position = max(1, deck.answered_today)
    return asking.verdict(
        lesson,
        question,
        counted.given,
        correct=counted.correct,
        position=position - 1,
        total=max(position, deck.answered_today + deck.left),
        offers=tuple(offers),
        note="" if first else say(COUNTED),
    )


def _onward(deck: Deck, onward: commands.Review) -> Action:
    return Action(say("Next question") if onward.skip < deck.left else say("How it goes on"), onward)


async def _unrecorded(
    command: commands.AnswerReview | commands.TypeReview,
    request: Request,
    lesson: Lesson,
    question: Question,
    given: str,
) -> views.View:
    found = await due.deck(request)
    return asking.verdict(
        lesson,
        question,
        given,
        correct=question.judge(given),
        position=found.answered_today + command.skip,
        total=max(command.skip + 1, found.left) + found.answered_today,
        offers=(_onward(found, commands.Review(skip=command.skip + 1)),),
        note=say(LEFT_OUT),
    )


@handles(commands.Guessed)
async def guessed(command: commands.Guessed, request: Request) -> views.View:
    lesson, question = memory.find(request.shelf, command.name) or _left_the_shelf()
    names = memory.names_of(lesson, question, request.shelf)
    linked = (await request.standing()).linked is not None
    async with request.store.transaction() as connection:
        taken = await memories.take_back(
            connection, request.seat, names, command.number, now=request.now, zone=request.zone, linked=linked
        )
    found = await due.deck(request)
    return views.Notice(
        say("It counts as not known, and comes again sooner.") if taken else say("That answer stays as it is."),
        say("An honest guess is worth more than a lucky hit.")
        if taken
        else say("Only the last answer can be called a guess."),
        tone=views.Tone.DONE if taken else views.Tone.INFO,
        actions=(_onward(found, commands.Review()), pages.read_action(lesson, say("Read the lesson"))),
    )


def _nothing_due(request: Request, found: Deck, kept: Sequence[Memory]) -> views.View:
    if found.plan.frozen(found.today) and found.plan.frozen_until:
        said = say("Reviews wait until {date}, as you asked.", date=when.say_date(found.plan.frozen_until))
        return views.Notice(said, actions=(Action(say("Resume now"), commands.Resume()), ways.home()))
    if not found.size:
        raise NotYet(
            say("There is nothing to review yet."),
            say("Questions come here a day after their lesson is done, and after a quiz."),
            actions=(Action(say("Read the next lesson"), commands.Next()), ways.home()),
        )
    said = say("That is all for today.") if found.answered_today else say("Nothing is due today.")
    return views.Notice(
        said,
        " ".join(filter(None, (_next_days(found, request), _ahead(kept, request)))),
        tone=views.Tone.DONE,
        actions=(Action(say("Read the next lesson"), commands.Next()), ways.home()),
    )


def _next_days(found: Deck, request: Request) -> str:
    """When the next are asked, within the cap of each day."""
    days: dict[date, int] = {}
    tomorrow = found.today + timedelta(days=1)
    if len(found.due) > found.left:
        days[tomorrow] = min(len(found.due) - found.left, found.plan.cap)
    for each in found.coming:
        day = each.due.astimezone(request.zone).date()
        days[day] = min(days.get(day, 0) + 1, found.plan.cap)
    named = [
        say("{count} on {day}", count=count, day=when.say_date(day)) for day, count in sorted(days.items())[:COMING]
    ]
    return say("Next: {named}.", named=", ".join(named)) if named else ""


def _ahead(kept: Sequence[Memory], request: Request) -> str:
    remembered = memory.on_shelf(kept, request.shelf).values()
    if not remembered:
        return ""
    known, of = memory.known_ahead(remembered, request.now, request.zone)
    return say_many(
        of,
        "Without another review, you would still know about {known} of {n} question in three months.",
        "Without another review, you would still know about {known} of {n} questions in three months.",
        known=round(known),
    )
