"""Workspaces: how they are set up, when they came and left, and erasing one that stayed away for long."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import workspace as domain
from bot.domain.workspace import RETENTION_DAYS, Workspace
from bot.store import tables
from bot.store.learners import insert

TENANTS = tuple(table for table in tables.metadata.sorted_tables if "workspace" in table.c)
"""Every table that holds something of a workspace."""


async def joined(connection: AsyncConnection, workspace: str, at: datetime) -> None:
    """It is here (again): whatever is kept of it stays."""
    made = insert(connection, tables.workspace).values(workspace=workspace, since=at)
    await connection.execute(made.on_conflict_do_update(index_elements=["workspace"], set_={"left_at": None}))


async def find(connection: AsyncConnection, workspace: str) -> Workspace:
    """How it is set up; as it came, if nobody changed anything."""
    look = select(tables.workspace).where(tables.workspace.c.workspace == workspace)
    row = (await connection.execute(look)).one_or_none()
    if row is None:
        return Workspace()
    named = (domain.manager(name) for name in row.managers.split())
    return Workspace(
        row.timezone,
        row.language,
        row.alert_to,
        tuple(each for each in named if each),
        board=row.board,
        personal=row.personal,
        retention_days=row.retention or RETENTION_DAYS,
    )


async def change(connection: AsyncConnection, workspace: str, wanted: Workspace, at: datetime) -> None:
    values = {
        "timezone": wanted.timezone,
        "language": wanted.language,
        "alert_to": wanted.alert_to,
        "managers": " ".join(each.name for each in wanted.managers),
        "board": wanted.board,
        "personal": wanted.personal,
        "retention": wanted.retention_days,
    }
    made = insert(connection, tables.workspace).values(workspace=workspace, since=at, **values)
    await connection.execute(made.on_conflict_do_update(index_elements=["workspace"], set_=values))


async def hold(connection: AsyncConnection, workspace: str, at: datetime) -> None:
    """Be the only one to add to it until the transaction ends."""
    made = insert(connection, tables.workspace).values(workspace=workspace, since=at)
    same = {"since": tables.workspace.c.since}
    await connection.execute(made.on_conflict_do_update(index_elements=["workspace"], set_=same))


async def is_gone(connection: AsyncConnection, workspace: str) -> bool:
    """Whether it took the bot away."""
    look = select(tables.workspace.c.left_at).where(tables.workspace.c.workspace == workspace)
    return (await connection.execute(look)).scalar_one_or_none() is not None


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
