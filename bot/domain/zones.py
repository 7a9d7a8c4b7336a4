"""Timezones as people name them: by IANA name, city, country, or the letters on a clock."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from babel import Locale

from bot.core import i18n

_UNTOLD = ("Etc/", "SystemV/", "posix/", "right/")
_PACIFIC, _MOUNTAIN, _CENTRAL, _EASTERN = (
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
)
_INDIA, _CHINA, _LONDON, _BERLIN, _EAST, _SYDNEY = (
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Australia/Sydney",
)
_SAID: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("pst", "pdt", "pt", "pacific", "pacific time", "san francisco", "seattle"), (_PACIFIC,)),
        **dict.fromkeys(("mst", "mdt", "mountain", "mountain time"), (_MOUNTAIN,)),
        **dict.fromkeys(("cdt", "central", "central time"), (_CENTRAL,)),
        **dict.fromkeys(("est", "edt", "et", "eastern", "eastern time", "washington", "boston"), (_EASTERN,)),
        **dict.fromkeys(("utc", "gmt", "z", "zulu"), ("UTC",)),
        **dict.fromkeys(("bst", "uk", "england", "scotland", "wales", "great britain", "united kingdom"), (_LONDON,)),
        **dict.fromkeys(("cet", "cest", "germany", "munich", "frankfurt", "hamburg", "cologne"), (_BERLIN,)),
        **dict.fromkeys(("eet", "eest"), (_EAST,)),
        **dict.fromkeys(("aest", "aedt"), (_SYDNEY,)),
        **dict.fromkeys(("mumbai", "delhi", "new delhi", "bangalore", "bengaluru", "chennai"), (_INDIA,)),
        **dict.fromkeys(("beijing", "china", "shenzhen"), (_CHINA,)),
        "cst": (_CENTRAL, _CHINA),
        "ist": (_INDIA, "Asia/Jerusalem", "Europe/Dublin"),
        "jst": ("Asia/Tokyo",),
        "kst": ("Asia/Seoul",),
        "sgt": ("Asia/Singapore",),
        "msk": ("Europe/Moscow",),
        "usa": (_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC),
        "us": (_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC),
        "united states": (_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC),
        "holland": ("Europe/Amsterdam",),
        "uae": ("Asia/Dubai",),
    }
)
"""What people say that is no zone's name. Letters that mean several places name them all."""


@cache
def names() -> tuple[str, ...]:
    """The zones that are offered: places first of all, and UTC."""
    known = zoneinfo.available_timezones()
    places = sorted(name for name in known if "/" in name and not name.startswith(_UNTOLD))
    return ("UTC", *places)


@cache
def _by_folded() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones() if name not in {"localtime", "Factory"}}


@cache
def _by_country() -> Mapping[str, tuple[str, ...]]:
    """The zones of each country, by its name and its two letters. The list comes with the zones themselves."""
    named = {code: name.partition("(")[0].strip().casefold() for code, name in _table("iso3166.tab")}
    zones: dict[str, list[str]] = {}
    for code, _, zone, *_ in _table("zone.tab"):
        zones.setdefault(code, []).append(zone)
    return {said: tuple(found) for code, found in zones.items() for said in (named[code], code.casefold())}


def _called() -> Mapping[str, tuple[str, ...]]:
    """The zones by what the reader's language calls their countries and cities, where that is not English."""
    return _called_in(i18n.spoken())


@cache
def _called_in(language: str) -> Mapping[str, tuple[str, ...]]:
    if language == i18n.ENGLISH:
        return MappingProxyType({})
    locale = Locale.parse(language)
    english, own = Locale.parse(i18n.ENGLISH).territories, locale.territories
    found = {
        own[code].casefold(): _SAID.get(english[code].casefold()) or _by_country()[code.casefold()]
        for code in own.keys() & english.keys()
        if code.casefold() in _by_country()
    }
    cities = {zone: said["city"].casefold() for zone, said in locale.time_zones.items() if "city" in said}
    return MappingProxyType(found | {said: (zone,) for zone, said in cities.items() if zone in names()})


def _table(name: str) -> Iterator[list[str]]:
    said = (resources.files("tzdata") / "zoneinfo" / name).read_text("utf-8")
    return (line.split("\t") for line in said.splitlines() if line and not line.startswith("#"))


def canonical(typed: str) -> str | None:
    """The zone of that name, of that city, or of a country that has one alone; None if there is none."""
    plain = _plain(typed)
    if meant := _SAID.get(plain):
        return meant[0] if len(meant) == 1 else None
    wanted = plain.replace(" ", "_")
    country = _by_country().get(plain, ()) or _called().get(plain, ())
    if exact := _by_folded().get(wanted):
        return country[0] if len(country) == 1 else exact
    cities = tuple(name for name in names() if _city(name) == wanted)
    meant = cities or country
    return meant[0] if len(meant) == 1 else None


def like(typed: str, *, most: int = 25) -> list[str]:
    """Zones that what was typed could name: what it is said for, cities and countries that begin with it, then names
    that hold it."""
    plain = _plain(typed)
    if not plain:
        return list(names()[:most])
    wanted = plain.replace(" ", "_")
    begun = [name for name in names() if _city(name).startswith(wanted) or name.casefold().startswith(wanted)]
    holding = [name for name in names() if wanted in name.casefold()]
    country = (*_by_country().get(plain, ()), *_called().get(plain, ()))
    found = [*_SAID.get(plain, ()), *country, *begun, *_begun(plain), *holding]
    return list(dict.fromkeys(found))[:most]


def _begun(plain: str) -> Iterable[str]:
    """Of sayings and countries that begin so; two letters begin too many."""
    if len(plain) < 3:
        return ()
    tables = (_SAID, _by_country(), _called())
    return (zone for table in tables for said in table if said.startswith(plain) for zone in table[said])


def near(words: str) -> list[str]:
    """The three that come closest: what the words could name, else the names that are spelt most like them."""
    if found := like(words, most=3):
        return found
    # Its compiled scorers are 2 MiB, which a process needs only once somebody mistypes.
    from rapidfuzz import process

    return [name for name, *_ in process.extract(words, names(), limit=3)]


def _plain(typed: str) -> str:
    return " ".join(typed.replace("_", " ").casefold().split())


def _city(name: str) -> str:
    return name.rpartition("/")[2].casefold()
