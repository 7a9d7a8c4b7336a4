"""What authors wrote and did not publish: a file each, so that a crash, a closed tab or a restart loses nothing."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from bot.core.errors import StudyError
from bot.core.record import Record
from bot.packs import parcel

THEME = ""
"""In place of a lesson's id: the draft of what the theme itself says."""
_ENDING = ".json"
MOST_VERSIONS = 50
"""Of one theme. The oldest go."""


class Draft(Record):
    """A theme's or a lesson's fields as an author left them."""

    data: dict[str, Any]
    author: str
    saved: datetime
    revision: int = 1
    """Grows with each save, so that who saves over another's work is told."""
    base: str = ""
    """A fingerprint of the file that it began with; empty where there was none."""
    gone: bool = False
    """The lesson is to be taken away."""


class Version(Record):
    """A theme as it was before something was published."""

    name: str
    theme: str
    kept: datetime
    author: str
    """Who published what came after it."""


class Changed(StudyError):
    """Somebody else saved meanwhile."""

    def __init__(self, by: Draft) -> None:
        super().__init__(
            f"{by.author} saved this at {by.saved:%H:%M} UTC, after you had opened it.",
            "Your text is still here: copy what you want to keep, then load theirs.",
        )
        self.by = by


class DraftFiles:
    """Files in one folder: `<theme>/<lesson>.json`, and the versions of each theme."""

    def __init__(self, home: Path) -> None:
        self._drafts, self._versions = home / "drafts", home / "versions"

    def find(self, theme: str, lesson: str = THEME) -> Draft | None:
        try:
            return msgspec.json.decode(self._file(theme, lesson).read_bytes(), type=Draft)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (msgspec.DecodeError, OSError) as error:
            raise StudyError(
                f"The draft of {lesson or theme} cannot be read ({type(error).__name__}).",
                "Whoever runs this server finds it in the studio's folder of drafts.",
            ) from None

    def of_theme(self, theme: str) -> Mapping[str, Draft]:
        """By lesson id; the theme's own under the empty one."""
        found: dict[str, Draft] = {}
        for file in sorted((self._drafts / theme).glob(f"*{_ENDING}")):
            lesson = THEME if file.stem == "theme." else file.stem
            if draft := self.find(theme, lesson):
                found[lesson] = draft
        return found

    def themes(self) -> tuple[str, ...]:
        """Themes of which something is a draft."""
        return tuple(sorted(each.name for each in self._drafts.glob("*") if any(each.glob(f"*{_ENDING}"))))

    def save(self, theme: str, lesson: str, draft: Draft, *, seen: int) -> Draft:
        """Keep the draft, unless somebody saved since the revision that its author saw."""
        before = self.find(theme, lesson)
        if before and before.revision != seen:
            raise Changed(before)
        kept = msgspec.structs.replace(draft, revision=(before.revision if before else seen) + 1)
        _write(self._file(theme, lesson), msgspec.json.encode(kept))
        return kept

    def drop(self, theme: str, lesson: str = THEME) -> None:
        self._file(theme, lesson).unlink(missing_ok=True)
        with suppress(OSError):
            (self._drafts / theme).rmdir()

    def keep_version(self, theme: str, folder: Path, *, author: str, now: datetime) -> None:
        """A copy of the theme's folder as it stands."""
        at, moment = self._versions / theme, f"{now:%Y%m%dT%H%M%S%f}"
        names = (f"{moment}-{number:03}" for number in itertools.count())
        name = next(name for name in names if not (at / f"{name}.zip").exists())
        entry = Version(name, theme, now, author)
        _write(at / f"{name}.zip", parcel.pack([folder]))
        _write(at / f"{name}{_ENDING}", msgspec.json.encode(entry))
        for old in self.versions(theme)[MOST_VERSIONS:]:
            for ending in (_ENDING, ".zip"):
                (at / f"{old.name}{ending}").unlink(missing_ok=True)

    def versions(self, theme: str) -> tuple[Version, ...]:
        """The newest first."""
        files = sorted((self._versions / theme).glob(f"*{_ENDING}"), reverse=True)
        found = [msgspec.json.decode(file.read_bytes(), type=Version) for file in files]
        return tuple(each for each in found if self.archive(each).is_file())

    def archive(self, version: Version) -> Path:
        return self._versions / version.theme / f"{version.name}.zip"

    def _file(self, theme: str, lesson: str) -> Path:
        return self._drafts / theme / f"{lesson or 'theme.'}{_ENDING}"


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before anybody is told that it is kept."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with beside.open("wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        beside.replace(file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StudyError(
            f"This could not be saved: {error.strerror}.",
            "Keep this page open, tell whoever runs the server, and save again.",
        ) from None
