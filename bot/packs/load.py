"""Reads the folders of themes: every theme that is in the right form, and all that is wrong with the others.

Loading is pure: it reads files, keeps nothing, and raises nothing on account of content, so it can run beside the bot.
What is taught is held to the rules besides (`lint.load`).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.record import Record, replace
from bot.core.svg import Svg
from bot.domain.course import Key, Lesson, LessonDiagram, Shelf, Theme, ThemeTranslation
from bot.packs import schema, svg, translations, tree
from bot.packs.problems import Notes, Problem, Severity, Unreadable, did_you_mean

THEME_FILE = "theme.yaml"
_MANY = 100_000
"""Objects; those of about a thousand lessons."""
Step = Callable[[int, int], None]
"""Hears how many themes of how many are done."""


class Pack(Record):
    """A theme as it was read, sound or not, and the files it came from."""

    theme: Theme
    file: str
    lesson_files: Mapping[str, str]
    """By lesson id."""
    sound: bool
    """Nothing wrong with it: it stands on the shelf."""
    whole: frozenset[str]
    """Ids of the lessons whose own file has no error."""
    translation_files: Mapping[tuple[str, str], str] = {}
    """By language and lesson id, those of translations without an error."""


class Loaded(Record):
    """What a load brought."""

    shelf: Shelf
    problems: tuple[Problem, ...]
    packs: tuple[Pack, ...] = ()

    @property
    def whole(self) -> bool:
        """Everything was sound, so that it may take the place of what was there before."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)


@dataclass(slots=True)
class _Reading:
    """A theme's folder while it is read."""

    folder: Path
    raw: schema.RawTheme
    notes: Notes
    lessons: dict[str, tuple[schema.RawLesson, Notes]] = field(default_factory=dict)
    rest: list[Notes] = field(default_factory=list)
    """Notes of files that gave no lesson."""
    diagrams: dict[str, Svg] = field(default_factory=dict)
    """By lesson id."""
    translations: list[_Translated] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """Those that keep the theme off the shelf."""
        lessons = [problem for _, notes in self.lessons.values() for problem in notes.problems]
        return [*self.notes.problems, *lessons, *(problem for notes in self.rest for problem in notes.problems)]

    @property
    def problems_of_translations(self) -> list[Problem]:
        """Those that keep a translation off the shelf, and the theme in its own language on it."""
        return [problem for each in self.translations for notes in each.notes for problem in notes.problems]


@dataclass(slots=True)
class _Translated:
    """A translation's file while it is read."""

    language: str
    notes: list[Notes]
    """Of the file, and of a diagram of its own."""
    raw: schema.RawLesson | None = None
    diagram: Svg | None = None

    @property
    def sound(self) -> bool:
        return self.raw is not None and all(notes.sound for notes in self.notes)


def silently(done: int, total: int) -> None:
    """Tell nobody how far it is."""


def load(folders: Sequence[Path], *, step: Step = silently) -> Loaded:
    """Read every theme in the folders; a folder that holds a theme.yaml itself is one theme."""
    problems: list[Problem] = []
    homes: list[Path] = []
    for folder in dict.fromkeys(folders):
        notes = Notes(str(folder))
        homes += _theme_folders(folder, notes)
        problems += notes.problems
    readings: list[_Reading] = []
    with undisturbed():
        for home in homes:
            readings.append(_read(home))
            step(len(readings), len(homes))
    _part_names(readings)
    packs = tuple(_pack(reading) for reading in readings)
    for reading in readings:
        problems += [*reading.problems, *reading.problems_of_translations]
    return shelved(packs, problems)


def shelved(packs: Sequence[Pack], problems: Iterable[Problem]) -> Loaded:
    """The sound themes on a shelf, and all that is wrong with the others, in the order of the files."""
    ordered = tuple(sorted(problems, key=lambda problem: problem.place))
    errors = tuple(str(problem) for problem in ordered if problem.severity is Severity.ERROR)
    return Loaded(Shelf(tuple(pack.theme for pack in packs if pack.sound), errors), ordered, tuple(packs))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold the garbage collector back: what is read is kept, and looking through it over and over takes a third of the
    time. So that it does not look through all of it at once afterwards, in one long pause, much content is then put
    out of its sight; what is replaced goes all the same, since nothing in it points back at itself."""
    was_on, before = gc.isenabled(), gc.get_count()[0]
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] - before > _MANY:
            gc.freeze()
        if was_on:
            gc.enable()


def vanished(known: Iterable[Key], shelf: Shelf) -> tuple[Key, ...]:
    """The lessons once known that neither an id nor an alias carries now."""
    return tuple(sorted(key for key in set(known) if shelf.lesson(key.theme, key.lesson) is None))


def _theme_folders(folder: Path, notes: Notes) -> list[Path]:
    try:
        if (folder / THEME_FILE).is_file():
            return [folder]
        inner = sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith((".", "_")))
        themes = [each for each in inner if _yaml_files(each)]
    except OSError as error:
        notes.error(1, f"This folder cannot be read: {error.strerror or error}", "Correct the folder's name or rights.")
        return []
    if not themes:
        notes.error(1, "No theme is in this folder", "Make one with `dualo content new`, or name another folder.")
    return themes


def _yaml_files(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries]
    return sorted(name for name in names if name.endswith((".yaml", ".yml")) and not name.startswith("."))


def _read(folder: Path) -> _Reading:
    notes = Notes(str(folder / THEME_FILE))
    names = _yaml_files(folder)
    raw = schema.RawTheme()
    if THEME_FILE not in names:
        notes.error(1, "This file is missing", "Make it with `dualo content new`, or take the folder away.")
    elif node := tree.read(notes.file, notes):
        raw = schema.theme(node, notes)
    reading = _Reading(folder, raw, notes)
    spoken = {name: translations.language_of(name, names) for name in names}
    for name in sorted(names, key=lambda name: bool(translations.called(name))):
        if name != THEME_FILE and not spoken[name]:
            _read_lesson(reading, name)
    for name in names:
        if spoken[name]:
            _read_translation(reading, name, spoken[name])
    _check_order(reading)
    notes.theme = raw.id or folder.name
    return reading


def _read_lesson(reading: _Reading, name: str) -> None:
    path = f"{reading.folder}{os.sep}{name}"
    notes = Notes(path, reading.raw.id or reading.folder.name)
    lesson = None
    if name.endswith(".yml"):
        notes.error(1, "A lesson's file ends in .yaml", f"Rename it to {name.removesuffix('.yml')}.yaml.")
    elif node := tree.read(path, notes):
        lacking = {id for id, _ in reading.raw.lessons} - reading.lessons.keys()
        if translations.is_orphan(node, name, lacking):
            notes.warning(
                1, "No lesson of this name is beside this translation", "Name it like its lesson, or delete it."
            )
            reading.rest.append(notes)
            return
        lesson = schema.lesson(node, notes)
    if lesson is None or not lesson.id:
        reading.rest.append(notes)
        return
    if lesson.id in reading.lessons:
        first = reading.lessons[lesson.id][1].file
        notes.error(lesson.line, f"The id “{lesson.id}” is already that of {first}", "Give this lesson another id.")
        reading.rest.append(notes)
        return
    reading.lessons[lesson.id] = (lesson, notes)
    if lesson.diagram and lesson.diagram.file:
        of_drawing = Notes("", notes.theme)
        if drawn := _read_diagram(reading.folder, lesson.diagram, notes, of_drawing=of_drawing):
            reading.diagrams[lesson.id] = drawn
        reading.rest.append(of_drawing)


def _read_diagram(folder: Path, raw: schema.RawDiagram, of_lesson: Notes, *, of_drawing: Notes) -> Svg | None:
    """What is wrong within it is said of the drawing's own file; that it is missing, of the lesson's."""
    path = folder / raw.file
    of_drawing.file = str(path)
    if not path.is_file():
        mend = f"Put the drawing beside the lesson as {raw.file}, or take the diagram away."
        of_lesson.error(raw.line, f"No file “{raw.file}” is beside this one", mend)
        return None
    if (source := tree.text(str(path), of_drawing)) is None:
        return None
    try:
        return svg.read(source)
    except Unreadable as refused:
        of_drawing.error(refused.line, refused.message, refused.mend)
    return None


def _read_translation(reading: _Reading, name: str, language: str) -> None:
    """A lesson in another language. Where the original could not be read, it waits until that is mended."""
    path = f"{reading.folder}{os.sep}{name}"
    notes = Notes(path, reading.raw.id or reading.folder.name)
    made = _Translated(language, [notes])
    reading.translations.append(made)
    beside = translations.original_of(name)
    if beside == THEME_FILE:
        mend = f"Write title and description under `translations: {{{language}: …}}` in {THEME_FILE}."
        notes.error(1, "A theme's translation has no file of its own", mend)
    elif language == reading.raw.language:
        notes.error(1, f"The theme itself is in “{language}”", "Rename this file for its own language, or delete it.")
    elif node := tree.read(path, notes):
        original = next((each for each, its in reading.lessons.values() if Path(its.file).name == beside), None)
        if original is None:
            return
        raw = made.raw = translations.read(node, original, notes)
        file = raw.diagram.file if raw.diagram else ""
        if raw.diagram and file and not (original.diagram and original.diagram.file == file):
            made.notes.append(of_drawing := Notes("", notes.theme))
            made.diagram = _read_diagram(reading.folder, raw.diagram, notes, of_drawing=of_drawing)
        else:
            made.diagram = reading.diagrams.get(original.id)


def _check_order(reading: _Reading) -> None:
    """What is listed has a file, what has a file is listed, and no former id is an id of today."""
    listed = dict(reading.raw.lessons)
    free = [id for id in reading.lessons if id not in listed]
    unread = [Path(notes.file).stem for notes in reading.rest]
    for id, line in reading.raw.lessons:
        if id not in reading.lessons and not any(stem.endswith(id) for stem in unread):
            mend = did_you_mean(id, free, "Add the lesson's file, or take the line away.")
            reading.notes.error(line, f"No file beside this one has the id “{id}”", mend)
    for id in free if listed else ():
        lesson, notes = reading.lessons[id]
        mend = f"Add `- {id}` under `lessons` in {THEME_FILE}, or delete this file."
        notes.error(lesson.line, f"The lesson “{id}” is not listed in {THEME_FILE}", mend)
    taken = {id: notes.file for id, (_, notes) in reading.lessons.items()}
    for lesson, notes in reading.lessons.values():
        _part_aliases(lesson.aliases, taken, notes)


def _part_aliases(aliases: Sequence[tuple[str, int]], taken: dict[str, str], notes: Notes) -> None:
    for alias, line in aliases:
        if alias in taken:
            notes.error(line, f"The alias “{alias}” is taken by {taken[alias]}", "Delete it, or rename the other.")
        taken.setdefault(alias, notes.file)


def _part_names(readings: Sequence[_Reading]) -> None:
    """Themes of all folders share one set of ids; the first to use one keeps it."""
    taken: dict[str, str] = {}
    for reading in readings:
        raw, notes = reading.raw, reading.notes
        if raw.id in taken:
            message = f"The theme id “{raw.id}” is already that of {taken[raw.id]}"
            notes.error(raw.line, message, "Give one of the two another id, or load only one of them.")
        elif raw.id:
            taken[raw.id] = notes.file
    for reading in readings:
        _part_aliases(reading.raw.aliases, taken, reading.notes)


def _pack(reading: _Reading) -> Pack:
    raw = reading.raw
    order = [id for id, _ in raw.lessons if id in reading.lessons]
    order += [id for id in reading.lessons if id not in order]
    theme_id = raw.id or reading.folder.name
    lessons = tuple(
        _lesson(theme_id, number, reading.lessons[id][0], reading.diagrams.get(id))
        for number, id in enumerate(order, 1)
    )
    theme = Theme(
        theme_id,
        raw.emoji,
        raw.title,
        raw.description,
        raw.language,
        raw.licence,
        lessons,
        tuple(alias for alias, _ in raw.aliases),
        raw.workspaces,
        _translations(reading, {lesson.id: lesson for lesson in lessons}),
    )
    return Pack(
        theme,
        reading.notes.file,
        {id: notes.file for id, (_, notes) in reading.lessons.items()},
        all(problem.severity is not Severity.ERROR for problem in reading.problems),
        frozenset(id for id, (_, notes) in reading.lessons.items() if notes.sound),
        {(each.language, each.raw.id): each.notes[0].file for each in reading.translations if each.sound and each.raw},
    )


def _translations(reading: _Reading, lessons: Mapping[str, Lesson]) -> tuple[ThemeTranslation, ...]:
    """By language, with the lessons in the original's order."""
    titles = {each.language: each for each in reading.raw.translations}
    translated: dict[str, dict[str, Lesson]] = {language: {} for language in titles}
    for each in reading.translations:
        if each.sound and each.raw and (original := lessons.get(each.raw.id)):
            made = _lesson(original.theme, original.number, each.raw, each.diagram)
            made = replace(made, aliases=original.aliases, original=original)
            translated.setdefault(each.language, {})[original.id] = made
    found = []
    for language, spoken in sorted(translated.items()):
        said = titles.get(language, schema.RawTitle(language))
        in_order = tuple(spoken[id] for id in lessons if id in spoken)
        found.append(ThemeTranslation(language, said.title, said.description, in_order))
    return tuple(found)


def _lesson(theme: str, number: int, raw: schema.RawLesson, drawn: Svg | None) -> Lesson:
    diagram = raw.diagram
    return Lesson(
        theme,
        raw.id,
        number,
        raw.title,
        raw.summary,
        raw.sections,
        raw.sources,
        raw.questions,
        tuple(alias for alias, _ in raw.aliases),
        LessonDiagram(drawn, diagram.alt, diagram.after) if drawn and diagram else None,
    )


_ENGINE = Path(__file__).resolve().parent.parent


def bundled() -> Path:
    """The folder of the themes that come along."""
    installed = _ENGINE / "_content"
    return installed if installed.is_dir() else _ENGINE.parent / "content"
