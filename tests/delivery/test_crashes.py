"""Processes are killed, at every named point and at none in particular; at the end the books balance.

Every line has an end, every end is true on the platform's side, nothing stands there twice, and nothing is missing.
"""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from bot.delivery.leases import LEASE
from bot.domain import weekly_question
from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from bot.domain.weekly_question import QuestionDelay
from bot.store.database import Database
from bot.store.outbox import question_posts
from bot.store.store import opened
from tests import forking
from tests.delivery import process
from tests.delivery.books import AWHILE, NEVER, books, chaos, empty, fill, imbalance
from tests.delivery.conftest import MONDAY
from tests.delivery.process import Orders
from tests.thoroughness import THOROUGH

PEOPLE = 12
BEFORE_SENDING = ["plan.inside", "plan.chunk", "claim.before", "claim.after", "settled", "send.before"]
AFTER_SENDING = ["send.arrived", "sent", "mark.inside", "mark.after"]


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Real processes that start quickly."""
    return forking.context()


def run(processes: ForkServerContext, orders: Orders) -> int | None:
    """One round of a process; its exit code."""
    child = processes.Process(target=process.one_round, args=(orders,))
    child.start()
    child.join(30)
    return child.exitcode


@pytest.mark.parametrize(
    ("point", "remembers"),
    [
        *((point, NEVER) for point in BEFORE_SENDING),
        *((point, each) for point in AFTER_SENDING for each in (NEVER, AWHILE)),
    ],
)
async def test_killed_at_any_point_everything_is_posted_once(
    database_url: str, tmp_path: Path, processes: ForkServerContext, point: str, remembers: float
) -> None:
    await fill(database_url, people=PEOPLE)
    clock = tmp_path / "clock"
    clock.write_text(MONDAY.isoformat())
    killed = Orders(database_url, tmp_path, remembers, dies_at=point)
    assert await asyncio.to_thread(run, processes, killed) == -signal.SIGKILL
    clock.write_text((MONDAY + LEASE).isoformat())
    assert await asyncio.to_thread(run, processes, Orders(database_url, tmp_path, remembers)) == 0
    assert imbalance(*await books(database_url, tmp_path), expected=PEOPLE + 1) == {}


@pytest.mark.parametrize(
    ("point", "remembers"),
    [
        ("plan.inside", NEVER),
        *((point, NEVER) for point in BEFORE_SENDING if not point.startswith("plan.")),
        *((point, each) for point in (*AFTER_SENDING, "result.planned") for each in (NEVER, AWHILE)),
    ],
)
async def test_killed_at_any_point_a_question_is_asked_once_and_ends_once(
    database_url: str, tmp_path: Path, processes: ForkServerContext, point: str, remembers: float
) -> None:
    await fill(database_url, people=0, asks=QuestionDelay(2))
    clock, asked = tmp_path / "clock", MONDAY + timedelta(days=2)
    killed, whole = Orders(database_url, tmp_path, remembers, dies_at=point), Orders(database_url, tmp_path, remembers)
    clock.write_text(MONDAY.isoformat())
    if point.startswith("plan."):
        assert await asyncio.to_thread(run, processes, killed) == -signal.SIGKILL
    assert await asyncio.to_thread(run, processes, whole) == 0
    clock.write_text(asked.isoformat())
    if not point.startswith("plan."):
        assert await asyncio.to_thread(run, processes, killed) == -signal.SIGKILL
        clock.write_text((asked + LEASE).isoformat())
    assert await asyncio.to_thread(run, processes, whole) == 0
    lines, posted = await books(database_url, tmp_path)
    assert imbalance(lines, posted, expected=2) == {}
    async with opened(Database(database_url)) as store, store.reading() as connection:
        [question] = [line for line in lines if line.name.kind is DeliveryKind.QUESTION]
        _, result = await question_posts.read(connection, question.name)
    assert result is not None
    assert result.state is DeliveryState.PLANNED
    assert asked <= result.due - weekly_question.OPEN_FOR <= asked + LEASE


async def test_killed_while_posting_and_away_for_a_week_the_books_are_true(
    database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    await fill(database_url, people=PEOPLE)
    clock = tmp_path / "clock"
    clock.write_text(MONDAY.isoformat())
    killed = Orders(database_url, tmp_path, NEVER, dies_at="send.arrived")
    assert await asyncio.to_thread(run, processes, killed) == -signal.SIGKILL
    clock.write_text((MONDAY + timedelta(days=7, hours=1)).isoformat())
    for _ in range(2):
        assert await asyncio.to_thread(run, processes, Orders(database_url, tmp_path, NEVER)) == 0
        clock.write_text((MONDAY + timedelta(days=7, hours=2)).isoformat())
    lines, posted = await books(database_url, tmp_path)
    wrong = imbalance(lines, posted, expected=PEOPLE + 2)
    skipped = {each.name.key for each in lines if each.state is DeliveryState.SKIPPED}
    assert set(wrong) <= {"lost"}, wrong
    assert set(wrong.get("lost", [])) == skipped  # type: ignore[call-overload]
    assert all(each.reason for each in lines if each.state is DeliveryState.SKIPPED)
    assert [each.state for each in lines if each.name.local_date > MONDAY.date()] == [DeliveryState.LATE]


@pytest.mark.parametrize("remembers", [NEVER, AWHILE])
async def test_killed_at_moments_of_chance_nothing_is_lost_and_nothing_doubled(
    database_url: str, tmp_path: Path, processes: ForkServerContext, remembers: float
) -> None:
    replicas = 1 if database_url.startswith("sqlite") else 3
    for seed in range(10 if THOROUGH else 1):
        folder = tmp_path / str(seed)
        folder.mkdir()
        kills = 25 if THOROUGH else 6
        if seed:
            await empty(database_url)
        wrong = await chaos(
            database_url, folder, processes, replicas=replicas, kills=kills, seed=seed, remembers=remembers
        )
        assert (seed, wrong) == (seed, {})
        lines, _ = await books(database_url, folder)
        assert any(each.attempt > 1 for each in lines), "nothing was interrupted"
