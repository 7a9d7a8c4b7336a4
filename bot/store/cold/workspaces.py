"""Workspaces: their settings, when they joined and left, and erasing one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, false, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import replace
from bot.domain import workspace as domain
from bot.domain.learner import Seat
from bot.domain.memory import DESIRED
from bot.domain.workspace import RETENTION_DAYS, Manager, Workspace
from bot.store import tables
from bot.store.cold import links, visits
from bot.store.rows import insert, put

TENANTS = tuple(table for table in tables.metadata.sorted_tables if "workspace" in table.c)
"""Every table with rows of a workspace."""


async def joined(connection: AsyncConnection, workspace: str, at: datetime) -> None:
    """It joined, or is back: what is kept of it stays, and reminders are computed again."""
    made = insert(connection, tables.workspace).values(workspace=workspace, since=at)
    await connection.execute(made.on_conflict_do_nothing())
    table, nudge = tables.workspace, tables.nudge
    was_gone = await connection.execute(
        update(table).where(table.c.workspace == workspace, table.c.left_at.is_not(None)).values(left_at=None)
    )
    if was_gone.rowcount:
        mine = (nudge.c.workspace == workspace, nudge.c.stopped == "")
        await connection.execute(update(nudge).where(*mine).values(next_date="", next_due=at))


async def find(connection: AsyncConnection, workspace: str) -> Workspace:
    """Its settings; the defaults, if nobody changed anything."""
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
        personal=row.personal,
        board=row.board,
        certificates=row.certificates,
        retention_days=row.retention or RETENTION_DAYS,
        away_days=row.away_days,
        desired_recall=row.desired_recall or DESIRED,
    )


async def present(connection: AsyncConnection) -> list[str]:
    """Every workspace that has not taken the bot away."""
    look = select(tables.workspace.c.workspace).where(tables.workspace.c.left_at.is_(None))
    return sorted((await connection.execute(look)).scalars())


async def languages(connection: AsyncConnection, workspaces: Collection[str]) -> Mapping[str, str]:
    """The language of each that chose one."""
    table = tables.workspace
    look = select(table.c.workspace, table.c.language).where(table.c.workspace.in_(sorted(workspaces)))
    return {name: language for name, language in await connection.execute(look) if language}


async def of_learner(connection: AsyncConnection, person: str, *, front: str, but: str, most: int) -> list[str]:
    """The workspaces of a front end that are still there and in which a person learns, the latest first. It reads what
    is kept on that one person, by key in each workspace; nothing of anybody else."""
    table, learner, done, follow = tables.workspace, tables.learner, tables.completion, tables.follow
    latest = [
        select(column).where(own.c.workspace == table.c.workspace, own.c.person == person).scalar_subquery()
        for own, column in (
            (learner, func.max(learner.c.bookmark_at)),
            (done, func.max(done.c.at)),
            (follow, func.max(follow.c.since)),
        )
    ]
    look = select(table.c.workspace, *latest).where(
        table.c.workspace.startswith(f"{front}:", autoescape=True),
        table.c.workspace != but,
        table.c.left_at.is_(None),
    )
    found = [
        (max(moments), name) for name, *each in await connection.execute(look) if (moments := [m for m in each if m])
    ]
    return [name for _, name in sorted(found, reverse=True)[:most]]


async def change(connection: AsyncConnection, workspace: str, wanted: Workspace, at: datetime) -> None:
    values = {
        "timezone": wanted.timezone,
        "language": wanted.language,
        "alert_to": wanted.alert_to,
        "managers": " ".join(each.name for each in wanted.managers),
        "personal": wanted.personal,
        "board": wanted.board,
        "certificates": wanted.certificates,
        "retention": wanted.retention_days,
        "away_days": wanted.away_days,
        "desired_recall": wanted.desired_recall,
    }
    await put(connection, tables.workspace, {"workspace": workspace, **values}, new={"since": at})


def names(address: str, person: str) -> bool:
    """Whether these are the person's own messages. An address ends with whom or what it names; behind that may stand
    for which server they are written to."""
    return named_by(address) == person


def named_by(address: str) -> str:
    """Whom or what an address names."""
    return re.split(r"[:@]", address.partition("/")[0])[-1]


async def forget(connection: AsyncConnection, seat: Seat) -> None:
    """Remove a person from its managers and alert contacts."""
    before = await find(connection, seat.workspace)
    told = "" if names(before.alert_to, seat.person) else before.alert_to
    managers = tuple(each for each in before.managers if each != Manager(seat.person))
    after = replace(before, alert_to=told, managers=managers)
    if after != before:
        values = {"alert_to": after.alert_to, "managers": " ".join(each.name for each in after.managers)}
        await connection.execute(
            update(tables.workspace).where(tables.workspace.c.workspace == seat.workspace).values(values)
        )


async def hold(connection: AsyncConnection, workspace: str, at: datetime) -> None:
    """Lock it until the transaction ends."""
    made = insert(connection, tables.workspace).values(workspace=workspace, since=at)
    same = {"since": tables.workspace.c.since}
    await connection.execute(made.on_conflict_do_update(index_elements=["workspace"], set_=same))


async def is_gone(connection: AsyncConnection, workspace: str) -> bool:
    """Whether it removed the bot."""
    look = select(tables.workspace.c.left_at).where(tables.workspace.c.workspace == workspace)
    return (await connection.execute(look)).scalar_one_or_none() is not None


async def left(connection: AsyncConnection, workspace: str, at: datetime) -> None:
    """It removed the bot: its retention time begins, nobody there is reminded, and nobody's own page stays open."""
    await visits.forget_workspace(connection, workspace)
    made = insert(connection, tables.workspace).values(workspace=workspace, since=at, left_at=at)
    await connection.execute(made.on_conflict_do_nothing())
    await connection.execute(
        update(tables.workspace)
        .where(tables.workspace.c.workspace == workspace, tables.workspace.c.left_at.is_(None))
        .values(left_at=at)
    )
    nudge = tables.nudge
    due = (nudge.c.workspace == workspace, nudge.c.next_due.is_not(None))
    await connection.execute(update(nudge).where(*due).values(next_date="", next_due=None))


async def alone(connection: AsyncConnection, workspace: str) -> bool:
    """Whether this installation serves no other workspace, so that this one may manage its content."""
    for table in (tables.workspace, tables.learner, tables.schedule):
        other = select(table.c.workspace).where(table.c.workspace != workspace).limit(1)
        if (await connection.execute(other)).first() is not None:
            return False
    return True


def is_own(seat: Seat) -> bool:
    """Whether the workspace is the person's direct messages, so that all of it is theirs."""
    return seat.workspace.partition(":")[2] == f"dm:{seat.person}"


async def lock(connection: AsyncConnection, workspace: str) -> None:
    """Lock its row, if there is one, until the transaction ends."""
    table = tables.workspace
    await connection.execute(select(table.c.workspace).where(table.c.workspace == workspace).with_for_update())


async def erase(connection: AsyncConnection, workspace: str, *, with_tokens: bool) -> int:
    """Delete every row of a workspace, and what its front end keeps of it, if it serves it no more; returns how many
    rows of its own those were."""
    gone = 0
    await links.forget_workspace(connection, workspace)
    await visits.forget_workspace(connection, workspace)
    for table in TENANTS:
        gone += (await connection.execute(delete(table).where(table.c.workspace == workspace))).rowcount
    if with_tokens:
        await connection.execute(delete(tables.vault).where(_kept_by_front(workspace)))
    return gone


async def tokens(connection: AsyncConnection, workspace: str) -> int:
    """How many values its front end keeps of it: the token of an installation, that it was greeted, its pictures."""
    counted = select(func.count()).select_from(tables.vault).where(_kept_by_front(workspace))
    return (await connection.execute(counted)).scalar_one()


def _kept_by_front(workspace: str) -> ColumnElement[bool]:
    """Names in the vault end with the platform's own name of the workspace, or have the whole one within."""
    front, _, own = workspace.partition(":")
    name = tables.vault.c.name
    near = name.endswith(f":{own}", autoescape=True) | name.contains(f":{workspace}:", autoescape=True)
    return and_(tables.vault.c.owner == front, near) if own else false()
