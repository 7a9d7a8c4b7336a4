"""One stage a test. What both databases promise alike is shown line by line in tests/delivery; here SQLite does for one
process, and PostgreSQL for several."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.promises.stage import Stage, staged


@pytest.fixture
async def stage(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Stage]:
    shutil.copy(sqlite_template, tmp_path / "dualo.db")
    async with staged(tmp_path, f"sqlite:///{tmp_path / 'dualo.db'}") as set_up:
        yield set_up


@pytest.fixture
async def shared(tmp_path: Path, postgres_url: str) -> AsyncIterator[Stage]:
    """For several processes at a time."""
    async with staged(tmp_path, postgres_url) as set_up:
        yield set_up
