"""A studio over a folder of themes, a real store and a shelf that is reloaded from disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.core.metrics import Metrics
from bot.packs import lint, load
from bot.packs.library import Library
from bot.process import fronts
from bot.process.reload import Reloader
from bot.process.sources import ContentSources
from bot.store.store import Store
from bot.studio.shelves import Shelves
from bot.studio.studio import Studio
from tests.conftest import CONTENT
from tests.hand_clock import HandClock

THEME = "teach-with-dualo"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of themes with one of ours in it."""
    content = tmp_path / "content"
    shutil.copytree(CONTENT / THEME, content / THEME)
    return content


@pytest.fixture
def library(folder: Path) -> Library:
    return Library(load.load([folder]).shelf)


@pytest.fixture
def make_studio(
    folder: Path, library: Library, store: Store, clock: HandClock, tmp_path: Path
) -> Callable[..., Studio]:
    """Another studio over the same files, as after a restart."""

    def made(*more: Path) -> Studio:
        folders = [folder, *more]
        fits = fronts.fits()
        reloader = Reloader(ContentSources(folders), library, store, clock=clock, metrics=Metrics(), fits=fits)

        async def reload(gone: Sequence[str]) -> Sequence[str]:
            found = await reloader.reload(drop=bool(gone))
            return () if found.taken else found.problems

        shelves, home, shown = Shelves(folders, tmp_path / "lessons"), tmp_path / "studio", fronts.drawings()
        return Studio(home, shelves, lambda: folders, store, clock, reload=reload, fits=fits, drawings=shown)

    return made


@pytest.fixture
def studio(make_studio: Callable[..., Studio]) -> Studio:
    return make_studio()


def sound(folder: Path) -> bool:
    return lint.load([folder], fronts.fits()).whole
