"""Taking an archive of themes into a folder: only what is sound comes in, and no lesson that people did is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.core.errors import SettingsError
from bot.core.record import Record
from bot.domain.course import Key, Shelf
from bot.packs import lint, load, parcel
from bot.packs.load import THEME_FILE, Loaded
from bot.packs.problems import Problem, Severity
from bot.packs.rules.case import Fit, PageOf

_STAGE = ".incoming-"
"""The loader looks into no folder that begins with a dot."""


class Taken(Record):
    """What became of an archive: the themes that are in place, or what stood in the way."""

    shelf: Path
    themes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


def take(
    source: Path, folders: Sequence[Path], *, fits: Sequence[Fit] = (), page: PageOf | None = None, drop: object = False
) -> Taken:
    """Unpack beside the shelf, check, and put it in its place; `drop` lets lessons vanish that nothing carries on."""
    shelf = _writable(folders)
    staged = Path(tempfile.mkdtemp(prefix=_STAGE, dir=shelf))
    try:
        themes = parcel.unpack(source, staged)
        loaded = lint.load([staged], fits, page=page)
        errors = [_said(each, staged) for each in loaded.problems if each.severity is Severity.ERROR]
        if not errors:
            errors = [*_collisions(loaded, folders, shelf), *(() if drop else _losses(loaded, folders))]
        if errors:
            return Taken(shelf, errors=tuple(errors))
        parcel.settle(staged, shelf, themes)
        return Taken(shelf, themes)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _writable(folders: Sequence[Path]) -> Path:
    for folder in folders:
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and not (folder / THEME_FILE).exists():
            return folder
    raise SettingsError(
        "DUALO_CONTENT names no folder of themes that can be written to. Make one, name it there, and try again; "
        "the themes that come with Dualo are never changed."
    )


def _said(problem: Problem, staged: Path) -> str:
    file = Path(problem.file)
    place = file.relative_to(staged) if file.is_relative_to(staged) else file
    return f"{place}:{problem.line}: {problem.message}. {problem.mend}"


def _collisions(loaded: Loaded, folders: Sequence[Path], shelf: Path) -> Iterable[str]:
    """Ids that a theme elsewhere already has; the one whose folder is replaced does not count."""
    incoming = {Path(pack.file).parent.name for pack in loaded.packs}
    homes = {
        name: Path(pack.file).parent
        for pack in load.load(folders).packs
        for name in (pack.theme.id, *pack.theme.aliases)
    }
    for pack in loaded.packs:
        for name in (pack.theme.id, *pack.theme.aliases):
            home = homes.get(name)
            if home is not None and not (home.parent == shelf and home.name in incoming):
                yield f"The theme id “{name}” is already that of {home}. Take one of the two away."


def _losses(loaded: Loaded, folders: Sequence[Path]) -> Iterable[str]:
    """Lessons that people may have done, and that nothing would carry on."""
    replaced = {Path(pack.file).parent.name for pack in loaded.packs}
    before = load.load(folders)
    kept = [pack.theme for pack in before.packs if Path(pack.file).parent.name not in replaced]
    after = Shelf((*kept, *(pack.theme for pack in loaded.packs)))
    known: Iterable[Key] = (lesson.key for pack in before.packs for lesson in pack.theme.lessons)
    for key in load.vanished(known, after):
        yield f"The lesson “{key}” would vanish. List it under `aliases`, or say --drop."
