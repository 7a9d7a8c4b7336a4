"""One line of the ledger: what is to be said to whom, by when, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.core.record import Record, field
from bot.domain.posts import DeliveryState

PUNCTUAL = timedelta(minutes=5)
"""What is sent within this of its time is not called late."""


class DeliveryKind(StrEnum):
    """What is said. A workspace's few public lines go before its many private ones."""

    POST = "post"
    COUNT = "count"
    """The edit of a post a week later: how many have done it."""
    ALERT = "alert"
    NUDGE = "nudge"

    @property
    def rank(self) -> int:
        return 1 if self is DeliveryKind.NUDGE else 0


class DeliveryKey(Record, order=True):
    """What makes a line that line: a schedule's post of a date, or a person's nudge of a date. Never a time, never a
    try: whoever plans it again finds it there."""

    workspace: str
    person: str
    schedule: str
    kind: DeliveryKind
    local_date: date

    @property
    def key(self) -> str:
        """For the platform: the same line has the same key for ever."""
        return "/".join((self.workspace, self.kind, self.person or self.schedule, self.local_date.isoformat()))


class Lease(Record):
    """Whose it is for now. A later owner has a higher epoch; what an earlier one still reports is not taken."""

    owner: str
    epoch: int
    until: datetime


NOBODY = Lease("", 0, datetime.min.replace(tzinfo=UTC))


class Entry(Record):
    name: DeliveryKey
    due: datetime
    expires: datetime
    address: str
    state: DeliveryState = DeliveryState.PLANNED
    payload: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What is to be rendered, as far as it is settled."""
    attempt: int = 0
    doubt: datetime | None = None
    """When an earlier try began of which nobody knows whether it got through."""
    message: str = ""
    """The front end's reference to what was posted."""
    reason: str = ""
    ended: datetime | None = None
    lease: Lease = NOBODY

    @property
    def front(self) -> str:
        return front_of(self.name.workspace)

    def sent_state(self, at: datetime) -> DeliveryState:
        return DeliveryState.LATE if at - self.due > PUNCTUAL else DeliveryState.SENT


def front_of(workspace: str) -> str:
    """The front end that a workspace lives in: by contract its key begins with that name."""
    return workspace.partition(":")[0]
