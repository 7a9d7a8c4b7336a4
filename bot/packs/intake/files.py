"""A file that somebody has already, as a draft of a lesson: called by `dualo content import` and by the studio."""

from __future__ import annotations

from pathlib import PurePath

from bot.core import text
from bot.core.errors import StudyError
from bot.packs import schema
from bot.packs.intake import draft, tables
from bot.packs.intake.draft import Gathered, Intake

MARKDOWN = frozenset({".md", ".markdown"})
TABLES = frozenset({".csv", ".tsv", ".txt"})
KINDS = MARKDOWN | TABLES
LARGEST = {**dict.fromkeys(MARKDOWN, 64 * 1024), **dict.fromkeys(TABLES, 256 * 1024)}
"""Bytes. A lesson has about ten thousand; of hostile Markdown, more would keep the parser busy for seconds."""


def take(name: str, content: bytes, *, id: str = "") -> Intake:
    """The lesson that a file makes, and what became of each of its lines; `id` is the lesson's, if it has one."""
    file = text.shorten(text.clean(PurePath(name).name), 80)
    kind = PurePath(file).suffix.lower()
    if kind not in KINDS:
        raise StudyError(
            f"“{file}” is none of the files that lessons are made from.",
            "These are Markdown (.md), CSV (.csv) and Anki's text export (.txt); themes as a whole come as a .zip.",
        )
    found = _gather(kind, _text(file, content))
    otherwise = draft.slug(PurePath(file).stem, schema.LONGEST_LESSON_ID, "lesson")
    return draft.lesson(found, id or draft.slug(found.title, schema.LONGEST_LESSON_ID, otherwise))


def _gather(kind: str, source: str) -> Gathered:
    if kind in MARKDOWN:
        from bot.packs.intake import markdown  # with its parser, which nothing else needs

        return markdown.gather(source)
    if tables.is_anki(source):
        return tables.gather_anki(source)
    if kind == ".txt":
        raise StudyError(
            "A .txt file is read as Anki's text export, and this one does not begin with #separator: or #html:.",
            "Export the deck as “Notes in Plain Text”, or name notes in Markdown .md.",
        )
    return tables.gather_csv(source)


def _text(file: str, content: bytes) -> str:
    largest = LARGEST[PurePath(file).suffix.lower()]
    if len(content) > largest:
        raise StudyError(f"“{file}” has more than {largest // 1024} KiB.", "A lesson is a few pages: split the file.")
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise StudyError(f"“{file}” is not UTF-8 (line {line}).", "Save it as UTF-8 and try again.") from None
    if "\0" in source:
        raise StudyError(f"“{file}” is no text.", "Choose the file that the notes are written in.")
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    if not source.strip():
        raise StudyError(f"“{file}” is empty.", "Choose another file.")
    return source
