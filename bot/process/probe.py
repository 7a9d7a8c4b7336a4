"""The container's health check: asks this process's own `/healthz`, and says by its exit code what it heard."""

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.request import urlopen

from bot.core.errors import SettingsError
from bot.process.settings import read

WAIT = 4.0
"""Seconds."""
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - an address to recognise, not to listen on


def healthy() -> bool:
    settings = read(os.environ)
    host = _EVERYWHERE.get(settings.http_host, settings.http_host)
    with urlopen(f"http://{host}:{settings.http_port}/healthz", timeout=WAIT) as answer:
        return bool(answer.status == 200)


if __name__ == "__main__":
    try:
        sys.exit(0 if healthy() else 1)
    except (URLError, OSError, SettingsError):
        sys.exit(1)
