"""Rows that wait together go as one JSON array through one statement, on either database.

`Batch` is that array as a table: named, typed columns of the waiting rows. Statements are written once in SQLAlchemy
Core, compiled when the store opens, and run straight on the driver's connection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Dialect,
    String,
    Subquery,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

from bot.core.record import Record

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

_PARAMETER = "batch"


class Batch(Record):
    """The columns of the waiting rows."""

    columns: tuple[tuple[str, TypeEngine[Any]], ...]

    def table(self, dialect: Dialect, name: str = "waiting") -> Subquery:
        """The waiting rows as something to select from."""
        if dialect.name == "sqlite":
            each = func.json_each(bindparam(_PARAMETER, type_=Text)).table_valued("value", name=f"{name}_each")
            made = [
                func.json_extract(each.c.value, literal_column(f"'$[{index}]'"), type_=kind).label(column)
                for index, (column, kind) in enumerate(self.columns)
            ]
        else:
            from sqlalchemy.dialects.postgresql import JSONB

            rows = cast(cast(bindparam(_PARAMETER, type_=Text), Text), JSONB)
            each = func.jsonb_array_elements(rows).table_valued("value", name=f"{name}_each")
            made = [
                cast(literal_column(f"({name}_each.value ->> {index})"), kind).label(column)
                for index, (column, kind) in enumerate(self.columns)
            ]
            return select(*made).select_from(each).subquery(name)
        return select(*made).subquery(name)


def upsert(table: Table, dialect: Dialect) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the dialect at hand, so that it can say what to do on a conflict."""
    if dialect.name == "sqlite":
        return sqlite.insert(table)
    # SQLAlchemy's PostgreSQL is 2 MiB, which SQLite need not carry.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def text_columns(*names: str) -> tuple[tuple[str, TypeEngine[Any]], ...]:
    return tuple((name, String()) for name in names)


def number(name: str) -> tuple[str, TypeEngine[Any]]:
    return (name, BigInteger())


def flag(name: str) -> tuple[str, TypeEngine[Any]]:
    return (name, Boolean())


def compiled(statement: ClauseElement, dialect: Dialect) -> str:
    """The statement as the driver takes it; its one parameter is the batch."""
    made = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    names = set(made.params)
    if names != {_PARAMETER}:
        raise ValueError(f"a batched statement may only take the batch, not {sorted(names)}")
    return str(made)


class Prepared(Record):
    """A statement as the driver takes it, with its parameters in the order in which it takes them."""

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, object]
    """Parameters that the dialect itself put there."""

    def values(self, **named: object) -> list[object]:
        return [named[name] if name in named else self.fixed[name] for name in self.names]


def prepared(statement: ClauseElement, dialect: Dialect) -> Prepared:
    """A statement with named parameters, each a bindparam of its own."""
    made = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    fixed = {name: value for name, value in made.params.items() if value is not None}
    return Prepared(str(made), tuple(made.positiontup or ()), MappingProxyType(fixed))  # type: ignore[attr-defined]


def packed(rows: Sequence[Sequence[object]]) -> str:
    """The waiting rows as the statement's parameter."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
