"""How many of a team did something, in words that tell of nobody.

A number is told only if it and what is left of the whole are each of five people or more: else one of the two would be
about a few whom their team could name. What stands in its place fits four numbers or more, so none can be guessed.
"""

from __future__ import annotations

LEAST = 5
"""People of whom a number is told."""


def people(number: int) -> str:
    """How many have begun; empty for too few."""
    return f"{number:,} people have begun it." if number >= LEAST else ""


def done(number: int, *, of: int) -> str:
    """How many of a group that is large enough to be told of. All and nobody say the same of everybody."""
    if number <= 0:
        return "nobody yet"
    if number >= of:
        return f"all {of:,}"
    if of < 2 * LEAST:
        return f"some of {of:,}"
    if number < LEAST:
        return f"fewer than five of {of:,}"
    return f"most of {of:,}" if of - number < LEAST else f"{number:,} of {of:,}"
