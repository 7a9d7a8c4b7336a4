"""A start that does not come about: it says why, and leaves no connection and no thread behind."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.errors import SettingsError
from bot.process import settings
from bot.process.main import running
from bot.store import migrate
from bot.store.database import Database


async def test_a_start_on_a_newer_database_is_refused_and_leaves_no_thread_of_the_database(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'dualo.db'}")
    await migrate.upgrade(database)
    await database.close()
    with closing(sqlite3.connect(tmp_path / "dualo.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = set(threading.enumerate())
    with pytest.raises(SettingsError, match="newer Dualo"):
        async with running(settings.read({"DUALO_DATA_DIR": str(tmp_path), "DUALO_HTTP_PORT": "0"})):
            raise AssertionError("it started")
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(10)
    assert [thread for thread in left if thread.is_alive()] == []
