"""Languages by their codes: which of those there are comes closest to the one that somebody wants."""

from __future__ import annotations

from collections.abc import Iterable


def closest(wanted: str, there: Iterable[str]) -> str:
    """The very language, else the same one of no country, else the first of another country; or nothing."""
    alike = [each for each in there if is_alike(each, wanted)]
    ranked = sorted(alike, key=lambda each: (_plain(each) != _plain(wanted), "-" in _plain(each)))
    return ranked[0] if ranked else ""


def is_alike(one: str, other: str) -> bool:
    """Whether who reads the one can read the other: `de` and `de-AT`."""
    return bool(one) and _plain(one).partition("-")[0] == _plain(other).partition("-")[0]


def _plain(code: str) -> str:
    return code.replace("_", "-").casefold()
