"""Reports on a workspace, counted in the database: a few numbers a lesson are all that it returns.

People are counted in whole groups (`groups`), so that no two reports can be subtracted from one another.
Lessons go by their present ids: what was done under an alias counts for it, and what is not taught any more does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Join,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.course import Key, Lesson, Theme
from bot.domain.memory import How
from bot.store import tables
from bot.store.cold import assignments, groups
from bot.store.queries import batch, packed

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
MOST_ROWS = 50_000
"""Of the one report that names people."""

_MICROSECOND = timedelta(microseconds=1)
_done = tables.completion


class Scope(Record):
    """What a report is about."""

    workspace: str
    since: datetime
    themes: tuple[Theme, ...]
    role: str = ""
    """Only those to whom something was assigned because of it."""
    told: tuple[str, ...] = ()
    """The roles that a report tells of; people are grouped by them."""
    people: int = 1
    """How many make a group of which a completion is told."""
    answers: int = 1
    """The same of answers."""


class ThemeFigures(Record):
    """People who did their first lesson of it in the period, and who did what was left of it."""

    begun: int = 0
    finished: int = 0


class Share(Record):
    """How many answers were right."""

    answers: int = 0
    right: int = 0


class WrongAnswer(Record):
    """What most people answered wrongly when they first met a question."""

    question: str
    given: str
    """Ids of options, or what was typed."""
    people: int
    of: int
    """How many answered that question."""


class Tries(Record):
    """What the answers on a lesson tell: each question counts once for each person and age."""

    first: Share = Share()
    week: Share = Share()
    """Asked again, a week or more after the first time."""
    month: Share = Share()
    wrong: WrongAnswer | None = None


class PersonRow(Record):
    key: Key
    person: str
    at: datetime


async def by_theme(connection: AsyncConnection, scope: Scope) -> dict[str, ThemeFigures]:
    events = _completions(connection, scope)
    each = (
        select(
            events.c.person,
            events.c.now_theme,
            func.min(events.c.at).label("begun"),
            func.max(events.c.at).label("finished"),
            func.count().label("lessons"),
        )
        .group_by(events.c.now_theme, events.c.person)
        .cte("each_person")
    )
    total = case(
        {theme.id: len(theme.lessons) for theme in scope.themes} or {"": 0}, value=each.c.now_theme, else_=MOST_ROWS
    )
    begun = select(each.c.person, each.c.now_theme, each.c.begun.label("at")).subquery("begun")
    finished = (
        select(each.c.person, each.c.now_theme, each.c.finished.label("at"))
        .where(each.c.lessons >= total)
        .subquery("finished")
    )
    figures: dict[str, ThemeFigures] = {}
    for theme, people in await _counted(connection, begun, ("now_theme",), scope):
        figures[theme] = ThemeFigures(people)
    for theme, people in await _counted(connection, finished, ("now_theme",), scope):
        figures[theme] = ThemeFigures(figures.get(theme, ThemeFigures()).begun, people)
    return figures


async def by_lesson(connection: AsyncConnection, scope: Scope) -> dict[Key, int]:
    """How many people did each lesson in the period."""
    found = await _counted(connection, _completions(connection, scope), ("now_theme", "now_lesson"), scope)
    return {Key(theme, lesson): people for theme, lesson, people in found}


async def mistakes(connection: AsyncConnection, scope: Scope) -> dict[Key, int]:
    """How many mistakes were reported in the period; the inbox shows each of them, and of none whose it is."""
    table, names = tables.mistake, _names(connection)
    found = await connection.execute(
        select(names.c.now_theme, names.c.now_lesson, func.count())
        .select_from(_todays(table, names))
        .where(_within(table, names, scope), table.c.at >= scope.since)
        .group_by(names.c.now_theme, names.c.now_lesson),
        _batch(scope),
    )
    return {Key(theme, lesson): number for theme, lesson, number in found}


async def by_person(connection: AsyncConnection, scope: Scope) -> list[PersonRow]:
    """Who did which lesson when; only for a workspace that enabled it."""
    table, names = tables.completion, _names(connection)
    found = await connection.execute(
        select(names.c.now_theme, names.c.now_lesson, table.c.person, table.c.at)
        .select_from(_todays(table, names))
        .where(_within(table, names, scope), table.c.at >= scope.since)
        .order_by(names.c.now_theme, table.c.person, table.c.at)
        .limit(MOST_ROWS),
        _batch(scope),
    )
    return [PersonRow(Key(theme, lesson), person, at) for theme, lesson, person, at in found]


async def by_answers(connection: AsyncConnection, scope: Scope) -> dict[Key, Tries]:
    """How answers went: at the first try, and when the same question came again after a week and after a month."""
    each = _whole_answers(connection, scope)
    wrong = case((and_(each.c.age == 0, each.c.correct.is_(False)), each.c.given), else_="").label("wrong")
    key = (each.c.now_theme, each.c.now_lesson, each.c.question, each.c.age, wrong)
    counted = await connection.execute(
        select(*key, func.count(), func.sum(case((each.c.knew, 1), else_=0))).group_by(*key), _batch(scope)
    )
    shares: dict[Key, dict[int, Share]] = {}
    asked: dict[tuple[Key, str], int] = {}
    chosen: dict[Key, tuple[int, str, str]] = {}
    for theme, lesson, question, age, given, answers, right in counted:
        key_of = Key(theme, lesson)
        of = shares.setdefault(key_of, {})
        before = of.get(age, Share())
        of[age] = Share(before.answers + answers, before.right + int(right))
        if age == 0:
            asked[key_of, question] = asked.get((key_of, question), 0) + answers
        if given:  # what was answered before options had ids says nothing
            chosen[key_of] = max(chosen.get(key_of, (0, "", "")), (answers, question, given))
    return {
        key: Tries(
            found.get(0, Share()),
            found.get(1, Share()),
            found.get(2, Share()),
            WrongAnswer(most[1], most[2], most[0], of=asked[key, most[1]]) if (most := chosen.get(key)) else None,
        )
        for key, found in shares.items()
    }


async def did(connection: AsyncConnection, workspace: str, theme: Theme, lesson: Lesson) -> int:
    """People who did a lesson, under any name it ever had."""
    names = (lesson.id, *lesson.aliases)
    look = select(func.count(distinct(_done.c.person))).where(_on(workspace, theme), _done.c.lesson.in_(names))
    return (await connection.execute(look)).scalar_one()


async def is_opened(connection: AsyncConnection, workspace: str, theme: Theme, lesson: Lesson) -> bool:
    """Whether anybody has opened a lesson, as far as it is kept: did it, has it open, saved it, was asked about it."""
    at, themes, names = tables.learner, (theme.id, *theme.aliases), (lesson.id, *lesson.aliases)
    opened = and_(at.c.workspace == workspace, at.c.bookmark_theme.in_(themes), at.c.bookmark_lesson.in_(names))
    looks: list[Select[Any]] = [select(literal_column("1")).where(opened)]
    for table in (_done, tables.saved, tables.answer, tables.memory):
        those = and_(table.c.workspace == workspace, table.c.theme.in_(themes), table.c.lesson.in_(names))
        looks.append(select(literal_column("1")).select_from(table).where(those))
    return bool((await connection.execute(select(or_(*(each.exists() for each in looks))))).scalar_one())


async def finished(connection: AsyncConnection, workspace: str, theme: Theme) -> int:
    """People who did every lesson of a theme."""
    names = [name for lesson in theme.lessons for name in (lesson.id, *lesson.aliases)]
    people = (
        select(_done.c.person)
        .where(_on(workspace, theme), _done.c.lesson.in_(names))
        .group_by(_done.c.person)
        .having(func.count(distinct(_present_name(theme))) == len(theme.lessons))
    )
    return (await connection.execute(select(func.count()).select_from(people.subquery()))).scalar_one()


def _completions(connection: AsyncConnection, scope: Scope) -> Subquery:
    """Each lesson once for each person, under its name of today."""
    table, names = tables.completion, _names(connection)
    return (
        select(table.c.person, names.c.now_theme, names.c.now_lesson, func.min(table.c.at).label("at"))
        .select_from(_todays(table, names))
        .where(_within(table, names, scope))
        .group_by(table.c.person, names.c.now_theme, names.c.now_lesson)
        .subquery("done")
    )


async def _counted(
    connection: AsyncConnection, events: Subquery, key: Sequence[str], scope: Scope
) -> list[tuple[Any, ...]]:
    """How many people, in whole groups."""
    whole = groups.whole(events, key, since=scope.since, size=scope.people, workspace=scope.workspace, told=scope.told)
    named = [whole.c[name] for name in key]
    found = await connection.execute(select(*named, func.count()).group_by(*named), _batch(scope))
    return [tuple(row) for row in found]


def _whole_answers(connection: AsyncConnection, scope: Scope) -> Subquery:
    """The first answer of each age (0: soon after the question was first met, 1: a week or more, 2: a month or more) of
    each person to each question, in whole groups. Who was right by a guess knew it not."""
    rows = _answers(connection, scope)
    question = (rows.c.person, rows.c.now_theme, rows.c.now_lesson, rows.c.question)
    at = type_coerce(rows.c.at, BigInteger)
    since_first = at - type_coerce(func.min(at).over(partition_by=question), BigInteger)
    dated = select(*rows.c, since_first.label("since_first")).subquery("dated")
    age = case(
        (dated.c.since_first >= MONTH // _MICROSECOND, literal_column("2")),
        (dated.c.since_first >= WEEK // _MICROSECOND, literal_column("1")),
        else_=literal_column("0"),
    )
    turn = func.row_number().over(
        partition_by=(dated.c.person, dated.c.now_theme, dated.c.now_lesson, dated.c.question, age),
        order_by=(dated.c.at, dated.c.source, dated.c.number),
    )
    each = select(*dated.c, age.label("age"), turn.label("turn")).subquery("each_answer")
    kept = ("person", "now_theme", "now_lesson", "question", "age", "at", "given", "correct", "knew")
    first = select(*(each.c[name] for name in kept)).where(each.c.turn == 1).subquery("first_answer")
    key = ("now_theme", "now_lesson", "question", "age")
    return groups.whole(first, key, since=scope.since, size=scope.answers, workspace=scope.workspace, told=scope.told)


def _answers(connection: AsyncConnection, scope: Scope) -> Subquery:
    """All answers: those in quizzes, and those in reviews. What counted twice, as both, is taken from the quiz."""
    quiz, log, names = tables.answer, tables.review, _names(connection)
    asked = ("person", "question", "given", "correct", "at")
    in_quizzes = (
        select(
            *(quiz.c[name] for name in asked),
            names.c.now_theme,
            names.c.now_lesson,
            quiz.c.correct.label("knew"),
            quiz.c.quiz.label("source"),
            quiz.c.position.label("number"),
        )
        .select_from(_todays(quiz, names))
        .where(_within(quiz, names, scope))
    )
    in_reviews = (
        select(
            *(log.c[name] for name in asked),
            names.c.now_theme,
            names.c.now_lesson,
            and_(log.c.correct, log.c.guessed.is_(False)).label("knew"),
            literal("").label("source"),
            log.c.number.label("number"),
        )
        .select_from(_todays(log, names))
        .where(_within(log, names, scope), log.c.how == How.REVIEW)
    )
    return union_all(in_quizzes, in_reviews).subquery("given_answer")


def _names(connection: AsyncConnection) -> CTE:
    """Every id a lesson ever had, and today's. Materialised as text, so that SQLite makes an index over it."""
    given = batch("theme text, lesson text, now_theme text, now_lesson text", connection.dialect)
    columns = (cast(column, Text).label(column.name) for column in given.c)
    return select(*columns).cte("names").prefix_with("MATERIALIZED")


def _todays(table: Table, names: CTE) -> Join:
    """Each row beside today's name of its lesson. An outer join, so that SQLite goes through the rows once and looks
    the names up; left to itself it goes through the rows once for each name."""
    named = and_(table.c.theme == names.c.theme, table.c.lesson == names.c.lesson)
    return table.outerjoin(names, named)


def _within(table: Table, names: CTE, scope: Scope) -> ColumnElement[bool]:
    people: Select[Any] = assignments.bearers(scope.workspace, scope.role)
    return and_(
        table.c.workspace == scope.workspace,
        func.coalesce(names.c.now_theme, "") != "",
        table.c.person.in_(people) if scope.role else true(),
    )


def _batch(scope: Scope) -> dict[str, str]:
    rows = [
        (theme_id, lesson_id, theme.id, lesson.id)
        for theme in scope.themes
        for lesson in theme.lessons
        for theme_id in (theme.id, *theme.aliases)
        for lesson_id in _ids(lesson)
    ]
    return {"batch": packed(rows)}


def _ids(lesson: Lesson) -> Sequence[str]:
    return (lesson.id, *lesson.aliases)


def _on(workspace: str, theme: Theme) -> ColumnElement[bool]:
    return and_(_done.c.workspace == workspace, _done.c.theme.in_((theme.id, *theme.aliases)))


def _present_name(theme: Theme) -> ColumnElement[str]:
    former = {alias: lesson.id for lesson in theme.lessons for alias in lesson.aliases}
    if not former:
        return _done.c.lesson
    return case(former, value=_done.c.lesson, else_=_done.c.lesson)
