"""How long the parts of a lesson are, how easily it reads, and what an editor would strike out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.text import Code, Text, shorten
from bot.domain.course import Lesson
from bot.packs.problems import Severity
from bot.packs.rules.case import Finding, LessonCase, LessonRule, Place, ThemeCase, ThemeRule, lines, prose, runs, texts

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


TITLE = 80
SUMMARY = 160
LABEL = 48
ASK = 280
OPTION = 110
WHY = 240
READ = (1_800, 3_300)
"""Characters of title, summary, labels and texts in all: three to five minutes."""
MESSAGE = 4_000
"""Characters that the narrowest platform shows in one message."""
DESCRIPTION = 500


def size(lesson: Lesson) -> int:
    """Characters that are read: title, summary, labels and section texts."""
    parts = [lesson.title, lesson.summary]
    parts += [part for section in lesson.sections for part in (section.label, section.text.source)]
    return sum(map(len, parts))


def _at_most(most: int, what: str, value: str, at: Place) -> Iterator[Finding]:
    if len(value) > most:
        yield Finding(at, f"{what} has {len(value)} characters", f"Shorten it to {most} or fewer.")


def title_length(case: LessonCase) -> Iterator[Finding]:
    return _at_most(TITLE, "The title", case.lesson.title, ("title",))


def summary_length(case: LessonCase) -> Iterator[Finding]:
    return _at_most(SUMMARY, "The summary", case.lesson.summary, ("summary",))


def label_length(case: LessonCase) -> Iterator[Finding]:
    for at, section in enumerate(case.lesson.sections):
        yield from _at_most(LABEL, "The label", section.label, ("sections", at, "label"))


def ask_length(case: LessonCase) -> Iterator[Finding]:
    return _of_questions(case, "ask", "The question", ASK)


def option_length(case: LessonCase) -> Iterator[Finding]:
    return _of_questions(case, "text", "The option", OPTION)


def why_length(case: LessonCase) -> Iterator[Finding]:
    return _of_questions(case, "why", "The why", WHY)


def _of_questions(case: LessonCase, key: str, what: str, most: int) -> Iterator[Finding]:
    for at, text in texts(case.lesson):
        if at[0] == "questions" and at[-1] == key:
            yield from _at_most(most, what, text.source, at)


def lesson_length(case: LessonCase) -> Iterator[Finding]:
    found = size(case.lesson)
    message = f"The lesson has {found:,} characters in all"
    if found < READ[0]:
        yield Finding(("sections",), message, f"Aim at {READ[0]:,}–{READ[1]:,}: is something missing?")
    elif READ[1] < found <= MESSAGE:
        yield Finding(("sections",), message, f"Aim at {READ[0]:,}–{READ[1]:,}, or make it two lessons.")


def lesson_too_long(case: LessonCase) -> Iterator[Finding]:
    found = size(case.lesson)
    if found > MESSAGE:
        mend = f"One message holds {MESSAGE:,} with the sources: shorten it, or make it two lessons."
        yield Finding(("sections",), f"The lesson has {found:,} characters in all", mend)


def fit(case: LessonCase) -> Iterator[Finding]:
    if case.page is None or not case.fits:
        return
    page = case.page(case.theme, case.lesson)
    for fits in case.fits:
        for complaint in fits(page):
            yield Finding(("sections",), complaint.rstrip("."), "Shorten the lesson, or make it two.")


def nothing_shown(case: LessonCase) -> Iterator[Finding]:
    for at, section in enumerate(case.lesson.sections):
        if not _shown(section.text):
            yield Finding(("sections", at, "text"), "Nothing of this text would be shown", "Write the section's text.")


def _shown(text: Text) -> bool:
    code = any(isinstance(block, Code) and block.code.strip() for block in text.blocks)
    return code or any(prose(run, "code").strip() for run in runs(text))


def theme_lengths(case: ThemeCase) -> Iterator[Finding]:
    yield from _at_most(TITLE, "The title", case.theme.title, ("title",))
    yield from _at_most(DESCRIPTION, "The description", case.theme.description, ("description",))


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
LESSON_RULES = (
    LessonRule("placeholder", _ERROR, "Nothing of the template is left.", placeholder),
    LessonRule("long-sentence", _WARNING, f"No sentence has more than {LONGEST_SENTENCE} words.", long_sentence),
    LessonRule(
        "long-winded",
        _WARNING,
        f"The sentences of a section have at most {LONGEST_MEAN} words on average.",
        long_winded,
    ),
    LessonRule("doubled-word", _WARNING, "No word stands twice in a row.", doubled_word),
    LessonRule("summary-stop", _WARNING, "The summary is a sentence with its full stop.", summary_stop),
    LessonRule("label-stop", _WARNING, "A label has no full stop and no colon at its end.", label_stop),
    LessonRule("title-length", _ERROR, f"A title has at most {TITLE} characters.", title_length),
    LessonRule("summary-length", _ERROR, f"A summary has at most {SUMMARY} characters.", summary_length),
    LessonRule("label-length", _ERROR, f"A section's label has at most {LABEL} characters.", label_length),
    LessonRule("ask-length", _ERROR, f"A question has at most {ASK} characters.", ask_length),
    LessonRule("option-length", _ERROR, f"An option has at most {OPTION} characters.", option_length),
    LessonRule("why-length", _ERROR, f"A why has at most {WHY} characters.", why_length),
    LessonRule(
        "lesson-length",
        _WARNING,
        f"Title, summary, labels and texts have {READ[0]:,}–{READ[1]:,} characters in all.",
        lesson_length,
    ),
    LessonRule("lesson-too-long", _ERROR, f"They never have more than {MESSAGE:,}: a message's room.", lesson_too_long),
    LessonRule("fit", _ERROR, "The lesson, as it is shown, fits one message on every platform.", fit),
    LessonRule("nothing-shown", _ERROR, "A section's text shows something.", nothing_shown),
)
THEME_RULES = (
    ThemeRule("theme-placeholder", _ERROR, "Nothing of the template is left.", theme_placeholder),
    ThemeRule(
        "theme-length",
        _ERROR,
        f"A theme's title has at most {TITLE} characters, its description {DESCRIPTION}.",
        theme_lengths,
    ),
)
