"""What a value is."""

from __future__ import annotations

import pytest

from bot.core.record import Record, replace


class Place(Record, dict=True):
    name: str
    floor: int = 0


class Room(Record):
    name: str
    floor: int = 0


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Place("hall").floor = 2  # type: ignore[misc]


def test_values_are_equal_that_hold_the_same_and_are_of_one_kind() -> None:
    assert Place("hall", 1) == Place("hall", 1)
    assert hash(Place("hall", 1)) == hash(Place("hall", 1))
    assert Place("hall", 1) != Place("hall", 2)
    assert Room("hall", 1) != Place("hall", 1)  # type: ignore[comparison-overlap]


def test_another_value_is_made_of_one_and_the_first_stays() -> None:
    before = Place("hall")
    assert (replace(before, floor=3), before) == (Place("hall", 3), Place("hall"))
