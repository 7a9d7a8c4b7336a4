"""Languages by their codes: which of those there are comes closest to the one that somebody wants."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core import i18n


def closest(wanted: str, there: Iterable[str]) -> str:
    """The very language, else the same one of no country, else the first of another country; or nothing."""
    alike = [each for each in there if is_alike(each, wanted)]
    ranked = sorted(alike, key=lambda each: (_plain(each) != _plain(wanted), "-" in _plain(each)))
    return ranked[0] if ranked else ""


def is_alike(one: str, other: str) -> bool:
    """Whether who reads the one can read the other: `de` and `de-AT`."""
    return bool(one) and i18n.without_country(one) == i18n.without_country(other)


def _plain(code: str) -> str:
    return code.replace("_", "-").casefold()
