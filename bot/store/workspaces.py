"""Workspaces: when they came, when they left, and erasing one that stayed away past the retention time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from bot.store import tables
from bot.store.connections import AsyncConnection
from bot.store.learners import insert

TENANTS = tuple(table for table in tables.metadata.sorted_tables if "workspace" in table.c)
"""Every table that holds something of a workspace."""


async def joined(connection: AsyncConnection, workspace: str, at: datetime) -> None:
    """It is here (again): whatever is kept of it stays."""
    made = insert(connection, tables.workspace).values(workspace=workspace, since=at)
    await connection.execute(made.on_conflict_do_update(index_elements=["workspace"], set_={"left_at": None}))


async def left(connection: AsyncConnection, workspace: str, at: datetime) -> None:
    """It took the bot away; the retention time begins."""
    made = insert(connection, tables.workspace).values(workspace=workspace, since=at, left_at=at)
    await connection.execute(made.on_conflict_do_nothing())
    await connection.execute(
        update(tables.workspace)
        .where(tables.workspace.c.workspace == workspace, tables.workspace.c.left_at.is_(None))
        .values(left_at=at)
    )


async def gone_since(connection: AsyncConnection, before: datetime) -> list[str]:
    """Workspaces that left before that moment and have not come back."""
    found = await connection.execute(
        select(tables.workspace.c.workspace).where(tables.workspace.c.left_at < before).limit(100)
    )
    return list(found.scalars())


async def erase(connection: AsyncConnection, workspace: str) -> None:
    """Delete every row of a workspace."""
    for table in TENANTS:
        await connection.execute(delete(table).where(table.c.workspace == workspace))
