"""A theme that somebody who manages suggested: to one person, or to all who bear a role."""

from __future__ import annotations

from datetime import date, datetime

from bot.core.record import Record


class Assignment(Record):
    id: str
    theme: str
    at: datetime
    role: str = ""
    person: str = ""
    """Empty for a rule: applied to whoever learns here and bears the role, offered to whoever else bears it."""
    by_date: date | None = None
    required: bool = False
    """They may not leave it."""
    suggested_by: str = ""
    """The person who did; empty if they were erased since."""

    @property
    def is_rule(self) -> bool:
        return not self.person
