"""A PostgreSQL that is killed and started again under a running process."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.store import migrate
from bot.store.database import Database
from tests import forking, postgres
from tests.delivery import process
from tests.delivery.books import FASTER, NEVER, books, fill, imbalance
from tests.delivery.process import Orders

PEOPLE = 120


class Restartable:
    """A server of this test's own, on a folder that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"postgresql://dualo@/postgres?host={folder}"
        self._user = postgres._unprivileged()
        self._programs, self._environment = postgres._reachable(postgres.programs(), folder, self._user)
        if self._user is not None:
            shutil.chown(folder, self._user.pw_uid, self._user.pw_gid)
        form = ("-A", "trust", "-U", "dualo", "-E", "UTF8", "--locale=C", "--no-sync", "-D", folder / "data")
        postgres._run([self._programs / "initdb", *form], self._user, self._environment)
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ("-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=")
        with (self.folder / "log").open("ab") as log:
            running = subprocess.Popen(
                [self._programs / "postgres", *options],
                stdout=log,
                stderr=log,
                env=self._environment,
                preexec_fn=postgres._ends_with_parent,
                **postgres._as(self._user),
            )
        self._running = running
        postgres._wait(postgres.Server(self.url), running, self.folder / "log")

    def crash(self) -> None:
        """As by a power cut of the server alone: it comes back by its log."""
        if self._running is not None:
            self._running.send_signal(signal.SIGQUIT)
            self._running.wait(10)


@contextmanager
def restartable() -> Iterator[Restartable]:
    folder = Path(tempfile.mkdtemp(prefix="pgr"))
    try:
        try:
            server = Restartable(folder)
            server.start()
        except postgres.Missing as missing:
            if os.environ.get("CI"):
                raise
            pytest.skip(str(missing))
        try:
            yield server
        finally:
            server.crash()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def until(least: int, look: Callable[[], Awaitable[tuple[object, Counter[str]]]]) -> None:
    """Wait until so many are posted."""
    async with asyncio.timeout(90):
        while len((await look())[1]) < least:  # noqa: ASYNC110 - another process posts them
            await asyncio.sleep(0.05)


@pytest.mark.postgres
async def test_a_database_that_crashes_under_a_running_process_costs_no_post_and_doubles_none(tmp_path: Path) -> None:
    with restartable() as server:
        database = Database(server.url)
        await migrate.upgrade(database)
        await database.close()
        await fill(server.url, people=PEOPLE)
        orders = Orders(server.url, tmp_path, NEVER, begin=time.time(), times=FASTER, slow=0.2)
        child = forking.context().Process(target=process.serve, args=(orders,))
        child.start()
        try:
            for least in (10, 40):
                await until(least, lambda: books(server.url, tmp_path))
                server.crash()
                server.start()
            async with asyncio.timeout(90):
                while wrong := imbalance(*await books(server.url, tmp_path), expected=PEOPLE + 1):
                    assert not wrong.get("twice"), wrong
                    await asyncio.sleep(0.2)
            assert child.is_alive()
        finally:
            child.kill()
            child.join()
        database = Database(server.url)
        async with database.reading() as connection:
            again = (await connection.execute(text("SELECT max(attempt) FROM delivery"))).scalar_one()
        await database.close()
        assert again > 1, "nothing was interrupted"
