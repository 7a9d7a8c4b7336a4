"""The daily copy of the SQLite file that a serving process makes by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.process import backups, main, settings
from tests.hand_clock import HandClock

MORNING = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "dualo.db"
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("CREATE TABLE kept (word)")
    return file


def test_a_copy_is_made_once_a_day_and_the_oldest_go(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    moments = [MORNING + timedelta(hours=hours) for hours in range(0, 24 * 5, 6)]
    made = [backups.copy_daily(database, folder, keep=3, now=moment) for moment in moments]
    assert sum(each is not None for each in made) == 5
    names = [file.name for file in backups.found(folder, backups.DAILY)]
    assert names == [f"daily-2026010{day}-090000.db" for day in (7, 8, 9)]


def test_copies_of_other_kinds_are_left_alone(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    others = {"dualo-20250101-000000.db", "before-upgrade-0003-20250101-000000.db", "daily-of-mine.db"}
    for name in others:
        (folder / name).write_text("")
    for day in range(3):
        backups.copy_daily(database, folder, keep=1, now=MORNING + timedelta(days=day))
    assert {file.name for file in folder.iterdir()} == {*others, "daily-20260107-090000.db"}


def test_a_copy_from_the_future_does_not_hold_up_the_next(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    backups.copy_daily(database, folder, keep=3, now=MORNING + timedelta(days=400))
    assert backups.copy_daily(database, folder, keep=3, now=MORNING)


def test_a_copy_that_fails_leaves_nothing_half_and_no_error_to_the_clock(database: Path, tmp_path: Path) -> None:
    database.write_bytes(b"no database at all" * 100)
    folder = tmp_path / "backups"
    assert backups.copy_daily(database, folder, keep=3, now=MORNING) is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("file", "keep"), [(None, 14), (Path("dualo.db"), 0)], ids=["PostgreSQL", "none wanted"])
def test_nothing_is_copied_by_itself(file: Path | None, keep: int, tmp_path: Path) -> None:
    assert backups.jobs(file, tmp_path, keep=keep, clock=HandClock()) == {}


async def test_the_clock_of_the_process_makes_it(database: Path, tmp_path: Path) -> None:
    [(seconds, job)] = backups.jobs(database, tmp_path / "backups", keep=14, clock=HandClock(MORNING)).values()
    await job()
    assert [file.name for file in (tmp_path / "backups").iterdir()] == ["daily-20260105-090000.db"]
    assert seconds < backups.DAY.total_seconds()


async def test_a_process_that_serves_makes_it_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, loop, copy_daily = asyncio.Event(), asyncio.get_running_loop(), backups.copy_daily

    def copy_and_tell(database: Path, folder: Path, *, keep: int, now: datetime) -> Path | None:
        made = copy_daily(database, folder, keep=keep, now=now)
        loop.call_soon_threadsafe(looked.set)
        return made

    monkeypatch.setattr(backups, "LOOK", 0.05)
    monkeypatch.setattr(backups, "copy_daily", copy_and_tell)
    wanted = settings.read({"DUALO_DATA_DIR": str(tmp_path), "DUALO_HTTP_PORT": "0"})
    async with main.running(wanted):
        await looked.wait()
    [copy] = backups.found(wanted.backups, backups.DAILY)
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("PRAGMA quick_check").fetchone() == ("ok",)
    assert copy.stat().st_mode & 0o077 == 0
