"""`dualo run`: serve until told to stop, or until platforms leave nothing to serve."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Collection

import structlog

from bot.core.errors import PlatformClosed
from bot.core.ports import Clock, Closable
from bot.process import telemetry
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
            address = to_open(process.address, public=wanted.public_url)
            sys.stdout.write(f"\n  Open {address} to learn. Stop with Ctrl+C.\n\n")
            sys.stdout.flush()
            if browser and _has_browser():
                _show(address)

    await serve(wanted, ready=ready)


def to_open(address: str, *, public: str) -> str:
    """Where the page is opened: by the name that the outside knows; an address that stands for all of this machine's
    is none that a browser opens."""
    return public or address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


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
    """Serve until SIGTERM or SIGINT; either also ends a start that still waits for a platform. Where platforms closed
    the line for good and no front end is left, it ends as an error: whatever watches over the process has to see it."""
    why = ""
    stop = asyncio.Event()
    starting = asyncio.current_task()

    def end() -> None:
        if starting is not None and not stop.is_set():
            starting.cancel()  # once: a second word would break off the tidying up
        stop.set()

    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, end)
    try:
        async with telemetry.traced(os.environ), running(settings, clock=clock) as process:
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
    """Why it is over; nothing if it was asked to stop. A front end that ends leaves the others to go on."""
    serving = {each.name for each in process.adapters}
    stopped = asyncio.create_task(stop.wait())
    ends = {asyncio.create_task(each.closed()): each.name for each in process.adapters if isinstance(each, Closable)}
    reasons: list[str] = []
    waiting: set[asyncio.Task[bool] | asyncio.Task[str]] = {stopped, *ends}
    try:
        while True:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if stopped in done:
                return ""
            for ended in [end for end in ends if end in done]:
                serving.discard(ends[ended])
                reasons.append(ended.result())
                process.health.end(ends[ended])
                if serving:
                    _tell_end(ends[ended], ended.result(), serving)
            if not serving:
                return " ".join(reasons)
    finally:
        for task in (stopped, *ends):
            task.cancel()


def _tell_end(name: str, why: str, serving: Collection[str]) -> None:
    rest = " and ".join(sorted(each.capitalize() for each in serving))
    log.critical(
        f"{name.capitalize()} is not served any more: {why} {rest} goes on.", action="adapter.ended", adapter=name
    )


def welcome(process: RunningProcess) -> None:
    """Say what runs, and where to go."""
    shelf = process.library.edition.shelf
    log.info(
        f"Dualo is ready: {len(shelf.lessons)} lessons in {len(shelf.themes)} themes.",
        action="ready",
        address=process.address,
        front_ends=[adapter.name for adapter in process.adapters],
    )
