"""Serving until told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

import structlog

from bot.main import Running, running
from bot.ports import Clock
from bot.settings import Settings

log = structlog.get_logger(__name__)


async def serve(
    settings: Settings, *, ready: Callable[[Running], None] | None = None, clock: Clock | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; either also ends a start that still waits for a platform."""
    stop = asyncio.Event()
    starting = asyncio.current_task()

    def end() -> None:
        stop.set()
        if starting is not None:
            starting.cancel()

    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, end)
    try:
        async with running(settings, clock=clock) as process:
            starting = None  # from here on, what is in hand is finished first
            welcome(process)
            if ready is not None:
                ready(process)
            await stop.wait()
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


def welcome(process: Running) -> None:
    """Say what runs, and where to go."""
    shelf = process.library.edition.shelf
    log.info(
        f"Dualo is ready: {len(shelf.lessons)} lessons in {len(shelf.themes)} themes.",
        action="ready",
        address=process.address,
        front_ends=[adapter.name for adapter in process.adapters],
    )
