"""What the vault keeps of visits to the page: links, and the sessions they became. It is found by its owner's mark."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import visits
from bot.domain.learner import Seat
from bot.store import tables

OWNER = "web"
"""The front end whose they are."""
SESSION = "session:"


async def of(connection: AsyncConnection, seat: Seat) -> list[dict[str, Any]]:
    """What is kept of somebody's visits, without what could open anything."""
    table = tables.vault
    look = select(table.c.name, table.c.at, table.c.value).where(_with(visits.owner(*seat)))
    found = (await connection.execute(look.order_by(table.c.at))).all()
    return [
        {
            "kind": "link" if row.name.startswith(visits.LINK) else "session",
            "at": row.at,
            **msgspec.json.decode(row.value)["visit"],
        }
        for row in found
    ]


async def workspaces(connection: AsyncConnection) -> set[str]:
    """Where anybody has a visit, or a link to one."""
    found = (await connection.execute(select(tables.vault.c.value).where(_with("")))).scalars()
    read = (msgspec.json.decode(value)["visit"] for value in found)
    return {visit["workspace"] for visit in read if visit}


async def people(connection: AsyncConnection, workspace: str) -> set[str]:
    """Who of a workspace has a visit, or a link to one."""
    look = select(tables.vault.c.value).where(_with(visits.tenant(workspace) + "-"))
    found = (await connection.execute(look)).scalars()
    return {msgspec.json.decode(value)["visit"]["person"] for value in found}


async def forget(connection: AsyncConnection, seat: Seat) -> int:
    """End somebody's visits, and the links to them; returns how many those were."""
    return (await connection.execute(delete(tables.vault).where(_with(visits.owner(*seat))))).rowcount


async def forget_workspace(connection: AsyncConnection, workspace: str) -> int:
    """End the visits of everybody in a workspace."""
    return (await connection.execute(delete(tables.vault).where(_with(visits.tenant(workspace) + "-")))).rowcount


def _with(mark: str) -> ColumnElement[bool]:
    table = tables.vault
    ours = or_(*(table.c.name.startswith(each, autoescape=True) for each in (visits.LINK, SESSION)))
    return and_(table.c.owner == OWNER, ours, table.c.value.contains(f'"owner":"{mark}', autoescape=True))
