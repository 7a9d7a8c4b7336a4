"""What a check says in the end: each problem on a line, one line of summary, and the same for machines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import asdict

from bot.core import text
from bot.core.record import Record
from bot.domain.course import Key, Shelf, Theme
from bot.packs.load import THEME_FILE, Loaded, vanished
from bot.packs.problems import Problem, Severity


class Report(Record):
    """The outcome of a check."""

    themes: int
    lessons: int
    problems: tuple[Problem, ...]
    changed: tuple[Key, ...] = ()
    """Lessons that read differently from the older copy."""
    own: tuple[Theme, ...] = ()
    """Themes that are for some workspaces alone."""

    @property
    def errors(self) -> int:
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors

    @property
    def summary(self) -> str:
        shelf = f"{text.count(self.lessons, 'lesson')} in {text.count(self.themes, 'theme')}"
        return f"{shelf}, {_count(self.errors, 'error')}, {_count(self.warnings, 'warning')}"

    @property
    def for_whom(self) -> tuple[str, ...]:
        """A line for each theme that not everybody sees."""
        return tuple(f"{theme.id}: only for {', '.join(theme.workspaces)}" for theme in self.own)

    def data(self) -> dict[str, object]:
        """The report as JSON can carry it."""
        return {
            "themes": self.themes,
            "lessons": self.lessons,
            "errors": self.errors,
            "warnings": self.warnings,
            "changed": [str(key) for key in self.changed],
            "workspaces": {theme.id: list(theme.workspaces) for theme in self.own},
            "problems": [asdict(problem) for problem in self.problems],
        }


def line(problem: Problem) -> str:
    """A problem as compilers say theirs, so that editors can jump to it."""
    said = f"{problem.message}. {problem.mend}"
    return f"{problem.file}:{problem.line}: {problem.severity.value}: {said} [{problem.rule}]"


def annotation(problem: Problem) -> str:
    """A problem as GitHub's workflows take it, to be shown beside the line in a pull request."""
    place = f"file={_property(problem.file)},line={problem.line},title={_property(problem.rule)}"
    return f"::{problem.severity.value} {place}::{_data(f'{problem.message}. {problem.mend}')}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def report(loaded: Loaded, problems: Sequence[Problem], *, before: Loaded | None = None) -> Report:
    """What was found; against an older copy, also what vanished and what reads differently."""
    lessons = sum(len(pack.theme.lessons) for pack in loaded.packs)
    own = tuple(pack.theme for pack in loaded.packs if any(pack.theme.workspaces))
    if before is None:
        return Report(len(loaded.packs), lessons, tuple(problems), own=own)
    old, new = _everything(before), _everything(loaded)
    gone = vanished((lesson.key for lesson in old.lessons), new)
    found = sorted([*problems, *(_vanished(key, loaded) for key in gone)], key=lambda problem: problem.place)
    return Report(len(loaded.packs), lessons, tuple(found), changed(old, new), own)


def changed(before: Shelf, after: Shelf) -> tuple[Key, ...]:
    """Lessons that are on both shelves, perhaps under a former id, and read differently."""
    found = ((lesson, after.lesson(lesson.theme, lesson.id)) for lesson in before.lessons)
    return tuple(now.key for lesson, now in found if now and now.digest != lesson.digest)


def _everything(loaded: Loaded) -> Shelf:
    return Shelf(tuple(pack.theme for pack in loaded.packs))


def _vanished(key: Key, loaded: Loaded) -> Problem:
    homes = {name: pack for pack in loaded.packs for name in (pack.theme.id, *pack.theme.aliases)}
    if home := homes.get(key.theme):
        mend = f"List {key.lesson} under `aliases` of the lesson that took its place."
        return Problem(home.file, 1, f"The lesson “{key}” has vanished", mend, theme=key.theme, rule="vanished")
    file = str(Path(loaded.packs[0].file).parent.parent / key.theme / THEME_FILE) if loaded.packs else THEME_FILE
    mend = f"List {key.theme} under `aliases` of the theme that took its place."
    return Problem(file, 1, f"The lesson “{key}” has vanished with its theme", mend, theme=key.theme, rule="vanished")


def _count(number: int, one: str) -> str:
    return text.count(number, one) if number else f"no {one}s"
