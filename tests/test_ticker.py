"""The process's clock."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, tzinfo
from typing import Self

import pytest
from apscheduler.schedulers import base

from bot.core.errors import StoreUnavailable
from bot.process import clock
from bot.process.clock import ticking

SOON = 0.005


async def until(condition: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        await condition.wait()


async def test_a_job_runs_again_and_again_until_the_end() -> None:
    often, times = asyncio.Event(), 0

    async def job() -> None:
        nonlocal times
        times += 1
        if times == 3:
            often.set()

    async with ticking({"job": (SOON, job)}):
        await until(often)
    before = times
    await asyncio.sleep(4 * SOON)
    assert times == before


async def test_a_tick_that_takes_long_is_never_run_beside_itself_and_the_missed_ones_count_as_one() -> None:
    inside = most = times = 0
    twice = asyncio.Event()

    async def job() -> None:
        nonlocal inside, most, times
        inside, times = inside + 1, times + 1
        most = max(most, inside)
        await asyncio.sleep(6 * SOON)
        inside -= 1
        if times == 2:
            twice.set()

    async with ticking({"job": (SOON, job)}):
        await until(twice)
    assert (most, times) == (1, 2)


@pytest.mark.parametrize("trouble", [StoreUnavailable("it sleeps"), ValueError("a bug")])
async def test_after_a_tick_that_failed_comes_the_next(trouble: Exception) -> None:
    again, times = asyncio.Event(), 0

    async def job() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise trouble
        again.set()

    async with ticking({"job": (SOON, job)}):
        await until(again)
    assert times == 2


async def test_one_job_that_hangs_holds_up_no_other() -> None:
    other = asyncio.Event()

    async def hangs() -> None:
        await asyncio.Event().wait()

    async def job() -> None:
        other.set()

    async with ticking({"hangs": (SOON, hangs), "job": (2 * SOON, job)}, grace=SOON):
        await until(other)


async def test_on_leaving_the_job_in_hand_is_finished() -> None:
    begun, go_on, finished = asyncio.Event(), asyncio.Event(), []

    async def job() -> None:
        begun.set()
        await go_on.wait()
        finished.append("all of it")

    async with ticking({"job": (SOON, job)}):
        await until(begun)
        asyncio.get_running_loop().call_later(4 * SOON, go_on.set)
    assert finished == ["all of it"]


async def test_a_job_that_does_not_finish_in_time_is_cancelled_and_none_is_left_behind() -> None:
    begun, left = asyncio.Event(), []

    async def job() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.append("tidied up")

    before = asyncio.all_tasks()
    async with ticking({"job": (SOON, job)}, grace=4 * SOON):
        await until(begun)
    assert left == ["tidied up"]
    assert asyncio.all_tasks() == before


class WallClock(datetime):
    """The wall clock, as whoever sets it wants it."""

    moved = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + cls.moved


@pytest.mark.parametrize("moved", [timedelta(hours=-1), timedelta(days=365 * 50)], ids=["back", "far ahead"])
async def test_a_wall_clock_that_is_set_stops_no_ticks(monkeypatch: pytest.MonkeyPatch, moved: timedelta) -> None:
    """As a virtual machine meets it that resumes, or a host whose time was wrong."""
    monkeypatch.setattr(WallClock, "moved", timedelta())
    monkeypatch.setattr(base, "datetime", WallClock)
    monkeypatch.setattr(clock, "datetime", WallClock)
    before, after, times = asyncio.Event(), asyncio.Event(), 0

    async def job() -> None:
        nonlocal times
        times += 1
        if times == 3:
            before.set()
        if times == 9:
            after.set()

    async with ticking({"job": (SOON, job)}):
        await until(before)
        WallClock.moved, times = moved, 3
        await until(after)
