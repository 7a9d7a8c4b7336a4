"""An answer counts for what is remembered, wherever it was given."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import memory
from bot.domain.course import Lesson
from bot.domain.memory import How
from bot.domain.questions import Question
from bot.features.request import Request
from bot.store.cold import memories, workspaces
from bot.store.cold.memories import ReviewAnswer, Reviewed


async def record(
    request: Request, lesson: Lesson, question: Question, given: str, *, how: How, number: int | None = None
) -> Reviewed | None:
    """Let an answer count for what is remembered; without a number, where one is due."""
    async with request.store.transaction() as connection:
        return await keep(connection, request, lesson, question, given, how=how, number=number)


async def keep(
    connection: AsyncConnection,
    request: Request,
    lesson: Lesson,
    question: Question,
    given: str,
    *,
    how: How,
    number: int | None = None,
) -> Reviewed | None:
    """The same, with whatever else the transaction does."""
    linked = (await request.standing()).linked is not None
    press = ReviewAnswer(
        names=memory.names_of(lesson, question, request.shelf),
        right=memory.right_key(question),
        given=given,
        correct=question.judge(given),
        how=how,
        at=request.now,
        zone=request.zone,
        desired=(await workspaces.find(connection, request.actor.workspace)).desired_recall,
        number=number,
    )
    return await memories.record(connection, request.seat, press, linked=linked)
