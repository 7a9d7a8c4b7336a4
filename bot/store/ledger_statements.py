"""The ledger's statements, the same on both databases: what is ready is taken in a batch, and what became of it goes
back in a batch.

Many rows at once travel as one JSON array; a claim's few values are parameters of their own, and its limit is written
into the text, since PostgreSQL plans badly for a limit that it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
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
    null,
    select,
    true,
    tuple_,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.sql import ClauseElement

from bot.domain.posts import State
from bot.store.batches import Batch, Prepared, compiled, number, prepared, text_columns, upsert
from bot.store.tables import delivery, lane

KEY = ("workspace", "person", "schedule", "kind", "local_date")
TAKEN = (*KEY, "due_at", "expires_at", "address", "payload", "message", "reason", "attempt", "doubt_at", "lease_epoch")
"""The columns of a claimed row, in this order."""

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
PLACES = Batch(text_columns("workspace", "name"))
SPENT = Batch((*text_columns("workspace", "name", "front"), number("tat")))
SERVED = Batch((*text_columns("workspace", "name"), number("tat"), number("served"), number("next_due")))


@dataclass(frozen=True, slots=True)
class Statements:
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
        open_front=prepared(_open_front(dialect), dialect),
        lock_front=prepared(_lock_front(), dialect),
        mark=compiled(_mark(MARKS.table(dialect)), dialect),
        note=compiled(_note(NOTES.table(dialect)), dialect),
        touch=compiled_touch(dialect),
        places=compiled(_places(PLACES.table(dialect)), dialect),
        spend_places=compiled(_spend_places(SPENT.table(dialect), dialect), dialect),
        served=compiled(_served(SERVED.table(dialect)), dialect),
    )


@cache
def _made_take(dialect: Dialect, workspaces: int) -> Prepared:
    return prepared(_take(workspaces), dialect)


@cache
def _made_flows(dialect: Dialect, most: int) -> Prepared:
    return prepared(_flows(most), dialect)


@cache
def _made_recover(dialect: Dialect, most: int) -> Prepared:
    return prepared(_recover(most), dialect)


@cache
def compiled_touch(dialect: Dialect) -> str:
    return compiled(_touch(TOUCHED.table(dialect), dialect), dialect)


def _given(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


def _named(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String)


def _is(state: State) -> ColumnElement[bool]:
    """As the partial indexes say it, so that they are used."""
    return delivery.c.state == literal_column(f"'{state.value}'")


def _same(found: FromClause) -> ColumnElement[bool]:
    return and_(*(delivery.c[name] == found.c[name] for name in KEY))


# Claiming ----------------------------------------------------------------------------------------------------


def _open_front(dialect: Dialect) -> Insert:
    made = upsert(lane, dialect).values(workspace=literal_column("''"), name=_named("front"), front=_named("front"))
    return made.on_conflict_do_nothing()


def _lock_front() -> ClauseElement:
    """Whoever claims for a front end holds its lane: its rate is one, however many processes there are."""
    return (
        select(lane.c.tat, lane.c.served, type_coerce(lane.c.paused_until, BigInteger))
        .where(lane.c.workspace == literal_column("''"), lane.c.name == _named("front"))
        .with_for_update()
    )


def _flows(most: int) -> ClauseElement:
    """The workspaces with something ready: who was served least first, then who waits longest."""
    now, clock = _given("now"), _given("clock")
    tag = case((lane.c.served < clock, clock), else_=lane.c.served)
    return (
        select(lane.c.workspace, lane.c.tat, lane.c.served)
        .where(
            lane.c.front == _named("front"),
            lane.c.next_due <= now,
            lane.c.name == literal_column("''"),
            case((lane.c.paused_until > now, literal_column("0")), else_=literal_column("1")) == literal_column("1"),
        )
        .order_by(tag, lane.c.next_due, lane.c.workspace)
        .limit(literal_column(str(most)))
        .with_for_update(skip_locked=True)
    )


def _take(workspaces: int) -> ClauseElement:
    """Claim a share of what is ready of each workspace. The attempt counts from here: it is on the disk before anything
    is sent."""
    picked = union_all(*map(_share, range(workspaces))).cte("picked").prefix_with("MATERIALIZED")
    return (
        update(delivery)
        .where(_same(picked))
        .values(
            state=literal_column(f"'{State.CLAIMED.value}'"),
            attempt=delivery.c.attempt + literal_column("1"),
            doubt_at=delivery.c.first_try_at,
            first_try_at=func.coalesce(delivery.c.first_try_at, _given("began")),
            lease_owner=_named("owner"),
            lease_epoch=delivery.c.lease_epoch + literal_column("1"),
            lease_until=_given("until"),
        )
        .returning(*(delivery.c[name] for name in TAKEN))
    )


def _share(index: int) -> Select[Any]:
    """Up to so many of one workspace, in the order of its index."""
    first = (
        select(*(delivery.c[name] for name in KEY))
        .where(delivery.c.workspace == _named(f"of{index}"), _is(State.PLANNED), delivery.c.ready_at <= _given("now"))
        .order_by(delivery.c.rank, delivery.c.ready_at)
        .limit(_given(f"most{index}"))
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
                _is(State.PLANNED),
                delivery.c.rank == literal_column(str(rank)),
            )
            .correlate(lane)
        )

    either = union_all(first(0), first(1)).subquery("either")
    return select(func.min(either.c.ready)).scalar_subquery()


def _served(given: Subquery) -> ClauseElement:
    """How lanes stand after a claim. Where it is not given when something is ready next, nothing more was found now."""
    return (
        update(lane)
        .where(lane.c.workspace == given.c.workspace, lane.c.name == given.c.name)
        .values(tat=given.c.tat, served=given.c.served, next_due=func.coalesce(given.c.next_due, _next_ready()))
    )


def _places(given: Subquery) -> ClauseElement:
    """The lanes of some places. They change only in the hands of who holds the front end's."""
    return select(lane.c.workspace, lane.c.name, lane.c.tat, type_coerce(lane.c.paused_until, BigInteger)).where(
        tuple_(lane.c.workspace, lane.c.name).in_(select(given.c.workspace, given.c.name))
    )


def _spend_places(given: Subquery, dialect: Dialect) -> Insert:
    columns = ["workspace", "name", "front", "tat"]
    made = upsert(lane, dialect).from_select(columns, select(*(given.c[name] for name in columns)).where(true()))
    return made.on_conflict_do_update(index_elements=["workspace", "name"], set_={"tat": made.excluded.tat})


# Marking ----------------------------------------------------------------------------------------------------


def _mark(given: Subquery) -> ClauseElement:
    """What became of claimed rows. One whose lease has passed to somebody else is left as it is."""
    return (
        update(delivery)
        .where(
            _same(given),
            delivery.c.lease_owner == given.c.owner,
            delivery.c.lease_epoch == given.c.epoch,
            delivery.c.state.in_((literal_column("'claimed'"), literal_column("'planned'"))),
        )
        .values(
            state=given.c.state,
            ended_at=given.c.at,
            ready_at=func.coalesce(given.c.ready, delivery.c.ready_at),
            message=case((given.c.message == literal_column("''"), delivery.c.message), else_=given.c.message),
            reason=given.c.reason,
            attempt=delivery.c.attempt
            - case((given.c.restore > literal_column("1"), literal_column("1")), else_=literal_column("0")),
            first_try_at=case(
                (given.c.restore > literal_column("0"), delivery.c.doubt_at), else_=delivery.c.first_try_at
            ),
            lease_until=null(),
        )
        .returning(*(delivery.c[name] for name in KEY))
    )


def _note(given: Subquery) -> ClauseElement:
    return (
        update(delivery)
        .where(_same(given), delivery.c.lease_owner == given.c.owner, delivery.c.lease_epoch == given.c.epoch)
        .values(payload=given.c.payload)
        .returning(*(delivery.c[name] for name in KEY))
    )


def _touch(given: Subquery, dialect: Dialect) -> Insert:
    """Note that something is ready in a lane no later than that, or that it rests. In order, so that two who touch the
    same lanes never wait crosswise."""
    columns = ["workspace", "name", "front", "next_due", "paused_until"]
    rows = select(given.c.workspace, given.c.name, given.c.front, given.c.next_due, given.c.until).where(true())
    made = upsert(lane, dialect).from_select(columns, rows.order_by(given.c.workspace, given.c.name))
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
    now = _given("now")
    picked = (
        select(*(delivery.c[name] for name in KEY))
        .where(_is(State.CLAIMED), delivery.c.lease_until <= now)
        .order_by(delivery.c.lease_until)
        .limit(literal_column(str(most)))
        .with_for_update(skip_locked=True)
        .cte("picked")
        .prefix_with("MATERIALIZED")
    )
    return (
        update(delivery)
        .where(_same(picked))
        .values(state=literal_column(f"'{State.PLANNED.value}'"), lease_until=null(), ready_at=_given("again"))
        .returning(delivery.c.workspace)
    )
