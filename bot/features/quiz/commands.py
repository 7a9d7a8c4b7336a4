"""Asking and answering questions."""

from __future__ import annotations

from typing import Annotated

from bot.core.commands import Arg, Command, Hidden, LessonName, ThemeName, command


@command("quiz", "Questions, one at a time, each with the reason why")
class Quiz(Command, kw_only=True):
    theme: ThemeName = ""
    lesson: LessonName = ""
    count: Annotated[int, Arg("How many questions", low=1, high=10)] = 5


@command("ask", "Show a question of a quiz", path="")
class AskQuestion(Command, kw_only=True):
    quiz: Hidden
    position: Annotated[int, Arg("Which question", low=0, high=9, typed=False)] = 0


@command("answer", "Answer a question of a quiz", path="")
class AnswerQuestion(Command, kw_only=True):
    quiz: Hidden
    position: Annotated[int, Arg("Which question", low=0, high=9, typed=False)]
    choice: Annotated[int, Arg("Which option", low=0, high=9, typed=False)]
    question: Hidden
    """The question's fingerprint, so that an answer never lands on a question that has changed since."""


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
