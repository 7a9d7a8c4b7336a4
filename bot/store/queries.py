"""Reads the `.sql` files of the hot door and the outbox: named statements, written once for both databases.

`-- name: …` begins a statement and `:name` is a parameter. `{{name}}` stands for another statement of the file, or for
a part that the caller gives. Two things are written for each database: `{{batch(a bigint, b text)}}` is the JSON array
in the parameter `batch` as a table of that name, and `{{arrays(a, b)}}` are the values of columns as one JSON array of
arrays. SQLite has one writer and no `FOR UPDATE`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from sqlalchemy import BigInteger, Dialect, String, Subquery, column, text

from bot.core.record import Record

_FOLDER = Path(__file__).parent / "sql"


class Query(Record):
    """A statement as the driver takes it."""

    text: str
    names: tuple[str, ...] = ()
    """The parameters `$1`, `$2`, … on PostgreSQL. SQLite takes them by name."""
    name: str = ""
    """The file's and the statement's, for a trace."""


@cache
def query(file: str, name: str, dialect: str, **parts: str | int) -> Query:
    """A statement for `sqlite` or `postgresql`."""
    made = fragment(file, name, **parts)
    made = re.sub(r"\{\{batch\(([^)]*)\)\}\}", lambda it: f"({_unpacked(it[1], dialect)}) AS batch", made)
    made = re.sub(r"\{\{arrays\(([^)]*)\)\}\}", lambda it: _arrays(it[1].split(", "), dialect), made)
    if dialect == "sqlite":
        return Query(re.sub(r"\s+FOR UPDATE( SKIP LOCKED)?", "", made), name=f"{file}.{name}")
    names = tuple(dict.fromkeys(re.findall(r":(\w+)", made)))
    return Query(re.sub(r":(\w+)", lambda it: f"${names.index(it[1]) + 1}", made), names, f"{file}.{name}")


def fragment(file: str, name: str, **parts: str | int) -> str:
    """A part to be put into a statement of the same file."""

    def part(it: re.Match[str]) -> str:
        return str(parts[it[1]]) if it[1] in parts else fragment(file, it[1], **parts)

    return re.sub(r"\{\{(\w+)\}\}", part, _statements(file)[name])


@cache
def _statements(file: str) -> Mapping[str, str]:
    _, *parts = re.split(r"^-- name: (\w+)\n", (_FOLDER / f"{file}.sql").read_text("utf-8"), flags=re.MULTILINE)
    bare = [re.sub(r"^--.*\n", "", part, flags=re.MULTILINE).strip() for part in parts]
    return dict(zip(bare[::2], bare[1::2], strict=True))


def _unpacked(columns: str, dialect: str) -> str:
    """A SELECT of the batch's columns, named and typed as in `a bigint, b text`."""
    named = [each.split() for each in columns.split(",")]
    if dialect == "sqlite":
        made = (f"json_extract(item.value, '$[{index}]') AS {name}" for index, (name, _) in enumerate(named))
        return f"SELECT {', '.join(made)} FROM json_each(:batch) AS item"  # noqa: S608
    made = (f"CAST(item.value ->> {index} AS {kind}) AS {name}" for index, (name, kind) in enumerate(named))
    return f"SELECT {', '.join(made)} FROM jsonb_array_elements(CAST(CAST(:batch AS text) AS jsonb)) AS item"  # noqa: S608


def _arrays(columns: Sequence[str], dialect: str) -> str:
    """An array of columns: PostgreSQL makes that in half the time of an array of rows. Without any rows, SQLite makes
    empty columns and PostgreSQL nulls."""
    if dialect == "sqlite":
        return f"json_array({', '.join(f'json_group_array({each})' for each in columns)})"
    return f"CAST(json_build_array({', '.join(f'json_agg({each})' for each in columns)}) AS text)"


def batch(columns: str, dialect: Dialect) -> Subquery:
    """The same table for statements of SQLAlchemy Core; its parameter is `batch`."""
    named = (each.split() for each in columns.split(","))
    typed = (column(name, BigInteger if kind == "bigint" else String) for name, kind in named)
    return text(_unpacked(columns, dialect.name)).columns(*typed).subquery("batch")


def packed(rows: Sequence[Sequence[object]]) -> str:
    """Rows as the batch."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
