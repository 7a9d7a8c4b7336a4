"""The hot statements: the few that people wait for, each over all who wait at once.

A learner who paused recording is passed over inside the statement, so nobody's pause is missed between two calls.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Dialect,
    Insert,
    Select,
    String,
    Subquery,
    and_,
    cast,
    delete,
    exists,
    false,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from bot.store.batches import Batch, compiled, flag, number, text_columns
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

    profiles: str
    records: str
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
        profiles=made(_profiles(SEATS.table(dialect))),
        records=made(_records(dialect)),
        complete=made(_complete(COMPLETIONS.table(dialect), dialect)),
        undo=made(_undo(LESSONS.table(dialect))),
        bookmark=made(_bookmark(LESSONS.table(dialect), dialect)),
        answer=made(_answer(ANSWERS.table(dialect), dialect)),
        quizzes=made(_quizzes(QUIZZES.table(dialect))),
        answers=made(_answers(QUIZZES.table(dialect))),
    )


def _upsert(table: object, dialect: Dialect) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    return insert(table)  # type: ignore[arg-type]


def _recording(waiting: Subquery) -> object:
    """The learner has not paused recording."""
    return ~exists(
        select(literal_column("1")).where(
            learner.c.workspace == waiting.c.workspace, learner.c.person == waiting.c.person, learner.c.paused == true()
        )
    )


def _profiles(waiting: Subquery) -> Select[tuple[object, ...]]:
    """Each seat with its workspace's and its own settings; a seat nobody has used yet has none."""
    return (
        select(
            waiting.c.i,
            workspace.c.timezone,
            workspace.c.language,
            learner.c.timezone.label("own_timezone"),
            learner.c.language.label("own_language"),
            learner.c.plain,
            learner.c.paused,
            learner.c.bookmark_theme,
            learner.c.bookmark_lesson,
        )
        .select_from(waiting)
        .outerjoin(workspace, workspace.c.workspace == waiting.c.workspace)
        .outerjoin(learner, and_(learner.c.workspace == waiting.c.workspace, learner.c.person == waiting.c.person))
    )


def _records(dialect: Dialect) -> ClauseElement:
    """What each seat has done and follows, in one look."""
    one, other = SEATS.table(dialect, "one"), SEATS.table(dialect, "other")
    done = (
        select(
            one.c.i,
            literal_column("0").label("kind"),
            completion.c.theme,
            completion.c.lesson,
            completion.c.at,
            completion.c.how,
            completion.c.digest,
        )
        .select_from(one)
        .join(completion, and_(completion.c.workspace == one.c.workspace, completion.c.person == one.c.person))
    )
    follows = (
        select(
            other.c.i,
            literal_column("1"),
            follow.c.theme,
            follow.c.suggested_by,
            cast(follow.c.since, BigInteger),
            cast(literal_column("''"), String),
            cast(follow.c.required, String),
        )
        .select_from(other)
        .join(follow, and_(follow.c.workspace == other.c.workspace, follow.c.person == other.c.person))
    )
    return union_all(done, follows)


def _complete(waiting: Subquery, dialect: Dialect) -> Insert:
    columns = ["workspace", "person", "theme", "lesson", "at", "how", "digest"]
    return (
        _upsert(completion, dialect)
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
    made = _upsert(learner, dialect).from_select(
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
        _upsert(answer, dialect)
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
