"""Where this process's content comes from: folders on this machine, and folders in Git."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.core.errors import SettingsError
from bot.core.ports import Clock
from bot.packs.load import THEME_FILE, Loaded
from bot.process.git.source import GitSource
from bot.process.settings import Settings

log = structlog.get_logger(__name__)


class ContentSources:
    """Folders in their order; those in Git lead to the commit that is to be read."""

    def __init__(self, places: Sequence[Path | GitSource], own: Path | None = None) -> None:
        self._places, self._own = tuple(places), own
        self.in_git = tuple(place for place in places if isinstance(place, GitSource))

    def folders(self) -> tuple[Path, ...]:
        """What is to be read now. The studio's own folder counts once a theme is in it."""
        found = (place if isinstance(place, Path) else place.folder for place in self._places)
        own = (self._own,) if self._own and any(self._own.glob(f"*/{THEME_FILE}")) else ()
        return (*(folder for folder in found if folder is not None), *own)

    async def look(self) -> None:
        """Ask every server for something newer."""
        await asyncio.gather(*(source.look() for source in self.in_git))

    async def begin(self) -> None:
        """Fetch what was never here. What was is taught at once, and looked for later."""
        await asyncio.gather(*(source.look() for source in self.in_git if source.folder is None))
        missing = next((source for source in self.in_git if source.folder is None), None)
        if missing and not self.folders():
            raise SettingsError(f"DUALO_CONTENT: {missing.address}: {missing.problem}. There is nothing to teach yet.")

    def take(self, loaded: Loaded) -> None:
        """What was loaded is taught now. A commit that came in meanwhile waits on."""
        files = [Path(pack.file) for pack in loaded.packs]
        for source in self.in_git:
            folder = source.folder
            if folder is None or not any(file.is_relative_to(folder) for file in files):
                continue
            try:
                source.take(folder.name)
            except OSError as error:
                log.warning(
                    f"{source.address} is taught, but a restart will fetch it again: {error.strerror}.",
                    action="content.git_not_kept",
                )

    def described(self) -> tuple[str, ...]:
        """Of those in Git: which commit is live."""
        return tuple(source.described() for source in self.in_git)


def sources_of(settings: Settings, clock: Clock) -> ContentSources:
    home = settings.data_dir / "git"
    user, token = settings.git_user, settings.git_token.value
    return ContentSources(
        [
            place if isinstance(place, Path) else GitSource(place, home, clock, user=user, token=token)
            for place in settings.places
        ],
        own_lessons(settings),
    )


def own_lessons(settings: Settings) -> Path:
    """Where the studio puts themes, if the settings name no folder that it may write to."""
    return settings.data_dir / "lessons"
