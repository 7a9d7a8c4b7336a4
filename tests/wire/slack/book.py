"""The book: what Slack was asked, what it refused, what people saw, and how a test waits for any of it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from tests.wire.slack.model import Json, Message, View

T = TypeVar("T")
PATIENCE = 5.0


class NotSeen(AssertionError):
    """Something awaited did not happen; the text names it and tells what happened instead."""


class SightKind(StrEnum):
    """What can change on somebody's screen."""

    MESSAGE = "message"
    EPHEMERAL = "ephemeral"
    UPDATED = "updated"
    DELETED = "deleted"
    VIEW = "view"
    CLOSED = "closed"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Sight:
    """One change on a screen. Without `user_id` it is for everybody in the channel."""

    kind: SightKind
    team_id: str
    user_id: str | None = None
    channel_id: str | None = None
    message: Message | None = None
    view: View | None = None
    turn_id: str | None = None


@dataclass(slots=True)
class Request:
    """One call that reached Slack, and what it was told."""

    method: str
    args: Json
    team_id: str | None = None
    status: int = 200
    answer: Json = field(default_factory=dict)
    fault: str | None = None

    @property
    def error(self) -> str | None:
        error = self.answer.get("error")
        return None if error is None else str(error)


@dataclass(slots=True, eq=False)
class _Waiter(Generic[T]):
    find: Callable[[], T | None]
    future: "asyncio.Future[T]"

    def look(self) -> None:
        if self.future.done():
            return
        try:
            found = self.find()
        except Exception as broken:
            self.future.set_exception(broken)
            return
        if found is not None:
            self.future.set_result(found)


class Book:
    """Written by the server, read by tests."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.unexpected: list[Request] = []
        self.rejected: list[Request] = []
        self.warnings: list[str] = []
        self.failures: list[str] = []
        self.sights: list[Sight] = []
        self._waiters: dict[str | None, list[_Waiter[object]]] = {}

    def enter(self, request: Request) -> None:
        self.requests.append(request)
        if request.answer.get("ok") is False and request.fault is None:
            self.rejected.append(request)
        self.ring()

    def reject(self, method: str, answer: Json) -> None:
        """Something came in an ack, where Slack has nobody to tell: only the person sees that it failed."""
        self.enter(Request(method=method, args={}, answer={"ok": False, **answer}))

    def warn(self, warning: str) -> None:
        self.warnings.append(warning)
        self.ring()

    def fail(self, failure: str) -> None:
        self.failures.append(failure)
        self.ring()

    def show(self, sight: Sight) -> None:
        self.sights.append(sight)
        # What one interaction shows to one person can wake that one and whoever waits for the book as a whole.
        self.ring(sight.turn_id if sight.user_id else None)

    def ring(self, turn_id: str | None = None) -> None:
        """Let those look again who may now find what they wait for."""
        groups = list(self._waiters) if turn_id is None else [None, turn_id]
        for group in groups:
            for waiter in list(self._waiters.get(group, ())):
                waiter.look()

    async def until(
        self, what: str, find: Callable[[], T | None], *, within: float = PATIENCE, turn_id: str | None = None
    ) -> T:
        """The first thing `find` returns that is not None; `NotSeen` names `what` when it stays away."""
        found = find()
        if found is not None:
            return found
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(find, future)
        group = self._waiters.setdefault(turn_id, [])
        group.append(waiter)  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(within):
                return await future
        except TimeoutError:
            raise NotSeen(f"not seen within {within:g} s: {what}\n{self.describe()}") from None
        finally:
            group.remove(waiter)  # type: ignore[arg-type]
            if not group:
                self._waiters.pop(turn_id, None)

    def describe(self) -> str:
        """The last things that happened, for an error message."""
        return "\n".join(self._lines())

    def trouble(self) -> list[str]:
        """All that a clean run has none of."""
        return [
            *(f"refused: {r.method} -> {r.error} {r.answer.get('response_metadata', '')}" for r in self.rejected),
            *(f"unexpected: {r.method} {r.args}" for r in self.unexpected),
            *(f"warning: {warning}" for warning in self.warnings),
            *(f"failure: {failure}" for failure in self.failures),
        ]

    def forget(self) -> None:
        """Start a new page: what happened before is no longer told (nor kept in memory)."""
        for page in (self.requests, self.unexpected, self.rejected, self.warnings, self.failures, self.sights):
            page.clear()

    def _lines(self) -> Iterator[str]:
        for sight in self.sights[-5:]:
            text = sight.message.text if sight.message else (sight.view.title if sight.view else "")
            yield f"  on screen: {sight.kind} for {sight.user_id or sight.channel_id}: {text[:80]!r}"
        for request in self.requests[-5:]:
            yield f"  asked: {request.method} -> {request.error or request.status}"
        for trouble in self.trouble()[-5:]:
            yield f"  {trouble}"
