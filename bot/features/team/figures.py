"""How many of a team did something: counts of five people or more, and of nobody who could be named.

Of a theme that fewer than five have begun nothing is told; below five a count is only said to be below five.
"""

from __future__ import annotations

LEAST = 5
"""People of whom a number is told."""


def people(number: int) -> str:
    """How many have begun; empty for too few."""
    return f"{number:,} people have begun it." if number >= LEAST else ""


def done(number: int, *, of: int) -> str:
    """How many of a group that is large enough to be told of."""
    if number <= 0:
        return "nobody yet"
    if number >= of:
        return f"all {of:,}"
    return f"{number:,} of {of:,}" if number >= LEAST else f"fewer than five of {of:,}"
