"""The real process, but for its clock: that is as far ahead of the machine's as a file says.

`TEST_ANSWERS_WITHIN` shortens how long it waits for an answer of its database.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.process import main, settings
from bot.process.cli import run
from bot.process.logs import configure


@dataclass(frozen=True, slots=True)
class AheadClock:
    """Several processes that read one file agree on the time."""

    path: Path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self.path.read_text() or 0))


async def _serve(clock: AheadClock) -> None:
    wanted = settings.read(os.environ)
    configure(form=wanted.log_format, level=wanted.log_level, secrets=wanted.secrets)
    await run.serve(wanted, ready=lambda process: print(process.address, flush=True), clock=clock)  # noqa: T201


def serve(ahead: Path) -> None:
    main.ANSWERS_WITHIN = float(os.environ.get("TEST_ANSWERS_WITHIN", main.ANSWERS_WITHIN))
    asyncio.run(_serve(AheadClock(ahead)))
