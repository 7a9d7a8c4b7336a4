"""Two sides of one person, and how they link."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core import views
from bot.core.ports import Actor, Services
from bot.domain.learner import Seat
from bot.engine import StudyEngine
from tests.conftest import Learner
from tests.features.house import notice

HERE, THERE = Seat("discord:900", "7771"), Seat("slack:-:T1", "U77")


@dataclass(frozen=True)
class Sides:
    """One person on two platforms."""

    discord: Learner
    slack: Learner


def sides(engine: StudyEngine, here: Seat = HERE, there: Seat = THERE) -> Sides:
    """Both, in an installation whose operator allows links."""
    engine.settle(Services(links=True))
    return Sides(Learner(engine, Actor(*here)), Learner(engine, Actor(*there)))


def code_of(view: views.View) -> str:
    found = re.fullmatch(r"Your code: (\w{4}-\w{4}-\w{4})", notice(view).text)
    assert found, view
    return found[1]


async def typed(both: Sides) -> views.View:
    """A code of one side is typed on the other, which is asked whether it is the one."""
    return await both.slack.types(f"link {code_of(await both.discord.types('link'))}")


async def link(both: Sides) -> views.View:
    await both.slack.presses(await typed(both), "Yes, that is me")
    return await both.discord.presses(await both.discord.types("link"), "Yes, link both")
