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
    picked: bool = False

    @property
    def mark(self) -> str:
        return f"✓ {self.letter}" if self.picked else self.letter


class QuestionPage(Record):
    """A question. Pressing an option answers it, or chooses it where several are right; where there is none, the answer
    is typed."""

    title: str
    """Of the lesson it belongs to."""
    position: int
    total: int
    ask: Text
    options: tuple[AnswerOption, ...] = ()
    several: bool = False
    note: str = ""
    actions: tuple[Offer, ...] = ()


class JudgedAnswer(Record):
    """An answer that was given or would have been right, with its reason."""

    text: Text
    why: Text
    given: bool
    right: bool


class Verdict(Record):
    """Right or wrong, and why: for what was given and for what is right, with the section and the source."""

    title: str
    position: int
    total: int
    ask: Text
    right: bool
    answers: tuple[JudgedAnswer, ...]
    section: str
    source: SourceLink | None
    note: str = ""
    actions: tuple[Offer, ...] = ()


class MissedQuestion(Record):
    ask: Text
    answers: tuple[Text, ...]
    """All that is right."""
    lesson: str


class Score(Record):
    """The end of a quiz."""

    title: str
    right: int
    total: int
    missed: tuple[MissedQuestion, ...]
    kept: bool = True
    actions: tuple[Offer, ...] = ()
