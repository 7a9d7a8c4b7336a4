"""Reviewing what was learnt."""

from __future__ import annotations

from typing import Annotated

from bot.core.commands import Arg, Command, Hidden, command
from bot.features.quiz.commands import Typed

Which = Annotated[int, Arg("Which of the question's answers", low=0, high=1_000_000, typed=False)]
Skipped = Annotated[int, Arg("How many were answered without a record", low=0, high=1_000, typed=False)]


@command("review", "Today's questions on what you learnt, a few at a time")
class Review(Command, kw_only=True):
    skip: Skipped = 0


@command("recall", "Show a question of a review", path="")
class AskReview(Command, kw_only=True):
    """A question goes by a fingerprint of its permanent names, which is as long for every question."""

    name: Hidden
    number: Which = 0
    picked: Hidden = ""
    skip: Skipped = 0


@command("recalled", "Answer a question of a review", path="")
class AnswerReview(Command, kw_only=True):
    name: Hidden
    number: Which
    question: Hidden
    """The fingerprint of what was asked, so that an answer never lands on a question that has changed since."""
    choice: Annotated[int, Arg("Which option", low=0, high=9, typed=False)] = 0
    picked: Hidden = ""
    skip: Skipped = 0


@command("recall-type", "Type the answer to a question of a review", path="")
class TypeReview(Command, kw_only=True):
    name: Hidden
    number: Which
    question: Hidden
    skip: Skipped = 0
    given: Typed = ""


@command("guessed", "Say that a right answer was a guess", path="")
class Guessed(Command, kw_only=True):
    name: Hidden
    number: Which
