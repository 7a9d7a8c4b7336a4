"""Themes as one ZIP archive: made from their files, and taken in again with nothing believed.

Only what content is made of comes in: `<theme>/<name>.yaml` and `<theme>/words.txt`, plain files under plain names, not
too many and not too large, unpacked first beside their place. They take it theme by theme, each by one rename.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.core import text
from bot.core.errors import SettingsError

WORDS = "words.txt"
MOST_FILES = 20_000
LARGEST_FILE = 1024 * 1024
LARGEST = 200 * 1024 * 1024
"""Bytes, unpacked."""
_PLACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}/(?:[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.yaml|words\.txt)")
_THEN = (1980, 1, 1, 0, 0, 0)
"""The same files make the same archive."""


def files_of(folders: Sequence[Path]) -> dict[str, Path]:
    """Every file of every theme, by its place in the archive."""
    found: dict[str, Path] = {}
    for home in _homes(folders):
        for file in sorted(home.iterdir()):
            if file.is_file() and (file.suffix == ".yaml" or file.name == WORDS) and not file.name.startswith("."):
                found.setdefault(f"{home.name}/{file.name}", file)
    return found


def _homes(folders: Sequence[Path]) -> Iterable[Path]:
    for folder in dict.fromkeys(folders):
        if (folder / "theme.yaml").is_file():
            yield folder
        elif folder.is_dir():
            inner = sorted(each for each in folder.iterdir() if each.is_dir())
            yield from (
                each for each in inner if (each / "theme.yaml").is_file() and not each.name.startswith((".", "_"))
            )


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
                f"“{shown}” has no place in an archive of themes: it holds <theme>/<name>.yaml and <theme>/{WORDS} "
                "alone. Nothing was changed."
            )
        if entry.file_size > LARGEST_FILE or name.casefold() in seen:
            raise SettingsError(f"“{name}” stands there twice, or is larger than 1 MiB. Nothing was changed.")
        seen.add(name.casefold())


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
