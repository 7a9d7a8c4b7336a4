"""What keeps a question from being answered without the lesson, and whether an answer can cite its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.questions import Question, QuestionKind
from bot.packs.problems import Severity
from bot.packs.rules.case import Finding, LessonCase, LessonRule, ThemeCase, ThemeRule

LONGER = 1.2
"""How many times the longest wrong option the right one may measure."""
NOTICED = 10
"""Characters; nobody sees a smaller difference."""
FEWEST = 12
"""Questions from which on a theme's averages say something."""
POSITION_SHARE = 0.4
LONGEST_SHARE = 0.4
SHORTEST_SHARE = 0.45
FEWEST_SEVERAL = 3
"""Questions with several right options from which on their places say something."""
SEVERAL_SHARE = 0.6
"""The part of them in which one place may be right; by chance it is half."""
NEIGHBOUR_SHARE = 0.75
"""The part of them in which the right options may stand side by side; by chance it is half."""
REPEATED_WORDS = 6
"""Words in a row that, met again in another question, give away that it is made like the first."""

_LETTERS = "ABCD"
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
_ABSOLUTE = re.compile(r"\b(always|never|impossible|under no circumstances)\b", re.IGNORECASE)


def right_positions(case: LessonCase) -> Iterator[Finding]:
    questions = _of_one(case.lesson.questions)
    if not questions:
        return
    widest = max(len(question.options) for question in questions)
    position, count = Counter(question.rights[0] for question in questions).most_common(1)[0]
    if count > max(len(questions) / 2, -(-len(questions) // widest)):
        message = f"{count} of {len(questions)} right answers are at position {_LETTERS[position]}"
        yield Finding(("questions",), message, "Move some: a position may have half of them.")


def long_answer(case: LessonCase) -> Iterator[Finding]:
    for at, question in enumerate(case.lesson.questions):
        if question.kind is not QuestionKind.ONE:
            continue
        right, wrong = _lengths(question)
        if right > max(wrong) * LONGER and right - max(wrong) >= NOTICED:
            message = f"The right option has {right} characters, the longest wrong one {max(wrong)}"
            place = ("questions", at, "options", question.rights[0], "text")
            yield Finding(place, message, "Shorten it, or say as much in a wrong one: length tells.")


def same_options(case: LessonCase) -> Iterator[Finding]:
    for at, question in enumerate(case.lesson.questions):
        seen: set[str] = set()
        for number, option in enumerate(question.options):
            said = " ".join(option.text.plain.lower().split())
            if said in seen:
                message = f"“{option.text.plain}” is offered twice"
                yield Finding(("questions", at, "options", number, "text"), message, "Offer something else.")
            seen.add(said)


def absolutes(case: LessonCase) -> Iterator[Finding]:
    for at, question in enumerate(case.lesson.questions):
        said = [_ABSOLUTE.search(option.text.plain) for option in question.options]
        wrong = [each for number, each in enumerate(said) if each and number not in question.rights]
        if len(wrong) > 1 and not any(said[number] for number in question.rights):
            words = " and ".join(sorted({f"“{each[0].lower()}”" for each in wrong}))
            message = f"Only wrong options say {words}"
            yield Finding(("questions", at, "options"), message, "Readers strike such options out: hedge them alike.")


def theme_positions(case: ThemeCase) -> Iterator[Finding]:
    questions = _questions(case)
    for width in (3, 4):
        these = [question for question in questions if len(question.options) == width]
        if len(these) < FEWEST:
            continue
        position, count = Counter(question.rights[0] for question in these).most_common(1)[0]
        if count > len(these) * max(POSITION_SHARE, 1.5 / width):
            message = f"{count} of {len(these)} right answers are at position {_LETTERS[position]}"
            yield Finding(("lessons",), message, f"Spread them evenly over {_LETTERS[:width]}.")


def theme_lengths(case: ThemeCase) -> Iterator[Finding]:
    questions = [_lengths(question) for question in _questions(case)]
    if len(questions) < FEWEST:
        return
    longest = sum(right > max(wrong) for right, wrong in questions)
    shortest = sum(right < min(wrong) for right, wrong in questions)
    if longest > len(questions) * LONGEST_SHARE:
        message = f"The right option is the longest in {longest} of {len(questions)} questions"
        yield Finding(("lessons",), message, "Bring it to about a third: choosing the longest should not pay.")
    if shortest > len(questions) * SHORTEST_SHARE:
        message = f"The right option is the shortest in {shortest} of {len(questions)} questions"
        yield Finding(("lessons",), message, "Bring it to about a third: choosing the shortest should not pay.")


def several_positions(case: ThemeCase) -> Iterator[Finding]:
    questions = [
        each for lesson in case.theme.lessons for each in lesson.questions if each.kind is QuestionKind.SEVERAL
    ]
    if len(questions) < FEWEST_SEVERAL:
        return
    of = f"of {len(questions)} questions with several right options"
    position, count = Counter(at for question in questions for at in question.rights).most_common(1)[0]
    if count > max(len(questions) * SEVERAL_SHARE, FEWEST_SEVERAL - 1):
        mend = "Vary which places are right together."
        yield Finding(("lessons",), f"Position {_LETTERS[position]} is right in {count} {of}", mend)
    beside = sum(question.rights[-1] - question.rights[0] < len(question.rights) for question in questions)
    if beside > max(len(questions) * NEIGHBOUR_SHARE, FEWEST_SEVERAL - 1):
        mend = "Put a wrong option between some of them."
        yield Finding(("lessons",), f"The right options stand side by side in {beside} {of}", mend)


def repeated_wording(case: ThemeCase) -> Iterator[Finding]:
    homes: dict[tuple[str, ...], dict[str, None]] = {}
    for lesson in case.theme.lessons:
        for question in lesson.questions:
            for said in (question.ask, *(option.text for option in question.options)):
                for words in _runs_of(said.plain):
                    homes.setdefault(words, {})[f"{lesson.id}/{question.id}"] = None
    told: set[tuple[str, ...]] = set()
    for words, places in homes.items():
        where = tuple(places)
        if len(where) > 1 and where not in told:
            told.add(where)
            message = f"“{' '.join(words)}” stands in {len(where)} questions: {', '.join(where)}"
            yield Finding(("lessons",), message, "Say it in other words: who knows one would know the other.")


def _runs_of(said: str) -> Iterator[tuple[str, ...]]:
    """Every so many words in a row."""
    words = _WORD.findall(said.lower())
    return (tuple(words[at : at + REPEATED_WORDS]) for at in range(len(words) - REPEATED_WORDS + 1))


def _questions(case: ThemeCase) -> Sequence[Question]:
    return _of_one(question for lesson in case.theme.lessons for question in lesson.questions)


def _of_one(questions: Iterable[Question]) -> Sequence[Question]:
    """Those of which one option is right: of others neither its place nor its length tells."""
    return [question for question in questions if question.kind is QuestionKind.ONE]


def _lengths(question: Question) -> tuple[int, list[int]]:
    """Characters of the right option, and of each wrong one, as they are shown."""
    shown = [len(option.text.plain) for option in question.options]
    return shown.pop(question.rights[0]), shown


def section_sources(case: LessonCase) -> Iterator[Finding]:
    if not any(source.id for source in case.lesson.sources):
        mend = "Give each source an `id`, and each section its `sources`: a quiz answer cites them."
        yield Finding(("sources",), "No section says which sources it rests on", mend)


def unused_source(case: LessonCase) -> Iterator[Finding]:
    named = {id for section in case.lesson.sections for id in section.sources}
    for at, source in enumerate(case.lesson.sources):
        if source.id and source.id not in named:
            message = f"No section names the source “{source.id}”"
            yield Finding(("sources", at, "id"), message, "Name it in the section that rests on it, or delete it.")


def unasked_section(case: LessonCase) -> Iterator[Finding]:
    asked = {question.section for question in case.lesson.questions}
    for at, section in enumerate(case.lesson.sections):
        if section.label not in asked:
            message = f"No question asks about “{section.label}”"
            yield Finding(("sections", at, "label"), message, "Ask about it, or move a question to it.")


LESSON_RULES = (
    LessonRule(
        "right-positions",
        Severity.ERROR,
        "In a lesson no position holds more than half of the right answers.",
        right_positions,
    ),
    LessonRule(
        "long-answer",
        Severity.ERROR,
        "The right option is at most 20 % longer than the longest wrong one.",
        long_answer,
    ),
    LessonRule("same-options", Severity.ERROR, "A question's options differ.", same_options),
    LessonRule(
        "absolutes",
        Severity.WARNING,
        "“Always”, “never” and “impossible” do not mark the wrong options.",
        absolutes,
    ),
    LessonRule("section-sources", Severity.WARNING, "Each section names the sources it rests on.", section_sources),
    LessonRule("unused-source", Severity.WARNING, "Each source is named by a section.", unused_source),
    LessonRule(
        "unasked-section",
        Severity.WARNING,
        "A question asks about each section.",
        unasked_section,
    ),
)
THEME_RULES = (
    ThemeRule(
        "theme-positions",
        Severity.WARNING,
        f"Over a theme's {FEWEST} or more questions the right answers are spread over the positions.",
        theme_positions,
    ),
    ThemeRule(
        "theme-answer-lengths",
        Severity.WARNING,
        f"Over {FEWEST} or more questions the right option is the longest in at most 40 %, the shortest in 45 %.",
        theme_lengths,
    ),
    ThemeRule(
        "several-positions",
        Severity.WARNING,
        f"Over {FEWEST_SEVERAL} or more questions with several right options their places vary.",
        several_positions,
    ),
    ThemeRule(
        "repeated-wording",
        Severity.WARNING,
        f"No {REPEATED_WORDS} words in a row stand in two of a theme's questions or their options.",
        repeated_wording,
    ),
)
