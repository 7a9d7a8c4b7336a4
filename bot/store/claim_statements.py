"""The statements of a claim, the same on both databases: whose turn it is, what is ready of them, and how the lanes
stand after it.

Many rows at once travel as one JSON array; a claim's few values are parameters of their own. A share's limit is one,
too: the door sees to it that PostgreSQL goes by the index all the same.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    FromClause,
    Insert,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    tuple_,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.sql import ClauseElement

from bot.domain.posts import DeliveryState
from bot.store.batches import Batch, number, text_columns, upsert
from bot.store.tables import delivery, lane

KEY = ("workspace", "person", "schedule", "kind", "local_date")
TAKEN = (*KEY, "due_at", "expires_at", "address", "payload", "message", "reason", "attempt", "doubt_at", "lease_epoch")
"""The columns of a claimed row, in this order."""

PLACES = Batch(text_columns("workspace", "name"))
SPENT = Batch((*text_columns("workspace", "name", "front"), number("tat")))
SERVED = Batch((*text_columns("workspace", "name"), number("tat"), number("served"), number("next_due")))


def given(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


def named(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String)


def is_in(state: DeliveryState) -> ColumnElement[bool]:
    """As the partial indexes say it, so that they are used."""
    return delivery.c.state == literal_column(f"'{state.value}'")


def same_as(found: FromClause) -> ColumnElement[bool]:
    return and_(*(delivery.c[name] == found.c[name] for name in KEY))


def open_front(dialect: Dialect) -> Insert:
    made = upsert(lane, dialect).values(workspace=literal_column("''"), name=named("front"), front=named("front"))
    return made.on_conflict_do_nothing()


def lock_front() -> ClauseElement:
    """Whoever claims for a front end holds its lane: its rate is one, however many processes there are."""
    return (
        select(lane.c.tat, lane.c.served, type_coerce(lane.c.paused_until, BigInteger))
        .where(lane.c.workspace == literal_column("''"), lane.c.name == named("front"))
        .with_for_update()
    )


def flows(most: int) -> ClauseElement:
    """The workspaces with something ready: who was served least first, then who waits longest."""
    now, clock = given("now"), given("clock")
    tag = case((lane.c.served < clock, clock), else_=lane.c.served)
    return (
        select(lane.c.workspace, lane.c.tat, lane.c.served)
        .where(
            lane.c.front == named("front"),
            lane.c.next_due <= now,
            lane.c.name == literal_column("''"),
            case((lane.c.paused_until > now, literal_column("0")), else_=literal_column("1")) == literal_column("1"),
        )
        .order_by(tag, lane.c.next_due, lane.c.workspace)
        .limit(literal_column(str(most)))
        .with_for_update(skip_locked=True)
    )


def take(workspaces: int) -> ClauseElement:
    """Claim a share of what is ready of each workspace. The attempt counts from here: it is on the disk before anything
    is sent."""
    picked = union_all(*(_share(index) for index in range(workspaces))).cte("picked").prefix_with("MATERIALIZED")
    return (
        update(delivery)
        .where(same_as(picked))
        .values(
            state=literal_column(f"'{DeliveryState.CLAIMED.value}'"),
            attempt=delivery.c.attempt + literal_column("1"),
            doubt_at=delivery.c.first_try_at,
            first_try_at=func.coalesce(delivery.c.first_try_at, given("began")),
            lease_owner=named("owner"),
            lease_epoch=delivery.c.lease_epoch + literal_column("1"),
            lease_until=given("until"),
        )
        .returning(*(delivery.c[name] for name in TAKEN))
    )


def _share(index: int) -> Select[Any]:
    """Up to so many of one workspace, in the order of its index."""
    first = (
        select(*(delivery.c[name] for name in KEY))
        .where(
            delivery.c.workspace == named(f"of{index}"),
            is_in(DeliveryState.PLANNED),
            delivery.c.ready_at <= given("now"),
        )
        .order_by(delivery.c.rank, delivery.c.ready_at)
        .limit(given(f"most{index}"))
        .with_for_update(skip_locked=True)
        .subquery(f"share{index}")
    )
    return select(*(first.c[name] for name in KEY))


def _next_ready() -> ColumnElement[int]:
    """When the next of a lane's workspace is ready, over both ranks: each has its own place in the index."""

    def first(rank: int) -> Select[Any]:
        return (
            select(type_coerce(func.min(delivery.c.ready_at), BigInteger).label("ready"))
            .where(
                delivery.c.workspace == lane.c.workspace,
                is_in(DeliveryState.PLANNED),
                delivery.c.rank == literal_column(str(rank)),
            )
            .correlate(lane)
        )

    either = union_all(first(0), first(1)).subquery("either")
    return select(func.min(either.c.ready)).scalar_subquery()


def served(rows: Subquery) -> ClauseElement:
    """How lanes stand after a claim. Where it is not given when something is ready next, nothing more was found now."""
    return (
        update(lane)
        .where(lane.c.workspace == rows.c.workspace, lane.c.name == rows.c.name)
        .values(tat=rows.c.tat, served=rows.c.served, next_due=func.coalesce(rows.c.next_due, _next_ready()))
    )


def places(rows: Subquery) -> ClauseElement:
    """The lanes of some places. They change only in the hands of who holds the front end's."""
    return select(lane.c.workspace, lane.c.name, lane.c.tat, type_coerce(lane.c.paused_until, BigInteger)).where(
        tuple_(lane.c.workspace, lane.c.name).in_(select(rows.c.workspace, rows.c.name))
    )


def spend_places(rows: Subquery, dialect: Dialect) -> Insert:
    columns = ["workspace", "name", "front", "tat"]
    made = upsert(lane, dialect).from_select(columns, select(*(rows.c[name] for name in columns)).where(true()))
    return made.on_conflict_do_update(index_elements=["workspace", "name"], set_={"tat": made.excluded.tat})
