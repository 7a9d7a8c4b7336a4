"""A timezone is found by whatever people call it: a city, a country, the letters on a clock."""

from __future__ import annotations

import zoneinfo

import pytest

from bot.domain import zones


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("india", "Asia/Kolkata"),
        ("India", "Asia/Kolkata"),
        ("pst", "America/Los_Angeles"),
        ("EST", "America/New_York"),
        ("london", "Europe/London"),
        ("new york", "America/New_York"),
        ("france", "Europe/Paris"),
        ("japan", "Asia/Tokyo"),
        ("uk", "Europe/London"),
        ("utc", "UTC"),
        ("europe/paris", "Europe/Paris"),
        ("America/Indiana/Knox", "America/Indiana/Knox"),
    ],
)
def test_what_means_one_zone_is_that_zone(said: str, zone: str) -> None:
    assert zones.canonical(said) == zone
    assert zones.like(said)[0] == zone


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("us", ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]),
        ("ist", ["Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"]),
        ("cst", ["America/Chicago", "Asia/Shanghai"]),
        ("brazil", ["America/Sao_Paulo"]),
        ("germ", ["Europe/Berlin"]),
    ],
)
def test_what_may_mean_several_is_asked_back(said: str, offered: list[str]) -> None:
    assert zones.canonical(said) is None
    assert set(offered) <= set(zones.like(said))


def test_every_zone_that_a_saying_or_a_country_stands_for_exists() -> None:
    known = zoneinfo.available_timezones()
    assert {zone for table in (zones._SAID, zones._by_country()) for found in table.values() for zone in found} <= known


def test_a_slip_of_the_pen_is_offered_what_it_was_meant_for() -> None:
    assert "Europe/Paris" in zones.near("Europe/Pariss")
