"""Whether a reader can check what a section says. Which ids there are, and that they fit, is the form's business."""

from __future__ import annotations

from collections.abc import Iterator

from bot.packs.problems import Severity
from bot.packs.rules.case import Finding, LessonCase, LessonRule


def section_sources(case: LessonCase) -> Iterator[Finding]:
    if not any(source.id for source in case.lesson.sources):
        mend = "Give each source an `id`, and each section its `sources`: a quiz answer cites them."
        yield Finding(("sources",), "No section says which sources it rests on", mend)


LESSON_RULES = (
    LessonRule("section-sources", Severity.WARNING, "Each section names the sources it rests on.", section_sources),
)
