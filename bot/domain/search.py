"""Searching lessons: SQLite's full-text index (FTS5) in memory, over the sections of one shelf.

Built beside the answers when content is loaded, then only read. What somebody typed never reaches FTS5 as its syntax:
words are taken out of it and quoted.
"""

from __future__ import annotations

import copy
import re
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from bot.core.record import Record
from bot.core.text import shorten
from bot.domain.course import Key, Lesson, Shelf

EXCERPT = 160
"""Characters of the matching section that are shown."""
MOST_WORDS = 32
"""Words of a query that are looked for."""

MISSING = "This Python's SQLite has no full-text search (FTS5). Take a Python from python.org, uv or your distribution."

_TABLE = """CREATE VIRTUAL TABLE passage USING fts5(
    heading, label, body, content='', tokenize='porter unicode61 remove_diacritics 2'
)"""
_INSERT = "INSERT INTO passage (rowid, heading, label, body) VALUES (?, ?, ?, ?)"
_KNOWN = "SELECT EXISTS (SELECT 1 FROM passage WHERE passage MATCH ?)"
_RANKED = "SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY bm25(passage, 3.0, 2.0, 1.0), rowid"
_WORD = re.compile(r"[^\W_]+")
_URL = re.compile(r"\]\(https?://[^\s)]*\)")
_SIGNS = {"+": "plus", "#": "sharp"}
_SIGNED = re.compile(r"(?<=[^\W_])[+#]{1,2}(?!\w)")
"""What tells C++ and C# from C."""


class Match(Record):
    lesson: Lesson
    section: str
    excerpt: str


def is_available() -> bool:
    """Whether this Python's SQLite was built with FTS5."""
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.execute(_TABLE)
        except sqlite3.OperationalError:
            return False
    return True


class Index:
    """The passages of one shelf in every language, as they are read in one of them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._shared: Index | None = None
        self._passages = list(_passages(shelf))
        # It is built in one thread and read in another, never in both at once.
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, self._database.close)
        self._database.execute(_TABLE)
        self._database.execute("BEGIN")
        self._database.executemany(_INSERT, _rows(self._passages))
        self._database.execute("COMMIT")

    def read_in(self, shelf: Shelf) -> Index:
        """The same passages for a reader of another language, whose shelf this is."""
        made = copy.copy(self)
        made._shelf, made._shared = shelf, self
        return made

    def search(self, words: str, *, most: int = 10) -> list[Match]:
        """The best lessons, each with its best section; a lesson appears once."""
        wanted = list(dict.fromkeys(_WORD.findall(_spelled(words))))[:MOST_WORDS]
        if not wanted:
            return []
        best: dict[Key, Match] = {}
        for (number,) in self._database.execute(_RANKED, (" OR ".join(map(self._term, wanted)),)):
            said, section = self._passages[number]
            lesson = self._shelf.lesson(said.theme, said.id)
            if lesson is None or lesson.key in best or not (said.original is None or said is lesson):
                continue
            excerpt = _excerpt(said.sections[section].text.plain, wanted)
            best[lesson.key] = Match(lesson, lesson.sections[section].label, excerpt)
            if len(best) == most:
                break
        return list(best.values())

    def _term(self, word: str) -> str:
        """The word as FTS5 is asked for it; where no lesson has it, what begins with it."""
        term = f'"{word}"'
        (known,) = self._database.execute(_KNOWN, (term,)).fetchone()
        return term if known or len(word) < 3 else f"{term}*"


_Passage = tuple[Lesson, int]
"""A section to be found, by its place in a lesson or in a translation of one."""


def _passages(shelf: Shelf) -> Iterator[_Passage]:
    """A translated lesson is found by its own words and by the original's."""
    for theme in shelf.themes:
        for lessons in (theme.lessons, *(each.lessons for each in theme.translations)):
            yield from ((lesson, at) for lesson in lessons for at in range(len(lesson.sections)))


def _rows(passages: Iterable[_Passage]) -> Iterator[tuple[int, str, str, str]]:
    for number, (lesson, at) in enumerate(passages):
        section = lesson.sections[at]
        body = _spelled(_URL.sub("", section.text.source))
        yield number, _spelled(f"{lesson.title}\n{lesson.summary}"), _spelled(section.label), body


def _spelled(text: str) -> str:
    """With the signs of C++ and C# as letters, which is all that a word of FTS5 consists of."""
    return _SIGNED.sub(lambda found: "".join(_SIGNS[sign] for sign in found[0]), text)


def _excerpt(text: str, wanted: Sequence[str]) -> str:
    """A window of the text that begins a little before the first wanted word, in whatever form it stands there."""
    flat = " ".join(text.split())
    stems = "|".join(re.escape(word if len(word) < 5 else word[: max(4, len(word) - 3)]) for word in wanted)
    found = re.search(rf"\b(?:{stems})", flat, re.IGNORECASE)
    at = found.start() if found else 0
    if at <= EXCERPT // 3:
        return shorten(flat, EXCERPT)
    start = flat.rfind(" ", 0, at - EXCERPT // 4) + 1
    return "…" + shorten(flat[start:], EXCERPT)
