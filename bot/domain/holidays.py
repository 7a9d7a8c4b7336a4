"""Which dates are public holidays where: by country, or by a country's part, offline.

The calendars come with the `holidays` package; this file is all that knows it. The package is read on first use (half
a second, ten megabytes: call `warm` on a thread first) and then one country at a time. A year of a region is worked out
once, in a few milliseconds, and a bounded number of them is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from babel import Locale

from bot.core import i18n
from bot.core.record import Record

YEARS_KEPT = 512
"""Region-years in memory: some two kilobytes each."""
LONGEST = 80
"""Characters of a region's name that are looked at."""

_ENGLISH = ("en_US", "en_GB")
_OFFERED = 5
_NEAR = 60.0
"""Of 100: worth offering."""
_BETWEEN = " -_/,:–"
_LABELS = {"CD": "DR Congo", "GW": "Guinea-Bissau", "TL": "Timor-Leste", "SY": "Syria", "CI": "Ivory Coast"}
_ALSO = {
    "GB": ("great britain", "britain"),
    "US": ("america", "united states of america"),
    "NL": ("holland",),
    "CZ": ("czech republic",),
    "AE": ("uae", "emirates"),
    "TR": ("türkiye",),
}
_ALONE = {"england": "gb-eng", "scotland": "gb-sct", "wales": "gb-wls", "northern ireland": "gb-nir"}
"""Parts that are named without their country."""


class Region(Record, order=True):
    """A country, or a part of one: `DE`, `DE-BY`."""

    code: str
    label: str


class NearRegions(Record):
    """No such region; these come closest."""

    regions: tuple[Region, ...] = ()


class NoCalendar(LookupError):
    """A region whose holidays are not known."""


class _Country(NamedTuple):
    code: str
    label: str
    names: frozenset[str]

    @property
    def whole(self) -> Region:
        return Region(self.code, self.label)


def warm() -> None:
    """Read what is slow to read, so that nobody waits for it later. Safe on a thread."""
    parts("US")


def region(words: str) -> Region | NearRegions:
    """The region of that code, or of that name: `DE-BY`, `gb eng`, `Germany, Bayern`, `UK`."""
    said = _plain(words)
    said = _ALONE.get(said, said)
    near: list[Region] = []
    for country, rest in _named_at_the_start(said):
        if not rest:
            return country.whole
        if part := _parts_by_name(country.code).get(rest):
            return part
        near += [country.whole, *parts(country.code)]
    return NearRegions(tuple(like(words, most=_OFFERED) if not near else _closest(said, near)))


def countries() -> tuple[Region, ...]:
    """Every country there is a calendar for, by label."""
    return tuple(country.whole for country in _countries())


def parts(country: str) -> tuple[Region, ...]:
    """The parts of a country that have holidays of their own, by label; none if it is not known."""
    return tuple(sorted(set(_parts_by_name(country).values()), key=lambda each: each.label))


def like(typed: str, *, most: int = 25) -> list[Region]:
    """Regions to offer for what was typed so far: countries, and the parts of one as soon as it is named."""
    said = _plain(typed)
    if not said:
        return list(countries()[:most])
    for country, rest in _named_at_the_start(said):
        if found := _rank(rest, parts(country.code), most) if rest else [country.whole, *parts(country.code)]:
            return found[:most]
    return _rank(said, countries(), most)


def holiday(region: Region, day: date) -> str | None:
    """The name of the public holiday on that date, if it is one there; `NoCalendar` if the region left the package."""
    try:
        return _year(region.code, day.year, i18n.spoken()).get(day)
    except (NotImplementedError, LookupError, ValueError) as unknown:  # each is how the package may say so
        raise NoCalendar(f"there is no calendar of {region.code}") from unknown


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words[:LONGEST]).casefold().split())


def _named_at_the_start(said: str) -> Iterator[tuple[_Country, str]]:
    """The countries whose name or code the words begin with, each with what follows."""
    for end in range(len(said), 0, -1):
        ends_a_word = end == len(said) or not said[end].isalnum()
        if ends_a_word and (country := _by_name().get(said[:end])):
            yield country, said[end:].strip(_BETWEEN)


def _closest(said: str, regions: list[Region]) -> list[Region]:
    """The country is right, its part is not: the parts that come closest, or else any."""
    return (_rank(said, tuple(regions), _OFFERED) or regions)[:_OFFERED]


def _rank(said: str, regions: tuple[Region, ...], most: int) -> list[Region]:
    from rapidfuzz import process, utils

    names = [f"{each.code} {each.label}" for each in regions]
    found = process.extract(
        said, names, scorer=_likeness, processor=utils.default_process, limit=most, score_cutoff=_NEAR
    )
    return [regions[index] for _, _, index in found]


def _likeness(one: str, other: str, **_: object) -> float:
    from rapidfuzz import fuzz

    code, _space, label = other.partition(" ")
    best = 100.0 if one == code else max(fuzz.WRatio(one, label), fuzz.ratio(one, label))
    return min(99.0, best + 10.0 * label.startswith(one)) if one != code else best


def _countries() -> tuple[_Country, ...]:
    return _countries_in(i18n.spoken())


@cache
def _countries_in(language: str) -> tuple[_Country, ...]:
    """They go by their English names, and by those of the language."""
    from holidays.registry import COUNTRIES

    found = []
    said = {} if language == i18n.ENGLISH else Locale.parse(language).territories
    for name, *codes in COUNTRIES.values():
        code = codes[0]
        spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace(" And ", " and ")
        label = _LABELS.get(code, spaced)
        names = {
            label,
            spaced,
            name,
            *(each for each in codes if not each.startswith("Holidays")),
            *_ALSO.get(code, ()),
        }
        called = said.get(code, label)
        found.append(_Country(code, called, frozenset(map(_plain, {*names, called}))))
    return tuple(sorted(found, key=lambda each: each.label))


def _by_name() -> Mapping[str, _Country]:
    return _by_name_in(i18n.spoken())


@cache
def _by_name_in(language: str) -> Mapping[str, _Country]:
    return {name: country for country in _countries_in(language) for name in country.names}


def _parts_by_name(country: str) -> Mapping[str, Region]:
    """A country's parts under their codes and every name they have."""
    return _parts_in(country, i18n.spoken())


@lru_cache(maxsize=300)
def _parts_in(country: str, language: str) -> Mapping[str, Region]:
    known = _by_name_in(language).get(_plain(country))
    if known is None:
        return MappingProxyType({})
    from holidays import country_holidays

    calendar = country_holidays(known.code, expand=False)
    titles = dict.fromkeys(calendar.subdivisions, "")
    for name, code in calendar.subdivisions_aliases.items():
        if code in titles and len(name) > len(code) and not titles[code]:
            titles[code] = name
    regions = {
        code: Region(f"{known.code}-{code}", f"{known.label} – {title or code}") for code, title in titles.items()
    }
    aliases = {_plain(name): regions[code] for name, code in calendar.subdivisions_aliases.items() if code in regions}
    return MappingProxyType(aliases | {_plain(code): region for code, region in regions.items()})


@lru_cache(maxsize=YEARS_KEPT)
def _year(code: str, year: int, language: str) -> Mapping[date, str]:
    from holidays import country_holidays

    country, _, part = code.partition("-")
    named = _names_in(language, country_holidays(country, expand=False).supported_languages)
    # Told no language, the package takes the machine's: the reason in a row would differ between hosts.
    calendar = country_holidays(country, subdiv=part or None, years=year, expand=False, language=named)
    return MappingProxyType({day: name for day, name in calendar.items() if day.year == year})


def _names_in(language: str, there: Sequence[str]) -> str | None:
    """In which of the languages that a calendar has its names are said: the one asked for, else English, else any."""
    own = [each for each in there if language != i18n.ENGLISH and each.partition("_")[0] == language]
    english = [each for each in _ENGLISH if each in there]
    return next(iter((*own, *english, *there)), None)
