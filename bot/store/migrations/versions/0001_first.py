"""The first tables: workspaces, learners, what they follow, did, saved, answered and reported."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(120), nullable=False)


def _note(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''"))


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _moment(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _table(name: str, *columns: sa.Column[Any], key: list[str]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"), sqlite_with_rowid=False)


def upgrade() -> None:
    seat = ["workspace", "person"]
    _table(
        "workspace",
        _id("workspace"),
        _note("timezone"),
        _note("language"),
        _moment("since"),
        _moment("left_at", nullable=True),
        key=["workspace"],
    )
    _table(
        "learner",
        _id("workspace"),
        _id("person"),
        _note("timezone"),
        _note("language"),
        _flag("plain"),
        _flag("paused"),
        _note("bookmark_theme"),
        _note("bookmark_lesson"),
        key=seat,
    )
    _table(
        "follow",
        _id("workspace"),
        _id("person"),
        _id("theme"),
        _moment("since"),
        _note("suggested_by"),
        _flag("required"),
        key=[*seat, "theme"],
    )
    _table(
        "completion",
        _id("workspace"),
        _id("person"),
        _id("theme"),
        _id("lesson"),
        _moment("at"),
        _id("how"),
        _id("digest"),
        key=[*seat, "theme", "lesson"],
    )
    _table(
        "saved",
        _id("workspace"),
        _id("person"),
        _id("theme"),
        _id("lesson"),
        _moment("at"),
        key=[*seat, "theme", "lesson"],
    )
    _table(
        "quiz",
        _id("workspace"),
        _id("person"),
        _id("id"),
        _id("theme"),
        _note("lesson"),
        sa.Column("questions", sa.Text, nullable=False),
        _moment("at"),
        key=[*seat, "id"],
    )
    _table(
        "answer",
        _id("workspace"),
        _id("person"),
        _id("quiz"),
        sa.Column("position", sa.Integer, nullable=False),
        _id("theme"),
        _id("lesson"),
        _id("question"),
        sa.Column("choice", sa.Integer, nullable=False),
        _flag("correct"),
        _moment("at"),
        key=[*seat, "quiz", "position"],
    )
    _table(
        "mistake",
        _id("workspace"),
        _id("id"),
        _id("person"),
        _id("theme"),
        _id("lesson"),
        _id("digest"),
        sa.Column("what", sa.Text, nullable=False),
        _moment("at"),
        _moment("closed_at", nullable=True),
        _note("note"),
        key=["workspace", "id"],
    )
    op.create_index("ix_mistake_workspace_person", "mistake", seat)
    _table("shelf", _id("theme"), _id("lesson"), _id("digest"), _moment("seen"), key=["theme", "lesson"])
    _table(
        "vault",
        _id("owner"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        _moment("at"),
        key=["owner", "name"],
    )
