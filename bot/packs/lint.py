"""Every rule for content by name, applied to each lesson and theme that was read.

`load` is how the bot takes content, at start and on reload: what breaks a rule that is an error is not taught. `check`
is the linter, which adds the warnings. So nothing is taught that `dualo content check` refuses.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Sequence
from pathlib import Path

from bot.core.record import replace
from bot.domain.course import Lesson, Theme
from bot.packs import load as files
from bot.packs import spelling, translations, tree
from bot.packs.load import Loaded, Pack, Step, silently
from bot.packs.problems import Notes, Problem, Severity
from bot.packs.rules import answers, diagrams, markup, wording
from bot.packs.rules.case import Finding, Fit, LessonCase, LessonRule, PageOf, ThemeCase, ThemeRule, texts

LESSON_RULES: tuple[LessonRule, ...] = (
    *wording.LESSON_RULES,
    *answers.LESSON_RULES,
    *markup.LESSON_RULES,
    *diagrams.LESSON_RULES,
    *spelling.LESSON_RULES,
)
THEME_RULES: tuple[ThemeRule, ...] = (
    *wording.THEME_RULES,
    *answers.THEME_RULES,
    *spelling.THEME_RULES,
)


def load(folders: Sequence[Path], fits: Sequence[Fit] = (), *, page: PageOf | None = None) -> Loaded:
    """What is in the folders and breaks no rule that is an error."""
    with files.undisturbed():
        loaded = files.load(folders)
        packs: list[Pack] = []
        problems = set(loaded.problems)
        for pack in loaded.packs:
            found = tuple(check_pack(pack, fits, page=page, severities={Severity.ERROR}))
            in_translations = {problem.file for problem in found} & set(pack.translation_files.values())
            sound = pack.sound and all(problem.file in in_translations for problem in found)
            packs.append(replace(without(pack, in_translations), sound=sound))
            problems.update(found)
            for _, said in (each for lesson in _lessons(pack) for each in texts(lesson)):
                vars(said).clear()  # what the rules parsed: most of a large shelf is not shown for days
    return files.shelved(packs, problems)


def without(pack: Pack, files_to_leave: Collection[str]) -> Pack:
    """The theme without the translations in these files: their lessons are taught in the original's language."""
    if not files_to_leave:
        return pack
    kept = {names: file for names, file in pack.translation_files.items() if file not in files_to_leave}
    rest = tuple(
        replace(each, lessons=tuple(lesson for lesson in each.lessons if (each.language, lesson.id) in kept))
        for each in pack.theme.translations
    )
    return replace(pack, theme=replace(pack.theme, translations=rest), translation_files=kept)


def _lessons(pack: Pack) -> Iterator[Lesson]:
    yield from pack.theme.lessons
    for each in pack.theme.translations:
        yield from each.lessons


def check(
    loaded: Loaded, fits: Sequence[Fit] = (), *, page: PageOf | None = None, step: Step = silently
) -> tuple[Problem, ...]:
    """All that is wrong: what the load found, and what the rules find in what could be read."""
    found: list[Problem] = []
    for at, pack in enumerate(loaded.packs):
        found += check_pack(pack, fits, page=page)
        step(at + 1, len(loaded.packs))
    return tuple(sorted({*loaded.problems, *found}, key=lambda problem: problem.place))


def check_pack(
    pack: Pack,
    fits: Sequence[Fit] = (),
    *,
    page: PageOf | None = None,
    severities: Container[Severity] = tuple(Severity),
) -> Iterator[Problem]:
    """What the rules of these severities find in one theme; lessons with an error of their own wait until it is
    mended."""
    for_lessons = [rule for rule in LESSON_RULES if rule.severity in severities]
    for_themes = [rule for rule in THEME_RULES if rule.severity in severities]
    words = spelling.allowed(Path(pack.file).parent)
    for language, theme in _in_each_language(pack.theme):
        for lesson in theme.lessons:
            if lesson.id in pack.whole and (lesson.original or not language):
                file = pack.translation_files[language, lesson.id] if language else pack.lesson_files[lesson.id]
                case = LessonCase(theme, lesson, file, words, tuple(fits), page)
                found = [(rule, finding) for rule in for_lessons for finding in rule.find(case)]
                yield from _place(file, pack.theme.id, found, translated=lesson if language else None)
        if pack.sound:
            course = ThemeCase(replace(theme, lessons=()) if language else theme, pack.file, words)
            above = ("translations", language) if language else ()
            said = [(rule, each) for rule in for_themes for each in rule.find(course)]
            moved = [(rule, replace(each, at=(*above, *each.at))) for rule, each in said]
            yield from _place(pack.file, pack.theme.id, moved)


def _in_each_language(theme: Theme) -> Iterator[tuple[str, Theme]]:
    """The theme as rules look at it: as it is, then in each other language."""
    yield "", theme
    for each in theme.translations:
        yield each.language, replace(theme.in_language(each.language), language=each.language, wanted="")


def _place(
    file: str,
    theme: str,
    found: Sequence[tuple[LessonRule | ThemeRule, Finding]],
    *,
    translated: Lesson | None = None,
) -> Iterator[Problem]:
    """Findings as problems, each with its line in the file. A translation's file may have its parts in another order
    than the lesson that was made of it, and not all of them."""
    if not found:
        return
    source = tree.text(file, Notes(file)) or ""
    node = tree.grow(source, Notes(file))
    lines = source.split("\n")
    for rule, finding in found:
        at = translations.place_in_file(finding.at, translated, node) if translated else finding.at
        value = tree.nearest(node, at) if node else None
        line = _seek(lines, value.line if value and value is not node else 1, finding.quote)
        yield Problem(file, line, finding.message, finding.mend, rule.severity, theme, rule.name)


_FAR = 60
"""Lines of the longest text."""


def _seek(lines: Sequence[str], line: int, quote: str) -> int:
    """The line, from `line` on, in which the quoted text begins."""
    opening = quote.split("\n")[0].strip()
    while opening and not any(opening in each for each in lines[line - 1 : line + _FAR]):
        opening = opening.rpartition(" ")[0]
    if not opening:
        return line
    return next(at for at, each in enumerate(lines[line - 1 : line + _FAR], line) if opening in each)
