"""How long a measurement waits, and what it says when that was in vain: never for ever, always for what."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

ENDING = 20.0
"""Seconds that a process has to end in, once it was told to."""


class Overdue(Exception):
    """What was waited for did not come."""


@asynccontextmanager
async def within(seconds: float, what: str) -> AsyncIterator[None]:
    """Time for what is done inside; `what` completes the sentence "waited … for"."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise Overdue(f"waited {seconds:g} s for {what}") from error


async def ended(processes: Sequence[Process], what: str, *, limit: float) -> list[str]:
    """What each process wrote until its end, where its output is piped; in vain, all of them are killed."""
    try:
        async with within(limit, f"{what} to end"):
            wrote = await asyncio.gather(*(each.communicate() for each in processes))
            return [(output or b"").decode() for output, _ in wrote]
    finally:
        for each in processes:
            await kill(each)


async def kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
