"""How many people of a workspace have done a lesson, or all of a theme. Numbers only: no name leaves the statement."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, case, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.course import Lesson, Theme
from bot.store import tables

_done = tables.completion


async def did(connection: AsyncConnection, workspace: str, theme: Theme, lesson: Lesson) -> int:
    """People who did a lesson, under any name it ever had."""
    names = (lesson.id, *lesson.aliases)
    look = select(func.count(distinct(_done.c.person))).where(_of(workspace, theme), _done.c.lesson.in_(names))
    return (await connection.execute(look)).scalar_one()


async def finished(connection: AsyncConnection, workspace: str, theme: Theme) -> int:
    """People who did every lesson of a theme."""
    names = [name for lesson in theme.lessons for name in (lesson.id, *lesson.aliases)]
    people = (
        select(_done.c.person)
        .where(_of(workspace, theme), _done.c.lesson.in_(names))
        .group_by(_done.c.person)
        .having(func.count(distinct(_present_name(theme))) == len(theme.lessons))
    )
    return (await connection.execute(select(func.count()).select_from(people.subquery()))).scalar_one()


def _of(workspace: str, theme: Theme) -> ColumnElement[bool]:
    return and_(_done.c.workspace == workspace, _done.c.theme.in_((theme.id, *theme.aliases)))


def _present_name(theme: Theme) -> ColumnElement[str]:
    former = {alias: lesson.id for lesson in theme.lessons for alias in lesson.aliases}
    if not former:
        return _done.c.lesson
    return case(former, value=_done.c.lesson, else_=_done.c.lesson)
