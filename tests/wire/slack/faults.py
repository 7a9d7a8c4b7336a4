"""What goes wrong on purpose: for which method, where, how often, and whether before or after the work is done."""

import fnmatch
import math
from dataclasses import dataclass

from tests.wire.slack.model import Clock, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One planned misfortune. `accepted` means: Slack did the work all the same, only the answer is bad."""

    method: str = "*"
    channel: str | None = None
    error: str | None = None
    status: int = 200
    retry_after: int | None = None
    dropped: bool = False
    garbled: tuple[str, bytes] | None = None
    """Another content type and body than Slack's, as of a proxy in between."""
    delay: float = 0.0
    accepted: bool = False

    @property
    def name(self) -> str:
        if self.dropped:
            return "dropped"
        if self.garbled is not None:
            return "garbled"
        return self.error or (str(self.status) if self.status != 200 else "delayed")


class Faults:
    """The plan, and the limit of about one message a second in a channel once it is switched on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._planned: list[tuple[Fault, list[int]]] = []
        self._free_at: dict[str, float] = {}
        self.seconds_per_post: float | None = None

    def plan(self, fault: Fault, *, times: int = 1) -> None:
        self._planned.append((fault, [times]))

    def clear(self) -> None:
        self._planned.clear()
        self.seconds_per_post = None

    def take(self, method: str, channel: str | None) -> Fault | None:
        """The first planned fault that fits, used up by one."""
        for fault, left in self._planned:
            fits = fnmatch.fnmatchcase(method, fault.method) and fault.channel in (None, channel)
            if fits and left[0] > 0:
                left[0] -= 1
                return fault
        return None

    def meter_post(self, channel_id: str) -> None:
        """Refuse a message that comes too soon after the last one in its channel."""
        if self.seconds_per_post is None:
            return
        now = self._clock.now()
        free_at = self._free_at.get(channel_id, 0.0)
        if now < free_at:
            raise RateLimited(math.ceil(free_at - now))
        self._free_at[channel_id] = now + self.seconds_per_post


class RateLimited(Refusal):
    """Too soon: status 429 with the seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after
