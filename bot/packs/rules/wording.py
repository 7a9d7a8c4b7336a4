"""How easily a lesson reads, and what an editor would strike out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.text import Text, shorten
from bot.packs.problems import Severity
from bot.packs.rules.case import Finding, LessonCase, LessonRule, ThemeCase, ThemeRule, lines, prose, runs, texts

LONGEST_SENTENCE = 45
LONGEST_MEAN = 25
"""Words."""
FEWEST_SENTENCES = 3
PLACEHOLDER = "PLACEHOLDER"

_END = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9`])")
_TWICE = re.compile(r"\b([A-Za-z]{2,})\s+\1\b", re.IGNORECASE)
_TWICE_MEANT = frozenset({"had", "that"})
_WORD = re.compile(r"\w")


def sentences(text: Text) -> list[str]:
    """The sentences of a text; inline code counts as a word, code blocks do not count."""
    return [part for run in runs(text) for part in _END.split(prose(run, "code")) if part and _WORD.search(part)]


def words(sentence: str) -> int:
    return sum(1 for word in sentence.split() if _WORD.search(word))


def long_sentence(case: LessonCase) -> Iterator[Finding]:
    for at, text in texts(case.lesson):
        for sentence in sentences(text):
            if words(sentence) > LONGEST_SENTENCE:
                message = f"A sentence of {words(sentence)} words begins with “{shorten(sentence, 40)}”"
                yield Finding(at, message, f"Make two of it: {LONGEST_SENTENCE} are hard to follow.", sentence)


def long_winded(case: LessonCase) -> Iterator[Finding]:
    for at, section in enumerate(case.lesson.sections):
        found = sentences(section.text)
        mean = sum(map(words, found)) / max(1, len(found))
        if len(found) >= FEWEST_SENTENCES and mean > LONGEST_MEAN:
            message = f"The sentences of “{section.label}” have {mean:.0f} words on average"
            yield Finding(("sections", at, "text"), message, f"Bring them to {LONGEST_MEAN} or fewer.")


def doubled_word(case: LessonCase) -> Iterator[Finding]:
    spoken = [(at, prose(run, "`")) for at, text in texts(case.lesson) for run in runs(text)]
    for at, said in [*lines(case.lesson), *spoken]:
        for found in _TWICE.finditer(said):
            if found[1].lower() not in _TWICE_MEANT:
                yield Finding(at, f"“{found[0]}” says a word twice", "Delete one of them.", found[0])


def summary_stop(case: LessonCase) -> Iterator[Finding]:
    if not case.lesson.summary.endswith((".", "!", "?")):
        yield Finding(("summary",), "The summary does not end like a sentence", "End it with a full stop.")


def label_stop(case: LessonCase) -> Iterator[Finding]:
    for at, section in enumerate(case.lesson.sections):
        if section.label.endswith((".", ":")):
            message = f"The label “{section.label}” ends with “{section.label[-1]}”"
            yield Finding(("sections", at, "label"), message, "Delete it: a full stop is added when it is shown.")


def placeholder(case: LessonCase) -> Iterator[Finding]:
    addresses = [(("sources", at, "url"), source.url) for at, source in enumerate(case.lesson.sources)]
    sources = [(at, text.source) for at, text in texts(case.lesson)]
    for at, said in [*lines(case.lesson), *sources, *addresses]:
        if PLACEHOLDER in said:
            yield Finding(at, "This is still a placeholder", "Write what belongs here.", PLACEHOLDER)


def theme_placeholder(case: ThemeCase) -> Iterator[Finding]:
    for key, said in (("title", case.theme.title), ("description", case.theme.description)):
        if PLACEHOLDER in said:
            yield Finding((key,), "This is still a placeholder", "Write what belongs here.", PLACEHOLDER)


LESSON_RULES = (
    LessonRule("placeholder", Severity.ERROR, "Nothing of the template is left.", placeholder),
    LessonRule(
        "long-sentence", Severity.WARNING, f"No sentence has more than {LONGEST_SENTENCE} words.", long_sentence
    ),
    LessonRule(
        "long-winded",
        Severity.WARNING,
        f"The sentences of a section have at most {LONGEST_MEAN} words on average.",
        long_winded,
    ),
    LessonRule("doubled-word", Severity.WARNING, "No word stands twice in a row.", doubled_word),
    LessonRule("summary-stop", Severity.WARNING, "The summary is a sentence with its full stop.", summary_stop),
    LessonRule("label-stop", Severity.WARNING, "A label has no full stop and no colon at its end.", label_stop),
)
THEME_RULES = (ThemeRule("theme-placeholder", Severity.ERROR, "Nothing of the template is left.", theme_placeholder),)
