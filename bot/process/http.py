"""The process's one HTTP server: health, metrics, and what front ends mount on it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol, runtime_checkable

from aiohttp import web

from bot.core.errors import SettingsError

LARGEST = 1024 * 1024
"""Bytes of a request's body."""


@runtime_checkable
class Mounted(Protocol):
    """Something with pages or endpoints of its own."""

    def attach(self, app: web.Application) -> None: ...


@asynccontextmanager
async def listening(parts: Sequence[object], *, host: str, port: int, grace: float) -> AsyncIterator[str]:
    """Serve what the parts mount; yields the address as people would type it."""
    app = web.Application(client_max_size=LARGEST)
    for part in parts:
        if isinstance(part, Mounted):
            part.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=grace)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise SettingsError(
            f"DUALO_HTTP_PORT: {host}:{port} cannot be used ({reason}). "
            "Stop the other program there, or choose another port."
        ) from None
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
