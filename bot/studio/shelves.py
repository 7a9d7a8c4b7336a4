"""Where themes lie, and which of them the studio may write: never those that come along, nor those from Git."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from bot.core.errors import StudyError
from bot.core.record import Record
from bot.packs import load, parcel
from bot.packs.load import Pack


class ThemePlace(Record):
    """Whether a theme can be changed where it stands."""

    writable: bool
    why: str = ""
    """Why it is not."""


class Shelves:
    """Folders of themes on this machine, with one of the studio's own beneath the data folder."""

    def __init__(self, folders: Sequence[Path], own: Path) -> None:
        self._folders = [folder for folder in folders if folder.resolve() != load.bundled().resolve()]
        self.own = own

    def place(self, pack: Pack) -> ThemePlace:
        folder = Path(pack.file).parent
        if folder.resolve().is_relative_to(load.bundled().resolve()):
            return ThemePlace(writable=False, why="It comes with Dualo and changes with updates.")
        if folder.is_symlink():
            return ThemePlace(writable=False, why="Its folder is a link: change it where that leads.")
        if not any(folder.resolve().is_relative_to(each.resolve()) for each in (*self._folders, self.own)):
            return ThemePlace(writable=False, why="It comes from Git: change it there.")
        if not (os.access(folder, os.W_OK) and os.access(folder.parent, os.W_OK)):
            return ThemePlace(writable=False, why="Its folder cannot be written to.")
        return ThemePlace(writable=True)

    def for_new(self) -> Path:
        """Where a new theme goes: the first folder of the settings that can be written to, else the studio's own."""
        if folder := parcel.writable(self._folders):
            return folder
        try:
            self.own.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StudyError(
                f"A folder for lessons cannot be made: {error.strerror}.", "Tell whoever runs the server."
            ) from None
        return self.own


def fingerprint(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
