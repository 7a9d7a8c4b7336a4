"""The content of a row of the outbox, composed just before it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.core.record import Record, field
from bot.core.views import Reader, View
from bot.domain.outbox import Entry


class Message(Record):
    view: View
    reader: Reader = field(default_factory=Reader)
    payload: Mapping[str, str] | None = None
    """What was decided and must stay so (which lesson): kept in the row before anything is sent."""
    edits: str = ""
    """The reference of an earlier message: then that is changed, and nothing new is posted."""


class Cancelled(Record):
    """Nothing is to be sent any more."""

    reason: str
    """For people; the row keeps it, as a message that is said where it is shown, or said already in the workspace's
    language."""


Compose = Callable[[Entry], Awaitable[Message | Cancelled]]
"""Reads what it needs and changes nothing. The row's payload, if it has one, is what it decided before."""
