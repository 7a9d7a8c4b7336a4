"""What the adapters' tests over the wire stand on: the real engine on a SQLite file, and a place to meet it in."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.store.store import Store
from tests.hand_clock import HandClock
from tests.wire import slack_bot
from tests.wire.discord_stage import Scene, classroom_of
from tests.wire.slack_host import host_of


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The wire is the same whatever lies behind the engine, so one database will do here."""
    shutil.copy(sqlite_template, tmp_path / "dualo.db")
    return f"sqlite:///{tmp_path / 'dualo.db'}"


@pytest.fixture
async def quiet_classroom(engine: StudyEngine, store: Store, clock: HandClock) -> AsyncIterator[Scene]:
    """Before the bot has come, and for tests in which Discord refuses something on purpose."""
    async with classroom_of(engine, store, clock) as scene:
        yield scene


@pytest.fixture
async def classroom(quiet_classroom: Scene) -> AsyncIterator[Scene]:
    """With the bot in it. At the end Discord has refused nothing and met nothing that it does not know."""
    await quiet_classroom.adapter.start()
    yield quiet_classroom
    assert [str(one) for one in quiet_classroom.discord.rejected] == []
    assert quiet_classroom.discord.unexpected == []


@pytest.fixture(params=["socket", "http"])
async def office(
    request: pytest.FixtureRequest, tmp_path: Path, shelf: Shelf, database_url: str
) -> AsyncIterator[slack_bot.Scene]:
    """A Slack workspace with the bot in it, over each line. At the end nothing was refused, strange or unanswered."""
    async with slack_bot.scene_of(tmp_path, shelf, request.param) as scene:
        yield scene


@pytest.fixture(params=["socket", "http"])
async def rough_office(
    request: pytest.FixtureRequest, tmp_path: Path, shelf: Shelf, database_url: str
) -> AsyncIterator[slack_bot.Scene]:
    """The same, for tests in which Slack refuses something on purpose."""
    async with slack_bot.scene_of(tmp_path, shelf, request.param, clean=False) as scene:
        yield scene


@pytest.fixture(params=["socket", "http"])
async def host(
    request: pytest.FixtureRequest, tmp_path: Path, shelf: Shelf, database_url: str
) -> AsyncIterator[slack_bot.Scene]:
    """A Dualo that is installed nowhere yet, and open to every workspace."""
    async with host_of(tmp_path, shelf, request.param) as scene:
        yield scene
