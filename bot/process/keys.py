"""The keys that seal workspaces' tokens: from DUALO_SECRET_KEY, or from a file in the data folder that is made once."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet

from bot.core.errors import SettingsError
from bot.process.settings import Settings
from bot.store.cold.seals import Seals
from bot.store.database import PRIVATE, PRIVATE_FOLDER, close_to_others, read_url

FILE = "secret.key"


def seals_of(settings: Settings) -> Seals:
    """What seals and opens under these settings. Of several keys, with commas between, the first seals."""
    if settings.secret_key:
        keys = [key.strip() for key in settings.secret_key.value.split(",")]
        return _seals(keys, "DUALO_SECRET_KEY")
    if read_url(settings.database).get_backend_name() != "sqlite":
        raise SettingsError(
            "DUALO_SECRET_KEY is missing: with PostgreSQL every replica has to seal workspaces' tokens with one key. "
            "`openssl rand -base64 32` prints one."
        )
    file = settings.data_dir / FILE
    return _seals(_read(file), str(file))


def _seals(keys: list[str], source: str) -> Seals:
    try:
        return Seals(keys)
    except ValueError:
        raise SettingsError(
            f"{source} holds no key of 32 bytes in base64; `openssl rand -base64 32` prints one."
        ) from None


def _read(file: Path) -> list[str]:
    """The file's keys, one a line; made if it is not there yet, whole or not at all."""
    try:
        if not file.exists():
            file.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            made = file.with_name(f".{FILE}.{os.getpid()}")
            made.touch(PRIVATE, exist_ok=False)
            made.write_bytes(Fernet.generate_key() + b"\n")
            made.replace(file)
        close_to_others(file)
        return file.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{file} cannot be read or made ({error}). Correct the rights of the data folder."
        ) from None
