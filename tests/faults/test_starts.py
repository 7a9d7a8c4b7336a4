"""A start that does not come about: one sentence tells the mend, and no connection or thread is left behind.

What is said here stands in the table of docs/running/troubleshooting.md.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import structlog

from bot.core.errors import SettingsError
from bot.process import settings
from bot.process.cli.run import serve
from bot.process.cli.start import plainly
from bot.process.main import running
from bot.store import migrate
from bot.store.database import Database


@pytest.fixture(autouse=True)
def rights() -> Iterator[None]:
    """What a command changes of the process, put back."""
    before = os.umask(0o077)
    yield
    os.umask(before)


async def said(capsys: pytest.CaptureFixture[str], folder: Path, **more: str) -> str:
    """What a start says that ends with 2."""
    environ = {"DUALO_DATA_DIR": str(folder), "DUALO_HTTP_PORT": "0", **more}
    with pytest.raises(SystemExit) as ended, plainly("Dualo cannot start"):
        await serve(settings.read(environ))
    assert ended.value.code == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("Dualo cannot start: ")
    return line


async def test_a_data_folder_that_cannot_be_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = await said(capsys, tmp_path / "file" / "data")
    assert "The data folder " in line
    assert line.endswith(" cannot be made: Not a directory. Set DUALO_DATA_DIR.")


async def test_a_data_folder_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    line = await said(capsys, Path("/proc"))  # where not even root may make a file
    assert "The data folder /proc cannot be written" in line
    assert line.endswith("Correct its rights, or set DUALO_DATA_DIR.")


async def test_a_file_that_is_no_database(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "dualo.db").write_bytes(b"no database" * 1000)
    line = await said(capsys, tmp_path)
    assert "The database cannot be used: file is not a database." in line


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """A disk on which no file grows beyond this."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with room_for(64 * 1024):
        line = await said(capsys, tmp_path)
    assert "The database cannot be used: " in line
    assert line.endswith("and that the place is writable and has room.")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("postgresql://dualo@127.0.0.1:9/dualo", ("Connect call failed",)),
        ("postgresql://dualo@db.invalid/dualo", ("not known", "failure in name resolution", "No address")),
    ],
)
async def test_a_postgresql_that_is_not_there(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, address: str, why: tuple[str, ...]
) -> None:
    line = await said(capsys, tmp_path, DUALO_DATABASE_URL=address)
    assert "The database cannot be used: " in line
    assert any(part in line for part in why)
    assert "Check DUALO_DATABASE_URL" in line


async def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        line = await said(capsys, tmp_path, DUALO_HTTP_PORT=str(taken.getsockname()[1]))
    assert "DUALO_HTTP_PORT" in line


async def test_content_without_a_lesson(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    line = await said(capsys, tmp_path, DUALO_CONTENT=str(tmp_path / "lessons"))
    assert "No theme could be loaded from DUALO_CONTENT" in line


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


async def test_a_start_that_waits_for_a_platform_is_ended_and_tidies_up_however_often_it_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = {"DUALO_SLACK_API_URL": "http://127.0.0.1:9/api/"}
    tokens = {"DUALO_SLACK_BOT_TOKEN": "xoxb-1", "DUALO_SLACK_APP_TOKEN": "xapp-1"}
    environ = {"DUALO_DATA_DIR": str(tmp_path), "DUALO_HTTP_PORT": "0", **tokens, **nobody}
    with structlog.testing.capture_logs() as log:
        serving = asyncio.create_task(serve(settings.read(environ)))
        async with asyncio.timeout(60):
            while not any(line.get("action") == "slack.unreachable" for line in log):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)
            while not serving.done():
                os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.sleep(0.001)
        await serving
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
    assert [thread.name for thread in threading.enumerate() if "aiosqlite" in repr(thread).lower()] == []
