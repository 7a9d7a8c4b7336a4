"""Decides how a stream of commands is put on a bot for a benchmark: so many in all, so many at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.wire.discord.interactions import Answer


@dataclass(frozen=True, slots=True)
class Load:
    seconds: float
    latencies: tuple[float, ...]

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def quantile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def run_load(act: Callable[[int], Answer], *, count: int, in_flight: int) -> Load:
    """Every act is awaited until its first answer, measured where the answer arrives."""
    latencies: list[float] = []
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            answer = await act(number)
            latencies.append(answer.elapsed)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(work())
    return Load(time.perf_counter() - began, tuple(latencies))
