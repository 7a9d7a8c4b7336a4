"""Timezones by their IANA names, as people type them."""

from __future__ import annotations

import zoneinfo
from functools import cache

_UNTOLD = ("Etc/", "SystemV/", "posix/", "right/")


@cache
def names() -> tuple[str, ...]:
    """The zones that are offered: places first of all, and UTC."""
    known = zoneinfo.available_timezones()
    places = sorted(name for name in known if "/" in name and not name.startswith(_UNTOLD))
    return ("UTC", *places)


@cache
def _by_folded() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones() if name not in {"localtime", "Factory"}}


def canonical(typed: str) -> str | None:
    """The zone of that name, or of that city; None if there is none."""
    wanted = typed.strip().replace(" ", "_").casefold()
    if exact := _by_folded().get(wanted):
        return exact
    cities = [name for name in names() if name.rpartition("/")[2].casefold() == wanted]
    return cities[0] if len(cities) == 1 else None


def like(typed: str, *, most: int = 25) -> list[str]:
    """Zones whose name holds what was typed, those that begin with it first."""
    wanted = typed.strip().replace(" ", "_").casefold()
    found = [name for name in names() if wanted in name.casefold()]
    return sorted(found, key=lambda name: not name.rpartition("/")[2].casefold().startswith(wanted))[:most]


def near(words: str) -> list[str]:
    """The three names that come closest to a mistyped one."""
    # Its compiled scorers are 2 MiB, which a process needs only once somebody mistypes.
    from rapidfuzz import process

    return [name for name, *_ in process.extract(words, names(), limit=3)]
