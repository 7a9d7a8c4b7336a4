"""The hot statements: the few that people wait for, each over all who wait at once.

A learner who paused recording is passed over inside the statement, so nobody's pause is missed between two calls.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Insert,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    delete,
    exists,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.sql import ClauseElement

from bot.store.batches import Batch, compiled, flag, number, text_columns, upsert
from bot.store.tables import answer, completion, follow, learner, quiz, workspace

SEATS = Batch((number("i"), *text_columns("workspace", "person")))
COMPLETIONS = Batch(
    (*text_columns("workspace", "person", "theme", "lesson"), number("at"), *text_columns("how", "digest"))
)
LESSONS = Batch(text_columns("workspace", "person", "theme", "lesson"))
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


@dataclass(frozen=True, slots=True)
class Statements:
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
        bookmark=made(_bookmark(LESSONS.table(dialect), dialect)),
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
    """Each seat's settings, what it has done and what it follows, in one look: rows of three kinds."""
    who, does, follows = (SEATS.table(dialect, name) for name in ("who", "does", "follows"))
    nothing = cast(literal_column("''"), String)
    profile = (
        select(
            who.c.i,
            literal_column("0").label("kind"),
            _or_empty(workspace.c.timezone),
            _or_empty(workspace.c.language),
            _or_empty(learner.c.timezone),
            _or_empty(learner.c.language),
            _or_empty(learner.c.bookmark_theme),
            _or_empty(learner.c.bookmark_lesson),
            _bits(learner.c.plain, learner.c.paused),
        )
        .select_from(who)
        .outerjoin(workspace, workspace.c.workspace == who.c.workspace)
        .outerjoin(learner, and_(learner.c.workspace == who.c.workspace, learner.c.person == who.c.person))
    )
    done = (
        select(
            does.c.i,
            literal_column("1"),
            completion.c.theme,
            completion.c.lesson,
            completion.c.digest,
            completion.c.how,
            nothing,
            nothing,
            type_coerce(completion.c.at, BigInteger),
        )
        .select_from(does)
        .join(completion, and_(completion.c.workspace == does.c.workspace, completion.c.person == does.c.person))
    )
    followed = (
        select(
            follows.c.i,
            case((follow.c.required, literal_column("3")), else_=literal_column("2")),
            follow.c.theme,
            follow.c.suggested_by,
            nothing,
            nothing,
            nothing,
            nothing,
            type_coerce(follow.c.since, BigInteger),
        )
        .select_from(follows)
        .join(follow, and_(follow.c.workspace == follows.c.workspace, follow.c.person == follows.c.person))
    )
    return union_all(profile, done, followed)


def _or_empty(column: ColumnElement[str]) -> ColumnElement[str]:
    return func.coalesce(column, literal_column("''"))


def _bits(plain: ColumnElement[bool], paused: ColumnElement[bool]) -> ColumnElement[int]:
    """Two flags as one number, so that the rows of a union have one shape."""
    return case((plain, literal_column("1")), else_=literal_column("0")) + case(
        (paused, literal_column("2")), else_=literal_column("0")
    )


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
        ["workspace", "person", "bookmark_theme", "bookmark_lesson"],
        select(waiting.c.workspace, waiting.c.person, waiting.c.theme, waiting.c.lesson).where(true()),
    )
    return made.on_conflict_do_update(
        index_elements=["workspace", "person"],
        set_={
            "bookmark_theme": made.excluded.bookmark_theme,
            "bookmark_lesson": made.excluded.bookmark_lesson,
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
