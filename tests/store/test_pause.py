"""A learner who paused recording between reading and writing: nothing is recorded, whatever was under way."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.domain.course import Key
from bot.domain.learner import Preferences, Seat
from bot.domain.quiz import StoredQuiz
from bot.store import tables
from bot.store.cold import learners
from bot.store.hot.operations import Bookmark, Complete, GiveAnswer, Writing
from bot.store.store import Store
from tests.hand_clock import HandClock

SEAT, LESSON = Seat("web", "ada"), Key("backend-architectures", "layers")


@pytest.fixture(params=["completion", "bookmark", "answer"])
def late(request: pytest.FixtureRequest, clock: HandClock) -> Writing:
    """What a handler writes that read the learner's settings a moment ago."""
    at = clock.now()
    writes: dict[str, Writing] = {
        "completion": Complete(SEAT, LESSON, at, digest="d", how="learner"),
        "bookmark": Bookmark(SEAT, LESSON, at),
        "answer": GiveAnswer(SEAT, "q1", 0, LESSON, "why-layers", given="b", correct=True, at=at),
    }
    return writes[request.param]


async def recorded(store: Store) -> int:
    learner = tables.learner
    async with store.reading() as connection:
        bookmarks = select(func.count()).select_from(learner).where(learner.c.bookmark_at.is_not(None))
        counts = [select(func.count()).select_from(table) for table in (tables.completion, tables.answer)]
        return sum([(await connection.execute(count)).scalar_one() for count in (bookmarks, *counts)])


@pytest.mark.parametrize("paused", [False, True])
async def test_a_pause_after_reading_keeps_a_write_from_recording(
    store: Store, clock: HandClock, late: Writing, paused: bool
) -> None:
    async with store.transaction() as connection:
        sheet = StoredQuiz("q1", LESSON.theme, LESSON.lesson, '[["backend-architectures", "layers", "why-layers"]]')
        await learners.begin_quiz(connection, SEAT, sheet, clock.now())
        await learners.set_preferences(connection, SEAT, Preferences(paused=paused), clock.now())
    await store.write(late)
    assert await recorded(store) == (0 if paused else 1)
