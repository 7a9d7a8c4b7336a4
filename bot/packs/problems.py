"""How a mistake in content is said: where it stands, what is wrong, the mend. Never raised, never only the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz, process, utils

from bot.core.record import Record

_ALIKE = 60.0
"""Of 100: likely a slip of the pen."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Problem(Record):
    """One mistake in one file. An error keeps its theme off the shelf or fails a check; a warning does neither."""

    file: str
    line: int
    message: str
    mend: str
    severity: Severity = Severity.ERROR
    theme: str = ""
    rule: str = "form"
    """The lint rule that found it; `form` is the loader itself."""

    @property
    def place(self) -> tuple[str, int, str]:
        return (self.file, self.line, self.message)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}. {self.mend}"


class Unreadable(Exception):
    """Why a file, or the rest of it, cannot be read: its line, what is wrong, the mend."""

    def __init__(self, line: int, message: str, mend: str) -> None:
        super().__init__(message)
        self.line, self.message, self.mend = line, message, mend


@dataclass(slots=True)
class Notes:
    """The problems of one file, as they are found."""

    file: str
    theme: str = ""
    problems: list[Problem] = field(default_factory=list)

    def error(self, line: int, message: str, mend: str) -> None:
        self.problems.append(Problem(self.file, max(1, line), message, mend, Severity.ERROR, self.theme))

    def warning(self, line: int, message: str, mend: str) -> None:
        self.problems.append(Problem(self.file, max(1, line), message, mend, Severity.WARNING, self.theme))

    @property
    def sound(self) -> bool:
        return all(problem.severity is not Severity.ERROR for problem in self.problems)


def closest(word: str, words: Iterable[str]) -> str:
    """The one of `words` that was probably meant, or nothing."""
    found = process.extractOne(
        word, list(words), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_ALIKE
    )
    return found[0] if found else ""


def did_you_mean(word: str, words: Iterable[str], otherwise: str) -> str:
    """“Did you mean …?” where something comes close; else what is possible."""
    near = closest(word, words)
    return f"Did you mean “{near}”?" if near else otherwise
