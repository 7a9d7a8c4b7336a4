"""Which words are spelt as somebody would: British or American, of the trade, or vouched for in a `words.txt`.

Code, addresses, identifiers, names within a sentence and source titles are left alone. What remains unknown is a
warning, never an error: a dictionary does not know everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from bot.packs.problems import Severity
from bot.packs.rules.case import Finding, LessonCase, LessonRule, Place, ThemeCase, ThemeRule, lines, prose, runs, texts

WORDS_FILE = "words.txt"
MOST_LOOKED_UP = 4_096
"""Runs of prose whose unknown words are kept, some three themes: what stayed the same is not looked up again."""

_SHORTEST = 3
_PARTS = re.compile(r"[-–—/+…]|\.{2,}")
_IDENTIFIER = re.compile(r"[\d_@#$%&=<>{}\\|~^*]|[a-z][A-Z]|\w[.:(]\w|[A-Z]{2}|^\.\w")
_EDGES = "\"'“”‘’()[],.;:!?…–—"
_ENDING = re.compile(r"\w*n['’]t$|['’](s|re|ve|ll|d|m)?$")
_CODE = "\x00"
_BRITISH = (
    (re.compile(r"our"), "or"),
    (re.compile(r"is(e|es|ed|er|ers|ing|ation|ations|able)$"), r"iz\1"),
    (re.compile(r"ys(e|es|ed|er|ers|ing)$"), r"yz\1"),
    (re.compile(r"([bt])re(s?)$"), r"\1er\2"),
    (re.compile(r"ll(ed|ing|er|ers|able)$"), r"l\1"),
    (re.compile(r"ence(s?)$"), r"ense\1"),
    (re.compile(r"ogue(s?)$"), r"og\1"),
    (re.compile(r"eing$"), "ing"),
    (re.compile(r"ae|oe"), "e"),
    (re.compile(r"gement"), "gment"),
    (re.compile(r"arte"), "arti"),
    (re.compile(r"ey$"), "ay"),
)
"""How a British spelling becomes the American one that the dictionary has."""
_PREFIXES = re.compile(r"^(un|re|non|pre|sub|micro|multi|auto|over|under|inter|mis|de|co)(?=\w{4})")


class Dictionary(Protocol):
    """What is asked of the dictionary behind this."""

    def __contains__(self, word: str) -> bool: ...

    def correction(self, word: str) -> str | None: ...


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """The English dictionary; it takes a moment to read, so only those who check spelling read it."""
    from spellchecker import SpellChecker

    made: Dictionary = SpellChecker(distance=1)
    return made


def allowed(folder: Path) -> frozenset[str]:
    """The words vouched for: those of the trade, of the folder of themes, and of the theme."""
    files = (Path(__file__).with_name(WORDS_FILE), folder.parent / WORDS_FILE, folder / WORDS_FILE)
    return frozenset(word for file in files for word in _read(file))


def _read(file: Path) -> list[str]:
    try:
        listed = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [word.strip().lower() for line in listed.splitlines() for word in line.partition("#")[0].split()]


def known(word: str, words: frozenset[str]) -> bool:
    """Whether the lower-case word is English, of either spelling, or vouched for."""
    if word in words or _is_english(word):
        return True
    stems = [word[:-cut] for cut in (1, 2) if word.endswith("s" if cut == 1 else "es")]
    if any(stem in words or _is_english(stem) for stem in stems):
        return True
    rest = _PREFIXES.sub("", word)
    return rest != word and (rest in words or _is_english(rest))


@lru_cache(maxsize=65_536)
def _is_english(word: str) -> bool:
    words = dictionary()
    if word in words:
        return True
    return any(pattern.sub(american, word) in words for pattern, american in _BRITISH if pattern.search(word))


@lru_cache(MOST_LOOKED_UP)
def unknown(said: str, words: frozenset[str]) -> Sequence[str]:
    """The words of a run of prose that nobody vouches for, as they are written."""
    return tuple(_unknown(said, words))


def _unknown(said: str, words: frozenset[str]) -> Iterator[str]:
    begins = True
    tokens = said.split()
    for token, after in pairwise([*tokens, ""]):
        bare = token.strip(_EDGES)
        if not _IDENTIFIER.search(bare) and _CODE not in token:
            for number, part in enumerate(_PARTS.split(bare)):
                word = _ENDING.sub("", part.strip(_EDGES))
                if _is_doubtful(word, words) and not (
                    word[0].isupper() and _is_name(word, after, begins=begins and not number)
                ):
                    yield word
        begins = token.rstrip("\"'”’)").endswith((".", "!", "?", ":"))


def _is_doubtful(word: str, words: frozenset[str]) -> bool:
    if len(word) < _SHORTEST or not word.isalpha() or not word.isascii():
        return False
    return not known(word.lower(), words)


def _is_name(word: str, after: str, *, begins: bool) -> bool:
    """A capital within a sentence makes a name; so does a second one after it, or being like no word at all."""
    return not begins or after[:1].isupper() or not _correction(word)


def _correction(word: str) -> str:
    better = dictionary().correction(word.lower())
    return better if better and better != word.lower() else ""


def _spoken(case: LessonCase) -> Iterator[tuple[Place, str]]:
    for at, said in lines(case.lesson):
        if at[0] != "sources":
            yield at, re.sub(r"`[^`]*`", _CODE, said)
    for at, text in texts(case.lesson):
        for run in runs(text):
            yield at, prose(run, _CODE)


def spelling(case: LessonCase) -> Iterator[Finding]:
    if not case.theme.language.startswith("en"):
        return
    seen: set[str] = set()
    names = _names(case)
    for at, said in _spoken(case):
        for word in unknown(said, case.words):
            if word.lower() not in seen and word not in names:
                seen.add(word.lower())
                yield Finding(at, f"“{word}” is in no dictionary", _mend(word), word)


def _names(case: LessonCase) -> frozenset[str]:
    """Words that stand with a capital within a sentence: names, wherever they stand."""
    pairs = re.compile(r"(?<=[a-z,] )([A-Z][a-z]+)")
    return frozenset(name for _, said in _spoken(case) for name in pairs.findall(said))


def theme_spelling(case: ThemeCase) -> Iterator[Finding]:
    if not case.theme.language.startswith("en"):
        return
    for key, said in (("title", case.theme.title), ("description", case.theme.description)):
        for word in dict.fromkeys(unknown(said, case.words)):
            yield Finding((key,), f"“{word}” is in no dictionary", _mend(word), word)


def _mend(word: str) -> str:
    better = _correction(word)
    vouch = f"add it to {WORDS_FILE}."
    return f"Did you mean “{better}”? If it is right, {vouch}" if better else f"If it is right, {vouch}"


_ASKS = f"Words are in an English dictionary, British or American, or in a `{WORDS_FILE}`."
LESSON_RULES = (LessonRule("spelling", Severity.WARNING, _ASKS, spelling),)
THEME_RULES = (ThemeRule("theme-spelling", Severity.WARNING, "So are those of theme.yaml.", theme_spelling),)
