"""What was erased, kept as fingerprints: a copy of the database that is put back forgets it again.

A fingerprint names nobody. Whoever has both it and an id can tell that this id was erased, and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec.structs import asdict
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.store import tables
from bot.store.rows import put, read

_table = tables.erasure


class ErasureKind(StrEnum):
    PERSON = "person"
    """Everything kept on a person, and their name wherever it stood."""
    AWAY = "away"
    """What a person learned and chose, after they had stayed away."""
    WORKSPACE = "workspace"
    """A workspace, in which the bot may still be."""
    DEPARTED = "departed"
    """A workspace that removed the bot, its tokens included."""


class Erasure(Record):
    """One erasure."""

    mark: str
    kind: ErasureKind
    at: datetime


def mark(workspace: str, person: str = "") -> str:
    """The fingerprint of a person in a workspace; without one, of the workspace."""
    return hashlib.sha256(f"{workspace}\n{person}".encode("utf-8", "surrogateescape")).hexdigest()


async def note(connection: AsyncConnection, seats: Iterable[Seat], *, kind: ErasureKind, at: datetime) -> None:
    """Written in the transaction that erases. A workspace is a seat without a person."""
    for seat in seats:
        await put(connection, _table, {"mark": mark(seat.workspace, seat.person), "kind": kind, "at": at})


async def every(connection: AsyncConnection) -> list[Erasure]:
    """All that is known, oldest first."""
    found = await connection.execute(select(_table).order_by(_table.c.at, _table.c.mark, _table.c.kind))
    return [read(Erasure, row) for row in found]


async def carry_over(connection: AsyncConnection, erasures: Sequence[Erasure]) -> Sequence[Erasure]:
    """Keep these here, too; returns those of which this database did not know, or knew an earlier one."""
    known = {(each.mark, each.kind): each.at for each in await every(connection)}
    missing = [each for each in erasures if (at := known.get((each.mark, each.kind))) is None or each.at > at]
    for each in missing:
        await put(connection, _table, asdict(each))
    return missing


async def forget(connection: AsyncConnection, before: datetime) -> None:
    await connection.execute(delete(_table).where(_table.c.at < before))
