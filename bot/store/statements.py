"""The hot statements: the few that people wait for, each over all who wait at once.

A learner who paused recording is passed over inside the statement, so nobody's pause is missed between two calls.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Insert,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    cast,
    delete,
    exists,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql import ClauseElement

from bot.core.record import Record
from bot.store.batches import Batch, compiled, flag, number, text_columns, upsert
from bot.store.tables import answer, completion, consent, follow, learner, quiz, workspace

SEATS = Batch((number("i"), *text_columns("workspace", "person")))
COMPLETIONS = Batch(
    (*text_columns("workspace", "person", "theme", "lesson"), number("at"), *text_columns("how", "digest"))
)
LESSONS = Batch(text_columns("workspace", "person", "theme", "lesson"))
BOOKMARKS = Batch((*text_columns("workspace", "person", "theme", "lesson"), number("at")))
QUIZZES = Batch((number("i"), *text_columns("workspace", "person", "id")))
ANSWERS = Batch(
    (
        *text_columns("workspace", "person", "quiz"),
        number("position"),
        *text_columns("theme", "lesson", "question"),
        number("choice"),
        flag("correct"),
        number("at"),
    )
)


class Statements(Record):
    """Compiled once, for one dialect."""

    standings: str
    complete: str
    undo: str
    bookmark: str
    answer: str
    quizzes: str
    answers: str


def compile_all(dialect: Dialect) -> Statements:
    def made(statement: ClauseElement) -> str:
        return compiled(statement, dialect)

    return Statements(
        standings=made(_standings(dialect)),
        complete=made(_complete(COMPLETIONS.table(dialect), dialect)),
        undo=made(_undo(LESSONS.table(dialect))),
        bookmark=made(_bookmark(BOOKMARKS.table(dialect), dialect)),
        answer=made(_answer(ANSWERS.table(dialect), dialect)),
        quizzes=made(_quizzes(QUIZZES.table(dialect))),
        answers=made(_answers(QUIZZES.table(dialect))),
    )


def _recording(waiting: Subquery) -> object:
    """The learner has not paused recording."""
    return ~exists(
        select(literal_column("1")).where(
            learner.c.workspace == waiting.c.workspace, learner.c.person == waiting.c.person, learner.c.paused == true()
        )
    )


def _standings(dialect: Dialect) -> ClauseElement:
    """Each seat's settings, what it follows and what it has done: one row a seat. The two lists travel as JSON that the
    database writes, since a row of each lesson would cost more to carry than to find."""
    who = SEATS.table(dialect, "who")

    def listed(of: Table, *columns: ColumnElement[Any]) -> ColumnElement[str]:
        here = and_(of.c.workspace == who.c.workspace, of.c.person == who.c.person)
        return select(_as_json(dialect, *columns)).where(here).correlate(who).scalar_subquery()

    return (
        select(
            who.c.i,
            _or_empty(workspace.c.timezone),
            _or_empty(workspace.c.language),
            consent.c.zone,
            _or_empty(learner.c.timezone),
            _or_empty(learner.c.language),
            _or_empty(learner.c.bookmark_theme),
            _or_empty(learner.c.bookmark_lesson),
            learner.c.bookmark_at,
            func.coalesce(learner.c.plain, false()),
            func.coalesce(learner.c.paused, false()),
            listed(
                follow,
                follow.c.theme,
                follow.c.since,
                follow.c.suggested_by,
                follow.c.required,
                follow.c.by_date,
            ),
            listed(
                completion,
                completion.c.theme,
                completion.c.lesson,
                completion.c.at,
                completion.c.digest,
                completion.c.how,
            ),
        )
        .select_from(who)
        .outerjoin(workspace, workspace.c.workspace == who.c.workspace)
        .outerjoin(learner, and_(learner.c.workspace == who.c.workspace, learner.c.person == who.c.person))
        .outerjoin(consent, and_(consent.c.workspace == who.c.workspace, consent.c.person == who.c.person))
    )


def _as_json(dialect: Dialect, *columns: ColumnElement[Any]) -> ColumnElement[str]:
    """The rows of a group as one array of columns: PostgreSQL makes that in half the time of an array of rows. Of no
    rows, one database makes empty columns and the other none."""
    if dialect.name == "sqlite":
        return func.json_array(*(func.json_group_array(column) for column in columns))
    return cast(func.json_build_array(*(func.json_agg(column) for column in columns)), Text)


def _or_empty(column: ColumnElement[str]) -> ColumnElement[str]:
    return func.coalesce(column, literal_column("''"))


def _complete(waiting: Subquery, dialect: Dialect) -> Insert:
    columns = ["workspace", "person", "theme", "lesson", "at", "how", "digest"]
    return (
        upsert(completion, dialect)
        .from_select(columns, select(*(waiting.c[name] for name in columns)).where(_recording(waiting)))  # type: ignore[arg-type]
        .on_conflict_do_nothing()
        .returning(completion.c.workspace, completion.c.person, completion.c.theme, completion.c.lesson)
    )


def _undo(waiting: Subquery) -> ClauseElement:
    key = (completion.c.workspace, completion.c.person, completion.c.theme, completion.c.lesson)
    return (
        delete(completion).where(tuple_(*key).in_(select(*(waiting.c[column.name] for column in key)))).returning(*key)
    )


def _bookmark(waiting: Subquery, dialect: Dialect) -> Insert:
    made = upsert(learner, dialect).from_select(
        ["workspace", "person", "bookmark_theme", "bookmark_lesson", "bookmark_at"],
        select(waiting.c.workspace, waiting.c.person, waiting.c.theme, waiting.c.lesson, waiting.c.at).where(true()),
    )
    return made.on_conflict_do_update(
        index_elements=["workspace", "person"],
        set_={
            "bookmark_theme": made.excluded.bookmark_theme,
            "bookmark_lesson": made.excluded.bookmark_lesson,
            "bookmark_at": made.excluded.bookmark_at,
        },
        where=learner.c.paused == false(),
    )


def _answer(waiting: Subquery, dialect: Dialect) -> Insert:
    """Answers to quizzes that are the person's own; the first answer to a question counts."""
    columns = [
        "workspace", "person", "quiz", "position", "theme", "lesson", "question", "choice", "correct", "at",
    ]  # fmt: skip
    own = exists(
        select(literal_column("1")).where(
            quiz.c.workspace == waiting.c.workspace, quiz.c.person == waiting.c.person, quiz.c.id == waiting.c.quiz
        )
    )
    return (
        upsert(answer, dialect)
        .from_select(columns, select(*(waiting.c[name] for name in columns)).where(own, _recording(waiting)))  # type: ignore[arg-type]
        .on_conflict_do_nothing()
        .returning(answer.c.workspace, answer.c.person, answer.c.quiz, answer.c.position)
    )


def _quizzes(waiting: Subquery) -> Select[tuple[object, ...]]:
    return (
        select(waiting.c.i, quiz.c.id, quiz.c.theme, quiz.c.lesson, quiz.c.questions)
        .select_from(waiting)
        .join(
            quiz,
            and_(quiz.c.workspace == waiting.c.workspace, quiz.c.person == waiting.c.person, quiz.c.id == waiting.c.id),
        )
    )


def _answers(waiting: Subquery) -> Select[tuple[object, ...]]:
    return (
        select(waiting.c.i, answer.c.position, answer.c.choice, answer.c.correct)
        .select_from(waiting)
        .join(
            answer,
            and_(
                answer.c.workspace == waiting.c.workspace,
                answer.c.person == waiting.c.person,
                answer.c.quiz == waiting.c.id,
            ),
        )
    )
