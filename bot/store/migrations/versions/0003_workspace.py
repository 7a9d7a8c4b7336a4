"""Who runs a workspace and what they did; what learners agreed to about reminders; what was suggested to whom."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
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


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=_NIL)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _table(name: str, *columns: sa.Column[Any], key: list[str]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"), sqlite_with_rowid=False)


def upgrade() -> None:
    for column in (_note("managers"), _flag("board"), _flag("personal"), _number("retention")):
        op.add_column("workspace", column)
    op.add_column("learner", _moment("bookmark_at", nullable=True))
    op.add_column("follow", _day("by_date"))
    _reminders()
    _assignments()
    _table(
        "removed",
        *(_id(name) for name in ("workspace", "person", "theme", "lesson")),
        _moment("at"),
        _id("how"),
        _id("digest"),
        _moment("removed_at"),
        key=["workspace", "person", "theme", "lesson"],
    )
    _table(
        "audit",
        _id("workspace"),
        _id("id"),
        _moment("at"),
        _note("by"),
        _id("verb"),
        _note("what"),
        _note("about"),
        key=["workspace", "id"],
    )
    op.create_index("ix_audit_workspace_at", "audit", ["workspace", "at"])


def _reminders() -> None:
    _table(
        "consent",
        _id("workspace"),
        _id("person"),
        _note("way"),
        _flag("assigned"),
        _flag("introduced"),
        *(_number(name) for name in ("days", "minute", "a_week")),
        _day("until"),
        _day("snoozed_until"),
        _note("zone"),
        _moment("since"),
        _moment("alive_at", nullable=True),
        _moment("silent_since", nullable=True),
        key=["workspace", "person"],
    )


def _assignments() -> None:
    _table(
        "assignment",
        *(_id(name) for name in ("workspace", "id", "theme", "role", "person")),
        _day("by_date"),
        _flag("required"),
        _note("suggested_by"),
        _moment("at"),
        _moment("ended_at", nullable=True),
        key=["workspace", "id"],
    )
    op.create_index("ix_assignment_workspace_person", "assignment", ["workspace", "person"])
    _table(
        "assigned",
        *(_id(name) for name in ("workspace", "person", "assignment")),
        _moment("at"),
        key=["workspace", "person", "assignment"],
    )
