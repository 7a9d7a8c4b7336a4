"""What is posted on the page stands there once, for those it is for, for as long as the process lives."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web import places
from adapters.web.adapter import WebAdapter
from adapters.web.feed import Feed
from bot.core import views
from bot.core.ports import Delivered, Outcome, Seeker
from bot.core.record import replace
from bot.domain.outbox import DeliveryKind
from bot.domain.posts import DeliveryState
from bot.store.store import Store
from tests.contracts import samples
from tests.contracts.sample_engine import SampleEngine
from tests.delivery.conftest import MONDAY, Stage, line
from tests.delivery.platform import Platform
from tests.hand_clock import HandClock
from tests.web.conftest import OURS, Client

NOBODY = views.Reader()
POST, CLOSING, REMINDER = (samples.plain()[name] for name in ("post", "closing", "reminder"))


class Mute(WebAdapter):
    """Posts, and its answer is lost: the ledger is left in doubt."""

    async def deliver(
        self,
        view: views.View,
        address: str,
        key: str,
        *,
        reader: views.Reader = NOBODY,
        first_try: datetime | None = None,
    ) -> Delivered:
        await super().deliver(view, address, key, reader=reader, first_try=first_try)
        return Delivered(Outcome.UNKNOWN, reason="no answer") if first_try is None else await self._found(address, key)

    async def _found(self, address: str, key: str) -> Delivered:
        found = await self.seek(address, key, since=MONDAY)
        return found or Delivered(Outcome.UNKNOWN)


async def news(client: Client, person: str, *, at: int = 0) -> dict[str, Any]:
    response = await client.post("/web/news", json={"who": {"person": person}, "at": at}, headers=OURS)
    answer: dict[str, Any] = await response.json()
    return answer


Open = Callable[[WebAdapter], Any]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """The page of a front end, as a browser asks for it."""
    async with AsyncExitStack() as stack:

        async def open_page(adapter: WebAdapter) -> Client:
            app = web.Application()
            adapter.attach(app)
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield open_page


# Whom it reaches -----------------------------------------------------------------------------------------------------


async def test_a_post_in_the_room_is_everybodys_and_a_reminder_its_learners_alone(opened: Open) -> None:
    adapter = WebAdapter(SampleEngine())
    client = await opened(adapter)
    await adapter.deliver(POST, places.ROOM, "post")
    await adapter.deliver(REMINDER, adapter.direct("web", "ada"), "nudge")
    notes = {name: [each["note"] for each in (await news(client, name))["posts"]] for name in ("Ada", "Bob", "ada b")}
    assert notes == {
        "Ada": ["Posted for everybody", "Posted for you"],
        "Bob": ["Posted for everybody"],
        "ada b": ["Posted for everybody"],
    }


async def test_what_no_learner_could_open_is_not_taken_for_sent() -> None:
    adapter = WebAdapter(SampleEngine())
    for address in ("discord:1:2", "web:person:", "web:person:Ada Lovelace", "web:person:a#b", "web:room:x", ""):
        assert (await adapter.deliver(POST, address, "key")).outcome is Outcome.GONE


async def test_a_page_that_looks_late_gets_all_it_missed_and_a_new_one_the_last_few(opened: Open) -> None:
    adapter = WebAdapter(SampleEngine())
    client = await opened(adapter)
    await adapter.deliver(CLOSING, places.ROOM, "first")
    at = (await news(client, "You"))["at"]
    for number in range(8):
        await adapter.deliver(POST, places.ROOM, f"key-{number}")
    assert [len((await news(client, "You", at=seen))["posts"]) for seen in (at, 0)] == [8, 5]


def test_a_page_left_open_over_a_restart_misses_nothing() -> None:
    before, after = Feed(now=lambda: 1_000.0), Feed(now=lambda: 1_002.0)
    for number in range(40):
        before.post(POST, places.ROOM, f"old-{number}", NOBODY)
    after.post(POST, places.ROOM, "new", NOBODY)
    assert [post.id for post in after.since(before.at, "you")] == ["web:room#new"]


async def test_a_page_that_is_ahead_of_the_clock_gets_what_there_is(opened: Open) -> None:
    adapter = WebAdapter(SampleEngine())
    await adapter.deliver(POST, places.ROOM, "new")
    ahead = await news(await opened(adapter), "You", at=10**12 - 1)
    assert [post["post"] for post in ahead["posts"]] == ["web:room#new"]


# Once ----------------------------------------------------------------------------------------------------------------


def test_a_key_posts_once_even_when_its_post_has_scrolled_out() -> None:
    posts = Feed()
    first = posts.post(POST, places.ROOM, "key", NOBODY)
    for number in range(60):
        posts.post(POST, places.ROOM, str(number), NOBODY)
    assert posts.post(POST, places.ROOM, "key", NOBODY) == first == posts.sent(places.ROOM, "key")
    assert "key" not in [post.id.partition("#")[2] for post in posts.since(0, "you")]


async def test_what_an_earlier_process_posted_is_gone_and_may_be_posted_again() -> None:
    before, after = WebAdapter(SampleEngine()), WebAdapter(SampleEngine())
    sent = await before.deliver(POST, places.ROOM, "key")
    assert isinstance(after, Seeker)
    assert await before.seek(places.ROOM, "key", since=MONDAY) == sent
    assert await after.seek(places.ROOM, "key", since=MONDAY) is None
    assert (await after.edit(POST, sent.message)).outcome is Outcome.GONE
    assert await after.deliver(POST, places.ROOM, "key", first_try=MONDAY) == sent


@dataclass(slots=True)
class Process:
    """One process: its page, and its part in the ledger."""

    adapter: WebAdapter
    stage: Stage

    @property
    def keys(self) -> list[str]:
        return [post.id for post in self.adapter._feed.since(0, "you")]

    async def lines(self) -> list[tuple[DeliveryState, str]]:
        return [(each.state, each.message) for each in await self.stage.lines()]


Begin = Callable[[WebAdapter], Any]


@pytest.fixture
async def begin(store: Store, clock: HandClock) -> AsyncIterator[Begin]:
    async with AsyncExitStack() as stack:

        async def begun(adapter: WebAdapter) -> Process:
            stage = Stage(store, clock, cast(Platform, adapter))
            await stage.leases.open()
            stack.push_async_callback(stage.leases.close)
            return Process(adapter, stage)

        clock.at = MONDAY
        yield begun


KEY = "web/post/s1/2026-01-05"
REFERENCE = f"web:room#{KEY}"


async def in_doubt(begin: Begin) -> Process:
    """The post stands on the page, and the ledger does not know."""
    process: Process = await begin(Mute(SampleEngine()))
    await process.stage.plan(replace(line("s1", MONDAY, workspace="web", kind=DeliveryKind.POST), address=places.ROOM))
    await process.stage.carry()
    assert process.keys == [REFERENCE]
    assert await process.lines() == [(DeliveryState.PLANNED, "")]
    return process


async def test_a_doubt_in_the_same_process_ends_with_the_one_post(begin: Begin) -> None:
    process = await in_doubt(begin)
    await process.stage.tick(120)
    assert process.keys == [REFERENCE]
    assert await process.lines() == [(DeliveryState.SENT, REFERENCE)]


async def test_a_doubt_after_a_restart_posts_again_on_the_page_that_lost_it(begin: Begin) -> None:
    await in_doubt(begin)
    after: Process = await begin(WebAdapter(SampleEngine()))
    assert after.keys == []
    await after.stage.tick(120)
    assert after.keys == [REFERENCE]
    assert await after.lines() == [(DeliveryState.SENT, REFERENCE)]


async def test_when_its_time_is_over_the_ledger_says_what_stands_on_the_page(begin: Begin, clock: HandClock) -> None:
    process = await in_doubt(begin)
    clock.at += timedelta(hours=7)
    await process.stage.carry()
    assert await process.lines() == [(DeliveryState.SENT, REFERENCE)]


async def test_when_its_time_is_over_and_the_page_lost_it_nothing_is_called_sent(
    begin: Begin, clock: HandClock
) -> None:
    await in_doubt(begin)
    after: Process = await begin(WebAdapter(SampleEngine()))
    clock.at += timedelta(hours=7)
    await after.stage.carry()
    assert after.keys == []
    assert await after.lines() == [(DeliveryState.SKIPPED, "")]


def test_who_erased_everything_finds_nothing_in_the_feed_and_may_be_written_to_anew() -> None:
    posts = Feed()
    for person in ("ada", "bob"):
        posts.post(views.Notice("A reminder"), places.address_of(person), "key", views.Reader())
    posts.forget(places.address_of("ada"))
    assert (len(posts.since(0, "ada")), len(posts.since(0, "bob"))) == (0, 1)
    posts.post(views.Notice("A reminder"), places.address_of("ada"), "key", views.Reader())
    assert len(posts.since(0, "ada")) == 1
