"""Fixtures of the engine's tests."""

from __future__ import annotations

import pytest

from bot.engine import StudyEngine
from bot.store.store import Store
from tests.features.schedule_stage import Office, office
from tests.hand_clock import HandClock


@pytest.fixture
def here(engine: StudyEngine, store: Store, clock: HandClock) -> Office:
    """A workspace with people in it, one of whom runs it."""
    return office(engine, store, clock)
