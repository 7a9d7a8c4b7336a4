"""Reports on a workspace, counted in the database: a few numbers a lesson are all that it returns.

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
    literal_column,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.course import Key, Lesson, Theme
from bot.store import tables
from bot.store.cold import assignments
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


class ThemeFigures(Record):
    """People who did a lesson of it in the period, and who of them has done all of it."""

    people: int = 0
    finished: int = 0


class Share(Record):
    """How many answers were right, of how many people."""

    people: int = 0
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
    """What the answers on a lesson tell: each question counts once for each person and moment."""

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
    table, names = tables.completion, _names(connection)
    recent = func.sum(case((table.c.at >= scope.since, 1), else_=0))
    each = (
        select(names.c.now_theme, func.count(distinct(names.c.now_lesson)).label("n"), recent.label("recent"))
        .select_from(_todays(table, names))
        .where(_within(table, names, scope))
        .group_by(names.c.now_theme, table.c.person)
        .subquery("each_person")
    )
    found = await connection.execute(
        select(each.c.now_theme, each.c.n, func.count()).where(each.c.recent > 0).group_by(each.c.now_theme, each.c.n),
        _batch(scope),
    )
    total = {theme.id: len(theme.lessons) for theme in scope.themes}
    figures: dict[str, ThemeFigures] = {}
    for theme, done, people in found:
        before = figures.get(theme, ThemeFigures())
        finished = people if done >= total[theme] else 0
        figures[theme] = ThemeFigures(before.people + people, before.finished + finished)
    return figures


async def by_lesson(connection: AsyncConnection, scope: Scope) -> dict[Key, int]:
    """How many people did each lesson in the period."""
    table, names = tables.completion, _names(connection)
    found = await connection.execute(
        select(names.c.now_theme, names.c.now_lesson, func.count(distinct(table.c.person)))
        .select_from(_todays(table, names))
        .where(_within(table, names, scope), table.c.at >= scope.since)
        .group_by(names.c.now_theme, names.c.now_lesson),
        _batch(scope),
    )
    return {Key(theme, lesson): people for theme, lesson, people in found}


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
    each = _first_answers(connection, scope)
    counted = await connection.execute(
        select(
            each.c.now_theme,
            each.c.now_lesson,
            each.c.age,
            func.count(distinct(each.c.person)),
            func.count(),
            func.sum(case((each.c.correct, 1), else_=0)),
        )
        .where(each.c.turn == 1, each.c.at >= scope.since)
        .group_by(each.c.now_theme, each.c.now_lesson, each.c.age),
        _batch(scope),
    )
    shares: dict[Key, dict[int, Share]] = {}
    for theme, lesson, age, people, answers, right in counted:
        shares.setdefault(Key(theme, lesson), {})[age] = Share(people, answers, int(right))
    wrong = await _wrong(connection, each, scope)
    return {
        key: Tries(found.get(0, Share()), found.get(1, Share()), found.get(2, Share()), wrong.get(key))
        for key, found in shares.items()
    }


async def _wrong(connection: AsyncConnection, each: Subquery, scope: Scope) -> dict[Key, WrongAnswer]:
    """For each lesson what was most often answered wrongly. Answers without words are left out."""
    people = func.count(distinct(each.c.person)).label("people")
    wrongly = func.sum(case((each.c.correct, 0), else_=1))
    chosen = await connection.execute(
        select(each.c.now_theme, each.c.now_lesson, each.c.question, each.c.given, people, wrongly)
        .where(each.c.turn == 1, each.c.age == 0, each.c.at >= scope.since)
        .group_by(each.c.now_theme, each.c.now_lesson, each.c.question, each.c.given)
        .order_by(people, each.c.question.desc(), each.c.given.desc()),
        _batch(scope),
    )
    most: dict[Key, tuple[str, str, int]] = {}
    asked: dict[tuple[Key, str], int] = {}
    for theme, lesson, question, given, many, wrong in chosen:
        key = Key(theme, lesson)
        asked[key, question] = asked.get((key, question), 0) + many
        if wrong and given:
            most[key] = question, given, many
    return {key: WrongAnswer(*found, of=asked[key, found[0]]) for key, found in most.items()}


async def has_few_outside(connection: AsyncConnection, scope: Scope, *, few: int) -> bool:
    """Whether so few of the active people lack the role that numbers on the role would reveal theirs."""
    table = tables.completion
    others = (
        select(table.c.person)
        .where(
            table.c.workspace == scope.workspace,
            table.c.person.not_in(assignments.bearers(scope.workspace, scope.role)),
        )
        .distinct()
        .limit(few)
    )
    found = (await connection.execute(select(func.count()).select_from(others.subquery()))).scalar_one()
    return 0 < found < few


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


def _first_answers(connection: AsyncConnection, scope: Scope) -> Subquery:
    """Each answer with its age (0: soon after the question was first met, 1: a week or more, 2: a month or more), and
    which turn of that age it is."""
    table, names = tables.answer, _names(connection)
    question = (table.c.person, names.c.now_theme, names.c.now_lesson, table.c.question)
    at = type_coerce(table.c.at, BigInteger)
    dated = (
        select(
            *(table.c[name] for name in ("person", "quiz", "position", "question", "given", "correct", "at")),
            names.c.now_theme,
            names.c.now_lesson,
            (at - type_coerce(func.min(at).over(partition_by=question), BigInteger)).label("since_first"),
        )
        .select_from(_todays(table, names))
        .where(_within(table, names, scope))
        .subquery("dated")
    )
    age = case(
        (dated.c.since_first >= MONTH // _MICROSECOND, literal_column("2")),
        (dated.c.since_first >= WEEK // _MICROSECOND, literal_column("1")),
        else_=literal_column("0"),
    )
    turn = func.row_number().over(
        partition_by=(dated.c.person, dated.c.now_theme, dated.c.now_lesson, dated.c.question, age),
        order_by=(dated.c.at, dated.c.quiz, dated.c.position),
    )
    return select(dated, age.label("age"), turn.label("turn")).subquery("each_answer")


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
