"""What holds people's data and tokens is its owner's alone, whatever the machine's umask is."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import run

import pytest
from sqlalchemy import text

from bot.process import checkup
from bot.store import migrate
from bot.store.database import Database, alone, close_to_others


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A machine that opens every new file to others."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


async def used(path: Path) -> None:
    """The database with tables and a write in its log."""
    database = Database(f"sqlite:///{path}")
    with alone(database):
        await migrate.upgrade(database)
        async with database.transaction() as connection:
            await connection.execute(text("INSERT OR REPLACE INTO vault VALUES ('web', 'x', 'y', CURRENT_TIMESTAMP)"))
        modes = {each.name: mode(each) for each in path.parent.iterdir() if each.is_file()}
    await database.close()
    assert set(modes) >= {"dualo.db", "dualo.db-wal", "dualo.db-shm", "dualo.lock"}
    assert set(modes.values()) == {"0o600"}


async def test_the_database_and_what_lies_beside_it_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    await used(folder / "dualo.db")
    assert mode(folder) == "0o700"
    await used(folder / "dualo.db")


async def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    await used(tmp_path / "dualo.db")
    (tmp_path / "dualo.db").chmod(0o644)
    await used(tmp_path / "dualo.db")


async def test_a_copy_is_its_owners_alone(tmp_path: Path) -> None:
    await used(tmp_path / "dualo.db")
    copy = tmp_path / "backups" / "copy.db"
    migrate.copy_sqlite(tmp_path / "dualo.db", copy)
    assert (mode(copy), mode(copy.parent)) == ("0o600", "0o700")


async def test_the_doctor_says_what_others_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    await used(folder / "dualo.db")
    migrate.copy_sqlite(folder / "dualo.db", folder / "backups" / "copy.db")
    assert checkup.rights(folder).healthy
    (folder / "backups" / "copy.db").chmod(0o644)
    assert not checkup.rights(folder).healthy
    close_to_others(folder / "backups" / "copy.db")
    assert checkup.rights(folder).healthy


@pytest.mark.parametrize("words", [["backup"], ["db", "upgrade"]])
def test_every_command_of_the_operator_writes_for_its_owner_alone(tmp_path: Path, words: list[str]) -> None:
    environment = {**os.environ, "DUALO_DATA_DIR": str(tmp_path / "data")}
    for command in (["db", "upgrade"], words):
        done = run([sys.executable, "-m", "bot", *command], env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    written = list((tmp_path / "data").rglob("*"))
    assert {mode(path) for path in written if path.is_file()} == {"0o600"}
    assert {mode(path) for path in (tmp_path / "data", *written) if path.is_dir()} == {"0o700"}
