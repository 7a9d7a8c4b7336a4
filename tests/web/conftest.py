"""The page on a real server, and a client that speaks to it as a browser would."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web.adapter import WebAdapter
from bot.core.ports import Engine
from tests.contracts.sample_engine import SampleEngine

Client = TestClient[web.Request, web.Application]
Serve = Callable[..., Awaitable[Client]]
OURS = {"X-Dualo": "1"}


@pytest.fixture
def sample_engine() -> SampleEngine:
    return SampleEngine()


@pytest.fixture
async def serve(sample_engine: SampleEngine) -> AsyncIterator[Serve]:
    """Serves a page with these settings; everything is closed at the end."""
    async with AsyncExitStack() as stack:

        async def served(engine: Engine = sample_engine, **settings: Any) -> Client:
            adapter = WebAdapter(engine, **settings)
            app = web.Application()
            adapter.attach(app)
            await adapter.start()
            return await stack.enter_async_context(TestClient(TestServer(app)))

        yield served


@pytest.fixture
async def client(serve: Serve) -> Client:
    return await serve()
