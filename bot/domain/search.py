"""Searching lessons: an index of words over sections, ranked by how rare and how frequent a word is (BM25)."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

from bot.core.record import Record
from bot.core.text import Text, shorten
from bot.domain.course import Lesson, Shelf

_WORD = re.compile(r"[^\W_]+(?:[+#]{1,2})?", re.UNICODE)
_URL = re.compile(r"\]\(https?://[^\s)]*\)")
_SATURATION = 1.2
_LENGTH_WEIGHT = 0.6
_TITLE_WEIGHT = 3
EXCERPT = 160
"""Characters of the matching section that are shown."""


class Match(Record):
    lesson: Lesson
    section: str
    excerpt: str


class _Passage(Record):
    lesson: Lesson
    section: str
    text: Text
    length: int


def _stem(word: str) -> str:
    """Plurals and a few endings fold together; more would make odd matches."""
    for ending, least in (("ies", 5), ("ing", 6), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _count(*texts: str, stem: Callable[[str], str] = _stem) -> Counter[str]:
    """How often each word stem stands in the texts."""
    counts: Counter[str] = Counter()
    for word, times in Counter(_WORD.findall("\n".join(texts).casefold())).items():
        counts[stem(word)] += times
    return counts


class Index:
    """An inverted index over one shelf; built once, then only read."""

    def __init__(self, shelf: Shelf) -> None:
        self._passages: list[_Passage] = []
        postings: dict[str, array[int]] = {}
        stem = cache(_stem)  # the same words come again and again, but only now
        for lesson in shelf.lessons:
            self._add_lesson(lesson, postings, stem)
        self._postings: Mapping[str, bytes] = {word: found.tobytes() for word, found in postings.items()}
        """By word, the passages in which it stands and how often: number, times, number, times …, four bytes each."""
        self._mean = sum(passage.length for passage in self._passages) / max(1, len(self._passages))

    def _add_lesson(self, lesson: Lesson, postings: dict[str, array[int]], stem: Callable[[str], str]) -> None:
        heading = _count(lesson.title, lesson.summary, stem=stem)
        for section in lesson.sections:
            counts = _count(section.label, section.label, _URL.sub("", section.text.source), stem=stem)
            for word, times in heading.items():
                counts[word] += times * _TITLE_WEIGHT
            number = len(self._passages)
            self._passages.append(_Passage(lesson, section.label, section.text, counts.total()))
            for word, times in counts.items():
                if (found := postings.get(word)) is None:
                    postings[word] = array("I", (number, times))
                else:
                    found.extend((number, times))

    def search(self, words: str, *, most: int = 10) -> list[Match]:
        """The best lessons, each with its best section; a lesson appears once."""
        scores: Counter[int] = Counter()
        wanted = list(_count(words))
        for word in wanted:
            self._score(word, scores)
        best: dict[str, tuple[float, int]] = {}
        for number, score in scores.items():
            key = str(self._passages[number].lesson.key)
            if key not in best or score > best[key][0]:
                best[key] = (score, number)
        ranked = sorted(best.values(), key=lambda each: (-each[0], each[1]))[:most]
        return [self._match(number, wanted) for _, number in ranked]

    def _score(self, word: str, scores: Counter[int]) -> None:
        postings = _pairs(self._postings.get(word))
        if not postings and len(word) >= 3:
            for known, found in self._postings.items():
                if known.startswith(word):
                    postings |= _pairs(found)
        if not postings:
            return
        rarity = math.log(1 + (len(self._passages) - len(postings) + 0.5) / (len(postings) + 0.5))
        for number, times in postings.items():
            length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * self._passages[number].length / self._mean
            scores[number] += rarity * times * (_SATURATION + 1) / (times + _SATURATION * length)  # type: ignore[assignment]

    def _match(self, number: int, wanted: list[str]) -> Match:
        passage = self._passages[number]
        return Match(passage.lesson, passage.section, _excerpt(passage.text.plain, wanted))


def _pairs(posting: bytes | None) -> dict[int, int]:
    flat = array("I", posting or b"")
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _excerpt(text: str, wanted: list[str]) -> str:
    """A window of the text that begins a little before the first wanted word."""
    flat = " ".join(text.split())
    at = next((found.start() for found in _WORD.finditer(flat) if _stem(found[0].casefold()) in wanted), 0)
    if at <= EXCERPT // 3:
        return shorten(flat, EXCERPT)
    start = flat.rfind(" ", 0, at - EXCERPT // 4) + 1
    return "…" + shorten(flat[start:], EXCERPT)
