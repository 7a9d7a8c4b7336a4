"""Decides what the little Discord's own tests start from: a server and two people, with a connected bot or without."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.wire.discord.stage import Scene, Stage, set_scene, set_stage


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    async with set_stage() as set_up:
        yield set_up
        assert set_up.discord.unexpected == []


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    """Without a bot: the tests speak for it."""
    async with set_scene() as set_up:
        yield set_up
