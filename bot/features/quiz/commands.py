"""Asking and answering questions."""

from __future__ import annotations

from typing import Annotated

from bot.core.commands import Arg, Command, Hidden, LessonName, ThemeName, command

Typed = Annotated[str, Arg("Case, accents and spaces do not matter.", typed=False, label="Your answer")]


@command("quiz", "Questions, one at a time, each with the reason why")
class Quiz(Command, kw_only=True):
    theme: ThemeName = ""
    lesson: LessonName = ""
    count: Annotated[int, Arg("How many questions", low=1, high=10)] = 5


@command("ask", "Show a question of a quiz", path="")
class AskQuestion(Command, kw_only=True):
    quiz: Hidden
    position: Annotated[int, Arg("Which question", low=0, high=9, typed=False)] = 0
    picked: Hidden = ""
    """Positions of the options chosen so far, a digit each, where several are right."""


@command("answer", "Answer a question of a quiz", path="")
class AnswerQuestion(Command, kw_only=True):
    quiz: Hidden
    position: Annotated[int, Arg("Which question", low=0, high=9, typed=False)]
    choice: Annotated[int, Arg("Which option", low=0, high=9, typed=False)] = 0
    question: Hidden
    """The question's fingerprint, so that an answer never lands on a question that has changed since."""
    picked: Hidden = ""
    """Positions of all the options chosen, a digit each, where several are right."""


@command("type", "Type the answer to a question", path="")
class TypeAnswer(Command, kw_only=True):
    quiz: Hidden
    position: Annotated[int, Arg("Which question", low=0, high=9, typed=False)]
    question: Hidden
    given: Typed = ""


@command("redo", "Ask again what was missed", path="")
class Redo(Command, kw_only=True):
    quiz: Hidden


@command("try", "A question that is not recorded", path="")
class Try(Command, kw_only=True):
    """A quiz for somebody who paused recording: everything it needs travels in the button."""

    theme: Hidden
    lesson: Hidden = ""
    seed: Annotated[int, Arg("Which shuffle", low=0, high=999, typed=False)] = 0
    count: Annotated[int, Arg("How many questions", low=1, high=10, typed=False)] = 5
    position: Annotated[int, Arg("Which question", low=0, high=10, typed=False)] = 0
    choice: Annotated[int, Arg("Which option, counted from 1", low=0, high=10, typed=False)] = 0
    picked: Hidden = ""


@command("try-type", "Type the answer to a question that is not recorded", path="")
class TypeTry(Command, kw_only=True):
    theme: Hidden
    lesson: Hidden
    seed: Annotated[int, Arg("Which shuffle", low=0, high=999, typed=False)]
    count: Annotated[int, Arg("How many questions", low=1, high=10, typed=False)]
    position: Annotated[int, Arg("Which question", low=0, high=10, typed=False)]
    given: Typed = ""


@command("week-ask", "Show the question of the week in private", path="")
class AskWeekly(Command, kw_only=True):
    """A question of the week goes by its schedule and its date; the fingerprint of its names says what it asks."""

    schedule: Hidden
    date: Hidden
    name: Hidden
    picked: Hidden = ""


@command("week-answer", "Answer the question of the week", path="")
class AnswerWeekly(Command, kw_only=True):
    schedule: Hidden
    date: Hidden
    name: Hidden
    question: Hidden
    """The fingerprint of what was asked, so that an answer never lands on a question that has changed since."""
    choice: Annotated[int, Arg("Which option", low=0, high=9, typed=False)] = 0
    picked: Hidden = ""


@command("week-type", "Type the answer to the question of the week", path="")
class TypeWeekly(Command, kw_only=True):
    schedule: Hidden
    date: Hidden
    name: Hidden
    question: Hidden
    given: Typed = ""
