"""A process that plans and posts, to be killed: its platform and its clock are files that outlive it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.ports import Check, Clock, Delivered, Outcome
from bot.core.views import Notice, Reader, View
from bot.delivery.message import Cancelled, Message
from bot.domain.outbox import DeliveryKind, Entry
from bot.process.delivery import delivering
from bot.store.database import Database, alone
from bot.store.store import opened

ANYBODY = Reader()
FRONT = "hand"


@dataclass(frozen=True, slots=True)
class FileClock:
    """Stands where the test put it."""

    path: Path

    def now(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text())


@dataclass(frozen=True, slots=True)
class FastClock:
    """Runs so many times as fast as the real one, for every process alike."""

    begin: float
    times: float

    def now(self) -> datetime:
        return datetime(2026, 1, 5, 8, 59, 50, tzinfo=UTC) + timedelta(seconds=(time.time() - self.begin) * self.times)


@dataclass(slots=True)
class FilePlatform:
    """What was posted stands in a file, one line each. It remembers keys for a while, as by a nonce, or never."""

    path: Path
    clock: Clock
    remembers: float
    """Seconds for which a repeated key is refused."""
    slow: float = 0.0
    checkpoint: Callable[[str], None] = lambda _name: None
    name: str = FRONT

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        return None

    @property
    def trouble(self) -> str:
        return ""

    async def deliver(
        self, view: View, address: str, key: str, *, reader: Reader = ANYBODY, first_try: datetime | None = None
    ) -> Delivered:
        self.checkpoint("send.before")
        await asyncio.sleep(self.slow * random.random())
        now = self.clock.now()
        # Whoever is sure that a repeat would be refused need not look; later, looking is all there is.
        doubtful = first_try is not None and (now - first_try).total_seconds() > self.remembers
        with self._held() as posts:
            known = posts.get(key)
            if known and (doubtful or (now - known).total_seconds() <= self.remembers):
                return Delivered(Outcome.SENT, f"m-{key}")
            self._append(key, now)
        await asyncio.sleep(self.slow * random.random())
        self.checkpoint("send.arrived")
        return Delivered(Outcome.SENT, f"m-{key}")

    async def seek(self, address: str, key: str, *, since: datetime) -> Delivered | None:
        with self._held() as posts:
            return Delivered(Outcome.SENT, f"m-{key}") if key in posts else None

    async def edit(self, view: View, message: str, *, reader: Reader = ANYBODY) -> Delivered:
        return Delivered(Outcome.SENT, message)

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        return ()

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        return ()

    def direct(self, workspace: str, person: str) -> str:
        return f"@{person}"

    def fits(self, view: View) -> Sequence[str]:
        return ()

    @contextmanager
    def _held(self) -> Iterator[dict[str, datetime]]:
        with self.path.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lines = self.path.read_text().splitlines() if self.path.exists() else []
            yield {key: datetime.fromisoformat(at) for key, at in (line.split("\t") for line in lines)}

    def _append(self, key: str, now: datetime) -> None:
        with self.path.open("a") as file:
            file.write(f"{key}\t{now.isoformat()}\n")


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is to do."""

    database: str
    folder: Path
    remembers: float
    dies_at: str = ""
    """The checkpoint at which it is killed, the first time it comes by."""
    freezes_at: str = ""
    """The one at which it is stopped until somebody lets it go on."""
    begin: float = 0.0
    times: float = 0.0
    """How much faster than real; 0: the clock is a file."""
    slow: float = 0.0

    def clock(self) -> Clock:
        return FastClock(self.begin, self.times) if self.times else FileClock(self.folder / "clock")

    def checkpoint(self, name: str) -> None:
        if name == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if name == self.freezes_at and not (mark := self.folder / "frozen").exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGSTOP)


async def compose(entry: Entry) -> Message | Cancelled:
    if entry.name.kind == DeliveryKind.COUNT:
        return Cancelled("Nobody counts here.")
    return Message(Notice(entry.name.key), payload={"lesson": "a"} if entry.name.kind.is_public else None)


def one_round(orders: Orders) -> None:
    """Plan, take back what the dead left, post what is due; then end."""
    asyncio.run(_serve(orders, once=True))


def serve(orders: Orders) -> None:
    """Until somebody kills it."""
    asyncio.run(_serve(orders, once=False))


async def _serve(orders: Orders, *, once: bool) -> None:
    clock = orders.clock()
    platform = FilePlatform(orders.folder / "posts", clock, orders.remembers, orders.slow, orders.checkpoint)
    tick = 3600.0 if once else 0.05
    with alone(Database(orders.database)) as database:
        async with (
            opened(database) as store,
            delivering(store, [platform], compose, clock, tick, checkpoint=orders.checkpoint) as delivery,
        ):
            if not once:
                await asyncio.Event().wait()
            await delivery.planner.plan()
            await delivery.leases.recover()
            await delivery.courier.work(FRONT)
            await delivery.courier.idle()
