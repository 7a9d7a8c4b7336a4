"""How many of a team did something, in words that tell of nobody.

A number is told only if it and what is left of the whole are each of five people or more, or of nobody: else one of the
two would be about a few whom their team could name.
"""

from __future__ import annotations

LEAST = 5
"""People of whom a number is told."""
FEW = "fewer than five"


def people(number: int) -> str:
    """How many have begun; empty for too few."""
    return f"{number:,} people have begun it." if number >= LEAST else ""


def done(number: int, *, of: int) -> str:
    """How many of a group that is large enough to be told of."""
    if number <= 0:
        return "nobody yet"
    if number < LEAST:
        return f"{FEW} of {of:,}"
    if number >= of:
        return f"all {of:,}"
    if of - number < LEAST:
        return f"nearly all {of:,}"
    return f"{number:,} of {of:,}"
