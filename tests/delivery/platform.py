"""A small platform in the hand of a test: it keeps what was posted, and fails as it is told."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.ports import Check, Delivered, Outcome, Reach
from bot.core.views import Reader, View

ANYBODY = Reader()


class Fault(StrEnum):
    """What goes wrong with one delivery."""

    ANSWER_LOST = "posted, but the answer never came"
    REQUEST_LOST = "never arrived, and no answer"
    BREAKS = "the front end has a bug"
    HANGS = "waits until it is let go"


@dataclass(frozen=True, slots=True)
class Post:
    address: str
    key: str
    view: View
    reader: Reader = ANYBODY


Script = Callable[[str, str], Delivered | Fault | None]


@dataclass(slots=True)
class Platform:
    """Posts stand in `posts`; whatever the script says happens first."""

    name: str = "hand"
    posts: list[Post] = field(default_factory=list)
    edits: list[tuple[str, View]] = field(default_factory=list)
    sought: list[str] = field(default_factory=list)
    script: Script = lambda _address, _key: None
    turns: deque[Delivered | Fault | None] = field(default_factory=deque)
    """What happens to the next ones, in order, whatever they are."""
    dedupes: bool = False
    """Whether a key that stands there is refused by the platform itself, as by a nonce."""
    lacking: dict[str, Check] = field(default_factory=dict)
    """What is missing at a place."""
    quiet: dict[str, str] = field(default_factory=dict)
    """Roles that are not notified, and why."""
    surveyed: list[str] = field(default_factory=list)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    hanging: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    """Released once for each delivery that hangs."""
    on_edit: Callable[[View], Delivered | None] = lambda _view: None
    """Hears of every edit; what it says in place of nothing is the answer."""
    vanished: bool = False
    """Whether what was posted has been deleted by hand."""
    under_way: int = 0
    most_under_way: int = 0

    async def start(self) -> None:
        return None

    async def stop(self) -> None:
        return None

    @property
    def trouble(self) -> str:
        return ""

    async def deliver(
        self, view: View, address: str, key: str, *, reader: Reader = ANYBODY, first_try: datetime | None = None
    ) -> Delivered:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            return await self._deliver(Post(address, key, view, reader), looks=first_try is not None)
        finally:
            self.under_way -= 1

    async def _deliver(self, post: Post, *, looks: bool) -> Delivered:
        fault = (self.turns.popleft() if self.turns else None) or self.script(post.address, post.key)
        if isinstance(fault, Delivered):
            return fault
        if fault is Fault.BREAKS:
            raise ZeroDivisionError
        if fault is Fault.REQUEST_LOST:
            return Delivered(Outcome.UNKNOWN, reason="no answer")
        if fault is Fault.HANGS:
            self.hanging.release()
            await self.let_go.wait()
        if (looks or self.dedupes) and (found := self.find(post.key)):
            return found
        self.posts.append(post)
        if fault is Fault.ANSWER_LOST:
            return Delivered(Outcome.UNKNOWN, reason="no answer")
        return Delivered(Outcome.SENT, f"m{len(self.posts) - 1}")

    async def seek(self, address: str, key: str, *, since: datetime) -> Delivered | None:
        self.sought.append(key)
        return self.find(key)

    async def edit(self, view: View, message: str, *, reader: Reader = ANYBODY) -> Delivered:
        if self.vanished:
            return gone("The message was deleted.")
        if failed := self.on_edit(view):
            return failed
        self.edits.append((message, view))
        return Delivered(Outcome.SENT, message)

    async def check(self, places: Sequence[str] = (), *, workspace: str = "") -> Sequence[Check]:
        return ()

    async def survey(self, workspace: str, places: Sequence[str]) -> Sequence[Check]:
        self.surveyed += places
        return [self.lacking.get(place, Check(place, healthy=True, detail="It can be posted to.")) for place in places]

    async def silent(self, workspace: str, role: str, place: str) -> str:
        return self.quiet.get(role, "")

    def direct(self, workspace: str, person: str) -> str:
        return f"@{person}"

    def fits(self, view: View) -> Sequence[str]:
        return ()

    def find(self, key: str) -> Delivered | None:
        return next(
            (Delivered(Outcome.SENT, f"m{number}") for number, post in enumerate(self.posts) if post.key == key), None
        )

    @property
    def keys(self) -> list[str]:
        return [post.key for post in self.posts]

    @property
    def twice(self) -> list[str]:
        """Keys that stand there more than once."""
        return [key for key, count in Counter(self.keys).items() if count > 1]


def later(wait: float = 0.0, *, reach: Reach = Reach.PLACE) -> Delivered:
    return Delivered(Outcome.LATER, reason="Too many requests.", wait=wait, reach=reach)


def gone(reason: str = "The channel is archived. Choose another one.") -> Delivered:
    return Delivered(Outcome.GONE, reason=reason)
