"""What no honest peer would send: words that are no JSON, JSON of another shape, giants, texts that break off, and what
was right until a value in it was taken away or changed by chance.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

NO_OBJECTS = ("nojson", "", '{"op":', "[]", '["event"]', "1", "null", '"text"', "[" * 50_000, "{}" * 2)
"""Texts that are no object of JSON."""
WRONG: Sequence[object] = (
    *(None, 0, -1, 1.5, True, 10**30, "", "x", "\x00", "\ud800", "x" * 10_000),
    *([], {}, [[]], {"": {}}),
)
"""What stands where something else belongs; half a sign of UTF-16 is no text that can be written down."""


def mutants(whole: Json, *, seed: int, count: int) -> Iterator[Json]:
    """Copies with one to three of the values, at any depth, missing or of another kind."""
    dice = random.Random(seed)
    for _ in range(count):
        made = copy.deepcopy(whole)
        for _ in range(dice.randint(1, 3)):
            _spoil(made, dice)
        yield made


def _spoil(made: Json, dice: random.Random) -> None:
    if not made:
        return  # nothing is left to spoil
    holder, key = dice.choice(list(_places(made)))
    if dice.random() < 0.3:
        del holder[key]
    else:
        holder[key] = copy.deepcopy(dice.choice(WRONG))


def _places(within: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(within) if isinstance(within, dict) else range(len(within)) if isinstance(within, list) else ()
    for key in keys:
        yield within, key
        yield from _places(within[key])
