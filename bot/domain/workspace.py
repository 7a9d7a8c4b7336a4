"""A workspace as those who run it set it up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

RETENTION_DAYS = 30
"""How long data stays after a workspace took the bot away, unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody who was named to run the workspace: a person, or all who bear a role."""

    id: str
    is_role: bool = False

    @property
    def name(self) -> str:
        """As stored and as carried by buttons."""
        return f"{'role' if self.is_role else 'person'}:{self.id}"


def manager(name: str) -> Manager | None:
    kind, _, identity = name.partition(":")
    return Manager(identity, is_role=kind == "role") if identity and kind in {"person", "role"} else None


@dataclass(frozen=True, slots=True)
class Workspace:
    timezone: str = ""
    language: str = ""
    alert_to: str = ""
    """The address of whoever is told when something fails."""
    managers: tuple[Manager, ...] = ()
    """Besides those of whom the platform says it."""
    board: bool = False
    """Whether people may show themselves on a board."""
    personal: bool = False
    """Whether reports may name people."""
    retention_days: int = RETENTION_DAYS

    def names(self, person: str, roles: Collection[str]) -> bool:
        """Whether somebody was named to run it."""
        return any(each.id in roles if each.is_role else each.id == person for each in self.managers)
