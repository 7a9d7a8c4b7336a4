"""What looks like markup gone wrong, or that nobody would draw; addresses; calls to everybody; hidden characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePath

from bot.core.text import Code, Text, parse
from bot.packs.problems import Severity
from bot.packs.rules.case import Finding, LessonCase, LessonRule, Place, lines, prose, runs, texts

_FENCE = re.compile(r"^\s*```")
_OPEN = re.compile(r"\*\*|`|\]\((?!\s)|(?<!\S)\*(?=\w)")
_FOREIGN = (
    (re.compile(r"^\s{0,3}#{1,6}\s"), "a heading"),
    (re.compile(r"^\s{0,3}\d{1,2}[.)]\s"), "a numbered list"),
    (re.compile(r"^\s{0,3}\|.*\|\s*$"), "a table"),
    (re.compile(r"^\s{0,3}>\s"), "a quotation"),
    (re.compile(r"^\s{0,3}[*+]\s"), "a list that does not begin with hyphens"),
)
_IMAGE = re.compile(r"!$")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>", re.IGNORECASE)
_CALL = re.compile(r"@(everyone|here|channel)\b|<[@#!][^<>\s]+>")
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


def unclosed(case: LessonCase) -> Iterator[Finding]:
    for at, text in texts(case.lesson):
        if sum(1 for line in text.source.split("\n") if _FENCE.match(line)) % 2:
            yield Finding(at, "A fenced block of code is not closed", "Close it with a line of ```.", "```")
        for run in runs(text):
            said = prose(run, "x")
            if (found := _OPEN.search(said)) and "\\" not in text.source:
                message = f"“{found[0]}” opens or closes markup without its other half"
                yield Finding(at, message, "Complete it, or put it in backticks.", said[found.start() :][:20])


def foreign(case: LessonCase) -> Iterator[Finding]:
    for at, text in texts(case.lesson):
        for line in _outside_code(text):
            for pattern, name in _FOREIGN:
                if pattern.match(line):
                    mend = "Use what there is: bold, italic, code, links and “- ” lists."
                    yield Finding(at, f"This looks like {name}, which lessons do not have", mend, line.strip())
        for run in runs(text):
            for span, after in pairwise(run):
                if after.link and _IMAGE.search(span.text):
                    yield Finding(at, "This looks like an image, which lessons do not have", "Link to it.", after.text)
            if found := _TAG.search(prose(run, "x")):
                message = f"“{found[0]}” looks like HTML, which would be shown as it stands"
                yield Finding(at, message, "Put it in backticks, or take it out.", found[0])


def plain_lines(case: LessonCase) -> Iterator[Finding]:
    for at, said in lines(case.lesson):
        spans = [span for run in runs(parse(said)) for span in run]
        if at[0] != "sources" and any(span.bold or span.italic or span.code or span.link for span in spans):
            yield Finding(at, f"The {at[-1]} holds markup, which is shown as it stands", "Write it as plain words.")


def plain_options(case: LessonCase) -> Iterator[Finding]:
    for at, text in texts(case.lesson):
        if at[-1] == "text" and at[0] == "questions" and not _is_simple(text):
            yield Finding(at, "An option holds more than a line of words and `code`", "Take the other markup out.")


def _is_simple(text: Text) -> bool:
    spans = [span for run in runs(text) for span in run]
    blocks = len(text.blocks) == 1 and not isinstance(text.blocks[0], Code)
    return blocks and len(list(runs(text))) == 1 and not any(s.bold or s.italic or s.link for s in spans)


def https(case: LessonCase) -> Iterator[Finding]:
    for at, source in enumerate(case.lesson.sources):
        if source.url.startswith("http:"):
            yield Finding(("sources", at, "url"), f"{source.url} is not https", "Link to the page's https address.")
    for place, text in texts(case.lesson):
        for span in (span for run in runs(text) for span in run):
            if span.link.startswith("http:"):
                yield Finding(place, f"{span.link} is not https", "Link to the page's https address.", span.link)


def calls(case: LessonCase) -> Iterator[Finding]:
    marked = [(at, text) for at, text in texts(case.lesson) if "@" in text.source or "<" in text.source]
    spoken = [(at, prose(run)) for at, text in marked for run in runs(text)]
    for at, said in [*lines(case.lesson), *spoken]:
        if found := _CALL.search(said):
            message = f"“{found[0]}” looks like a call to people in a chat"
            yield Finding(at, message, "Put it in backticks, or name it in words.", found[0])


def hidden(case: LessonCase) -> Iterator[Finding]:
    written: list[tuple[Place, str]] = [(at, text.source) for at, text in texts(case.lesson)]
    for at, said in [*lines(case.lesson), *written]:
        if not said.isprintable() and (found := _HIDDEN.search(said)):
            name = unicodedata.name(found[0], "a control character").lower()
            yield Finding(at, f"U+{ord(found[0]):04X} ({name}) is hidden here", "Delete it.", found[0])


def file_name(case: LessonCase) -> Iterator[Finding]:
    if case.lesson.original:
        return  # known for a translation by that very name
    stem = PurePath(case.file).stem
    if re.sub(r"^\d+-", "", stem) != case.lesson.id and not case.lesson.id.endswith(re.sub(r"^\d+-", "", stem)):
        name = f"{case.lesson.number:02d}-{case.lesson.id}.yaml"
        yield Finding(("id",), f"The file is called {PurePath(case.file).name}", f"Rename it to {name}.")


def _outside_code(text: Text) -> Iterator[str]:
    inside = False
    for line in text.source.split("\n"):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield line


LESSON_RULES = (
    LessonRule("unclosed-markup", Severity.WARNING, "Bold, code, links and fences are closed.", unclosed),
    LessonRule(
        "foreign-markup",
        Severity.WARNING,
        "No headings, tables, numbered lists, quotations, images or HTML.",
        foreign,
    ),
    LessonRule("plain-line", Severity.WARNING, "Titles, summaries and labels hold no markup.", plain_lines),
    LessonRule("plain-option", Severity.WARNING, "Options are one line of words and inline code.", plain_options),
    LessonRule("https", Severity.WARNING, "Sources and links begin with https://.", https),
    LessonRule("call", Severity.ERROR, "No @everyone, @here or mention stands outside code.", calls),
    LessonRule("hidden-character", Severity.ERROR, "No invisible or direction-changing character is left.", hidden),
    LessonRule("file-name", Severity.WARNING, "A file is named for its lesson: `03-lesson-id.yaml`.", file_name),
)
