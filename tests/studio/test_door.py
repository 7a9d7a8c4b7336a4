"""Who gets into the studio: the operator, and those whom the operator named; nobody else, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.adapter import WebAdapter
from adapters.web.session import MemoryVault
from bot.core.errors import SettingsError
from bot.core.ports import Actor
from bot.core.visits import Visits
from bot.process.settings import LogFormat
from bot.studio.authors import Authors
from bot.studio.studio import Studio
from tests.contracts.sample_engine import SampleEngine
from tests.hand_clock import HandClock
from tests.log_lines import logged
from tests.studio.conftest import THEME

TOKEN = "a token that nobody guesses"
OURS = {"X-Dualo": "1"}
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def authors(clock: HandClock) -> Authors:
    return Authors(MemoryVault(), clock)


@pytest.fixture
async def door(studio: Studio, authors: Authors, clock: HandClock) -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    async with AsyncExitStack() as stack:

        async def opened(token: str = TOKEN) -> Client:
            adapter = WebAdapter(SampleEngine(), token=token, studio=studio, authors=authors, clock=clock)
            app = web.Application()
            adapter.attach(app)
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield opened


async def call(client: Client, name: str, **fields: object) -> tuple[int, dict[str, object]]:
    response = await client.post(f"/studio/api/{name}", json=fields, headers=OURS)
    return response.status, await response.json()


async def entered(client: Client, word: str) -> int:
    return (await client.post("/studio/enter", json={"word": word}, headers=OURS)).status


async def test_without_a_token_the_studio_is_open_to_its_own_machine(door: Callable[..., Awaitable[Client]]) -> None:
    client = await door(token="")
    page = await client.get("/studio")
    assert (page.status, "the operator" in await page.text()) == (200, True)
    assert (await call(client, "themes"))[0] == 200


async def test_with_a_token_nobody_gets_in_without_it(door: Callable[..., Awaitable[Client]]) -> None:
    client = await door()
    page = await client.get("/studio")
    assert (page.status, "Open it by the link" in await page.text()) == (401, True)
    assert (await call(client, "themes"))[0] == 401
    assert (await client.get("/studio/drawn/x/Page")).status == 401


async def test_a_named_author_gets_in_by_the_link_and_only_into_the_studio(
    door: Callable[..., Awaitable[Client]], authors: Authors
) -> None:
    client = await door()
    word = await authors.invite("Bo", days=14)
    assert await entered(client, word) == 200
    assert "Bo" in await (await client.get("/studio")).text()
    assert (await call(client, "themes"))[0] == 200
    assert (await client.get("/")).status == 401
    assert (await client.post("/web/say", json={"line": "/themes", "who": {}}, headers=OURS)).status == 401


async def test_a_draft_bears_the_name_of_the_link_and_not_one_that_is_sent(
    door: Callable[..., Awaitable[Client]], authors: Authors, studio: Studio
) -> None:
    client = await door()
    await entered(client, await authors.invite("Bo", days=14))
    opened = await studio.open(THEME, "form-of-a-lesson")
    fields = {"theme": THEME, "lesson": "form-of-a-lesson", "data": opened.data, "seen": 0, "author": "Ada"}
    assert (await call(client, "save", **fields))[0] == 200
    assert (await studio.open(THEME, "form-of-a-lesson")).author == "Bo"


async def test_somebody_from_a_chat_is_not_let_into_the_studio(
    studio: Studio, authors: Authors, clock: HandClock
) -> None:
    vault = MemoryVault()
    visits = Visits(vault, clock, address="https://learn.example.org")
    adapter = WebAdapter(
        SampleEngine(), token=TOKEN, vault=vault, studio=studio, authors=authors, visits=visits, clock=clock
    )
    app = web.Application()
    adapter.attach(app)
    async with TestClient(TestServer(app)) as client:
        word = (await visits.invite(Actor("slack:-:T1", "U77"))).partition("#")[2]
        assert await entered(client, word) == 403
        assert (await client.post("/open/enter", json={"word": word}, headers=OURS)).status == 200
        assert (await client.get("/")).status == 200
        assert (await client.get("/studio")).status == 401
        assert (await call(client, "themes"))[0] == 401
        theirs = await authors.invite("Bo", days=14)
        assert (await client.post("/open/enter", json={"word": theirs}, headers=OURS)).status == 403
        assert await entered(client, theirs) == 200
        assert (await client.get("/")).status == 401


async def test_a_link_ends_with_its_time_and_with_the_operators_word(
    door: Callable[..., Awaitable[Client]], authors: Authors, clock: HandClock
) -> None:
    client = await door()
    await entered(client, await authors.invite("Bo", days=14))
    assert await authors.remove("bo") == 1
    assert (await call(client, "themes"))[0] == 401
    word = await authors.invite("Cy", days=14)
    clock.at += timedelta(days=15)
    assert await entered(client, word) == 403
    assert await authors.all() == []


async def test_a_link_cannot_be_guessed_for_long_and_stands_in_no_log(
    door: Callable[..., Awaitable[Client]], authors: Authors
) -> None:
    client = await door()
    word = await authors.invite("Bo", days=14)
    with logged(LogFormat.TEXT) as log:
        statuses = [await entered(client, f"guess {number}") for number in range(12)]
    assert (statuses[:10], statuses[-1]) == ([403] * 10, 429)
    assert await entered(client, word) == 429
    assert word not in log.written.getvalue()
    assert "guess 3" not in log.written.getvalue()


async def test_another_site_cannot_drive_the_studio(door: Callable[..., Awaitable[Client]]) -> None:
    client = await door(token="")
    for headers in ({}, {"Origin": "https://evil.example", **OURS}, {"Sec-Fetch-Site": "cross-site", **OURS}):
        assert (await client.post("/studio/api/themes", json={}, headers=headers)).status == 403


async def test_a_drawing_can_run_nothing(door: Callable[..., Awaitable[Client]], studio: Studio) -> None:
    client = await door(token="")
    opened = await studio.open(THEME, "form-of-a-lesson")
    data = {**opened.data, "title": "<script>alert(1)</script>"}
    _, found = await call(client, "look", theme=THEME, lesson="form-of-a-lesson", data=data)
    for name in ("Page", "Discord", "Slack"):
        drawn = await client.get(f"/studio/drawn/{found['key']}/{name}")
        assert drawn.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        text = await drawn.text()
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


NO_TEXT = [b'{"word": "\\ud800", "title": "\\ud800"}', b"[1]", b"[" * 100_000, b"\xff"]


@pytest.mark.parametrize("said", NO_TEXT, ids=lambda said: repr(said[:12]))
async def test_what_is_no_text_gets_a_sentence(door: Callable[..., Awaitable[Client]], said: bytes) -> None:
    client = await door(token="")
    response = await client.post("/studio/api/look", data=said, headers={"Content-Type": "application/json", **OURS})
    assert (response.status, "unreadable" in await response.text()) == (422, True)


@pytest.mark.parametrize("path", ["/studio/enter", "/open/enter"])
@pytest.mark.parametrize("said", NO_TEXT, ids=lambda said: repr(said[:12]))
async def test_what_is_no_text_opens_no_door(
    path: str, said: bytes, studio: Studio, authors: Authors, clock: HandClock
) -> None:
    visits = Visits(MemoryVault(), clock, address="https://learn.example.org")
    app = web.Application()
    WebAdapter(SampleEngine(), token=TOKEN, studio=studio, authors=authors, visits=visits, clock=clock).attach(app)
    async with TestClient(TestServer(app)) as client:
        response = await client.post(path, data=said, headers={"Content-Type": "application/json", **OURS})
        assert response.status == 403


async def test_tries_at_the_same_moment_are_counted_one_by_one(door: Callable[..., Awaitable[Client]]) -> None:
    client = await door()
    statuses = await asyncio.gather(*(entered(client, f"guess {number}") for number in range(30)))
    assert statuses.count(403) == 10


NO_FIELDS = [{}, {"data": 1}, {"data": {"sections": 5}}, {"data": {"sections": [1, None]}}, {"data": {}}]


@pytest.mark.parametrize("fields", NO_FIELDS)
async def test_fields_that_are_none_get_a_sentence(
    door: Callable[..., Awaitable[Client]], fields: dict[str, object]
) -> None:
    client = await door(token="")
    status, said = await call(client, "look", theme=THEME, lesson="form-of-a-lesson", **fields)
    assert status in {200, 422}, said


async def test_two_who_have_a_lesson_open_are_told_of_each_other(
    door: Callable[..., Awaitable[Client]], authors: Authors
) -> None:
    client = await door()
    where = {"theme": THEME, "lesson": "form-of-a-lesson"}
    await entered(client, await authors.invite("Bo", days=1))
    assert (await call(client, "open", **where))[1]["others"] == []
    await entered(client, await authors.invite("Cy", days=1))
    assert (await call(client, "open", **where))[1]["others"] == ["Bo"]


@pytest.mark.parametrize("name", ["", " ", "x" * 41])
async def test_a_name_that_says_nothing_is_refused(authors: Authors, name: str) -> None:
    with pytest.raises(SettingsError):
        await authors.invite(name, days=1)
