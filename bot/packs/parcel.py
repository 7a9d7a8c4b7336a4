"""Themes as one ZIP archive: made from their files, and taken in again with nothing believed.

Only what content is made of comes in: `<theme>/<name>.yaml`, `<theme>/<name>.svg` and
`<theme>/words.txt`, plain files under plain names, not
too many and not too large, unpacked first beside their place. They take it theme by theme, each by one rename.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.core import text
from bot.core.errors import SettingsError
from bot.core.record import Record
from bot.domain.course import Key, Shelf
from bot.packs import lint, load
from bot.packs.load import THEME_FILE, Loaded
from bot.packs.problems import Problem, Severity
from bot.packs.rules.case import Fit, PageOf

WORDS = "words.txt"
KINDS = frozenset({".yaml", ".svg"})
MOST_FILES = 20_000
LARGEST_FILE = 1024 * 1024
LARGEST = 200 * 1024 * 1024
"""Bytes, unpacked."""
_FILE = r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(?:yaml|svg)|words\.txt)"
_FOLDER = r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}/"
_PLACE = re.compile(_FOLDER + _FILE)
_PLACE_OF_ONE = re.compile(f"(?:{_FOLDER})?{_FILE}")
_THEN = (1980, 1, 1, 0, 0, 0)
"""The same files make the same archive."""


def files_of(folders: Sequence[Path]) -> dict[str, Path]:
    """Every file of every theme, by its place in the archive."""
    found: dict[str, Path] = {}
    for home in homes(folders):
        for file in sorted(home.iterdir()):
            if file.is_file() and (file.suffix in KINDS or file.name == WORDS) and not file.name.startswith("."):
                found.setdefault(f"{home.name}/{file.name}", file)
    return found


def is_content(place: str) -> bool:
    """Whether a file there would be read, in a folder of themes or of one theme."""
    return _PLACE_OF_ONE.fullmatch(place) is not None


def homes(folders: Sequence[Path]) -> Iterable[Path]:
    """The folder of each theme."""
    for folder in dict.fromkeys(folders):
        if (folder / THEME_FILE).is_file():
            yield folder
        elif folder.is_dir():
            inner = sorted(each for each in folder.iterdir() if not each.name.startswith((".", "_")))
            yield from (each for each in inner if (each / THEME_FILE).is_file())


def pack(folders: Sequence[Path]) -> bytes:
    """The themes as an archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, file in files_of(folders).items():
            entry = zipfile.ZipInfo(place, _THEN)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return made.getvalue()


def unpack(source: Path, into: Path) -> tuple[str, ...]:
    """Take an archive apart into an empty folder; returns the themes' folders. Refuses anything it does not expect."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries)
            for entry in entries:
                _write(archive, entry, into)
    except (OSError, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError) as error:
        raise SettingsError(f"{source} could not be read as a ZIP archive: {error}. Nothing was changed.") from None
    return tuple(dict.fromkeys(entry.filename.partition("/")[0] for entry in entries))


def _check(entries: Sequence[zipfile.ZipInfo]) -> None:
    if not entries:
        raise SettingsError("The archive is empty. Nothing was changed.")
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
        raise SettingsError(
            f"The archive holds more than {MOST_FILES:,} files or {LARGEST // 1024**2} MiB. Nothing was changed."
        )
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not _PLACE.fullmatch(name) or kind not in {0, stat.S_IFREG} or entry.flag_bits & 1:
            shown = text.shorten(text.clean(name), 80)
            raise SettingsError(
                f"“{shown}” has no place in an archive of themes: it holds <theme>/<name>.yaml, <theme>/<name>.svg "
                f"and <theme>/{WORDS} alone. Nothing was changed."
            )
        if entry.file_size > LARGEST_FILE or name.casefold() in seen:
            raise SettingsError(f"“{name}” stands there twice, or is larger than 1 MiB. Nothing was changed.")
        seen.add(name.casefold())


def recover(shelf: Path) -> None:
    """Put back a theme that was moved aside when the process ended in the middle of a change."""
    for aside in shelf.glob(".*-*/.before-*"):
        place = shelf / aside.name.removeprefix(".before-")
        if not place.exists():
            aside.rename(place)


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: Path) -> None:
    target = into / entry.filename
    target.parent.mkdir(exist_ok=True)
    with archive.open(entry) as packed:
        content = packed.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise SettingsError(f"“{entry.filename}” is larger than it says. Nothing was changed.")
    with target.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle(staged: Path, shelf: Path, themes: Iterable[str]) -> None:
    """Put unpacked themes in their place, each by a rename; what stood there goes. After a failure all is as before."""
    moved: list[tuple[Path, Path]] = []
    try:
        for theme in themes:
            place, aside = shelf / theme, staged / f".before-{theme}"
            if place.exists():
                place.rename(aside)
            moved.append((place, aside))
            (staged / theme).rename(place)
    except OSError as error:
        for place, aside in reversed(moved):
            if aside.exists():
                if place.exists():
                    shutil.rmtree(place)
                aside.rename(place)
            elif place.exists() and not (staged / place.name).exists():
                place.rename(staged / place.name)
        raise SettingsError(f"{shelf} could not be changed: {error.strerror}. Everything is as it was.") from None


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
    shelf = writable(folders)
    if shelf is None:
        raise SettingsError(
            "DUALO_CONTENT names no folder of themes that can be written to. Make one, name it there, and try again; "
            "the themes that come with Dualo are never changed."
        )
    with tempfile.TemporaryDirectory(prefix=_STAGE, dir=shelf, ignore_cleanup_errors=True) as rest:
        staged = Path(rest)
        themes = unpack(source, staged)
        loaded = lint.load([staged], fits, page=page)
        errors = [_said(each, staged) for each in loaded.problems if each.severity is Severity.ERROR]
        if not errors:
            errors = [*_collisions(loaded, folders, shelf), *(() if drop else _losses(loaded, folders))]
        if errors:
            return Taken(shelf, errors=tuple(errors))
        settle(staged, shelf, themes)
    return Taken(shelf, themes)


def writable(folders: Sequence[Path]) -> Path | None:
    """The first folder that a theme can be put into. The one of the themes that come along is none."""
    for folder in folders:
        if folder.resolve() == load.bundled():
            continue
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and not (folder / THEME_FILE).exists():
            return folder
    return None


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
