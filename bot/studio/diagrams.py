"""A lesson's drawing within its draft: in the form it stands under `svg`, on the disk in a file beside the lesson's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.packs import schema, tree

Fields = dict[str, Any]


def source_beside(file: Path, fields: Fields) -> str:
    """The drawing that a lesson's or a translation's file names; nothing where there is none that can be read."""
    place = file.parent / named(fields)
    try:
        is_small = place.suffix == ".svg" and place.stat().st_size <= tree.LARGEST
        return place.read_text(encoding="utf-8") if is_small else ""
    except (OSError, UnicodeDecodeError):
        return ""


def shown(file: Path, fields: Fields) -> Fields:
    """The fields with the drawing in them."""
    if not named(fields):
        return fields
    return {**fields, "diagram": {**fields["diagram"], "svg": source_beside(file, fields)}}


def settle(file: Path, fields: Fields, *, before: Fields, stem: str) -> Fields:
    """Write the drawing beside the file if it is another than there, and take away what nobody draws any more; the
    fields as they stand in the file. `stem` names a drawing that is new."""
    drawn = fields.get("diagram")
    if isinstance(drawn, dict) and "svg" in drawn:
        source = _plain(str(drawn["svg"]))
        kept = {key: each for key, each in drawn.items() if key != "svg"}
        name = _name_for(file, named(fields), source, stem) if source else ""
        if name and _reads(file.parent / name) != source:
            (file.parent / name).write_text(source + "\n", encoding="utf-8")
        fields = {**fields, "diagram": {**kept, "file": name}}
    if named(before) != named(fields):
        drop(file, before)
    return fields


def drop(file: Path, before: Fields) -> None:
    """The drawing of a file that is gone goes with it, unless another shows it."""
    if (name := named(before)) and not _is_shared(file, name):
        (file.parent / name).unlink(missing_ok=True)


def _name_for(file: Path, name: str, source: str, stem: str) -> str:
    """The name that the drawing has, or one that is free: what others show is not drawn over."""
    if name and (not _is_shared(file, name) or _reads(file.parent / name) == source):
        return name
    names = (f"{stem}.svg", *(f"{stem}-{number}.svg" for number in range(2, 100)))
    return next((each for each in names if not (file.parent / each).exists()), names[0])


def _is_shared(file: Path, name: str) -> bool:
    """Whether another lesson names the drawing. The translations of a lesson show what it shows."""
    others = (each for each in file.parent.glob("*.yaml") if each != file and not each.name.startswith(f"{file.stem}."))
    return any(name in each.read_text(encoding="utf-8", errors="replace") for each in others)


def _reads(file: Path) -> str:
    return _plain(file.read_text(encoding="utf-8", errors="replace")) if file.is_file() else ""


def _plain(source: str) -> str:
    """Without what is not seen, so that a drawing that was only looked at stays as it is on the disk."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def named(fields: Fields) -> str:
    """The drawing's file, where the fields name one as it may be called."""
    drawn = fields.get("diagram")
    name = drawn.get("file") if isinstance(drawn, dict) else ""
    return name if isinstance(name, str) and schema.DIAGRAM_FILE.fullmatch(name) else ""
