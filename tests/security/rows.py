"""Rows of every table, whatever its columns are."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer

from bot.store.columns import DayColumn, Instant


def of_type(column: Column[object], *, flag: bool) -> object:
    """Something that fits what is no text; None for a text, or a day that is kept as one."""
    match column.type:
        case Instant():
            return datetime(2026, 1, 5, tzinfo=UTC)
        case DayColumn():
            return date(2026, 1, 5)
        case Boolean():
            return flag
        case Double():
            return 1.0
        case Integer() | BigInteger():
            return 1
        case _:
            return "2026-01-05" if column.name.endswith("date") else None
