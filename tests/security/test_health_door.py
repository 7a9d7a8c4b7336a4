"""Health and metrics are for the neighbours: no site reads them through a browser, no driver speaks through them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.core.errors import StoreUnavailable
from bot.core.metrics import Metrics
from bot.process.health import Health, PartState
from bot.process.settings import LogFormat
from tests.hand_clock import HandClock
from tests.log_lines import logged

Client = TestClient[web.Request, web.Application]


class Faulty(Health):
    """Parts that fail in two ways, and one that does not."""

    def __init__(self) -> None:
        self.clock = HandClock()
        super().__init__(Metrics(), clock=self.clock, names=["learn.example.org"])
        self._parts = {"database": self._gone, "content": self._broken, "web": self._well}
        self.gone = True

    async def _gone(self) -> PartState:
        if self.gone:
            raise StoreUnavailable("[Errno 111] Connect call failed ('10.1.2.3', 5432)")
        return PartState(ready=True, reason="it answers")

    async def _broken(self) -> PartState:
        raise PermissionError("role “dualo” is not permitted to log in")

    async def _well(self) -> PartState:
        return PartState(ready=True, reason="people are being answered")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    app = web.Application()
    Faulty().attach(app)
    async with TestClient(TestServer(app)) as made:
        yield made


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8080", "[", ""])
async def test_a_name_that_anybody_can_point_here_is_refused(client: Client, path: str, host: str) -> None:
    response = await client.get(path, headers={"Host": host})
    assert response.status in {400, 421}
    assert "evil" not in await response.text()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost:8080", "10.1.2.3:8080", "[fd00::1]:8080", "dualo", "dualo.prod.svc", "learn.example.org"],
)
async def test_the_neighbours_and_the_public_name_are_answered(client: Client, host: str) -> None:
    assert (await client.get("/healthz", headers={"Host": host})).status == 200


async def test_what_fails_is_not_ready_and_says_nothing_of_the_inside(client: Client) -> None:
    with logged(LogFormat.TEXT) as log:
        for _ in range(3):
            response = await client.get("/readyz")
            told = await response.text()
    assert response.status == 503
    assert "10.1.2.3" not in told
    assert "role" not in told
    assert '"database": {"ready": false, "reason": "the database does not answer", "since": ' in told
    assert log.written.getvalue().count("10.1.2.3") == 1


async def test_each_part_says_since_when_it_is_ready_or_not() -> None:
    app, health = web.Application(), Faulty()
    health.attach(app)

    async def since() -> dict[str, tuple[bool, str]]:
        told = await (await visitor.get("/readyz")).json()
        return {name: (part["ready"], part["since"][11:19]) for name, part in told["parts"].items()}

    async with TestClient(TestServer(app)) as visitor:
        assert (await since())["database"] == (False, "09:00:00")
        health.clock.at += timedelta(minutes=5)
        assert (await since())["database"] == (False, "09:00:00")
        health.gone = False
        await health.look()
        health.clock.at += timedelta(minutes=5)
        assert await since() == {
            "database": (True, "09:05:00"),
            "content": (False, "09:00:00"),
            "web": (True, "09:00:00"),
        }
