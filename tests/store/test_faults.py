"""When the database is locked, read-only, gone or full: one kind sentence, nothing lost, and it heals by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from bot.core import views
from bot.core.errors import SettingsError, StoreUnavailable
from bot.core.ports import Actor
from bot.domain.course import Key
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from bot.features import commands
from bot.packs.library import Library
from bot.store import migrate
from bot.store.cold import learners
from bot.store.database import Database, alone
from bot.store.hot.operations import Complete
from bot.store.store import Store, opened
from tests.conftest import Learner
from tests.hand_clock import HandClock

LESSON = "backend-architectures/layers"
SEAT = Seat("web", "ada")


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    database = Database(f"sqlite:///{tmp_path / 'dualo.db'}")
    await migrate.upgrade(database)
    await database.close()
    return tmp_path / "dualo.db"


def learner(store: Store, library: Library) -> Learner:
    return Learner(StudyEngine(store, library, HandClock()), Actor(workspace="web", person="ada"))


def says_unavailable(view: views.View) -> bool:
    return isinstance(view, views.Notice) and view.text.startswith("The database does not answer")


async def test_a_locked_database_gets_a_sentence_and_the_next_try_works(
    file: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.BUSY_MILLISECONDS", 50)
    async with opened(Database(f"sqlite:///{file}")) as store:
        ada = learner(store, library)
        with sqlite3.connect(file, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert says_unavailable(await ada.types(f"done {LESSON}"))
            lesson = await ada.types(f"lesson {LESSON}")
            assert isinstance(lesson, views.LessonPage)
            other.execute("ROLLBACK")
        other.close()
        recorded = await ada.types(f"done {LESSON}")
        assert isinstance(recorded, views.Recorded)
        assert not recorded.again


async def test_a_full_disk_gets_a_sentence_and_what_was_recorded_stays(file: Path, library: Library) -> None:
    async with opened(Database(f"sqlite:///{file}")) as store:
        ada = learner(store, library)
        await ada.types(f"done {LESSON}")
    with sqlite3.connect(file) as raw:
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
    raw.close()
    database = Database(f"sqlite:///{file}")

    @event.listens_for(database.engine.sync_engine, "connect")
    def shrink(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count={pages}")
        cursor.close()

    async with opened(database) as store:
        ada = learner(store, library)
        full = False
        for number in range(400):
            view = await ada.does(
                commands.ReportMistake(theme="backend-architectures", lesson="layers", what="x" * 900 + str(number))
            )
            if says_unavailable(view):
                full = True
                break
            async with store.transaction() as connection:
                await connection.exec_driver_sql("UPDATE mistake SET closed_at = 1")
        assert full
        page = await ada.types("theme backend-architectures")
        assert isinstance(page, views.ThemePage)
        assert page.card.done == 1


async def test_a_read_only_database_still_lets_people_read(file: Path, library: Library) -> None:
    database = Database(f"sqlite:///{file}")

    @event.listens_for(database.engine.sync_engine, "connect")
    def forbid(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    async with opened(database) as store:
        ada = learner(store, library)
        assert isinstance(await ada.types(f"lesson {LESSON}"), views.LessonPage)
        assert says_unavailable(await ada.types(f"done {LESSON}"))


async def test_a_poisoned_neighbour_harms_nobody(store: Store, clock: HandClock) -> None:
    def completion(person: str, how: object) -> Complete:
        return Complete(Seat("web", person), Key("a", "b"), clock.now(), digest="d", how=how)  # type: ignore[arg-type]

    calls = [store.write(completion(f"p{number}", None if number == 3 else "learner")) for number in range(8)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    failed = [number for number, result in enumerate(results) if isinstance(result, BaseException)]
    assert failed == [3]
    standings = [await store.standing(Seat("web", f"p{number}")) for number in range(8)]
    assert [bool(standing.completions) for standing in standings] == [number != 3 for number in range(8)]


async def test_a_closed_store_refuses_instead_of_hanging(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.standing(SEAT)


async def test_the_cold_door_is_all_or_nothing(store: Store, clock: HandClock) -> None:
    async def breaks_off() -> None:
        async with store.transaction() as connection:
            await learners.follow(connection, SEAT, "backend-architectures", clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await breaks_off()
    assert (await store.standing(SEAT)).follows == ()


def test_two_processes_on_one_file_are_refused(file: Path) -> None:
    first, second = alone(Database(f"sqlite:///{file}")), alone(Database(f"sqlite:///{file}"))
    with first, pytest.raises(SettingsError, match="Another Dualo already runs"):
        second.__enter__()


WRITER = """
import asyncio, sys
from bot.domain.course import Key
from bot.domain.learner import Seat
from bot.core.ports import WallClock
from bot.store.database import Database, alone
from bot.store.hot.operations import Complete
from bot.store.store import opened

async def main() -> None:
    async with opened(Database(sys.argv[1])) as store:
        for number in range(100000):
            key = Key("theme", f"lesson-{number}")
            await store.write(Complete(Seat("web", "ada"), key, WallClock().now(), digest="d", how="learner"))
            print(number, flush=True)

asyncio.run(main())
"""


async def test_every_confirmed_completion_outlives_a_kill(database_url: str) -> None:
    """The process is killed at no chosen moment; whatever it had confirmed must be there."""
    for after in (1, 23):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, database_url, stdout=subprocess.PIPE, env={**os.environ}
        )
        assert process.stdout
        confirmed = [int(await process.stdout.readline()) for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        confirmed += [int(line) for line in (await process.stdout.read()).split(b"\n")[:-1]]
        await process.wait()
        async with opened(Database(database_url)) as store:
            kept = (await store.standing(SEAT)).completions
        assert {f"lesson-{number}" for number in confirmed} <= {key.lesson for key in kept}


async def test_what_is_stored_is_utc_whatever_zone_came_in(store: Store, clock: HandClock) -> None:
    local = clock.now().astimezone(ZoneInfo("America/Santiago"))
    await store.write(Complete(SEAT, Key("a", "b"), local, digest="d", how="learner"))
    found = (await store.standing(SEAT)).completions[Key("a", "b")]
    assert (found.at, found.at.utcoffset()) == (clock.now(), clock.now().utcoffset())
    with pytest.raises(ValueError, match="without a zone"):
        await store.write(Complete(SEAT, Key("a", "c"), local.replace(tzinfo=None), digest="d", how="learner"))
