"""`dualo run`: serve until told to stop, or until a platform leaves nothing to serve."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable

import structlog

from bot.core.errors import PlatformClosed
from bot.core.ports import Clock, Closable
from bot.process.cli.start import plainly, serving
from bot.process.logs import configure
from bot.process.main import RunningProcess, running
from bot.process.settings import Settings


def start(*, browser: bool = False) -> None:
    with plainly("Dualo cannot start"):
        wanted = serving()
        configure(form=wanted.log_format, level=wanted.log_level, secrets=wanted.secrets)
        asyncio.run(_serve(wanted, browser=browser))


async def _serve(wanted: Settings, *, browser: bool) -> None:
    def ready(process: RunningProcess) -> None:
        gc.freeze()  # what stands now stands to the end: no collection among the answers looks through it
        if process.page:
            sys.stdout.write(f"\n  Open {process.address} to learn. Stop with Ctrl+C.\n\n")
            sys.stdout.flush()
            if browser and _has_browser():
                _show(process.address)

    await serve(wanted, ready=ready)


def _has_browser() -> bool:
    """A person sits here, with a screen. A browser inside the terminal would take the terminal away."""
    screen = sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return screen and sys.stdout.isatty()


def _show(address: str) -> None:
    import webbrowser

    webbrowser.open(address)


log = structlog.get_logger(__name__)


async def serve(
    settings: Settings, *, ready: Callable[[RunningProcess], None] | None = None, clock: Clock | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; either also ends a start that still waits for a platform. A platform that closes
    the line for good ends it too, as an error: whatever watches over the process has to see it."""
    why = ""
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
            why = await _until_over(process, stop)
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    if why:
        raise PlatformClosed(why)


async def _until_over(process: RunningProcess, stop: asyncio.Event) -> str:
    """Why it is over; nothing if it was asked to stop."""
    stopped = asyncio.create_task(stop.wait())
    ends = [asyncio.create_task(each.closed()) for each in process.adapters if isinstance(each, Closable)]
    try:
        await asyncio.wait((stopped, *ends), return_when=asyncio.FIRST_COMPLETED)
        return "" if stopped.done() else next(end.result() for end in ends if end.done())
    finally:
        for task in (stopped, *ends):
            task.cancel()


def welcome(process: RunningProcess) -> None:
    """Say what runs, and where to go."""
    shelf = process.library.edition.shelf
    log.info(
        f"Dualo is ready: {len(shelf.lessons)} lessons in {len(shelf.themes)} themes.",
        action="ready",
        address=process.address,
        front_ends=[adapter.name for adapter in process.adapters],
    )
