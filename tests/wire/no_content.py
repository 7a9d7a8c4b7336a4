"""The real engine on something that is no content, so that a handler breaks."""

from __future__ import annotations

from typing import cast

from bot.domain.course import Shelf
from bot.engine import StudyEngine
from bot.packs.library import Edition, Library
from bot.store.store import Store
from tests.hand_clock import HandClock


class NoContent(Library):
    def seen_from(self, workspace: str) -> Edition:
        return Edition(cast("Shelf", None))


def broken(store: Store) -> StudyEngine:
    return StudyEngine(store, NoContent(Shelf(())), HandClock())
