"""Decides what goes wrong on the way: rate limits, server errors, dropped answers, delays, held requests.

A route is written as `"POST /channels/*/messages"`; `*` stands for one step of the path, `**` for the rest of it,
and the method may be `*`.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Literal, TypeAlias

from tests.wire.discord.clock import Clock
from tests.wire.discord.payload import Payload

Scope: TypeAlias = Literal["user", "shared", "global"]
WINDOW_SECONDS = 1.0


class Moment(StrEnum):
    BEFORE = "before"
    AFTER = "after"


@lru_cache(maxsize=256)
def compile_route(route: str) -> re.Pattern[str]:
    parts = {"**": ".*", "*": "[^/ ]*"}
    return re.compile("".join(parts.get(one, re.escape(one)) for one in re.split(r"(\*\*|\*)", route)))


@lru_cache(maxsize=256)
def name_bucket(route: str) -> str:
    return hashlib.sha256(route.encode()).hexdigest()[:32]


@dataclass(slots=True)
class Fault:
    """Something that befalls the next `times` requests to a route (`None`: all of them)."""

    route: str
    times: int | None = 1

    def befalls(self, line: str) -> bool:
        if self.times == 0 or not compile_route(self.route).fullmatch(line):
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True)
class Failure(Fault):
    status: int = 500
    moment: Moment = Moment.BEFORE


@dataclass(slots=True)
class Drop(Fault):
    moment: Moment = Moment.AFTER


@dataclass(slots=True)
class Delay(Fault):
    seconds: float = 0.0


@dataclass(slots=True)
class Limit(Fault):
    retry_after: float = 1.0
    scope: Scope = "user"


@dataclass(slots=True)
class Hold(Fault):
    """Requests that wait at the door, before anything is done, until the test lets them in."""

    waiting: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.times = 0
        self.opened.set()


@dataclass(slots=True)
class Bucket:
    """A real limit on a route: so many requests in a window, per channel or server named in the path."""

    route: str
    limit: int
    seconds: float
    windows: dict[str, tuple[float, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allowance:
    limit: int
    remaining: int
    reset_after: float
    name: str


class Weather:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults: list[Fault] = []
        self.buckets: list[Bucket] = []
        self.default = Bucket("* **", limit=5_000, seconds=WINDOW_SECONDS)
        self.global_per_second: int | None = None
        self._recent: deque[float] = deque()

    def find(self, kind: type[Fault], line: str, moment: Moment | None = None) -> Fault | None:
        if not self.faults:
            return None
        for fault in self.faults:
            if not isinstance(fault, kind) or (moment and getattr(fault, "moment", moment) is not moment):
                continue
            if fault.befalls(line):
                return fault
        return None

    def spend(self, line: str, route: str, major: str) -> Allowance:
        """Counts one request; a negative `remaining` means that it is one too many."""
        place = f"{route}:{major}"
        bucket = next((one for one in self.buckets if compile_route(one.route).fullmatch(line)), self.default)
        now = self.clock.now()
        began, used = bucket.windows.get(place, (now, 0))
        if now >= began + bucket.seconds:
            began, used = now, 0
        bucket.windows[place] = (began, used + 1)
        if len(bucket.windows) > 10_000:
            bucket.windows.clear()
        left = max(0.001, began + bucket.seconds - now)
        return Allowance(bucket.limit, bucket.limit - used - 1, left, name_bucket(f"{bucket.route} {route}"))

    def over_global(self) -> float:
        """Seconds to wait when the bot has spent its requests of this second, else 0."""
        if self.global_per_second is None:
            return 0.0
        now = self.clock.now()
        while self._recent and self._recent[0] <= now - WINDOW_SECONDS:
            self._recent.popleft()
        if len(self._recent) >= self.global_per_second:
            return self._recent[0] + WINDOW_SECONDS - now
        self._recent.append(now)
        return 0.0


def limit_headers(allowance: Allowance, now: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(max(0, allowance.remaining)),
        "X-RateLimit-Reset": f"{now + allowance.reset_after:.3f}",
        "X-RateLimit-Reset-After": f"{allowance.reset_after:.3f}",
        "X-RateLimit-Bucket": allowance.name,
    }


def limited(retry_after: float, scope: Scope) -> tuple[Payload, dict[str, str]]:
    """The body and headers of a 429; discord.py takes one without `Via` for a ban."""
    body: Payload = {
        "message": "You are being rate limited.",
        "retry_after": round(retry_after, 3),
        "global": scope == "global",
    }
    headers = {
        "Retry-After": str(math.ceil(retry_after)),
        "X-RateLimit-Scope": scope,
        "X-RateLimit-Reset-After": f"{retry_after:.3f}",
        "Via": "1.1 google",
    }
    if scope == "global":
        headers["X-RateLimit-Global"] = "true"
    return body, headers
