"""A workspace as those who run it set it up."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from bot.core.record import Record
from bot.domain.memory import DESIRED

LEAST_AWAY, MOST_AWAY = 30, 3650
"""Days that somebody may stay away, where that has an end."""
RETENTION_DAYS = 30
"""How long data stays after a workspace took the bot away, unless it says otherwise."""


_LONGEST_MARK = 60
"""Bytes."""
_NAME = re.compile(r"web|discord:(?:dm:)?\d{1,20}|slack:(?:-|E[A-Z0-9]{1,20}):T[A-Z0-9]{1,20}")
"""As front ends name what they serve: the page, a server, somebody's direct messages, a team within its enterprise."""


def is_name(said: str) -> bool:
    """Whether a workspace can be called this."""
    return _NAME.fullmatch(said) is not None


def is_personal(name: str) -> bool:
    """Whether a workspace is somebody's direct messages."""
    return name.startswith("discord:dm:")


class Manager(Record):
    """Somebody who was named to run the workspace: a person, or all who bear a role."""

    id: str
    is_role: bool = False

    @property
    def name(self) -> str:
        """As stored."""
        return f"{'role' if self.is_role else 'person'}:{self.id}"

    @property
    def mark(self) -> str:
        """As carried by buttons, which hold little: the name, or its fingerprint where somebody's id is long."""
        name = self.name.encode()
        return self.name if len(name) <= _LONGEST_MARK else f"#{hashlib.sha256(name).hexdigest()[:16]}"


def manager(name: str) -> Manager | None:
    kind, _, identity = name.partition(":")
    return Manager(identity, is_role=kind == "role") if identity and kind in {"person", "role"} else None


class Workspace(Record):
    timezone: str = ""
    language: str = ""
    alert_to: str = ""
    """The address of whoever is told when something fails."""
    managers: tuple[Manager, ...] = ()
    """Besides those of whom the platform says it."""
    personal: bool = False
    """Whether reports may name people."""
    retention_days: int = RETENTION_DAYS
    away_days: int = 0
    """After so many days without a sign of life what is kept on a person is erased; 0 for never."""
    board: bool = False
    """Whether people may be listed on the board."""
    certificates: bool = False
    """Whether whoever finishes a theme may have a certificate."""
    desired_recall: int = DESIRED
    """Percent of questions that are to be known when a review asks them again."""

    def names(self, person: str, roles: Collection[str]) -> bool:
        """Whether somebody was named to run it."""
        return any(each.id in roles if each.is_role else each.id == person for each in self.managers)


def differences(before: Workspace, after: Workspace) -> list[tuple[str, str]]:
    """Each change in words, with the affected person's id beside them, never within: so it can be erased. They are
    English, as the audit keeps them."""
    pairs = {
        "timezone": (before.timezone or "none", after.timezone or "none"),
        "language": (before.language or "any", after.language or "any"),
        "reports by person": (_on(before.personal), _on(after.personal)),
        "board": (_on(before.board), _on(after.board)),
        "certificates": (_on(before.certificates), _on(after.certificates)),
        "known at a review": (f"{before.desired_recall} %", f"{after.desired_recall} %"),
        "days until who stays away is erased": (_or_never(before.away_days), _or_never(after.away_days)),
        "days kept": (str(before.retention_days), str(after.retention_days)),
    }
    told = [f"{name} {old} → {new}" for name, (old, new) in pairs.items() if old != new]
    if before.alert_to != after.alert_to:
        told.append("who is told when something fails")
    found = [("; ".join(told), "")] if told else []
    found += [_named_or_not("may run Dualo", each) for each in after.managers if each not in before.managers]
    found += [_named_or_not("may run Dualo no more", each) for each in before.managers if each not in after.managers]
    return found


def _named_or_not(told: str, who: Manager) -> tuple[str, str]:
    return (f"all who bear the role {who.id} {told}", "") if who.is_role else (told, who.id)


def _or_never(days: int) -> str:
    return str(days) if days else "never"


def _on(switch: object) -> str:
    return "on" if switch else "off"
