"""A theme as it would be with its drafts: its files in a folder of their own, what is wrong with them, and where."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.core.record import Record
from bot.packs import lint, load, parcel, rewriting, translations, tree
from bot.packs.load import THEME_FILE, Pack
from bot.packs.problems import Notes, Problem
from bot.packs.rules.case import Fit, PageOf
from bot.studio.drafts import THEME, Draft

_NUMBER = re.compile(r"(\d+)-")


class FieldFinding(Record):
    """What is wrong in one field, and the mend."""

    lesson: str
    """Empty for the theme's own fields."""
    at: tuple[str | int, ...]
    severity: str
    message: str
    mend: str
    rule: str


def home_of(theme: str, folders: Sequence[Path]) -> Path | None:
    """The theme's folder. Of all themes only what names them is read: this is asked for while somebody types."""
    for home in parcel.homes(folders):
        node = tree.read(str(home / THEME_FILE), Notes(THEME_FILE))
        named = node.fields.get("id") if isinstance(node, tree.Branch) else None
        if (named.value if isinstance(named, tree.Leaf) else home.name) == theme:
            return home
    return None


def files_by_id(folder: Path) -> dict[str, Path]:
    """The files of a theme's lessons, by the id in each; a translation bears the same id and is none of them."""
    names = sorted(file.name for file in folder.glob("*.yaml"))
    found: dict[str, Path] = {}
    for name in names:
        if name == THEME_FILE or translations.language_of(name, names):
            continue
        if (id := said(folder / name).get("id")) and isinstance(id, str):
            found.setdefault(id, folder / name)
    return found


def said(file: Path) -> dict[str, Any]:
    """What a file says; nothing where it cannot be read."""
    try:
        data = rewriting.read(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}
    return data if isinstance(data, dict) else {}


def stage(before: Path | None, drafts: Mapping[str, Draft], into: Path) -> None:
    """The theme's folder as it is, with the drafts over it, into an empty folder."""
    into.mkdir(parents=True, exist_ok=True)
    if before is not None:
        for place, kept in parcel.files_of([before]).items():
            shutil.copyfile(kept, into / place.partition("/")[2])
    files = {THEME: into / THEME_FILE, **files_by_id(into)}
    for lesson, draft in drafts.items():
        file = files.get(lesson) or into / f"{_next_number(into):02}-{lesson}.yaml"
        if draft.gone:
            for translated in translations_of(file):
                translated.unlink()
            file.unlink(missing_ok=True)
            continue
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        fields = cleaned(draft.data)
        if lesson != THEME:
            fields = {**fields, **{key: empty for key, empty in _PARTS.items() if key not in fields}}
        file.write_text(rewriting.rewritten(old, fields), encoding="utf-8")


def translations_of(file: Path) -> list[Path]:
    """The files beside a lesson's that say it in other languages."""
    names = sorted(each.name for each in file.parent.glob("*.yaml"))
    found = [name for name in names if translations.language_of(name, names)]
    return [file.parent / name for name in found if translations.original_of(name) == file.name]


def _next_number(folder: Path) -> int:
    numbers = [int(found[1]) for file in folder.glob("*.yaml") if (found := _NUMBER.match(file.name))]
    return max(numbers, default=0) + 1


def cleaned(value: Any) -> Any:
    """Fields as they are written: no space at the end of a line, nothing that is empty and may be left out."""
    match value:
        case dict():
            held = {key: cleaned(each) for key, each in value.items()}
            return {key: each for key, each in held.items() if each not in ("", [], {}) or key in _NEEDED}
        case list():
            return [cleaned(each) for each in value]
        case str():
            return "\n".join(line.rstrip() for line in value.strip().splitlines())
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case _:
            return str(value)


_PARTS: Mapping[str, Any] = {"summary": "", "sections": [], "sources": [], "questions": []}
"""What a lesson has in any case: while it is empty, the check asks to fill it in."""
_NEEDED = frozenset({"id", "title", "summary", "description", "label", "text", "ask", "section", "why", "url"})
"""Written also while they are empty, so that the check can say that they are."""


def checked(folder: Path, fits: Sequence[Fit], page: PageOf) -> tuple[Pack | None, tuple[FieldFinding, ...]]:
    """The theme in this folder, and all that is wrong with it, each in its field."""
    loaded = load.load([folder])
    pack = next(iter(loaded.packs), None)
    problems = {*loaded.problems, *(lint.check_pack(pack, fits, page=page) if pack else ())}
    files = files_by_id(folder)
    ids = {str(file): id for id, file in files.items()}
    others = {str(each): id for id, file in files.items() for each in translations_of(file)}
    trees: dict[str, tree.Node | None] = {}
    ordered = sorted(problems, key=lambda each: (each.severity != "error", each.place))
    return pack, tuple(
        _in_translation(problem, others[problem.file]) if problem.file in others else _placed(problem, ids, trees)
        for problem in ordered
    )


def _in_translation(problem: Problem, lesson: str) -> FieldFinding:
    """Said of its lesson as a whole: the studio shows the original's fields."""
    message = f"{Path(problem.file).name}, line {problem.line}: {problem.message}"
    return FieldFinding(lesson, (), problem.severity.value, message, problem.mend, problem.rule)


def _placed(problem: Problem, ids: Mapping[str, str], trees: dict[str, tree.Node | None]) -> FieldFinding:
    if problem.file not in trees:
        trees[problem.file] = tree.read(problem.file, Notes(problem.file)) if Path(problem.file).is_file() else None
    node = trees[problem.file]
    found = _lines(node, problem.line) if node is not None else ()
    _, at = max(found, key=lambda each: (each[0], len(each[1])), default=(0, ()))
    lesson = ids.get(problem.file, "")
    return FieldFinding(lesson, at, problem.severity.value, problem.message, problem.mend, problem.rule)


def _lines(node: tree.Node, line: int, at: tuple[str | int, ...] = ()) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    """Places that begin at or above a line, each with where it begins."""
    inner: Iterator[tuple[str | int, tree.Node]] = iter(())
    if isinstance(node, tree.Branch):
        inner = iter(node.fields.items())
    elif isinstance(node, tree.ListNode):
        inner = iter(enumerate(node.items))
    if node.line <= line and at:
        yield node.line, at
    for step, each in inner:
        if each.line <= line:
            yield from _lines(each, line, (*at, step))
