"""What a column can be. An instant is whole microseconds since 1970 in UTC, on both databases alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    event,
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


def table(name: str, *columns: Column[Any] | Index, key: tuple[str, ...]) -> Table:
    """A table whose rows lie in the order of their key."""
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
    """One that may grow beyond any bound."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def day(name: str) -> Column[str]:
    """A local date as ISO writes it; empty for none."""
    return Column(name, String(10), nullable=False, server_default=_NONE)


def index(*columns: str, where: str) -> Index:
    """Over those rows alone that somebody looks for."""
    return Index(None, *columns, sqlite_where=text(where), info={"where": where})


@event.listens_for(metadata, "before_create")
def _tell_postgres(_: MetaData, connection: Connection, **_options: object) -> None:
    """The same for PostgreSQL, once there is one: to name its option is to load its whole dialect."""
    if connection.dialect.name == "postgresql":
        for each in metadata.tables.values():
            for made in (index for index in each.indexes if "where" in index.info):
                made.dialect_kwargs["postgresql_where"] = text(made.info["where"])
