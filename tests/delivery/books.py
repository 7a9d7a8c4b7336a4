"""What is planned, killed at moments of chance, and audited afterwards: shared by the tests and the long run.

Every line has an end, every end is true on the platform's side, nothing stands there twice, and nothing is missing.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from sqlalchemy import select

from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import Occurrence
from bot.domain.weekly_question import QuestionDelay
from bot.store import tables
from bot.store.cold import schedules
from bot.store.database import Database
from bot.store.outbox import entries, nudges
from bot.store.store import opened
from tests.delivery import process
from tests.delivery.conftest import MONDAY, weekly
from tests.delivery.process import Orders

NEVER, AWHILE = 0.0, 60.0
"""Seconds for which the platform refuses a repeated key: as Slack does, and as Discord does."""
LATER_EDITS = (DeliveryKind.COUNT, DeliveryKind.RESULT)
FASTER = 20.0
"""How much faster than the real one the clock of a run of chance goes."""


async def fill(url: str, *, people: int, workspaces: int = 1, asks: QuestionDelay | None = None) -> None:
    """A weekly post in each workspace, and people to be nudged at the same time; perhaps questions on the posts."""
    async with opened(Database(url)) as store, store.transaction() as connection:
        for number in range(workspaces):
            home = f"hand:w{number}"
            await schedules.add(connection, weekly(workspace=home, question_after=asks), MONDAY - timedelta(days=1))
            for person in range(people):
                seat = Seat(home, f"p{person:04}")
                following = Occurrence(MONDAY.date(), MONDAY)
                await nudges.put(connection, seat, DeliveryKind.NUDGE, address="dm", following=following)


async def books(url: str, folder: Path) -> tuple[list[Entry], Counter[str]]:
    """The ledger's lines (but the edits of later days), and how often each key stands on the platform."""
    table = tables.delivery
    async with opened(Database(url)) as store, store.reading() as connection:
        found = await connection.execute(select(table).where(table.c.kind.not_in(LATER_EDITS)))
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
        "untrue": sorted(key for key in posted if ended.get(key) not in {DeliveryState.SENT, DeliveryState.LATE}),
    }
    return {kind: what for kind, what in wrong.items() if what}


async def chaos(
    url: str, folder: Path, processes: ForkServerContext, *, replicas: int, kills: int, seed: int, remembers: float
) -> dict[str, object]:
    """Kill now this one and now that one, at moments of chance; then let one finish."""
    people, workspaces, dice = 50 * replicas, 3, random.Random(seed)
    await fill(url, people=people, workspaces=workspaces)
    orders = Orders(url, folder, remembers, begin=time.time(), times=FASTER, slow=0.3)

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


async def empty(url: str) -> None:
    async with opened(Database(url)) as store, store.transaction() as connection:
        for table in (tables.delivery, tables.nudge, tables.schedule, tables.lane, tables.alert):
            await connection.execute(table.delete())
