"""Finding what people mean: a theme or a lesson by id, number or words; and the closest matches when nothing fits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.record import Record
from bot.domain.course import Lesson, Shelf, Theme

CLOSE = 80.0
"""Of 100: as good as said."""
NEAR = 60.0
"""Of 100: worth offering."""
LIKELY = 75.0
"""Of 100: worth suggesting while it is being typed: a word cut short, or a slip of the pen."""
SEARCH = "?"
"""What a suggestion begins with that stands for a search: `?pool`."""


class Near(Record):
    """Nothing fits; these come closest."""

    themes: tuple[Theme, ...] = ()
    lessons: tuple[Lesson, ...] = ()


def theme(shelf: Shelf, words: str) -> Theme | Near:
    """The theme that the words name."""
    if exact := shelf.theme(words.strip().lower()):
        return exact
    ranked = rank_themes(shelf, words)
    if ranked and ranked[0][1] >= CLOSE and (len(ranked) == 1 or ranked[1][1] < ranked[0][1]):
        return ranked[0][0]
    return Near(themes=tuple(found for found, score in ranked[:3] if score >= NEAR) or shelf.themes[:3])


def lesson(shelf: Shelf, words: str, *, within: Theme | None = None, near: Theme | None = None) -> Lesson | Near:
    """The lesson that the words name: `theme/id`, an id, a number in the theme at hand, or words of its title."""
    wanted = words.strip().lower().strip("#")
    theme_id, slash, lesson_id = wanted.partition("/")
    if slash and (exact := shelf.lesson(theme_id.strip(), lesson_id.strip())):
        return exact
    at_hand = within or near
    if re.fullmatch(r"[0-9]{1,4}", wanted):
        return _numbered(at_hand, int(wanted))
    if at_hand and (exact := at_hand.lesson(wanted)):
        return exact
    if within is None:
        named = [found for each in shelf.themes if (found := each.lesson(wanted))]
        if len(named) == 1:
            return named[0]
        if named:
            return Near(lessons=tuple(named))
    return _by_title(within.lessons if within else shelf.lessons, wanted)


def wanted_search(words: str) -> str:
    """The words to search for, if a search was chosen in the place of a lesson."""
    said = words.strip()
    return said.removeprefix(SEARCH).strip() if said.startswith(SEARCH) else ""


def numbered(themes: Sequence[Theme], typed: str) -> list[Lesson]:
    """Lessons by number: of the first theme those whose number begins so, of the others that very one."""
    first, *others = themes
    begun = [lesson for lesson in first.lessons if str(lesson.number).startswith(typed)]
    return [*begun, *(lesson for theme in others for lesson in theme.lessons if str(lesson.number) == typed)]


def longer_theme(shelf: Shelf, theme_words: str, lesson_words: str) -> tuple[Theme, str] | None:
    """A line gives the first word to the theme and the rest to the lesson; a theme's name may go on into the rest.

    The theme whose name the words go on with, as far as they do, and what is left for the lesson.
    """
    said = f"{theme_words} {lesson_words}".split()
    for count in range(len(said), len(theme_words.split()), -1):
        run = _words(" ".join(said[:count]))
        named = [each for each in shelf.themes if _goes_on(run, each.title) or _goes_on(run, each.id)]
        if len(named) == 1:
            return named[0], " ".join(said[count:])
    return None


def _goes_on(run: Sequence[str], name: str) -> bool:
    """Whether the words stand in the name, side by side."""
    words = _words(name)
    return bool(run) and any(words[at : at + len(run)] == run for at in range(len(words) - len(run) + 1))


def _words(said: str) -> list[str]:
    return re.findall(r"\w+", said.casefold())


def is_exact(found: Lesson, words: str) -> bool:
    """Whether the words are the lesson's very name or number, not merely like its title."""
    wanted = words.strip().lower().strip("#")
    return wanted in {found.id, str(found.key), str(found.number), *found.aliases}


def _numbered(at_hand: Theme | None, number: int) -> Lesson | Near:
    if at_hand is None:
        return Near()
    if 1 <= number <= len(at_hand.lessons):
        return at_hand.lessons[number - 1]
    return Near(themes=(at_hand,), lessons=at_hand.lessons[-1:])


def _by_title(lessons: Sequence[Lesson], wanted: str) -> Lesson | Near:
    ranked = rank_lessons(lessons, wanted)
    if ranked and ranked[0][1] >= CLOSE and (len(ranked) == 1 or ranked[1][1] < ranked[0][1]):
        return ranked[0][0]
    return Near(lessons=tuple(found for found, score in ranked[:3] if score >= NEAR))


def rank_themes(shelf: Shelf, words: str, *, most: int = 25) -> list[tuple[Theme, float]]:
    """Themes by how well they match what was typed."""
    names = [f"{each.id.replace('-', ' ')} {each.title}" for each in shelf.themes]
    return [(shelf.themes[index], score) for index, score in _rank(words, names, most)]


def rank_lessons(lessons: Sequence[Lesson], words: str, *, most: int = 25) -> list[tuple[Lesson, float]]:
    """Lessons by how well they match what was typed."""
    names = [_called(each) for each in lessons]
    return [(lessons[index], score) for index, score in _rank(words, names, most)]


def _called(lesson: Lesson) -> str:
    """By what a lesson is found: its id and its titles, the original's too."""
    title = f"{lesson.title} {lesson.original.title}" if lesson.original else lesson.title
    return f"{lesson.id.replace('-', ' ')} {title}"


def _rank(words: str, names: Sequence[str], most: int) -> list[tuple[int, float]]:
    # Its compiled scorers are 2 MiB, which a process needs only once somebody mistypes.
    from rapidfuzz import process, utils

    found = process.extract(
        words, names, scorer=_likeness, processor=utils.default_process, limit=most, score_cutoff=1.0
    )
    return [(index, score) for _, score, index in found]


def _likeness(one: str, other: str, **_: object) -> float:
    """Whole words in any order count fully; a slip of the pen or a word cut short nearly so."""
    from rapidfuzz import fuzz

    if not one:
        return 0.0
    score = max(fuzz.token_set_ratio(one, other) * 0.98, fuzz.partial_token_sort_ratio(one, other) * 0.9)
    return min(100.0, score + 2.0 * other.startswith(one))
