"""Whether a diagram can be read on a phone, and by those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.packs.problems import Severity
from bot.packs.rules.case import Finding, LessonCase, LessonRule

ALT = (60, 320)
"""Characters: fewer name the diagram rather than say it, more find no room beside the longest lesson."""
PHONE = 360
"""Pixels that a phone is wide; a diagram is never shown wider there."""
SMALLEST_TEXT = 11.0
TALLEST = 480.0
"""Pixels on a phone."""


def diagram_alt(case: LessonCase) -> Iterator[Finding]:
    if (diagram := case.lesson.diagram) is None:
        return
    found = len(diagram.alt)
    if found < ALT[0]:
        mend = f"Say in {ALT[0]} or more what it shows: those who do not see it get nothing else."
        yield Finding(("diagram", "alt"), f"The alt text has {found} characters", mend)
    elif found > ALT[1]:
        yield Finding(("diagram", "alt"), f"The alt text has {found} characters", f"Shorten it to {ALT[1]} or fewer.")


def diagram_text(case: LessonCase) -> Iterator[Finding]:
    if (diagram := case.lesson.diagram) is None:
        return
    shown = diagram.svg.smallest * PHONE / diagram.svg.width
    if shown < SMALLEST_TEXT:
        needed = SMALLEST_TEXT * diagram.svg.width / PHONE
        message = f"The diagram's smallest text is {shown:.1f} pixels high on a phone"
        mend = f"Write it with font-size {needed:.1f} or more, or make the view box narrower."
        yield Finding(("diagram", "file"), message, mend)


def diagram_size(case: LessonCase) -> Iterator[Finding]:
    if (diagram := case.lesson.diagram) is None:
        return
    shown = diagram.svg.height * PHONE / diagram.svg.width
    if shown > TALLEST:
        message = f"The diagram is {shown:.0f} pixels high on a phone"
        yield Finding(("diagram", "file"), message, f"Bring it to {TALLEST:.0f} or fewer: it has to be seen at once.")


LESSON_RULES = (
    LessonRule(
        "diagram-alt",
        Severity.ERROR,
        f"A diagram's alt says what it shows, in {ALT[0]}–{ALT[1]} characters.",
        diagram_alt,
    ),
    LessonRule(
        "diagram-text",
        Severity.ERROR,
        f"On a phone, {PHONE} pixels wide, a diagram's text is at least {SMALLEST_TEXT:.0f} pixels high.",
        diagram_text,
    ),
    LessonRule("diagram-size", Severity.ERROR, f"There a diagram is at most {TALLEST:.0f} pixels high.", diagram_size),
)
