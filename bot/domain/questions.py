"""Questions: their kinds, and whether an answer is right. One or several options are right, or an answer is typed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import StrEnum

from bot.core.record import Record
from bot.core.text import Text, parse

_NUMBER = re.compile(r"[^\w.,+-]*([-+\u2212]?\d[\d\s.,'\u2019\u00a0\u202f]*)\s*(.*)", re.DOTALL)
_EDGES = " \t\n.,;:!?\"'`\u201c\u201d\u2018\u2019\u201e\u00ab\u00bb()[]"


class QuestionKind(StrEnum):
    ONE = "one"
    SEVERAL = "several"
    TYPED = "typed"


class Option(Record):
    id: str
    """Permanent within its question: answers are stored under it, so its wording may change."""
    text: Text
    right: bool
    why: Text


class TypedAnswer(Record):
    """What has to be typed: one of several wordings, or a number."""

    accepted: tuple[str, ...]
    """The first is what is shown as right."""
    why: Text
    number: float | None = None
    unit: str = ""
    tolerance: float = 0.0

    def takes(self, given: str) -> bool:
        """Whether this is right, whatever its case, accents and spaces; a number may be off by the tolerance."""
        if self.number is None:
            return _folded(given) in {_folded(each) for each in self.accepted}
        found = _NUMBER.match(given.strip())
        if found is None:
            return False
        near = any(abs(value - self.number) <= self.tolerance + 1e-9 for value in _readings(found[1]))
        unit = _unit(found[2])
        return near and (not unit or not self.unit or unit == _unit(self.unit))


class Question(Record):
    id: str
    ask: Text
    section: str
    options: tuple[Option, ...] = ()
    typed: TypedAnswer | None = None
    """Instead of options."""
    original: Question | None = None
    """What this one translates: answers, digests and memories are of that one, in whatever language it was read."""

    @property
    def kind(self) -> QuestionKind:
        if self.typed:
            return QuestionKind.TYPED
        return QuestionKind.SEVERAL if len(self.rights) > 1 else QuestionKind.ONE

    @property
    def rights(self) -> tuple[int, ...]:
        """The positions of the right options."""
        return tuple(position for position, option in enumerate(self.options) if option.right)

    @property
    def right_words(self) -> tuple[Text, ...]:
        """What is right, as it is shown."""
        if self.typed:
            return (parse(self.typed.accepted[0]),)
        return tuple(option.text for option in self.options if option.right)

    @property
    def digest(self) -> str:
        """A fingerprint of what is asked and offered, the same in every language."""
        if self.original:
            return self.original.digest
        accepted = (*self.typed.accepted, f"{self.typed.tolerance}") if self.typed else ()
        return digest([self.ask.source, *(f"{each.right}{each.text.source}" for each in self.options), *accepted])

    def given(self, positions: str) -> str:
        """The answer, as it is stored, of options by their positions (each one digit); unknown ones are left out."""
        chosen = sorted({int(each) for each in positions if each.isdecimal()})
        return " ".join(self.options[at].id for at in chosen if at < len(self.options))

    def judge(self, given: str) -> bool:
        """Whether a stored answer is right: all right options and no other, or what has to be typed, in this language
        or in the original's."""
        if self.typed:
            return self.typed.takes(given) or (self.original is not None and self.original.judge(given))
        return set(given.split()) == {option.id for option in self.options if option.right}

    def chosen(self, given: str) -> tuple[Option, ...]:
        """The options of a stored answer that are still offered."""
        ids = given.split()
        return tuple(option for option in self.options if option.id in ids)


def digest(parts: Sequence[str]) -> str:
    """A short fingerprint of texts."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=6).hexdigest()


def _folded(words: str) -> str:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", words) if not unicodedata.combining(sign))
    return "".join(plain.casefold().strip(_EDGES).split())


def _unit(words: str) -> str:
    """One unit or many: `1 day` and `2 days`, `query` and `queries`. What is as short as `ms` is no plural."""
    said = _folded(words)
    if len(said) > 4 and said.endswith("ies"):
        return said[:-3] + "y"
    if said.endswith(("sses", "xes", "ches", "shes")):
        return said[:-2]
    return said[:-1] if len(said) > 3 and said.endswith("s") and not said.endswith("ss") else said


def _readings(digits: str) -> Iterator[float]:
    """What a number may mean: `1,500` is fifteen hundred to some, and one and a half to others."""
    bare = re.sub(r"[\s'\u2019\u00a0\u202f]", "", digits).replace("\u2212", "-").rstrip(".,")
    for decimal, thousands in ((".", ","), (",", ".")):
        whole, dot, fraction = bare.partition(decimal)
        if re.fullmatch(rf"[-+]?(\d+|\d{{1,3}}(\{thousands}\d{{3}})+)", whole) and (fraction.isdecimal() or not dot):
            yield float(whole.replace(thousands, "") + (f".{fraction}" if dot else ""))
