"""`dualo run`: serve until told to stop, with the local page in the browser if that is wanted."""

from __future__ import annotations

import asyncio
import gc
import os
import sys

from bot.process import serve
from bot.process.cli.start import chosen, plainly
from bot.process.logs import configure
from bot.process.main import RunningProcess
from bot.process.settings import Settings


def start(*, browser: bool = False) -> None:
    with plainly():
        wanted = chosen()
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

    await serve.serve(wanted, ready=ready)


def _has_browser() -> bool:
    """A person sits here, with a screen. A browser inside the terminal would take the terminal away."""
    screen = sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return screen and sys.stdout.isatty()


def _show(address: str) -> None:
    import webbrowser

    webbrowser.open(address)
