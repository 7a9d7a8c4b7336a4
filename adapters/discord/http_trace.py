"""Whether a post may be under way when its time runs out. The library tries again by itself, and keeps what it hears.

Each request and each answer of its session is told to the flight that they belong to. While the library only sits out a
rate limit nothing is under way: what Discord answered with 429 it did not do.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

LIMITED = 429
_POSTS = re.compile(r"/channels/\d+/messages$")
_LOST = 599
"""Stands for an answer that never came."""
_CURRENT: ContextVar[RequestTrace | None] = ContextVar("flight", default=None)


@dataclass(slots=True)
class RequestTrace:
    """One post, with all the requests that it takes, one after another."""

    doubtful: bool = False
    """A request to post was not clearly refused: the message may stand there."""
    _asking: bool = False
    _last: int = 0
    _rested_at: float = 0.0

    @property
    def rests(self) -> bool:
        """Whether the library is only sitting out a rate limit, and nothing was posted so far."""
        return not self.doubtful and not self._asking and self._last < 500

    @property
    def wait(self) -> float:
        """Seconds that Discord asked to be left alone, as far as they are not over."""
        return max(1.0, self._rested_at - asyncio.get_running_loop().time())

    def asks(self) -> None:
        self._asking = True

    def heard(self, status: int, *, posts: bool, rest: float = 0.0) -> None:
        self._asking, self._last = False, status
        if status == LIMITED:
            self._rested_at = asyncio.get_running_loop().time() + rest
        elif posts and not 400 <= status < 500:
            self.doubtful = True


@contextmanager
def flying() -> Iterator[RequestTrace]:
    """What is asked of Discord within belongs to one flight, if the client was made with our ear."""
    flight = RequestTrace()
    before = _CURRENT.set(flight)
    try:
        yield flight
    finally:
        _CURRENT.reset(before)


# What the session tells ----------------------------------------------------------------------------------------------


async def _asked(_: aiohttp.ClientSession, __: SimpleNamespace, ___: aiohttp.TraceRequestStartParams) -> None:
    if flight := _CURRENT.get():
        flight.asks()


async def _answered(_: aiohttp.ClientSession, __: SimpleNamespace, told: aiohttp.TraceRequestEndParams) -> None:
    if flight := _CURRENT.get():
        flight.heard(told.response.status, posts=_posts(told), rest=_rest(told.response))


async def _cut(_: aiohttp.ClientSession, __: SimpleNamespace, told: aiohttp.TraceRequestExceptionParams) -> None:
    if flight := _CURRENT.get():
        reached = not isinstance(told.exception, aiohttp.ClientConnectorError)
        flight.heard(_LOST, posts=reached and _posts(told))


def _posts(told: aiohttp.TraceRequestEndParams | aiohttp.TraceRequestExceptionParams) -> bool:
    return told.method == "POST" and _POSTS.search(told.url.path) is not None


def _rest(response: aiohttp.ClientResponse) -> float:
    try:
        return float(response.headers.get("Retry-After", ""))
    except ValueError:
        return 0.0


def _ear() -> aiohttp.TraceConfig:
    made = aiohttp.TraceConfig()
    made.on_request_start.append(_asked)
    made.on_request_end.append(_answered)
    made.on_request_exception.append(_cut)
    made.freeze()
    return made


EAR = _ear()
"""For the session of every client that posts."""
