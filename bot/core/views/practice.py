"""Questions, and what became of the answers."""

from __future__ import annotations

from bot.core.actions import Offer
from bot.core.commands import Command
from bot.core.record import Record
from bot.core.text import Text
from bot.core.views.reading import SourceLink


class AnswerOption(Record):
    """One answer a question offers."""

    letter: str
    text: Text
    command: Command


class QuestionPage(Record):
    """A question, with its options; pressing one answers it."""

    title: str
    """Of the lesson it belongs to."""
    position: int
    total: int
    ask: Text
    options: tuple[AnswerOption, ...]
    note: str = ""
    actions: tuple[Offer, ...] = ()


class Verdict(Record):
    """Right or wrong, and why: for the option chosen and for the right one, with the section and the source."""

    title: str
    position: int
    total: int
    ask: Text
    right: bool
    chosen: Text
    chosen_why: Text
    answer: Text
    answer_why: Text
    section: str
    source: SourceLink | None
    note: str = ""
    actions: tuple[Offer, ...] = ()


class MissedQuestion(Record):
    ask: Text
    answer: Text
    lesson: str


class Score(Record):
    """The end of a quiz."""

    title: str
    right: int
    total: int
    missed: tuple[MissedQuestion, ...]
    kept: bool = True
    actions: tuple[Offer, ...] = ()
