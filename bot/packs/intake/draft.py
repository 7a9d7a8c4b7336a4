"""What was gathered from a file of another kind, and the lesson in the guide's form that it makes.

Whatever a lesson needs and the file did not say becomes a PLACEHOLDER, which `content check` names with its line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core import text
from bot.core.errors import StudyError
from bot.core.record import Record
from bot.packs import schema
from bot.packs.rewriting import Data

MOST_SECTIONS = 40
"""Far more than a lesson shows; what has more is a book, and wants to be split by its author."""
MOST_QUESTIONS = 200
MOST_SOURCES = 200
_GAP = "PLACEHOLDER"
_GAP_SOURCE = "missing-source"
_POINTS = ("first", "second", "third")
_LONGEST_NOTE = 60
_MOST_NOTES = 500


class IntakeNote(Record):
    """What became of a line of the file: what it was taken as, or why it was left out."""

    line: int
    said: str


class Intake(Record):
    """A draft of a lesson, and what became of everything in the file it was made from."""

    lesson: dict[str, Data]
    notes: tuple[IntakeNote, ...]


class GatheredOption(Record):
    """An answer to choose."""

    text: str
    right: bool
    why: str = ""


class GatheredQuestion(Record):
    """A question with options, or with an answer to be typed."""

    ask: str
    section: str = ""
    options: tuple[GatheredOption, ...] = ()
    accept: str = ""
    why: str = ""


@dataclass(slots=True)
class GatheredSection:
    """A section, its paragraphs as they come in."""

    label: str
    parts: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    """Addresses that its text links to."""


@dataclass(slots=True)
class Gathered:
    """All that a file said, as it is read."""

    title: str = ""
    summary: str = ""
    sections: list[GatheredSection] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    """Titles by address."""
    questions: list[GatheredQuestion] = field(default_factory=list)
    notes: list[IntakeNote] = field(default_factory=list)

    def note(self, line: int, said: str) -> None:
        self.notes.append(IntakeNote(max(1, line), said))

    def section(self, line: int, label: str) -> GatheredSection:
        if len(self.sections) == MOST_SECTIONS:
            raise too_much("headings", MOST_SECTIONS, line)
        self.sections.append(made := GatheredSection(label))
        return made

    def source(self, line: int, url: str, title: str) -> None:
        """Remember an address; the first words for it that say something are its title."""
        if url not in self.sources:
            if len(self.sources) == MOST_SOURCES:
                raise too_much("links", MOST_SOURCES, line)
            self.note(line, f"taken as a source: {shown(url)}")
        if not self.sources.get(url):
            self.sources[url] = "" if title == url else title

    def ask(self, line: int, question: GatheredQuestion) -> None:
        if len(self.questions) == MOST_QUESTIONS:
            raise too_much("questions", MOST_QUESTIONS, line)
        self.questions.append(question)


def too_much(what: str, most: int, line: int) -> StudyError:
    return StudyError(f"Line {line}: a lesson is made of at most {most} {what}.", "Split the file and try again.")


def shown(words: str) -> str:
    """Words of the file, short enough for a note, and harmless in a terminal."""
    return text.shorten(text.clean(words), _LONGEST_NOTE) or "(no words)"


def lesson(found: Gathered, id: str) -> Intake:
    """The lesson, with a gap marked wherever something is missing."""
    sources = _sources(found)
    labels = _labels(found)
    data: dict[str, Data] = {
        "id": id,
        "title": found.title or f"{_GAP} What the lesson is about",
        "summary": found.summary or f"{_GAP} One sentence with a claim; it also stands on the theme page.",
        "sections": [
            *(_section(each, label, sources) for each, label in zip(found.sections, labels, strict=False)),
            *(_section(GatheredSection(""), label, sources) for label in labels[len(found.sections) :]),
        ],
        "sources": _source_rows(found, sources),
        "questions": _questions(found.questions, labels),
    }
    return Intake(data, _notes(found.notes))


def _notes(notes: Sequence[IntakeNote]) -> tuple[IntakeNote, ...]:
    """In the file's order, as many as somebody may want to read."""
    kept = sorted(notes, key=lambda note: note.line)
    if len(kept) <= _MOST_NOTES:
        return tuple(kept)
    more = kept[_MOST_NOTES:]
    return (*kept[:_MOST_NOTES], IntakeNote(more[0].line, f"from here on {len(more):,} notes more, which are not told"))


def _labels(found: Gathered) -> Sequence[str]:
    """Those of the sections, and of as many more as a lesson has at least."""
    given = [each.label or f"{_GAP} The point of this section" for each in found.sections]
    return [*given, *(f"{_GAP} The {point} point" for point in _POINTS[len(given) :])]


def _sources(found: Gathered) -> dict[str, str]:
    """Ids by address."""
    taken: set[str] = {_GAP_SOURCE}
    return {
        url: free(slug(title or _place(url), schema.LONGEST_SOURCE_ID, "source"), taken, schema.LONGEST_SOURCE_ID)
        for url, title in found.sources.items()
    }


def _place(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def _source_rows(found: Gathered, ids: dict[str, str]) -> Sequence[Data]:
    rows: list[Data] = [
        {"id": ids[url], "title": title or f"{_GAP} Publisher, name of the page", "url": url}
        for url, title in found.sources.items()
    ]
    linked = {url for section in found.sections for url in section.urls}
    if len(found.sections) < len(_POINTS) or not linked or any(not section.urls for section in found.sections):
        gap = {"id": _GAP_SOURCE, "title": f"{_GAP} Publisher, name of the page"}
        rows.append({**gap, "url": f"https://example.com/{_GAP}"})
    return rows


def _section(section: GatheredSection, label: str, sources: dict[str, str]) -> Data:
    named: list[Data] = [sources[url] for url in dict.fromkeys(section.urls)]
    return {
        "label": label,
        "text": "\n\n".join(section.parts) or f"{_GAP} What there is to say about it.",
        "sources": named or [_GAP_SOURCE],
    }


def _questions(questions: Sequence[GatheredQuestion], labels: Sequence[str]) -> Sequence[Data]:
    """The questions, and as many gaps as a lesson still needs; what rests on nothing yet rests on a gap."""
    taken: set[str] = set()
    nowhere = next((label for label in labels if label.startswith(_GAP)), f"{_GAP} The label of its section")
    gaps = [GatheredQuestion("", label) for label in labels[len(questions) : len(_POINTS)]]
    every = enumerate((*questions, *gaps))
    return [_question(each, each.section or nowhere, taken, right_at=at % 2) for at, each in every]


def _question(question: GatheredQuestion, section: str, taken: set[str], *, right_at: int) -> Data:
    longest = schema.LONGEST_QUESTION_ID
    made: dict[str, Data] = {
        "id": free(slug(question.ask, longest, "question"), taken, longest),
        "ask": question.ask or f"{_GAP} What can be learnt from the section, and not guessed?",
        "section": section,
    }
    if question.accept:
        return {**made, "answer": {"accept": [question.accept], "why": question.why or f"{_GAP} Why it is right."}}
    options = [*question.options]
    if not options:
        options.append(GatheredOption(f"{_GAP} The usual confusion", right=False))
        options.insert(right_at, GatheredOption(f"{_GAP} The right answer", right=True))
    elif len(options) < schema.OPTIONS[0]:
        options.append(GatheredOption(f"{_GAP} Another answer", right=not options[0].right))
    ids: set[str] = set()
    return {**made, "options": [_option(each, ids) for each in options]}


def _option(option: GatheredOption, taken: set[str]) -> Data:
    longest = schema.LONGEST_OPTION_ID
    gap = f"{_GAP} Why it is right." if option.right else f"{_GAP} What is wrong."
    return {
        "id": free(slug(option.text, longest, "option"), taken, longest),
        "text": option.text or f"{_GAP} An answer",
        "right": "true" if option.right else "false",
        "why": option.why or gap,
    }


def slug(words: str, longest: int, otherwise: str) -> str:
    """An id made of words."""
    plain = unicodedata.normalize("NFKD", words.removeprefix(f"{_GAP} ")).encode("ascii", "ignore").decode().lower()
    parts: list[str] = re.findall(r"[a-z0-9]+", plain[: longest * 8])
    while parts and len("-".join(parts)) > longest:
        last = parts.pop()
        if not parts:
            return last[:longest]
    return "-".join(parts) or otherwise


def free(id: str, taken: set[str], longest: int) -> str:
    """The id, or the same with a number; from now on it is taken."""
    wanted, number = id, 1
    while wanted in taken:
        number += 1
        wanted = f"{id[: longest - len(str(number)) - 1].rstrip('-')}-{number}"
    taken.add(wanted)
    return wanted
