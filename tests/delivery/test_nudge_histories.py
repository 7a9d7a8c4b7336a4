"""Whatever a crowd does for weeks, nobody is reminded more, or at other times, than they agreed to."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core import views
from bot.core.record import replace
from bot.domain import when
from bot.domain.recurrence import monday
from bot.features import commands
from bot.packs.library import Library
from bot.store.store import Store
from tests.conftest import Learner
from tests.delivery.nudged import DAILY, THEME, Nudged, nudged
from tests.hand_clock import HandClock

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC")
PEOPLE, WEEKS = 10, 3
ASLEEP = ("p00", "p01")
"""They never answer."""


@dataclass(slots=True)
class Somebody:
    """A learner, and what they may expect."""

    learner: Learner
    zone: str
    wanted: commands.EditReminders
    on: bool = True
    snoozed_until: date = date.min
    alive: datetime | None = None
    dates: list[date] = field(default_factory=list)
    unanswered: int = 0

    async def act(self, dice: random.Random, now: datetime) -> None:
        today = now.astimezone(ZoneInfo(self.zone)).date()
        match dice.choices(("nothing", "read", "done", "snooze", "resume", "stop", "yes"), (70, 9, 6, 4, 4, 2, 5))[0]:
            case "nothing":
                return
            case "read":
                await self.learner.types(f"lesson {THEME} {dice.randint(1, 9)}")
            case "done":
                told = await self.learner.types(f"done {dice.randint(1, 9)}")
                if isinstance(told, views.Recorded) and told.again:
                    return
            case "snooze" if self.on:
                days = dice.randint(1, 9)
                await self.learner.does(commands.Snooze(until=f"{days} days"))
                self.snoozed_until = today + timedelta(days=days)
            case "resume" if self.on:
                await self.learner.does(commands.Resume())
                self.snoozed_until = date.min
            case "stop" if self.on:
                await self.learner.does(commands.StopReminders())
                self.on = False
            case "yes":
                await self.learner.does(self.wanted)
                self.on = True
            case _:
                return
        self.unanswered, self.alive = 0, now

    def is_told(self, day: date, now: datetime) -> None:
        """A reminder came: may it?"""
        days = when.weekdays(self.wanted.days)
        assert self.on
        assert days
        assert day.weekday() in days
        assert day == now.astimezone(ZoneInfo(self.zone)).date()
        assert day >= self.snoozed_until
        assert day not in self.dates
        assert sum(monday(each) == monday(day) for each in self.dates) < self.wanted.a_week
        assert self.unanswered < 3
        if self.alive:
            assert day > self.alive.astimezone(ZoneInfo(self.zone)).date()
        self.dates.append(day)
        self.unanswered += 1


@pytest.fixture
async def stage(store: Store, clock: HandClock, library: Library) -> AsyncIterator[Nudged]:
    async with nudged(store, clock, library) as stage:
        yield stage


async def somebody(stage: Nudged, dice: random.Random, name: str) -> Somebody:
    days = dice.choice(("daily", "weekdays", "mon,thu", "sat"))
    wanted = replace(DAILY, days=days, hour=f"{dice.randint(7, 20)}:00", a_week=dice.randint(1, 4))
    learner, zone = stage.learner(name), dice.choice(ZONES)
    await learner.does(commands.FollowTheme(theme=THEME))
    await learner.does(commands.EditSettings(timezone=zone))
    await learner.does(wanted)
    return Somebody(learner, zone, wanted)


async def look(stage: Nudged) -> None:
    """What two ticks do for reminders: foreseen in the first, planned in the second, sent. There is nothing else."""
    await stage.planner.foresee_nudges()
    await stage.planner.plan_nudges()
    await stage.carry()


@pytest.mark.parametrize("seed", [7])
async def test_nobody_is_reminded_beyond_what_they_agreed_to(stage: Nudged, seed: int) -> None:
    dice = random.Random(seed)
    crowd = {name: await somebody(stage, dice, name) for name in (f"p{number:02}" for number in range(PEOPLE))}
    seen = len(stage.platform.posts)
    end = stage.clock.at + timedelta(weeks=WEEKS)
    while stage.clock.at < end:
        stage.clock.at += timedelta(hours=dice.choice((5, 6)))
        await look(stage)
        for post in stage.platform.posts[seen:]:
            if isinstance(post.view, views.Reminder):
                _, _, name, day = post.key.split("/")
                crowd[name].is_told(date.fromisoformat(day), stage.clock.at)
        seen = len(stage.platform.posts)
        for name, each in crowd.items():
            if name not in ASLEEP and dice.random() < 0.3:
                await each.act(dice, stage.clock.at)
    assert max(crowd[name].unanswered for name in ASLEEP) == 3
    assert stage.platform.twice == []
    assert sum(bool(each.dates) for each in crowd.values()) > PEOPLE // 2
