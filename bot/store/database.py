"""The database: its URL, its connections, what a transaction is on each kind, and the lock of a SQLite file.

SQLite writes begin with `BEGIN IMMEDIATE` (the driver's own transactions lose updates) and reach the disk before they
count; PostgreSQL is asyncpg, whatever driver the URL names. Only `bot/store` knows which one it is. An error never
carries what was bound to a statement: it ends in a log, and may be a token or somebody's words.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from time import monotonic
from typing import Any

import aiosqlite
import sqlalchemy.exc
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.core import tracing
from bot.core.errors import SettingsError, StoreUnavailable
from bot.core.metrics import Timed, untimed

PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
"""Rights of what holds people's data and tokens: the owner's alone."""
BUSY_MILLISECONDS = 5000
"""How long a write waits for another program's write."""
_PRAGMAS = f"""
PRAGMA busy_timeout={BUSY_MILLISECONDS};
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA foreign_keys=ON;
PRAGMA cache_size=-16384;
PRAGMA temp_store=MEMORY;
PRAGMA secure_delete=ON;
"""
CLOSES_WITHIN = 10.0
"""Seconds that what is in hand has at the end."""
_OLDEST_SQLITE = (3, 35, 0)


def read_url(raw: str) -> URL:
    """The database's URL with our driver in it; a wrong one gets one line."""
    try:
        url = make_url(raw)
    except sqlalchemy.exc.ArgumentError:
        raise SettingsError(_wrong_url()) from None
    match url.get_backend_name():
        case "sqlite":
            if not url.database or url.database == ":memory:":
                raise SettingsError("DUALO_DATABASE_URL: SQLite needs a file, as in sqlite:///data/dualo.db")
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+asyncpg")
        case _:
            raise SettingsError(_wrong_url())


def _wrong_url() -> str:
    return (
        "DUALO_DATABASE_URL is not an address of a database: use sqlite:///path/to/file or postgresql://user@host/name"
    )


class Database:
    """One database: its engine, and the lock that orders this process's writes."""

    def __init__(self, raw_url: str, *, timed: Timed = untimed, answers_within: float | None = None) -> None:
        """A process that serves says how many seconds PostgreSQL has to answer a statement."""
        self.url = read_url(raw_url)
        self.timed = timed
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _check_sqlite(Path(str(self.url.database)))
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url, answers_within)
        if tracing.is_on():
            _trace(self.engine)
        # SQLite allows one writer at a time; waiting here is fair and needs no polling.
        self._turn = asyncio.Lock()
        self._users = 0
        self._unused = asyncio.Event()
        self._closed = False

    @property
    def path(self) -> Path | None:
        """The file, if it is one."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    def turn(self) -> AbstractAsyncContextManager[object]:
        """Held while writing."""
        return self._turn if self.is_sqlite else nullcontext()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """All or nothing; never open while anything but the database is waited for."""
        with translated(), self._in_use(), self._measured("cold_write"):
            async with self.turn(), self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A consistent snapshot that blocks no writer."""
        with translated(), self._in_use(), self._measured("cold_read"):
            async with self.engine.connect() as connection:
                await connection.execution_options(dualo_reading=True)
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def unhurried(self) -> AsyncIterator[AsyncEngine]:
        """Connections of their own on PostgreSQL, for statements that may take as long as they need."""
        engine = _postgres_engine(self.url, None)
        if tracing.is_on():
            _trace(engine)
        try:
            yield engine
        finally:
            await engine.dispose()

    @contextmanager
    def _measured(self, door: str) -> Iterator[None]:
        began = monotonic()
        try:
            with tracing.step(f"transaction {door}"):
                yield
        finally:
            self.timed(door, monotonic() - began)

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """What comes too late would open a connection that nobody closes; so would one that is given back too late."""
        if self._closed:
            raise StoreUnavailable("the database is closed")
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def close(self) -> None:
        """Once what is in hand is done, or has had its time."""
        self._closed = True
        self._unused.clear()
        if self._users:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._unused.wait(), CLOSES_WITHIN)
        await self.engine.dispose()


class translated:  # noqa: N801 - reads as a word in `with translated():`
    """Turns the errors of a database that cannot serve into `StoreUnavailable`; wrong statements stay bugs."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and is_unavailable(error):
            raise StoreUnavailable(first_line(error)) from error


def is_unavailable(error: BaseException) -> bool:
    """Whether the database could not serve; a wrong statement is something else."""
    if isinstance(error, sqlalchemy.exc.DBAPIError) and error.orig is not None:
        return error.connection_invalidated or is_unavailable(error.orig)
    if isinstance(error, (sqlalchemy.exc.TimeoutError, OSError)):
        return True
    if isinstance(error, sqlite3.Error):
        return isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError)
        )
    cause = error.__cause__ if type(error).__module__.startswith("sqlalchemy") else error
    return _says_unavailable(cause)


def _says_unavailable(error: BaseException | None) -> bool:
    """PostgreSQL's classes: 08 connection, 28 no login, 3D no such database, 53 resources, 57 intervention, 58 system;
    25006 read-only, 42501 no right, 55P03 lock."""
    state = str(getattr(error, "sqlstate", "") or "")
    closed = type(error).__module__.startswith("asyncpg") and type(error).__name__ in {
        "ConnectionDoesNotExistError",
        "InterfaceError",
        "CannotConnectNowError",
    }
    return closed or state[:2] in {"08", "28", "3D", "53", "57", "58"} or state in {"25006", "42501", "55P03"}


def first_line(error: BaseException) -> str:
    """What went wrong in one line, without statements or values."""
    original = getattr(error, "orig", None) or error
    if isinstance(original, TimeoutError) and not str(original):
        return "no answer came in time"
    return str(original).strip().split("\n")[0][:200]


def _check_sqlite(path: Path) -> None:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise SettingsError(f"SQLite {sqlite3.sqlite_version} is too old: Dualo needs 3.35 or newer. Update Python.")
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The data folder {path.parent} cannot be made: {error.strerror}. Set DUALO_DATA_DIR."
        ) from None


def make_private(path: Path) -> None:
    """The file and what SQLite keeps beside it, for its owner alone; an empty file where there is none yet."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))
    except FileExistsError:
        close_to_others(path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm")))


def close_to_others(*files: Path) -> None:
    """Take everybody else's rights to our own files away; what another user owns, that user has to close."""
    for file in files:
        if file.exists() and is_open(file) and file.stat().st_uid == os.geteuid():
            file.chmod(file.stat().st_mode & 0o700)


def is_open(path: Path) -> bool:
    """Whether others may do anything there."""
    return bool(path.stat().st_mode & 0o077)


async def _prepare(connection: aiosqlite.Connection) -> None:
    async with connection.executescript(_PRAGMAS):
        """All in one step of the connection's thread."""


def _sqlite_engine(url: URL) -> AsyncEngine:
    engine = create_async_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=5, max_overflow=2, hide_parameters=True
    )

    path = Path(str(url.database))

    @event.listens_for(engine.sync_engine, "do_connect")
    def close(*_: object) -> None:
        make_private(path)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.run_async(_prepare)

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("dualo_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: URL, answers_within: float | None) -> AsyncEngine:
    settings = {"application_name": "dualo", "timezone": "UTC"}
    engine = create_async_engine(
        url,
        pool_size=5,
        max_overflow=5,
        pool_pre_ping=True,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={"timeout": 10, "command_timeout": answers_within, "server_settings": settings},
    )

    @event.listens_for(engine.sync_engine, "handle_error")
    def discard(told: Any) -> None:
        if isinstance(told.original_exception, TimeoutError):
            told.is_disconnect = True  # whoever made it silent may have done so to the whole pool

    return engine


def _trace(engine: AsyncEngine) -> None:
    """A span for each statement of the cold door, by its first word and table; what is bound to it is never told."""

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def begin(_: object, __: object, statement: str, ___: object, context: Any, ____: object) -> None:
        context.dualo_span = tracing.step(f"statement {_shape(statement)}")
        context.dualo_span.__enter__()

    def end(context: Any) -> None:
        if (opened := context.__dict__.pop("dualo_span", None)) is not None:
            opened.__exit__(None, None, None)

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def done(_: object, __: object, ___: object, ____: object, context: Any, _____: object) -> None:
        end(context)

    @event.listens_for(engine.sync_engine, "handle_error")
    def failed(told: Any) -> None:
        if told.execution_context is not None:
            end(told.execution_context)


def _shape(statement: str) -> str:
    """`select learner`, `insert vault`."""
    found = re.search(r"\b(?:from|into|update)\s+\"?(\w+)", statement, re.IGNORECASE)
    return f"{statement.split(maxsplit=1)[0].lower()} {found[1] if found else ''}".strip()


@contextmanager
def alone(database: Database) -> Iterator[Database]:
    """Hold the lock of a SQLite file: a second process on it is refused, since each would think it is the only one. The
    system releases it when the process ends, however it ends."""
    if database.path is None:
        yield database
        return
    try:
        lock = os.open(database.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise SettingsError(
            f"The data folder {database.path.parent} cannot be written ({error.strerror}). "
            "Correct its rights, or set DUALO_DATA_DIR."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise SettingsError(
            f"Another Dualo already runs on {database.path}. Stop it first, or give this one its own DUALO_DATA_DIR; "
            "for several processes use PostgreSQL."
        ) from None
    try:
        yield database
    finally:
        os.close(lock)
