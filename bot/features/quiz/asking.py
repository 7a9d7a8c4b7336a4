"""What every question has, whoever asks it: its page by its kind, its form, the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.core import actions, text, views
from bot.core.actions import Action, Offer
from bot.core.i18n import mark, say
from bot.core.record import replace
from bot.domain.course import Lesson
from bot.domain.questions import Question, QuestionKind
from bot.features import commands
from bot.features.learning import pages

LETTERS = "ABCDEFGHIJ"
TYPE = mark("Type the answer")


Asks = commands.AskQuestion | commands.AskReview | commands.AskWeekly | commands.Try
Answers = commands.AnswerQuestion | commands.AnswerReview | commands.AnswerWeekly | commands.Try


def answerable(
    page: views.QuestionPage,
    question: Question,
    *,
    ask: Asks,
    answer: Answers,
    typing: commands.Command,
    first: int = 0,
) -> views.QuestionPage:
    """The page with what a question of its kind is answered by. Options are counted from `first`; where several are
    right, each press chooses one or takes it back, then all of them are checked at once."""
    match question.kind:
        case QuestionKind.TYPED:
            return replace(page, actions=(Action(say(TYPE), typing, primary=True),))
        case QuestionKind.SEVERAL:
            picked, check = ask.picked, replace(answer, picked=ask.picked, choice=first)
            toggles = [replace(ask, picked=each) for each in _toggled(question, picked)]
            checks = (Action(say("Check my answer"), check, primary=True),) if picked else ()
            return replace(page, options=options(question, toggles, picked), several=True, actions=checks)
        case QuestionKind.ONE:
            presses = [replace(answer, choice=first + at) for at in range(len(question.options))]
            return replace(page, options=options(question, presses))


def options(
    question: Question, presses: Sequence[commands.Command], picked: str = ""
) -> tuple[views.AnswerOption, ...]:
    return tuple(
        views.AnswerOption(letter, option.text, press, picked=str(at) in picked)
        for at, (letter, option, press) in enumerate(zip(LETTERS, question.options, presses, strict=False))
    )


def _toggled(question: Question, picked: str) -> Sequence[str]:
    """For each option what is chosen once it was pressed."""
    return ["".join(sorted(set(picked) ^ {str(at)})) for at in range(len(question.options))]


def typing(question: Question, command: commands.Command) -> views.FormPage:
    return views.FormPage(say(TYPE), question.ask.plain, actions.form(command, submit=say("Check")))


def verdict(
    lesson: Lesson,
    question: Question,
    given: str,
    *,
    correct: bool,
    position: int,
    total: int,
    offers: tuple[Offer, ...],
    note: str,
) -> views.Verdict:
    source = next(iter(lesson.sources_of(question.section)), None)
    return views.Verdict(
        title=lesson.title,
        position=position + 1,
        total=total,
        ask=question.ask,
        right=correct,
        answers=tuple(judged(question, given, correct=correct)),
        section=question.section,
        source=views.SourceLink(source.title, source.url) if source else None,
        note=note,
        actions=(*offers, pages.read_action(lesson, say("Read the lesson"))),
    )


def judged(question: Question, given: str, *, correct: bool) -> Iterator[views.JudgedAnswer]:
    """What was given, then what else is right. What is no longer offered cannot be shown."""
    if question.typed:
        why = question.typed.why
        if given:
            yield views.JudgedAnswer(text.code(given), why if correct else text.parse(""), given=True, right=correct)
        if not correct:
            yield views.JudgedAnswer(question.right_words[0], why, given=False, right=True)
        return
    chosen = question.chosen(given)
    for option in (*chosen, *(each for each in question.options if each.right and each not in chosen)):
        yield views.JudgedAnswer(option.text, option.why, given=option in chosen, right=option.right)
