"""One payload on its way to the app: tried until it is acknowledged or given up, over whichever line the app keeps."""

import asyncio
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tests.wire.slack.book import Book
from tests.wire.slack.model import Json


class EnvelopeKind(StrEnum):
    """What Socket Mode calls the three sorts; over HTTP they differ by content type."""

    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


@dataclass(frozen=True, slots=True)
class Ack:
    """The app's acknowledgement as Slack has it. `error` is what the person is shown instead."""

    payload: Json | None
    elapsed: float
    attempts: int
    error: str | None = None


@dataclass(slots=True, eq=False)
class Delivery:
    """A payload, the clock that started when it was first due, and the ack it waits for."""

    id: str
    kind: EnvelopeKind
    payload: Json
    acked: "asyncio.Future[Ack]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    started: float = field(default_factory=time.perf_counter)
    attempts: int = 0
    reason: str = ""

    @property
    def is_event(self) -> bool:
        return self.kind is EnvelopeKind.EVENT

    def elapsed(self) -> float:
        return time.perf_counter() - self.started

    def accept(self, payload: Json | None) -> None:
        """The first ack counts."""
        if not self.acked.done():
            self.acked.set_result(Ack(payload, self.elapsed(), self.attempts))

    def give_up(self, error: str) -> None:
        if not self.acked.done():
            self.acked.set_result(Ack(None, self.elapsed(), self.attempts, error))


@dataclass(slots=True)
class Pace:
    """Slack's patience, shortened by tests that want to see it end."""

    ack_seconds: float = 3.0
    redeliver_seconds: float = 3.0
    retries: int = 3
    retry_pause: float = 0.02


class Line(Protocol):
    """A way to the app: a web socket, or its public URL."""

    def send(self, delivery: Delivery) -> None: ...


class Courier:
    """Hands deliveries to the line in use, and ends those that nobody answers."""

    def __init__(self, book: Book, pace: Pace) -> None:
        self._book = book
        self._pace = pace
        self.line: Line | None = None

    async def deliver(self, delivery: Delivery) -> Ack:
        """Send and wait for the ack. A person waits `ack_seconds`; events are tried for as long as retries last."""
        assert self.line is not None
        self.line.send(delivery)
        if delivery.is_event:
            return await delivery.acked
        timer = asyncio.get_running_loop().call_later(self._pace.ack_seconds, self._end, delivery)
        try:
            return await delivery.acked
        finally:
            timer.cancel()

    def _end(self, delivery: Delivery) -> None:
        error = "operation_timeout" if delivery.attempts else "dispatch_failed"
        self._book.fail(f"{error}: {delivery.kind} {_name(delivery.payload)} after {delivery.elapsed():.1f} s")
        delivery.give_up(error)


def _name(payload: Json) -> str:
    event = payload.get("event", {})
    return str(payload.get("command") or event.get("type") or payload.get("type") or "")
