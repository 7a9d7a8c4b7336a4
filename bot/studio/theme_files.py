"""A theme's files and the drafts over them: found, compared and laid together for a look or for publishing."""

from __future__ import annotations

import tempfile
import threading
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.core import text
from bot.core.errors import SettingsError, StudyError
from bot.packs import load, rewriting, schema
from bot.packs.load import Pack
from bot.studio import diagrams, staging, translating
from bot.studio.drafts import THEME, Draft, DraftFiles
from bot.studio.shelves import Shelves, ThemePlace, fingerprint

STAGE = ".studio-"
"""The loader looks into no folder that begins with a dot."""


class ThemeFiles:
    """The folders of themes and the folder of drafts, as one place to look a theme up in."""

    def __init__(self, home: Path, shelves: Shelves, folders: Callable[[], Sequence[Path]]) -> None:
        self.drafts, self.shelves, self.folders = DraftFiles(home), shelves, folders
        self.changing = threading.Lock()
        """Held by whoever changes a draft or a theme."""

    def find(self, theme: str) -> Pack | None:
        """The theme as it is live."""
        if not checked(theme):
            raise nothing("theme")
        home = staging.home_of(theme, self.folders())
        return next(iter(load.load([home]).packs), None) if home else None

    def file(self, pack: Pack | None, key: str) -> Path | None:
        """Where the theme, a lesson or a translation stands, if it does."""
        if pack is None:
            return None
        return Path(pack.file) if key == THEME else staging.files_by_key(Path(pack.file).parent).get(key)

    def place(self, pack: Pack | None) -> ThemePlace:
        return self.shelves.place(pack) if pack else ThemePlace(writable=True)

    def demand_writable(self, pack: Pack | None) -> None:
        if not (place := self.place(pack)).writable:
            raise StudyError("This theme cannot be changed here.", place.why)

    def original(self, theme: str, pack: Pack | None, lesson: str) -> dict[str, Any]:
        """A lesson's fields as they would be published now; nothing if it is not there, or about to go."""
        draft = self.drafts.find(theme, lesson)
        if draft:
            return {} if draft.gone else draft.data
        file = self.file(pack, lesson)
        return diagrams.shown(file, staging.said(file)) if file else {}

    def former(
        self, theme: str, pack: Pack | None, key: str, is_it: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """The theme's or a lesson's fields at an earlier time: as they are live, or in the newest version of which that
        is true; nothing where none is known."""
        file = self.file(pack, key)
        if file is None:
            return {}
        if is_it(live := staging.said(file)):
            return live
        for version in self.drafts.versions(theme):
            try:
                with zipfile.ZipFile(self.drafts.archive(version)) as archive:
                    names = [name for name in archive.namelist() if name.partition("/")[2] == file.name]
                    sources = [archive.read(name).decode("utf-8") for name in names]
            except (OSError, zipfile.BadZipFile, UnicodeDecodeError):
                continue  # a version that cannot be read is none to compare with
            for said in map(rewriting.read, sources):
                if isinstance(said, dict) and is_it(found := dict(said)):
                    return found
        return {}

    @contextmanager
    def staged(
        self, theme: str, drafts: Mapping[str, Draft], *, leave: Collection[str] = ()
    ) -> Iterator[tuple[Path, Pack | None]]:
        """The theme with these drafts over it, in a folder that is gone afterwards; and the theme as it is live."""
        pack = self.find(theme)
        with telling(), tempfile.TemporaryDirectory(prefix=STAGE) as rest:
            folder = Path(rest) / (Path(pack.file).parent.name if pack else theme)
            staging.stage(Path(pack.file).parent if pack else None, drafts, folder, leave=leave)
            yield folder, pack


def state_of(file: Path | None) -> str:
    """A fingerprint of a file and its drawing; empty where there is none."""
    if file is None:
        return ""
    return fingerprint(file.read_text(encoding="utf-8") + diagrams.source_beside(file, staging.said(file)))


def is_stale(draft: Draft, file: Path | None) -> bool:
    """Whether the file is another than the one that the draft was begun with."""
    if draft.base == state_of(file):
        return False
    # Drafts of an earlier release were begun without the drawing in their fingerprint.
    return file is None or draft.base != fingerprint(file.read_text(encoding="utf-8"))


def checked(key: str) -> str:
    """An id, or one with a language behind a dot, which becomes a file's name; the empty one is the theme's own."""
    lesson, language = translating.parted(key)
    if key and (
        schema.id_problem(lesson, schema.LONGEST_LESSON_ID) or ("." in key and not translating.is_code(language))
    ):
        raise nothing(text.shorten(text.clean(key), 40))
    return key


def nothing(what: str) -> StudyError:
    return StudyError(f"There is no “{what}” here any more.", "Go back to the list and load it again.")


@contextmanager
def telling() -> Iterator[None]:
    """What cannot be written is a sentence."""
    try:
        yield
    except (OSError, SettingsError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        next_step = "Your drafts are kept. Tell whoever runs the server."
        raise StudyError(f"Nothing was changed: {why}", next_step) from None
