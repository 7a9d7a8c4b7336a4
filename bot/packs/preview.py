"""How a lesson reads in a terminal: the same parts in the same order as in a chat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.syntax import Syntax
from rich.text import Text as Styled

from bot.core.text import Bullets, Code, Paragraph, Span, Text
from bot.domain.course import Lesson, Theme
from bot.domain.questions import Question

_LETTERS = "ABCD"


def lesson(theme: Theme, lesson: Lesson) -> RenderableType:
    """The lesson as a reader sees it."""
    where = f"{theme.emoji} {theme.title} · lesson {lesson.number} of {len(theme.lessons)} · {lesson.minutes} min"
    parts: list[RenderableType] = [
        Styled(where, style="dim"),
        Styled(lesson.title, style="bold"),
        Styled(lesson.summary, style="italic"),
    ]
    for section in lesson.sections:
        parts += ["", *_text(section.text, lead=f"{section.label}.")]
        if (diagram := lesson.diagram) and diagram.after == section.label:
            parts += ["", Padding(Styled.assemble(("Diagram: ", "bold"), diagram.alt), (0, 0, 0, 4), expand=False)]
    parts += ["", Styled("Grounded on", style="bold")]
    parts += [
        Styled.assemble("- ", (source.title, Style(link=source.url)), f" {source.url}") for source in lesson.sources
    ]
    if after := theme.after(lesson):
        parts += ["", Styled.assemble(("Next up. ", "bold"), (after.title, "bold"), f" {after.summary}")]
    return Group(*parts)


def questions(lesson: Lesson) -> RenderableType:
    """The lesson's questions, with what is right and why."""
    parts: list[RenderableType] = [Rule("Questions", align="left")]
    for number, question in enumerate(lesson.questions, 1):
        parts += ["", *_text(question.ask, lead=f"{number}."), *_options(question)]
        parts.append(Styled(f"   Rests on: {question.section}", style="dim"))
    return Group(*parts)


def _options(question: Question) -> Iterator[RenderableType]:
    for letter, option in zip(_LETTERS, question.options, strict=False):
        said = _spans([span for block in option.text.blocks if isinstance(block, Paragraph) for span in block.spans])
        mark = " (right)" if option.right else ""
        yield Padding(Styled.assemble((f"{letter}. ", "bold"), said, (mark, "bold green")), (0, 0, 0, 3), expand=False)
        yield from (Padding(part, (0, 0, 0, 6), style="dim", expand=False) for part in _text(option.why))
    if question.typed:
        accepted = ", or ".join(question.typed.accepted)
        yield Padding(Styled.assemble(("To be typed: ", "bold"), (accepted, "bold green")), (0, 0, 0, 3), expand=False)
        yield from (Padding(part, (0, 0, 0, 6), style="dim", expand=False) for part in _text(question.typed.why))


def _text(text: Text, *, lead: str = "") -> Iterator[RenderableType]:
    """A text block by block; the lead-in stands in bold before its first words."""
    for block in text.blocks:
        opening = Styled(f"{lead} ", style="bold") if lead else Styled()
        match block:
            case Paragraph(spans):
                yield opening + _spans(spans)
            case Bullets(items):
                if lead:
                    yield opening
                yield from (Padding(Styled("- ") + _spans(item), (0, 0, 0, 2), expand=False) for item in items)
            case Code(code, language):
                if lead:
                    yield opening
                yield Padding(Syntax(code, language or "text", background_color="default", word_wrap=True), (0, 4))
        lead = ""


def _spans(spans: Sequence[Span]) -> Styled:
    made = Styled()
    for span in spans:
        style = Style(bold=span.bold or None, italic=span.italic or None, link=span.link or None)
        made.append(span.text, style + Style(color="cyan") if span.code else style)
        if span.link:
            made.append(f" ({span.link})", "dim")
    return made
