"""Errors: those that a person can fix, and those that stop the process.

A `StudyError` is said to the person, word for word, with the next step. Everything else is a bug: it is logged under
a reference id, and the person is told that id and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.actions import Offer


class StudyError(Exception):
    """Something the person can fix: a sentence, the next step, and perhaps buttons that take it."""

    def __init__(self, message: str, hint: str = "", *, actions: Sequence[Offer] = (), field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.actions = tuple(actions)
        self.field = field
        """The parameter that it is about, where it is about one."""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotAllowed(StudyError):
    """The person may not do this here."""


class NotYet(StudyError):
    """Nothing is wrong: there is only nothing there yet."""


class StoreUnavailable(Exception):
    """The database cannot answer or write just now; nothing was recorded."""


class SettingsError(Exception):
    """A setting that stops the start: one line that names it and the fix."""


class PlatformClosed(Exception):
    """A platform closed the line for good while Dualo served: why, and the next step."""
