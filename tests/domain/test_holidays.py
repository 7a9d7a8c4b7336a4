"""Which dates are holidays where, and how a region is found. Against the real calendars, for holidays set by law."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from bot.domain import holidays
from bot.domain.holidays import NearRegions, Region


def region(code: str) -> Region:
    found = holidays.region(code)
    assert isinstance(found, Region), found
    return found


@pytest.mark.parametrize(
    ("code", "day", "free"),
    [
        ("DE", "2026-10-03", True),
        ("DE", "2026-01-06", False),
        ("DE-BY", "2026-01-06", True),
        ("US-CA", "2026-03-31", True),
        ("US", "2026-03-31", False),
        pytest.param("US", "2027-12-31", True, id="the next year's first day, kept the day before"),
        ("FR", "2026-07-14", True),
        ("GB-ENG", "2026-04-06", True),
        ("GB-SCT", "2026-04-06", False),
        pytest.param("GB-ENG", "2026-12-28", True, id="a holiday that falls on a weekend, kept after it"),
        ("DE", "2026-10-05", False),
        ("DE", "1600-12-25", False),
        ("DE", "9999-12-25", False),
    ],
)
def test_a_region_has_its_own_holidays(code: str, day: str, free: bool) -> None:
    assert free == (holidays.holiday(region(code), date.fromisoformat(day)) is not None)


def test_a_holiday_is_named() -> None:
    assert holidays.holiday(region("US"), date(2026, 7, 4)) == "Independence Day"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("de", "DE"),
        ("DEU", "DE"),
        ("Germany", "DE"),
        ("de_by", "DE-BY"),
        ("DE BY", "DE-BY"),
        ("Germany, Bayern", "DE-BY"),
        ("Germany – Bayern", "DE-BY"),
        ("germany berlin", "DE-BE"),
        ("uk", "GB"),
        ("Great Britain", "GB"),
        ("United Kingdom – Scotland", "GB-SCT"),
        ("england", "GB-ENG"),
        ("usa", "US"),
        ("US/CA", "US-CA"),
        ("United States Virgin Islands", "VI"),
        ("guinea", "GN"),
        ("Guinea-Bissau", "GW"),
        ("guinea bissau", "GW"),
        ("fr-re", "FR-974"),
        ("  fr  ", "FR"),
    ],
)
def test_a_region_is_found_by_code_or_name(words: str, code: str) -> None:
    assert code == region(words).code


@pytest.mark.parametrize(
    ("words", "first"), [("Germny", "DE"), ("de-bayren", "DE-BY"), ("de-xx", "DE"), ("Untied Kingdom", "GB")]
)
def test_an_unknown_region_offers_the_closest(words: str, first: str) -> None:
    found = holidays.region(words)
    assert isinstance(found, NearRegions)
    assert first == found.regions[0].code
    assert len(found.regions) <= 5


@pytest.mark.parametrize("words", ["", "??", "x" * 10_000, "\0", "-", "HolidaysAX"])
def test_what_names_nothing_raises_nothing(words: str) -> None:
    assert isinstance(holidays.region(words), NearRegions)


def test_what_is_offered_narrows_as_one_types() -> None:
    assert holidays.like("ger")[0].code == "DE"
    assert holidays.like("united k")[0].code == "GB"
    assert [each.code for each in holidays.like("gb")] == ["GB", "GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS"]
    assert holidays.like("us new y")[0].code == "US-NY"
    assert len(holidays.like("")) == len(holidays.like("us")) == 25
    assert len(holidays.like("", most=7)) == 7


def test_every_country_is_found_by_its_code_and_by_its_label() -> None:
    everywhere = holidays.countries()
    assert len(everywhere) > 200
    assert list(everywhere) == [holidays.region(each.code) for each in everywhere]
    assert list(everywhere) == [holidays.region(each.label) for each in everywhere]


@pytest.mark.parametrize("country", ["DE", "CH", "US", "GB", "FR", "CA", "AU", "IN", "BR", "ES"])
def test_every_part_is_found_by_its_code_and_by_its_label(country: str) -> None:
    parts = holidays.parts(country)
    assert parts
    assert list(parts) == [holidays.region(each.code) for each in parts]
    assert list(parts) == [holidays.region(each.label) for each in parts]


def test_names_do_not_depend_on_the_machine_s_language() -> None:
    ask = (
        "from datetime import date; from bot.domain import holidays as h;"
        "print(h.holiday(h.region('DE'), date(2026, 10, 3)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", ask], env={"LANGUAGE": "de", "LANG": "de_DE.UTF-8"}, capture_output=True, text=True
    )
    assert said.stdout.strip() == "German Unity Day", said.stderr


def test_nothing_is_read_before_it_is_needed() -> None:
    ask = "import sys; import bot.domain.holidays; print('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True).stdout.strip() == "False"


def test_what_is_kept_is_bounded() -> None:
    for year in range(1500, 1500 + holidays.YEARS_KEPT + 50):
        holidays.holiday(region("DE"), date(year, 1, 1))
    assert holidays._year.cache_info().currsize == holidays.YEARS_KEPT
