"""What is posted when: standing orders, reminders, the ledger, the lanes that limit it, what is to be mended."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EMPTY = sa.text("''")
_NIL = sa.text("0")


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(120), nullable=False)


def _note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=_EMPTY)


def _day(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(10), nullable=False, server_default=_EMPTY)


def _number(name: str, *, default: Any = _NIL) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=_NIL)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _table(name: str, *columns: sa.Column[Any], key: list[str]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"), sqlite_with_rowid=False)


def _index(table: str, *columns: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_{table}_{'_'.join(columns)}",
        table,
        list(columns),
        sqlite_where=condition,
        postgresql_where=condition,
    )


def upgrade() -> None:
    op.add_column("workspace", _note("alert_to"))
    _orders()
    _ledger()
    _table(
        "lane",
        _id("workspace"),
        _note("name"),
        _note("front"),
        _count("tat"),
        _count("served"),
        _moment("paused_until", nullable=True),
        _moment("next_due", nullable=True),
        key=["workspace", "name"],
    )
    _index("lane", "front", "next_due", where="next_due IS NOT NULL")
    _table(
        "alert",
        _id("workspace"),
        _note("cause"),
        _note("reason"),
        _note("subject"),
        _moment("first_at"),
        _moment("last_at"),
        _number("times"),
        _moment("told_at", nullable=True),
        key=["workspace", "cause"],
    )


def _orders() -> None:
    _table(
        "schedule",
        _id("workspace"),
        _id("id"),
        _id("theme"),
        _note("address"),
        _number("weekdays"),
        _number("minute"),
        _id("zone"),
        _number("every_weeks", default=sa.text("1")),
        _day("start"),
        _day("until"),
        _day("paused_until"),
        _note("start_at"),
        _note("skips"),
        _note("mention"),
        sa.Column("thread", sa.Boolean, nullable=False, server_default=sa.false()),
        _note("holidays"),
        _number("late_window"),
        _id("state"),
        _number("version"),
        _note("created_by"),
        _moment("created_at"),
        _moment("next_due", nullable=True),
        key=["workspace", "id"],
    )
    _index("schedule", "next_due", "workspace", "id", where="next_due IS NOT NULL")
    _table(
        "nudge",
        _id("workspace"),
        _id("person"),
        _id("kind"),
        _note("address"),
        _day("next_date"),
        _moment("next_due", nullable=True),
        _note("stopped"),
        key=["workspace", "person", "kind"],
    )
    _index("nudge", "next_due", "workspace", "person", "kind", where="next_due IS NOT NULL")


def _ledger() -> None:
    _table(
        "delivery",
        _id("workspace"),
        _id("person"),
        _id("schedule"),
        _id("kind"),
        _day("local_date"),
        _id("state"),
        _number("rank"),
        _moment("due_at"),
        _moment("ready_at"),
        _moment("expires_at"),
        _number("attempt"),
        _moment("first_try_at", nullable=True),
        _moment("doubt_at", nullable=True),
        _note("lease_owner"),
        _number("lease_epoch"),
        _moment("lease_until", nullable=True),
        _moment("ended_at", nullable=True),
        _note("address"),
        _note("message"),
        _note("reason"),
        _note("payload"),
        key=["workspace", "person", "schedule", "kind", "local_date"],
    )
    _index("delivery", "workspace", "rank", "ready_at", where="state = 'planned'")
    _index("delivery", "lease_until", where="state = 'claimed'")
