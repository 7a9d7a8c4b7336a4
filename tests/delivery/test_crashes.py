"""Processes are killed, at every named point and at none in particular; at the end the books balance.

Every line has an end, every end is true on the platform's side, nothing stands there twice, and nothing is missing.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.delivery.ledger import LEASE
from bot.domain.entry import Entry, Kind
from bot.domain.posts import State
from bot.domain.recurrence import Occurrence
from bot.domain.standing import Seat
from bot.store import entries, nudges, schedules, tables
from bot.store.database import Database
from bot.store.store import opened
from tests.delivery import process
from tests.delivery.conftest import MONDAY, weekly
from tests.delivery.process import Orders

PEOPLE = 12
BEFORE_SENDING = ["plan.inside", "plan.chunk", "claim.before", "claim.after", "settled", "send.before"]
AFTER_SENDING = ["send.arrived", "sent", "mark.inside", "mark.after"]
NEVER, AWHILE = 0.0, 60.0
"""Seconds for which the platform refuses a repeated key: as Slack does, and as Discord does."""
THOROUGH = bool(os.environ.get("DUALO_THOROUGH"))


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Real processes that start quickly."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.delivery.process"])
    return context


async def fill(url: str, *, people: int, workspaces: int = 1) -> None:
    """A weekly post in each workspace, and people to be nudged at the same time."""
    async with opened(Database(url)) as store, store.transaction() as connection:
        for number in range(workspaces):
            home = f"hand:w{number}"
            await schedules.add(connection, weekly(workspace=home), MONDAY - timedelta(days=1))
            for person in range(people):
                seat = Seat(home, f"p{person:04}")
                following = Occurrence(MONDAY.date(), MONDAY)
                await nudges.put(connection, seat, Kind.NUDGE, address="dm", following=following)


async def books(url: str, folder: Path) -> tuple[list[Entry], Counter[str]]:
    """The ledger's lines (but the counts of next week), and how often each key stands on the platform."""
    table = tables.delivery
    async with opened(Database(url)) as store, store.reading() as connection:
        found = await connection.execute(select(table).where(table.c.kind != Kind.COUNT))
        lines = [entries.read(row) for row in found.mappings()]
    file = folder / "posts"
    posted = file.read_text().splitlines() if file.exists() else []
    return lines, Counter(each.split("\t")[0] for each in posted)


def imbalance(lines: list[Entry], posted: Counter[str], *, expected: int) -> dict[str, object]:
    """What is wrong, by its kind; nothing if all is well."""
    ended = {each.name.key: each.state for each in lines}
    wrong = {
        "missing lines": expected - len(lines),
        "without an end": sorted(key for key, state in ended.items() if not state.over),
        "twice": sorted(key for key, count in posted.items() if count > 1),
        "lost": sorted(key for key, state in ended.items() if state.over and key not in posted),
        "untrue": sorted(key for key in posted if ended.get(key) not in {State.SENT, State.LATE}),
    }
    return {kind: what for kind, what in wrong.items() if what}


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
    skipped = {each.name.key for each in lines if each.state is State.SKIPPED}
    assert set(wrong) <= {"lost"}, wrong
    assert set(wrong.get("lost", [])) == skipped  # type: ignore[call-overload]
    assert all(each.reason for each in lines if each.state is State.SKIPPED)
    assert [each.state for each in lines if each.name.local_date > MONDAY.date()] == [State.LATE]


async def _chaos(
    url: str, folder: Path, processes: ForkServerContext, *, replicas: int, kills: int, seed: int, remembers: float
) -> dict[str, object]:
    """Kill now this one and now that one, at moments of chance; then let one finish."""
    people, workspaces, dice = 50 * replicas, 3, random.Random(seed)
    await fill(url, people=people, workspaces=workspaces)
    orders = Orders(url, folder, remembers, begin=time.time(), times=20.0, slow=0.3)

    def begin() -> ForkServerProcess:
        child = processes.Process(target=process.serve, args=(orders,))
        child.start()
        return child

    running = [begin() for _ in range(replicas)]
    for _ in range(kills):
        await asyncio.sleep(dice.uniform(0.15, 0.7))
        victim = dice.randrange(replicas)
        running[victim].kill()
        running[victim].join()
        running[victim] = begin()
    try:
        async with asyncio.timeout(60):
            expected = (people + 1) * workspaces
            while wrong := imbalance(*await books(url, folder), expected=expected):
                if set(wrong) & {"twice", "untrue"} and not set(wrong) & {"without an end"}:
                    return wrong
                await asyncio.sleep(0.25)
    except TimeoutError:
        return imbalance(*await books(url, folder), expected=expected)
    finally:
        for child in running:
            child.kill()
            child.join()
    return {}


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
            await _empty(database_url)
        wrong = await _chaos(
            database_url, folder, processes, replicas=replicas, kills=kills, seed=seed, remembers=remembers
        )
        assert (seed, wrong) == (seed, {})
        lines, _ = await books(database_url, folder)
        assert any(each.attempt > 1 for each in lines), "nothing was interrupted"


async def _empty(url: str) -> None:
    async with opened(Database(url)) as store, store.transaction() as connection:
        for table in (tables.delivery, tables.nudge, tables.schedule, tables.lane, tables.alert):
            await connection.execute(table.delete())
