"""The question of the week in the room of the page: asked of all, answered to each alone, ended for all."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from html import unescape
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web import places
from adapters.web.adapter import WebAdapter
from bot.core.ports import Services
from bot.delivery.composer import Composer
from bot.delivery.courier import Courier
from bot.delivery.planner import Planner
from bot.delivery.sender import Sender
from bot.domain.course import Shelf
from bot.domain.recurrence import Rule, Weekday
from bot.domain.schedule import Schedule
from bot.domain.weekly_question import OPEN_FOR, QuestionDelay
from bot.engine import StudyEngine
from bot.packs.library import Library
from bot.store.store import Store
from tests.delivery.conftest import MONDAY, Stage
from tests.delivery.platform import Platform
from tests.delivery.scene import THEME, no_nudges
from tests.hand_clock import HandClock
from tests.web.conftest import OURS, Client

MINUTE, TWO_DAYS = timedelta(minutes=1), timedelta(days=2)


class Room:
    """A page with its real engine, and a schedule that posts to its room."""

    def __init__(self, stage: Stage, client: Client) -> None:
        self.stage = stage
        self.client = client

    async def news(self, person: str = "ada") -> list[str]:
        """Each post of the room, as it stands now."""
        answer = await self._asks("news", {"at": 0}, person)
        return [unescape(str(each["html"])) for each in answer["posts"]]

    async def press(self, token: str, person: str) -> str:
        return unescape(str((await self._asks("press", {"token": token}, person))["html"]))

    async def _asks(self, what: str, said: dict[str, Any], person: str) -> dict[str, Any]:
        body = {"who": {"person": person}, **said}
        response = await self.client.post(f"/web/{what}", json=body, headers=OURS)
        answer: dict[str, Any] = await response.json()
        return answer

    async def at(self, moment: Any) -> None:
        self.stage.clock.at = moment
        await self.stage.tick()


@pytest.fixture
async def room(store: Store, clock: HandClock, shelf: Shelf) -> AsyncIterator[Room]:
    library, clock.at = Library(shelf), MONDAY - timedelta(days=1)
    engine = StudyEngine(store, library, clock)
    adapter = WebAdapter(engine)
    engine.settle(Services({adapter.name: adapter}))
    stage = Stage(store, clock, cast(Platform, adapter))
    composer = Composer(store, library, clock, timezone="UTC", nudges=no_nudges)
    stage.sender = Sender(stage.leases, {adapter.name: adapter}, composer.compose, store=store, clock=clock)
    stage.courier = Courier(stage.leases, stage.sender, sleep=stage.sleep)
    stage.planner = Planner(store, clock, direct=adapter.direct)
    rule = Rule(frozenset({Weekday.MON}), time(9), zone="UTC", start=date(2026, 1, 1))
    await stage.add(Schedule("web", "S1", THEME, places.ROOM, rule, question_after=QuestionDelay(2)))
    await stage.leases.open()
    app = web.Application()
    adapter.attach(app)
    async with TestClient(TestServer(app)) as client:
        yield Room(stage, client)
    await stage.courier.stop(5)
    await stage.leases.close()


async def test_it_is_asked_of_all_answered_to_each_alone_and_ended_for_all(room: Room) -> None:
    await room.at(MONDAY)
    [post] = await room.news()
    await room.press(re.findall(r'data-token="(1\|lesson\|[^"]+)"', post)[0], "ada")
    await room.at(MONDAY + TWO_DAYS)
    post, question = await room.news()
    assert "Question of the week" in question
    letters = re.findall(r'data-token="(1\|week-answer\|[^"]+)"', question)
    for number in range(5):
        verdict = await room.press(letters[0], f"p{number}")
        assert "Question of the week" in verdict
        assert "Your answer:" in verdict
    assert await room.news() == [post, question]
    await room.at(MONDAY + TWO_DAYS + 2 * MINUTE)
    assert "5 have answered" in (await room.news())[1]
    await room.at(MONDAY + TWO_DAYS + OPEN_FOR + MINUTE)
    ended = (await room.news("bob"))[1]
    assert "The right answer:" in ended
    assert "It is over" in ended
    assert "100 %" in ended
    assert "week-answer" not in ended
    late = await room.press(letters[1], "late")
    assert "The question is over" in late
