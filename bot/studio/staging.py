"""A theme as it would be with its drafts: its files in a folder of their own, what is wrong with them, and where."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.core.record import Record, replace
from bot.packs import lint, load, parcel, rewriting, translations, tree
from bot.packs.load import THEME_FILE, Pack
from bot.packs.problems import Notes, Problem
from bot.packs.rules.case import Fit, PageOf
from bot.studio import diagrams, translating
from bot.studio.drafts import THEME, Draft

MOST_READ = 256
"""Files whose content is kept as it was read: a theme is read several times whenever somebody rests in typing."""
_NUMBER = re.compile(r"(\d+)-")
_DRAW_ONE = "Choose an SVG file or paste one, or take the diagram away."
_NONE_YET = {
    "sections": ("There is no section yet", "Add three to eight."),
    "sources": ("There is no source yet", "Add at least one."),
    "questions": ("There is no question yet", "Add at least three."),
}


class FieldFinding(Record):
    """What is wrong in one field, and the mend."""

    lesson: str
    """Empty for the theme's own fields; with a language behind a dot, a translation's."""
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
    names = {file.name for file in folder.glob("*.yaml")}
    found: dict[str, Path] = {}
    for name in sorted(names):
        if name == THEME_FILE or translations.language_of(name, names):
            continue
        if (id := said(folder / name).get("id")) and isinstance(id, str):
            found.setdefault(id, folder / name)
    return found


def files_by_key(folder: Path) -> dict[str, Path]:
    """Each lesson's file, then those of its translations, by what their drafts are named."""
    translated = translations_by_original(folder)
    found: dict[str, Path] = {}
    for lesson, file in files_by_id(folder).items():
        found[lesson] = file
        for each in translated.get(file.name, ()):
            found[translating.key_of(lesson, translations.called(each.name))] = each
    return found


def said(file: Path) -> dict[str, Any]:
    """What a file says; nothing where it cannot be read."""
    data = json.loads(_read(tree.text(str(file), Notes("")) or ""))
    return data if isinstance(data, dict) else {}


@lru_cache(MOST_READ)
def _read(source: str) -> str:
    """What it says, as JSON: whoever asks gets a copy of their own."""
    return json.dumps(rewriting.read(source))


def stage(before: Path | None, drafts: Mapping[str, Draft], into: Path, *, leave: Collection[str] = ()) -> None:
    """The theme's folder as it is, with the drafts over it, into an empty folder. `leave` are translations that are to
    be missing in it."""
    into.mkdir(parents=True, exist_ok=True)
    if before is not None:
        for place, kept in parcel.files_of([before]).items():
            shutil.copyfile(kept, into / place.partition("/")[2])
    files = {THEME: into / THEME_FILE, **files_by_id(into)}
    old = {lesson: said(files[lesson]) for lesson in drafts if lesson != THEME and lesson in files}
    for lesson in _as_read(drafts, files[THEME]):
        file = files.setdefault(lesson, into / f"{_next_number(into):02}-{lesson}.yaml")
        _put(file, lesson, drafts[lesson])
    for lesson in dict.fromkeys(translating.parted(key)[0] for key in (*drafts, *leave)):
        if lesson != THEME and lesson in files and files[lesson].is_file():
            _put_translations(files[lesson], lesson, drafts, old=old.get(lesson), leave=leave)


def _as_read(drafts: Mapping[str, Draft], theme: Path) -> Sequence[str]:
    """The theme, then its lessons in the order in which they are read: new files are numbered by it."""
    listed = (drafts[THEME].data if THEME in drafts else said(theme)).get("lessons")
    order = [THEME, *map(str, listed)] if isinstance(listed, list) else [THEME]
    place = {lesson: at for at, lesson in enumerate(order)}
    return sorted((key for key in drafts if "." not in key), key=lambda key: (place.get(key, len(place)), key))


def _put(file: Path, lesson: str, draft: Draft) -> None:
    before = said(file)
    if draft.gone:
        for each in (*translations_of(file), file):
            drawn = said(each)
            each.unlink(missing_ok=True)
            diagrams.drop(each, drawn)
        return
    fields = cleaned(draft.data)
    if lesson == THEME:
        fields = _with_titles(fields)
    else:
        fields = {**fields, **{key: empty for key, empty in _PARTS.items() if key not in fields}}
        fields = diagrams.settle(file, fields, before=before, stem=lesson)
    _write(file, fields)


def _with_titles(fields: dict[str, Any]) -> dict[str, Any]:
    """Without the languages in which nothing is said of the theme yet."""
    titles = fields.get("translations")
    if not isinstance(titles, dict):
        return fields
    begun = {
        code: each
        for code, each in titles.items()
        if not isinstance(each, dict) or each.get("title") or each.get("description")
    }
    rest = {key: each for key, each in fields.items() if key != "translations"}
    return {**rest, "translations": begun} if begun else rest


def _put_translations(
    file: Path, lesson: str, drafts: Mapping[str, Draft], *, old: dict[str, Any] | None, leave: Collection[str]
) -> None:
    """Those of one lesson: what was written of them, and the others in the order that the lesson has now."""
    there = {translations.called(each.name): each for each in translations_of(file)}
    begun = {translating.parted(key)[1]: draft for key, draft in drafts.items() if key.startswith(f"{lesson}.")}
    for language in dict.fromkeys([*there, *begun]):
        place, draft = translating.file_of(file, language), begun.get(language)
        before = said(place)
        if translating.key_of(lesson, language) in leave or (draft and draft.gone):
            place.unlink(missing_ok=True)
            diagrams.drop(place, before)
        elif draft or (old is not None and translating.shape(old) != translating.shape(said(file))):
            original = said(file)
            kept = cleaned(draft.data) if draft else translating.read(old or {}, before)
            fields = cleaned(translating.written(original, kept))
            _write(place, diagrams.settle(place, fields, before=before, stem=f"{lesson}-{language}"))


def _write(file: Path, fields: dict[str, Any]) -> None:
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(rewriting.rewritten(old, _in_order(fields)), encoding="utf-8")


def _in_order(value: Any) -> Any:
    """Fields in the order of the guide for authors, whatever order they were filled in. A file keeps its own."""
    match value:
        case dict():
            known = [key for key in _ORDER if key in value]
            return {key: _in_order(value[key]) for key in dict.fromkeys([*known, *value])}
        case list():
            return [_in_order(each) for each in value]
        case _:
            return value


def translations_of(file: Path) -> list[Path]:
    """The files beside a lesson's that say it in other languages."""
    return translations_by_original(file.parent).get(file.name, [])


def translations_by_original(folder: Path) -> dict[str, list[Path]]:
    """The files of a theme's translations, by the names of the files that they translate."""
    names = {each.name for each in folder.glob("*.yaml")}
    found: dict[str, list[Path]] = {}
    for name in sorted(names):
        if translations.language_of(name, names):
            found.setdefault(translations.original_of(name), []).append(folder / name)
    return found


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


_ORDER = (
    *("id", "of", "emoji", "title", "label", "ask", "section", "summary", "description", "language", "licence"),
    *("lessons", "file", "alt", "after", "text", "right", "accept", "number", "unit", "tolerance", "why", "url"),
    *("sections", "diagram", "sources", "questions", "options", "answer", "aliases", "workspaces", "translations"),
)
"""Of all the keys that a theme's files have."""
_PARTS: Mapping[str, Any] = {"summary": "", "sections": [], "sources": [], "questions": []}
"""What a lesson has in any case: while it is empty, the check asks to fill it in."""
_NEEDED = frozenset(
    {"id", "title", "summary", "description", "label", "text", "ask", "section", "why", "url"}
    | {"file", "svg", "alt", "after", "workspaces"}
)
"""Written also while they are empty, so that the check can say that they are."""


def checked(folder: Path, fits: Sequence[Fit], page: PageOf) -> tuple[Pack | None, tuple[FieldFinding, ...]]:
    """The theme in this folder, and all that is wrong with it, each in its field."""
    loaded = load.load([folder])
    pack = next(iter(loaded.packs), None)
    problems = {*loaded.problems, *(lint.check_pack(pack, fits, page=page) if pack else ())}
    places = _Places(folder)
    ordered = sorted(problems, key=lambda each: (each.severity != "error", each.place))
    return pack, tuple(finding for problem in ordered for finding in places.of(problem))


class _Places:
    """Where in the forms the lines of a theme's files stand."""

    def __init__(self, folder: Path) -> None:
        self._files = {THEME: folder / THEME_FILE, **files_by_key(folder)}
        self._keys = {str(file): key for key, file in self._files.items()}
        self._trees: dict[str, tree.Node | None] = {}

    def of(self, problem: Problem) -> Iterator[FieldFinding]:
        if problem.file.endswith(".svg"):
            yield from self._in_drawing(problem)
            return
        at, key = self._at(problem), self._keys.get(problem.file, THEME)
        lesson, language = translating.parted(key)
        if language:
            at = translating.place_in_form(at, said(self._files[key]), said(self._files[lesson]))
        yield _for_a_form(_finding(problem, key, at, problem.message))

    def _in_drawing(self, problem: Problem) -> Iterator[FieldFinding]:
        """Said of every lesson that shows it, and of the translation where it is one's own."""
        name = Path(problem.file).name
        shown = [key for key, file in self._files.items() if diagrams.named(said(file)) == name]
        own = [key for key in shown if translating.parted(key)[0] not in shown or "." not in key]
        for key in own:
            yield _finding(problem, key, ("diagram", "file"), f"Line {problem.line} of the drawing: {problem.message}")

    def _at(self, problem: Problem) -> tuple[str | int, ...]:
        file = problem.file
        if file not in self._trees:
            self._trees[file] = tree.read(file, Notes(file)) if Path(file).is_file() else None
        node = self._trees[file]
        found = _lines(node, problem.line) if node is not None else ()
        return max(found, key=lambda each: (each[0], len(each[1])), default=(0, ()))[1]


def _for_a_form(found: FieldFinding) -> FieldFinding:
    """In other words where those of the check speak of lines that nobody types here."""
    if found.at == ("diagram", "file") and found.message == "“file” is empty":
        return replace(found, message="There is no drawing", mend=_DRAW_ONE)
    if found.at[-1:] == ("of",):
        return replace(found, message=found.message.partition(" (`of")[0], mend="Compare the two, then say they agree.")
    if "." in found.lesson and found.message.endswith("” is empty"):
        message = found.message.replace("” is empty", "” is not translated")
        return replace(found, message=message, mend="Until it is, the lesson is read in the original.")
    if found.at[-1:] in {(part,) for part in _NONE_YET} and found.message.endswith("” is empty"):
        message, mend = _NONE_YET[str(found.at[-1])]
        return replace(found, message=message, mend=mend)
    if found.message == "“lessons” is missing from a theme":
        return replace(found, at=(), message="The theme has no lesson yet", mend="Add one on the left.")
    return found


def _finding(problem: Problem, lesson: str, at: tuple[str | int, ...], message: str) -> FieldFinding:
    return FieldFinding(lesson, at, problem.severity.value, message, problem.mend, problem.rule)


def _lines(node: tree.Node, line: int, at: tuple[str | int, ...] = ()) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    """Places that begin at or above a line, each with where it begins."""
    inner: Iterable[tuple[str | int, tree.Node]] = ()
    if isinstance(node, tree.Branch):
        inner = node.fields.items()
    elif isinstance(node, tree.ListNode):
        inner = enumerate(node.items)
    if node.line <= line and at:
        yield node.line, at
    for step, each in inner:
        if each.line <= line:
            yield from _lines(each, line, (*at, step))
