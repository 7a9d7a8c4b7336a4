"""Two processes on one SQLite file would each think they were the only one: the second is refused."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.errors import SettingsError
from bot.store.database import Database


@contextmanager
def alone(database: Database) -> Iterator[Database]:
    """Hold the file's lock; the system lets go of it when the process ends, however it ends."""
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
