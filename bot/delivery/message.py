"""What is to be said for a line of the ledger: decided by whoever knows the content, just before it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.core.record import Record, field
from bot.core.views import Reader, View
from bot.domain.outbox import Entry


class Message(Record):
    view: View
    reader: Reader = field(default_factory=Reader)
    payload: Mapping[str, str] | None = None
    """What was decided and must stay so (which lesson): kept with the line before anything is sent."""
    edits: str = ""
    """The reference of an earlier message: then that is changed, and nothing new is posted."""


class Cancelled(Record):
    """There is nothing to say any more."""

    reason: str
    """For people, as it stands in the ledger."""


Compose = Callable[[Entry], Awaitable[Message | Cancelled]]
"""Reads what it needs and changes nothing. The line's payload, where it has one, is what it decided before."""
