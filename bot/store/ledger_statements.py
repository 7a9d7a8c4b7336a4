"""The ledger's statements, the same on both databases: what is ready is taken in a batch, and what became of it goes
back in a batch.

Here is what becomes of claimed rows; how they are claimed is in `claim_statements`.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import (
    Dialect,
    Insert,
    Subquery,
    case,
    func,
    literal_column,
    null,
    select,
    true,
    update,
)
from sqlalchemy.sql import ClauseElement

from bot.core.record import Record
from bot.domain.posts import DeliveryState
from bot.store import claim_statements as claims
from bot.store.batches import Batch, Prepared, compiled, number, prepared, text_columns, upsert
from bot.store.claim_statements import KEY, PLACES, SERVED, SPENT, given, is_in, same_as
from bot.store.tables import delivery, lane

MARKS = Batch(
    (
        *text_columns(*KEY, "owner"),
        number("epoch"),
        *text_columns("state"),
        number("at"),
        number("ready"),
        *text_columns("message", "reason"),
        number("restore"),
    )
)
NOTES = Batch((*text_columns(*KEY, "owner"), number("epoch"), *text_columns("payload")))
TOUCHED = Batch((*text_columns("workspace", "name", "front"), number("next_due"), number("until")))


class Statements(Record):
    """Compiled once, for one dialect."""

    dialect: Dialect
    open_front: Prepared
    lock_front: Prepared
    mark: str
    note: str
    touch: str
    places: str
    spend_places: str
    served: str

    def take(self, workspaces: int) -> Prepared:
        return _made_take(self.dialect, workspaces)

    def flows(self, most: int) -> Prepared:
        return _made_flows(self.dialect, most)

    def recover(self, most: int) -> Prepared:
        return _made_recover(self.dialect, most)


def compile_all(dialect: Dialect) -> Statements:
    return Statements(
        dialect=dialect,
        open_front=prepared(claims.open_front(dialect), dialect),
        lock_front=prepared(claims.lock_front(), dialect),
        mark=compiled(_mark(MARKS.table(dialect)), dialect),
        note=compiled(_note(NOTES.table(dialect)), dialect),
        touch=compiled_touch(dialect),
        places=compiled(claims.places(PLACES.table(dialect)), dialect),
        spend_places=compiled(claims.spend_places(SPENT.table(dialect), dialect), dialect),
        served=compiled(claims.served(SERVED.table(dialect)), dialect),
    )


@cache
def _made_take(dialect: Dialect, workspaces: int) -> Prepared:
    return prepared(claims.take(workspaces), dialect)


@cache
def _made_flows(dialect: Dialect, most: int) -> Prepared:
    return prepared(claims.flows(most), dialect)


@cache
def _made_recover(dialect: Dialect, most: int) -> Prepared:
    return prepared(_recover(most), dialect)


@cache
def compiled_touch(dialect: Dialect) -> str:
    return compiled(_touch(TOUCHED.table(dialect), dialect), dialect)


def _mark(rows: Subquery) -> ClauseElement:
    """What became of claimed rows. One whose lease has passed to somebody else is left as it is."""
    return (
        update(delivery)
        .where(
            same_as(rows),
            delivery.c.lease_owner == rows.c.owner,
            delivery.c.lease_epoch == rows.c.epoch,
            delivery.c.state.in_((literal_column("'claimed'"), literal_column("'planned'"))),
        )
        .values(
            state=rows.c.state,
            ended_at=rows.c.at,
            ready_at=func.coalesce(rows.c.ready, delivery.c.ready_at),
            message=case((rows.c.message == literal_column("''"), delivery.c.message), else_=rows.c.message),
            reason=rows.c.reason,
            attempt=delivery.c.attempt
            - case((rows.c.restore > literal_column("1"), literal_column("1")), else_=literal_column("0")),
            first_try_at=case(
                (rows.c.restore > literal_column("0"), delivery.c.doubt_at), else_=delivery.c.first_try_at
            ),
            lease_until=null(),
        )
        .returning(*(delivery.c[name] for name in KEY))
    )


def _note(rows: Subquery) -> ClauseElement:
    return (
        update(delivery)
        .where(same_as(rows), delivery.c.lease_owner == rows.c.owner, delivery.c.lease_epoch == rows.c.epoch)
        .values(payload=rows.c.payload)
        .returning(*(delivery.c[name] for name in KEY))
    )


def _touch(rows: Subquery, dialect: Dialect) -> Insert:
    """Note that something is ready in a lane no later than that, or that it rests. In order, so that two who touch the
    same lanes never wait crosswise."""
    columns = ["workspace", "name", "front", "next_due", "paused_until"]
    each = select(rows.c.workspace, rows.c.name, rows.c.front, rows.c.next_due, rows.c.until).where(true())
    made = upsert(lane, dialect).from_select(columns, each.order_by(rows.c.workspace, rows.c.name))
    new = made.excluded
    due = case(
        (new.next_due.is_(null()), lane.c.next_due),
        (lane.c.next_due <= new.next_due, lane.c.next_due),
        else_=new.next_due,
    )
    paused = case(
        (new.paused_until.is_(null()), lane.c.paused_until),
        (lane.c.paused_until > new.paused_until, lane.c.paused_until),
        else_=new.paused_until,
    )
    return made.on_conflict_do_update(
        index_elements=["workspace", "name"], set_={"next_due": due, "paused_until": paused}
    )


def _recover(most: int) -> ClauseElement:
    """Give back what somebody claimed and left: they died, or stalled beyond their lease."""
    now = given("now")
    picked = (
        select(*(delivery.c[name] for name in KEY))
        .where(is_in(DeliveryState.CLAIMED), delivery.c.lease_until <= now)
        .order_by(delivery.c.lease_until)
        .limit(literal_column(str(most)))
        .with_for_update(skip_locked=True)
        .cte("picked")
        .prefix_with("MATERIALIZED")
    )
    return (
        update(delivery)
        .where(same_as(picked))
        .values(state=literal_column(f"'{DeliveryState.PLANNED.value}'"), lease_until=null(), ready_at=given("again"))
        .returning(delivery.c.workspace)
    )
