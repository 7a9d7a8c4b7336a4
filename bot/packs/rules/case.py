"""What a rule is given to look at, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.core import views
from bot.core.record import Record
from bot.core.text import Bullets, Code, Paragraph, Span, Text
from bot.domain.course import Lesson, Theme
from bot.packs.problems import Severity

Place = tuple[str | int, ...]
"""The way to a value in its file: ("sections", 2, "text")."""
Fit = Callable[[views.View], Sequence[str]]
"""A front end's own measure: what keeps it from showing a view, or nothing."""
PageOf = Callable[[Theme, Lesson], views.View]
"""How the engine shows a lesson."""


class LessonCase(Record):
    """One lesson, with what rules need to know around it."""

    theme: Theme
    lesson: Lesson
    file: str
    words: frozenset[str] = frozenset()
    """Words that the theme's authors have vouched for."""
    fits: tuple[Fit, ...] = ()
    page: PageOf | None = None


class ThemeCase(Record):
    """One theme, with the folder it stands in."""

    theme: Theme
    file: str
    words: frozenset[str] = frozenset()


class Finding(Record):
    """Something that a rule found, at a place; `quote` is a bit of the text there, to find its line by."""

    at: Place
    message: str
    mend: str
    quote: str = ""


class LessonRule(Record):
    """A rule that looks at one lesson at a time."""

    name: str
    severity: Severity
    asks: str
    """What it asks of an author, in one sentence."""
    find: Callable[[LessonCase], Iterator[Finding]]


class ThemeRule(Record):
    """A rule that looks at a theme as a whole."""

    name: str
    severity: Severity
    asks: str
    find: Callable[[ThemeCase], Iterator[Finding]]


def lines(lesson: Lesson) -> Iterator[tuple[Place, str]]:
    """Every value of a lesson that is one line of plain text for the reader."""
    yield ("title",), lesson.title
    yield ("summary",), lesson.summary
    for at, section in enumerate(lesson.sections):
        yield ("sections", at, "label"), section.label
    for at, source in enumerate(lesson.sources):
        yield ("sources", at, "title"), source.title
    if lesson.diagram:
        yield ("diagram", "alt"), lesson.diagram.alt


def texts(lesson: Lesson) -> Iterator[tuple[Place, Text]]:
    """Every value of a lesson that may hold markup."""
    for at, section in enumerate(lesson.sections):
        yield ("sections", at, "text"), section.text
    for at, question in enumerate(lesson.questions):
        yield ("questions", at, "ask"), question.ask
        for number, option in enumerate(question.options):
            yield ("questions", at, "options", number, "text"), option.text
            yield ("questions", at, "options", number, "why"), option.why
        if question.typed:
            yield ("questions", at, "answer", "why"), question.typed.why


def runs(text: Text) -> Iterator[tuple[Span, ...]]:
    """The paragraphs and bullets of a text; code blocks are left out."""
    for block in text.blocks:
        match block:
            case Paragraph(spans):
                yield spans
            case Bullets(items):
                yield from items
            case Code():
                pass


def prose(spans: Sequence[Span], code: str = " ") -> str:
    """The words of a run; `code` stands where inline code stood."""
    return "".join(code if span.code else span.text for span in spans)
