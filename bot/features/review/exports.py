"""A learner's reviews as files: the log in the columns that tools for FSRS read, the questions as text for Anki."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from bot.core import views
from bot.core.actions import Action
from bot.core.i18n import say
from bot.domain import memory
from bot.domain.course import Lesson, Shelf
from bot.domain.questions import Question
from bot.features import commands
from bot.features.request import Request
from bot.features.review import due
from bot.store.cold import memories
from bot.store.cold.memories import Reviewed
from bot.store.columns import to_micros

COLUMNS = ("card_id", "review_time", "review_rating", "review_state", "review_duration")
NEW, KNOWN = 0, 2
"""States as those tools number them: a first review, and every later one."""


def offers() -> tuple[Action, ...]:
    return (
        Action(say("Reviews as CSV"), commands.Privacy(action=commands.PrivacyVerb.REVIEWS)),
        Action(say("Questions for Anki"), commands.Privacy(action=commands.PrivacyVerb.CARDS)),
    )


async def reviews(request: Request) -> views.View:
    async with request.store.reading() as connection:
        log = await memories.log_of(connection, request.seat)
    return views.Download(
        text=say("Every review of yours, in the columns that tools for FSRS read."),
        name=f"dualo-reviews-{request.now:%Y-%m-%d}.csv",
        mime="text/csv",
        content=as_csv(log).encode(),
    )


def as_csv(log: Iterable[Reviewed]) -> str:
    """Times are milliseconds since 1970. How long an answer took is not measured, so that column is empty."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    cards: dict[object, int] = {}
    for each in log:
        card = cards.setdefault(each.asked, len(cards) + 1)
        state = NEW if each.elapsed is None else KNOWN
        rows.writerow((card, to_micros(each.at) // 1_000, int(each.grade), state, ""))
    return written.getvalue()


async def cards(request: Request) -> views.View:
    found = await due.deck(request)
    asked = [(each.lesson, each.question) for each in (*found.due, *found.coming)]
    return views.Download(
        text=say("The questions of your reviews, as text that Anki imports."),
        name=f"dualo-cards-{request.now:%Y-%m-%d}.txt",
        mime="text/plain",
        content=as_cards(asked, request.shelf).encode(),
    )


def as_cards(asked: Iterable[tuple[Lesson, Question]], shelf: Shelf) -> str:
    """Notes of two fields with a permanent name, so that a second import changes them and adds none."""
    lines = ["#separator:tab", "#html:false", "#guid column:1", "#tags column:4"]
    for lesson, question in asked:
        name = memory.fingerprint(memory.names_of(lesson, question, shelf)[0])
        lines.append("\t".join((name, _field(_front(question)), _field(_back(question)), f"dualo::{lesson.theme}")))
    return "\n".join(lines) + "\n"


def _front(question: Question) -> str:
    return " ".join((question.ask.plain, *(f"– {each.text.plain}" for each in question.options)))


def _back(question: Question) -> str:
    right = "; ".join(each.plain for each in question.right_words)
    whys = [question.typed.why] if question.typed else [each.why for each in question.options if each.right]
    return " ".join((right, "–", *(each.plain for each in whys)))


def _field(words: str) -> str:
    """One line without the signs that would end it, or begin a quotation."""
    return " ".join(words.split()).replace('"', "”")
