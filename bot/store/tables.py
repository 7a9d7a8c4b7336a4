"""What is stored. Every key begins with the workspace, the tenant; nothing crosses from one to another.

Instants are whole microseconds since 1970 in UTC, on both databases alike, so a row means the same in either. A table
with a `person` column holds personal data: `/privacy` finds it by that column and needs no list.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """An aware instant as stored. A naive one is a bug and is refused."""
    if moment.tzinfo is None:
        raise ValueError("an instant without a zone cannot be stored")
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(stored: int) -> datetime:
    return _EPOCH + stored * _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """A moment in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_NONE = text("''")


def _table(name: str, *columns: Column[Any] | Index, key: tuple[str, ...]) -> Table:
    """A table whose rows lie in the order of their key."""
    return Table(name, metadata, *columns, PrimaryKeyConstraint(*key), sqlite_with_rowid=False)


def _id(name: str) -> Column[str]:
    return Column(name, String(120), nullable=False)


def _note(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=_NONE)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _moment(name: str, *, empty: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=empty)


workspace = _table(
    "workspace",
    _id("workspace"),
    _note("timezone"),
    _note("language"),
    _moment("since"),
    _moment("left_at", empty=True),
    key=("workspace",),
)

learner = _table(
    "learner",
    _id("workspace"),
    _id("person"),
    _note("timezone"),
    _note("language"),
    _flag("plain"),
    _flag("paused"),
    _note("bookmark_theme"),
    _note("bookmark_lesson"),
    key=("workspace", "person"),
)

follow = _table(
    "follow",
    _id("workspace"),
    _id("person"),
    _id("theme"),
    _moment("since"),
    _note("suggested_by"),
    _flag("required"),
    key=("workspace", "person", "theme"),
)

completion = _table(
    "completion",
    _id("workspace"),
    _id("person"),
    _id("theme"),
    _id("lesson"),
    _moment("at"),
    _id("how"),
    _id("digest"),
    key=("workspace", "person", "theme", "lesson"),
)

saved = _table(
    "saved",
    _id("workspace"),
    _id("person"),
    _id("theme"),
    _id("lesson"),
    _moment("at"),
    key=("workspace", "person", "theme", "lesson"),
)

quiz = _table(
    "quiz",
    _id("workspace"),
    _id("person"),
    _id("id"),
    _id("theme"),
    _note("lesson"),
    Column("questions", Text, nullable=False),
    _moment("at"),
    key=("workspace", "person", "id"),
)

answer = _table(
    "answer",
    _id("workspace"),
    _id("person"),
    _id("quiz"),
    Column("position", Integer, nullable=False),
    _id("theme"),
    _id("lesson"),
    _id("question"),
    Column("choice", Integer, nullable=False),
    _flag("correct"),
    _moment("at"),
    key=("workspace", "person", "quiz", "position"),
)

mistake = _table(
    "mistake",
    _id("workspace"),
    _id("id"),
    _id("person"),
    _id("theme"),
    _id("lesson"),
    _id("digest"),
    Column("what", Text, nullable=False),
    _moment("at"),
    _moment("closed_at", empty=True),
    _note("note"),
    Index(None, "workspace", "person"),
    key=("workspace", "id"),
)

shelf = _table(
    "shelf",
    _id("theme"),
    _id("lesson"),
    _id("digest"),
    _moment("seen"),
    key=("theme", "lesson"),
)
"""Which lessons have been on this shelf, so that a vanished id is noticed. No tenant: content is shared."""

vault = _table(
    "vault",
    _id("owner"),
    Column("name", String(200), nullable=False),
    Column("value", Text, nullable=False),
    _moment("at"),
    key=("owner", "name"),
)
"""What a front end keeps for itself; it may hold secrets, so nothing but that front end reads it."""

personal = tuple(table for table in metadata.sorted_tables if "person" in table.c)
"""Every table that holds something on a person."""
