"""An archive that another Dualo made, as drafts: nothing of it is live, and it is checked as what is typed is."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.core import text
from bot.core.errors import SettingsError, StudyError
from bot.core.record import Record, field
from bot.packs import parcel, schema
from bot.packs.load import THEME_FILE
from bot.studio import diagrams, staging, translating
from bot.studio.drafts import THEME, Draft
from bot.studio.theme_files import STAGE, checked, telling


class ArrivedTheme(Record):
    """A theme from an archive."""

    id: str
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    """Names of files of which nothing became a draft."""


def arrived(content: bytes, *, author: str, now: datetime) -> tuple[ArrivedTheme, ...]:
    """The archive's themes. What has no place in one, or cannot be read as one, is refused in a sentence."""
    with telling(), tempfile.TemporaryDirectory(prefix=STAGE) as rest:
        source, unpacked = Path(rest) / "the archive", Path(rest) / "themes"
        source.write_bytes(content)
        unpacked.mkdir()
        try:
            names = parcel.unpack(source, unpacked)
        except SettingsError as error:
            raise StudyError(str(error).replace(str(source), "The file"), "Choose one that Dualo exported.") from None
        return tuple(_theme(unpacked / name, author, now) for name in names)


def _theme(folder: Path, author: str, now: datetime) -> ArrivedTheme:
    about = staging.said(folder / THEME_FILE)
    id = about.get("id")
    if not isinstance(id, str) or schema.id_problem(id, schema.LONGEST_THEME_ID):
        raise StudyError(f"“{text.shorten(folder.name, 40)}” has no theme.yaml with an id.", "Nothing was taken.")
    found, taken = {THEME: Draft(about, author, now)}, {THEME_FILE, parcel.WORDS}
    for key, file in staging.files_by_key(folder).items():
        said = diagrams.shown(file, staging.said(file))
        lesson, language = translating.parted(checked(key))
        if language:
            said = translating.read(found[lesson].data, said)
        found[key] = Draft(said, author, now)
        taken |= {file.name, diagrams.named(said) if diagrams.source_beside(file, said) else ""}
    rest = sorted(each.name for each in folder.iterdir() if each.name not in taken)
    words = [parcel.WORDS] if (folder / parcel.WORDS).exists() else []
    return ArrivedTheme(id, found, (*rest, *words))
