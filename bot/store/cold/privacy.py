"""The data kept on a person: counted, exported, erased.

It lies in every table that has a `person` column, and where somebody is named in passing: as an alert contact and in
what was sent to one, as a manager, as whoever made a schedule, in the audit log.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, literal, or_, select, union, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.record import Record
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind
from bot.domain.workspace import Manager
from bot.store import tables
from bot.store.cold import assignments, audits, erasures, links, retention, visits, workspaces
from bot.store.cold.erasures import Erasure, ErasureKind
from bot.store.rows import mine

VISIT = "visit"
"""How it is called what the vault keeps of somebody's visits to the page."""


class RowCount(Record):
    """How many rows of one kind there are."""

    table: str
    rows: int


class KnownWorkspace(Record):
    """A workspace in which something is kept."""

    name: str
    rows: tuple[RowCount, ...]
    people: int
    tokens: int
    """Values that its front end keeps of it."""
    left_at: datetime | None = None


async def workspaces_known(connection: AsyncConnection) -> list[str]:
    """Every workspace in which something is kept, on a person or on itself."""
    looks = [select(table.c.workspace) for table in (tables.workspace, tables.audit, *tables.personal)]
    found = set((await connection.execute(union(*looks))).scalars())
    return sorted(found | await visits.workspaces(connection))


async def of_workspace(connection: AsyncConnection, workspace: str) -> KnownWorkspace:
    """What is kept of a workspace and everybody in it."""
    looks = [_counted(table, table.c.workspace == workspace) for table in workspaces.TENANTS]
    rows = tuple(RowCount(kind, rows) for kind, rows in await connection.execute(union_all(*looks)) if rows)
    each = [
        select(table.c.person).where(table.c.workspace == workspace, table.c.person != "") for table in tables.personal
    ]
    people = (await connection.execute(select(func.count()).select_from(union(*each).subquery()))).scalar_one()
    left = select(tables.workspace.c.left_at).where(tables.workspace.c.workspace == workspace)
    left_at = (await connection.execute(left)).scalar_one_or_none()
    return KnownWorkspace(workspace, rows, people, await workspaces.tokens(connection, workspace), left_at)


async def rows_of(connection: AsyncConnection, table: Table, workspace: str) -> AsyncIterator[dict[str, Any]]:
    """Every row of a workspace in one of the tables, as plain values, in the order of its key, never all in memory."""
    look = select(table).where(table.c.workspace == workspace).order_by(*table.primary_key)
    async with connection.stream(look) as found:
        async for row in found.mappings():
            yield _plain(row)


async def people_of(connection: AsyncConnection, workspace: str) -> set[str]:
    """Everybody whose id stands anywhere in a workspace."""
    named = [(table, "person") for table in tables.personal]
    named += [(tables.audit, "by"), (tables.audit, "about"), (tables.schedule, "created_by")]
    named += [(tables.follow, "suggested_by"), (tables.assignment, "suggested_by")]
    looks = [select(table.c[name]).where(table.c.workspace == workspace) for table, name in named]
    found = set((await connection.execute(union(*looks))).scalars())
    home = await workspaces.find(connection, workspace)
    found |= {each.id for each in home.managers if not each.is_role}
    found |= await visits.people(connection, workspace)
    addresses = [tables.delivery.c.address, tables.lane.c.name]
    looks = [select(column).where(column.table.c.workspace == workspace) for column in addresses]
    found |= {workspaces.named_by(address) for address in (await connection.execute(union(*looks))).scalars()}
    return (found | {workspaces.named_by(home.alert_to)}) - {""}


async def erase_again(connection: AsyncConnection, erased: Sequence[Erasure]) -> int:
    """Erase here what was erased elsewhere since; returns of how many people and workspaces something was there."""
    kinds, found = {}, 0
    for each in sorted(erased, key=lambda each: each.kind is ErasureKind.PERSON):
        kinds[each.mark] = each  # whoever erased everything has stayed away as well
    for workspace in await workspaces_known(connection):
        if gone := kinds.get(erasures.mark(workspace)):
            await workspaces.erase(connection, workspace, with_tokens=gone.kind is ErasureKind.DEPARTED)
            found += 1
            continue
        for person in sorted(await people_of(connection, workspace)):
            if gone := kinds.get(erasures.mark(workspace, person)):
                if gone.kind is ErasureKind.PERSON:
                    await erase(connection, Seat(workspace, person), at=gone.at)
                else:
                    await retention.erase_people(connection, workspace, [person])
                found += 1
    return found


async def counts(connection: AsyncConnection, seat: Seat) -> list[RowCount]:
    """Every kind of row and how many there are."""
    if workspaces.is_own(seat):
        return [*(await of_workspace(connection, seat.workspace)).rows, await _visits(connection, seat)]
    table = tables.audit
    named = or_(table.c.by == seat.person, table.c.about == seat.person)
    looks = [_counted(table, mine(table, seat)) for table in tables.personal]
    looks.append(_counted(table, and_(table.c.workspace == seat.workspace, named)))
    found = await connection.execute(union_all(*looks))
    return [*(RowCount(kind, rows) for kind, rows in found), await _visits(connection, seat)]


def _counted(table: Table, those: ColumnElement[bool]) -> Select[str, int]:
    kind = literal(table.name).label("kind")
    return select(kind, func.count().label("rows")).select_from(table).where(those)


async def _visits(connection: AsyncConnection, seat: Seat) -> RowCount:
    return RowCount(VISIT, len(await visits.of(connection, seat)))


async def _alerts(connection: AsyncConnection, seat: Seat) -> list[dict[str, Any]]:
    """What was or will be sent to the person as an alert contact."""
    table = tables.delivery
    to_contacts = and_(table.c.workspace == seat.workspace, table.c.person == "", table.c.kind == DeliveryKind.ALERT)
    near = table.c.address.contains(seat.person, autoescape=True)
    found = (await connection.execute(select(table).where(to_contacts, near))).mappings()
    return [dict(row) for row in found if workspaces.names(row["address"], seat.person)]


async def _passing(connection: AsyncConnection, seat: Seat) -> dict[str, list[dict[str, Any]]]:
    """Where the person is named in passing."""
    home = await workspaces.find(connection, seat.workspace)
    roles = [{"told_of_failures": home.alert_to}] if workspaces.names(home.alert_to, seat.person) else []
    roles += [{"manager": each.id} for each in home.managers if each == Manager(seat.person)]
    order = tables.schedule
    made = await connection.execute(
        select(order.c.id, order.c.created_by).where(
            order.c.workspace == seat.workspace, order.c.created_by == seat.person
        )
    )
    found = {tables.workspace.name: roles, order.name: [dict(row) for row in made.mappings()]}
    return {name: rows for name, rows in found.items() if rows}


async def export(connection: AsyncConnection, seat: Seat) -> dict[str, list[dict[str, Any]]]:
    """Every row kept on the person, as plain values; lines of the audit log without the names of others."""
    if workspaces.is_own(seat):
        return {
            table.name: [row async for row in rows_of(connection, table, seat.workspace)]
            for table in workspaces.TENANTS
        } | await _exported_visits(connection, seat)
    rows = {
        table.name: [
            _plain(row) for row in (await connection.execute(select(table).where(mine(table, seat)))).mappings()
        ]
        for table in tables.personal
    }
    named = await audits.naming(connection, seat)
    rows[tables.audit.name] = [
        {"at": _written(each.at), "verb": each.verb, "what": each.what}
        | {name: said for name, said in (("by", each.by), ("about", each.about)) if said == seat.person}
        for each in named
    ]
    rows[tables.delivery.name] += [_plain(row) for row in await _alerts(connection, seat)]
    return rows | await _exported_visits(connection, seat) | await _passing(connection, seat)


async def _exported_visits(connection: AsyncConnection, seat: Seat) -> dict[str, list[dict[str, Any]]]:
    found = await visits.of(connection, seat)
    return {VISIT: [_plain(row) for row in found]} if found else {}


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: _written(value) for name, value in row.items()}


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


async def erase(connection: AsyncConnection, seat: Seat, *, at: datetime) -> int:
    """Delete every row kept on the person; returns how many. What they set up for others stays, without their name."""
    gone = 0
    await workspaces.lock(connection, seat.workspace)  # as retention does, so that neither waits for the other in turn
    await erasures.note(connection, [seat], kind=ErasureKind.PERSON, at=at)
    order = tables.schedule
    await connection.execute(
        update(order)
        .where(order.c.workspace == seat.workspace, order.c.created_by == seat.person)
        .values(created_by="")
    )
    await audits.erase(connection, seat)
    await assignments.erase(connection, seat)
    await workspaces.forget(connection, seat)
    gone += await _erase_alerts(connection, seat)
    gone += await links.forget(connection, seat)
    gone += await visits.forget(connection, seat)
    # The cursor first: a planner that holds it commits before, and then its row is there to be deleted.
    for table in sorted(tables.personal, key=lambda each: each is not tables.nudge):
        gone += (await connection.execute(delete(table).where(mine(table, seat)))).rowcount
    if workspaces.is_own(seat):
        gone += await workspaces.erase(connection, seat.workspace, with_tokens=False)
    return gone


async def _erase_alerts(connection: AsyncConnection, seat: Seat) -> int:
    """Delete what was or will be sent to the person as an alert contact, and the rates of their own address."""
    alerts, lane = await _alerts(connection, seat), tables.lane
    for row in alerts:
        key = and_(*(column == row[column.name] for column in tables.delivery.primary_key))
        await connection.execute(delete(tables.delivery).where(key))
    near = lane.c.name.contains(seat.person, autoescape=True)
    lanes = await connection.execute(select(lane.c.name).where(lane.c.workspace == seat.workspace, near))
    own = [name for name in lanes.scalars() if workspaces.names(name, seat.person)]
    await connection.execute(delete(lane).where(lane.c.workspace == seat.workspace, lane.c.name.in_(own)))
    return len(alerts)
