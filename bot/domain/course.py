"""What is taught: themes, lessons, questions. Immutable, in memory, swapped whole on reload.

Ids are permanent: not a number, not a title, not a path. An id that was given up lives on as an alias.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from bot.core.record import Record, replace
from bot.core.svg import Svg
from bot.core.text import Text
from bot.domain import languages
from bot.domain.questions import Question, digest

WORDS_PER_MINUTE = 140
"""Dense technical prose is read slower than a novel's 240 words a minute."""


class Section(Record):
    label: str
    text: Text
    sources: tuple[str, ...] = ()
    """Ids of the sources it rests on, the first before the others; none where the lesson's sources have no ids."""


class Source(Record):
    title: str
    url: str
    id: str = ""
    """Permanent within its lesson; empty in content of an earlier form."""


class LessonDiagram(Record):
    """What teaches more as a drawing than in words; the words are there all the same."""

    svg: Svg
    alt: str
    after: str
    """The label of the section that it stands beneath."""


class Lesson(Record, dict=True):
    theme: str
    id: str
    number: int
    title: str
    summary: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    questions: tuple[Question, ...]
    aliases: tuple[str, ...] = ()
    diagram: LessonDiagram | None = None
    original: Lesson | None = None
    """What this one translates, under the same ids."""

    @property
    def key(self) -> Key:
        return Key(self.theme, self.id)

    @cached_property
    def digest(self) -> str:
        """A fingerprint of what is read. Titles, sources, diagrams and questions may change
        without the lesson being another, and so may its language."""
        if self.original:
            return self.original.digest
        return digest([part for section in self.sections for part in (section.label, section.text.source)])

    @cached_property
    def minutes(self) -> int:
        words = sum(len(section.text.plain.split()) for section in self.sections)
        return max(1, round(words / WORDS_PER_MINUTE))

    def sources_of(self, label: str) -> tuple[Source, ...]:
        """What the section of that label rests on, in its order. Where sections name nothing, a lesson's only source is
        theirs, and of several none is guessed."""
        named = next((section.sources for section in self.sections if section.label == label), ())
        if not named:
            return self.sources if len(self.sources) == 1 else ()
        by_id = {source.id: source for source in self.sources}
        return tuple(by_id[id] for id in named if id in by_id)

    def question(self, id: str) -> Question | None:
        return next((question for question in self.questions if question.id == id), None)


class Key(Record, order=True):
    """A lesson's permanent name: theme id and lesson id."""

    theme: str
    lesson: str

    def __str__(self) -> str:
        return f"{self.theme}/{self.lesson}"


class ThemeTranslation(Record):
    """What of a theme there is in another language."""

    language: str
    title: str = ""
    description: str = ""
    lessons: tuple[Lesson, ...] = ()
    """Those that are translated, each whole."""


class Theme(Record, dict=True):
    id: str
    emoji: str
    title: str
    description: str
    language: str
    licence: str
    lessons: tuple[Lesson, ...]
    aliases: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = ()
    """The only ones it is for; none where it is for all."""
    translations: tuple[ThemeTranslation, ...] = ()
    wanted: str = ""
    """The language that its reader wants, where the shelf was made for one."""

    @cached_property
    def _by_id(self) -> Mapping[str, Lesson]:
        named = {alias: lesson for lesson in self.lessons for alias in lesson.aliases}
        return named | {lesson.id: lesson for lesson in self.lessons}

    def lesson(self, id: str) -> Lesson | None:
        """The lesson of that id, or of that former id."""
        return self._by_id.get(id)

    def is_for(self, workspace: str) -> bool:
        return not self.workspaces or workspace in self.workspaces

    def after(self, lesson: Lesson) -> Lesson | None:
        return self.lessons[lesson.number] if lesson.number < len(self.lessons) else None

    @property
    def languages(self) -> tuple[str, ...]:
        """The original's first."""
        return (self.language, *(each.language for each in self.translations))

    def in_language(self, wanted: str) -> Theme:
        """As somebody reads it who wants that language: what is translated, else the original."""
        chosen = languages.closest(wanted, self.languages)
        found = next((each for each in self.translations if each.language == chosen), None)
        if found is None or chosen == self.language:
            return replace(self, wanted=wanted)
        translated = {lesson.id: lesson for lesson in found.lessons}
        return replace(
            self,
            title=found.title or self.title,
            description=found.description or self.description,
            lessons=tuple(translated.get(lesson.id, lesson) for lesson in self.lessons),
            wanted=wanted,
        )

    def is_in(self, language: str) -> bool:
        """Whether something of it is in that language, of whatever country."""
        return any(languages.is_alike(each, language) for each in self.languages)

    def lacks(self, lesson: Lesson) -> bool:
        """Whether a lesson has to be read in another language than its reader wants, in a theme that is translated at
        least in part; of one that is in a single language its title tells."""
        wanted = bool(self.wanted) and bool(self.translations)
        return wanted and lesson.original is None and not languages.is_alike(self.language, self.wanted)

    @property
    def line(self) -> str:
        """The description's first sentence."""
        head, dot, _ = self.description.partition(". ")
        return head + ("." if dot else "")


class Shelf(Record, dict=True):
    """Every theme there is, at one moment."""

    themes: tuple[Theme, ...]
    problems: tuple[str, ...] = ()
    """What is wrong with content that could not be put on the shelf, for the doctor."""

    @cached_property
    def _by_id(self) -> Mapping[str, Theme]:
        named = {alias: theme for theme in self.themes for alias in theme.aliases}
        return named | {theme.id: theme for theme in self.themes}

    def theme(self, id: str) -> Theme | None:
        return self._by_id.get(id)

    def lesson(self, theme: str, lesson: str) -> Lesson | None:
        found = self._by_id.get(theme)
        return found.lesson(lesson) if found else None

    @cached_property
    def translated(self) -> frozenset[str]:
        """The languages into which something is translated."""
        return frozenset(each.language for theme in self.themes for each in theme.translations)

    def in_language(self, wanted: str) -> Shelf:
        return replace(self, themes=tuple(theme.in_language(wanted) for theme in self.themes))

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        return tuple(lesson for theme in self.themes for lesson in theme.lessons)
