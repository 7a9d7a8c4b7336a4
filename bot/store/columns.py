"""The kinds of columns. An instant is whole microseconds since 1970 in UTC, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
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
DAY, QUARTER = timedelta(days=1) // _MICROSECOND, timedelta(minutes=15) // _MICROSECOND
"""A day, and a quarter of an hour, in microseconds."""


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


class DayColumn(TypeDecorator[date]):
    """A local date as ISO writes it; empty for none."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str:
        return value.isoformat() if value else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if value else None


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


def table(name: str, *columns: Column[Any] | Index, key: tuple[str, ...]) -> Table:
    """A table whose rows are stored in the order of their key."""
    return Table(name, metadata, *columns, PrimaryKeyConstraint(*key), sqlite_with_rowid=False)


def word(name: str) -> Column[str]:
    return Column(name, String(120), nullable=False)


def note(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=_NONE)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def moment(name: str, *, empty: bool = False) -> Column[datetime]:
    return Column(name, Instant, nullable=empty)


def number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


def count(name: str) -> Column[int]:
    """A number without an upper bound."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def day(name: str) -> Column[date]:
    return Column(name, DayColumn, nullable=False, server_default=_NONE)


def day_in_key(name: str) -> Column[str]:
    """A local date that statements in `.sql` files read and write as well, so it stays text."""
    return Column(name, String(10), nullable=False, server_default=_NONE)


def index(*columns: str, where: str) -> Index:
    """A partial index, over the rows that are looked for."""
    return Index(None, *columns, sqlite_where=text(where), postgresql_where=text(where))
