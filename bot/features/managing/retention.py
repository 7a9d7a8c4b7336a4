"""What is over is erased: workspaces that left, people who stayed away where that has an end, old lines of the audit.

The process's clock runs it. Nothing tells how far it came: whatever is still there is found by the next run, of this
process or of another.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.learner import Seat
from bot.store import tables
from bot.store.cold import audits, erasures, links, retention, workspaces
from bot.store.cold.erasures import ErasureKind
from bot.store.outbox.worker import Checkpoint, go_on
from bot.store.store import Store

log = structlog.get_logger(__name__)

Still = Callable[[AsyncConnection], Awaitable[bool]]
"""Locks the workspace, and says whether it is still to be erased."""
Step = Callable[[AsyncConnection, str], Awaitable[int]]
"""Erases a part of a workspace; returns how many rows, none when nothing is left."""

AUDIT_KEPT = timedelta(days=365)
"""How long it is told who changed what."""
ERASURES_KEPT = timedelta(days=730)
"""How long the fingerprints of erasures are kept; no older copy of the database should be put back."""
PAGE = 200
"""People who are looked at in one statement."""
PEOPLE = 10
"""People whose rows go in one transaction."""
ROWS = 500
"""Rows of a workspace that go in one transaction."""
_OWN = tuple(each for each in workspaces.TENANTS if each is not tables.workspace)
DONE = "retention.step"
"""Where a test ends the process: after each step."""


async def keep_house(store: Store, now: datetime) -> int:
    """Erase all that is over; says how many workspaces went."""
    gone = await erase_departed(store, now)
    await erase_away(store, now)
    async with store.transaction() as connection:
        await audits.forget(connection, now - AUDIT_KEPT)
        await erasures.forget(connection, now - ERASURES_KEPT)
        await links.tidy(connection, now)
    return gone


# Workspaces that left -------------------------------------------------------------------------------------------------


async def erase_departed(store: Store, now: datetime, *, checkpoint: Checkpoint = go_on) -> int:
    """Erase workspaces that have been gone for the retention time that each of them chose."""
    async with store.reading() as connection:
        found = await retention.departed(connection, now)
    gone = 0
    for workspace in found:
        if await _erase_departed(store, workspace, now, checkpoint):
            gone += 1
            log.info("A workspace that left was erased.", action="workspace.erased", workspace=workspace)
    return gone


async def _erase_departed(store: Store, workspace: str, now: datetime, checkpoint: Checkpoint) -> bool:
    """False if it came back, or another replica was done first."""

    async def still(connection: AsyncConnection) -> bool:
        return await retention.still_departed(connection, workspace, now)

    gone = await erase_workspace(store, workspace, now, still=still, departed=True, checkpoint=checkpoint)
    return gone is not None


async def erase_workspace(
    store: Store, workspace: str, now: datetime, *, still: Still, departed: bool, checkpoint: Checkpoint = go_on
) -> int | None:
    """A few people at a time, then row by row what is nobody's, at last itself and its front end's tokens, if it
    `departed`. Returns how many rows those were; None if it is `still` to be erased no more."""
    total = 0
    steps: list[Step] = [_some_people, *(functools.partial(_some_rows, table=table) for table in _OWN)]
    for some in steps:
        gone = -1
        while gone:
            async with store.transaction() as connection:
                if not await still(connection):
                    return None
                gone = await some(connection, workspace)
            total += gone
            checkpoint(DONE)
    async with store.transaction() as connection:
        if not await still(connection):
            return None
        total += await workspaces.erase(connection, workspace, with_tokens=departed)
        kind = ErasureKind.DEPARTED if departed else ErasureKind.WORKSPACE
        await erasures.note(connection, [Seat(workspace, "")], kind=kind, at=now)
    return total


async def _some_people(connection: AsyncConnection, workspace: str) -> int:
    some = await retention.people(connection, workspace, most=PEOPLE)
    return await retention.erase_people(connection, workspace, some)


async def _some_rows(connection: AsyncConnection, workspace: str, *, table: Table) -> int:
    return await retention.erase_some(connection, table, workspace, most=ROWS)


# People who stayed away -----------------------------------------------------------------------------------------------


async def erase_away(store: Store, now: datetime, *, checkpoint: Checkpoint = go_on) -> int:
    """Erase what people learned and chose who stayed away longer than their workspace allows; says how many went."""
    async with store.reading() as connection:
        limited = await retention.limited(connection)
    total = 0
    for workspace, days in limited:
        gone = await _erase_away(store, workspace, days, now=now, checkpoint=checkpoint)
        total += gone
        if gone:
            log.info("People who stayed away were erased.", action="people.erased", workspace=workspace, people=gone)
    return total


async def count_away(store: Store, workspace: str, days: int, *, now: datetime) -> int:
    """How many would go now."""
    total, after, since = 0, "", retention.moment_of(now, days)
    while True:
        async with store.reading() as connection:
            page = await retention.people(connection, workspace, after=after, most=PAGE)
            total += len(await retention.away(connection, workspace, page, since=since))
        if not page:
            return total
        after = page[-1]


async def _erase_away(store: Store, workspace: str, days: int, *, now: datetime, checkpoint: Checkpoint) -> int:
    total, after, since = 0, "", retention.moment_of(now, days)
    while True:
        async with store.reading() as connection:
            page = await retention.people(connection, workspace, after=after, most=PAGE)
            found = await retention.away(connection, workspace, page, since=since)
        for some in _parts(found):
            async with store.transaction() as connection:
                if not await retention.still_limited(connection, workspace, days):
                    return total
                gone = await retention.away(connection, workspace, some, since=since)
                if await retention.erase_people(connection, workspace, gone, before=since):
                    seats = [Seat(workspace, person) for person in gone]
                    await erasures.note(connection, seats, kind=ErasureKind.AWAY, at=now)
                    total += len(gone)
            checkpoint(DONE)
        if not page:
            return total
        after = page[-1]


def _parts(people: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(people), PEOPLE):
        yield people[start : start + PEOPLE]
