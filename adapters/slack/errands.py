"""Work that goes on after Slack has its acknowledgement: each errand has an owner, and is finished before the stop."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict, deque
from collections.abc import Coroutine
from dataclasses import dataclass

from bot.api import views

_LOG = logging.getLogger(__name__)

REMEMBERED = 2048
"""Payloads remembered, so that a second delivery is recognised."""
ANSWERS = 128
"""The newest of them whose answers are kept, too, in case an acknowledgement was lost on its way."""


class InHand:
    """How many things are being answered, and a way to wait for none."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    def __enter__(self) -> None:
        self._count += 1
        self._none.clear()

    def __exit__(self, *_: object) -> None:
        self._count -= 1
        if not self._count:
            self._none.set()

    async def none(self) -> None:
        await self._none.wait()


class Errands:
    """Tasks in hand."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = asyncio.Event()

    def start(self, work: Coroutine[object, object, None], *, name: str) -> None:
        task = asyncio.create_task(_watched(work, name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait until everything in hand is done, what it starts included."""
        self._ending.set()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ending.clear()

    async def rest(self, seconds: float) -> bool:
        """A rest that no stop waits for: whether it was had to its end, so that there is a use in going on."""
        try:
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        except TimeoutError:
            return True
        return False


async def _watched(work: Coroutine[object, object, None], name: str) -> None:
    try:
        await work
    except Exception:
        _LOG.exception("An errand failed.", extra={"action": "slack.failed", "errand": name})


def reference() -> str:
    """An id to tell a person, and to find in the log."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(4))


@dataclass(slots=True, eq=False)
class Turn:
    """One payload being answered."""

    reply: asyncio.Task[views.Reply] | None = None
    """The engine's answer, asked for once however often Slack delivers the payload."""
    elsewhere: bool = False
    """Whether the answer goes another way than the acknowledgement; then a repetition carries nothing."""

    def settle(self) -> None:
        """Let go of an answer that has long been given."""
        if self.reply is not None and self.reply.done():
            self.reply = None
            self.elsewhere = True


class Seen:
    """Payloads by the id that stays the same when Slack delivers them again."""

    def __init__(self) -> None:
        self._turns: OrderedDict[str, Turn] = OrderedDict()
        self._newest: deque[Turn] = deque()

    def turn(self, key: str) -> tuple[Turn, bool]:
        """The turn that this payload belongs to, and whether it was delivered before."""
        known = self._turns.get(key)
        if known is not None:
            return known, True
        turn = Turn()
        if key:
            self._turns[key] = turn
            self._newest.append(turn)
            if len(self._newest) > ANSWERS:
                self._newest.popleft().settle()
            if len(self._turns) > REMEMBERED:
                self._turns.popitem(last=False)
        return turn, False
