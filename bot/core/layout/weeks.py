"""The last weeks as a drawing: two rows of tiles, oldest first. What a tile says it says by its shape and its number.

A kept week is a full tile with how much was done in it; an open one is empty, a snoozed one has the bars of a pause;
before somebody began there is a dot. It has a white ground of its own, so it is the same in light and dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from bot.core import i18n
from bot.core.i18n import say
from bot.core.svg import Svg
from bot.core.views import Week

ROWS: Final = 2
PITCH, TILE, EDGE = 52, 44, 14
"""Units from tile to tile, of a tile's side, of the margin."""
MONTHS, BETWEEN, LEGEND = 26, 12, 40
"""Heights: of the months' names, of the gap between the rows, of what the signs mean."""
INK, PALE = "#1d3f8f", "#5a6270"
"""Both are dark enough to be read on white."""
SMALL = 17.0
MOST: Final = 99
"""A larger number finds no room in a tile."""


@lru_cache(maxsize=256)
def drawing(weeks: tuple[Week, ...], language: str = i18n.ENGLISH) -> Svg:
    with i18n.speaking(language):
        return _drawn(weeks)


def _drawn(weeks: Sequence[Week]) -> Svg:
    columns = max(1, -(-len(weeks) // ROWS))
    row = MONTHS + TILE + BETWEEN
    width, height = 2 * EDGE + PITCH * columns - (PITCH - TILE), EDGE + ROWS * row + LEGEND
    body = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for at, week in enumerate(weeks):
        left, top = EDGE + PITCH * (at % columns), EDGE + row * (at // columns) + MONTHS
        body += _tile(week, left, top)
        if at + 1 == len(weeks):
            body.append(_outline(left - 3.5, top - 3.5, TILE + 7, 'stroke-width="2"', radius=11))
        if month := _month(weeks, at, columns):
            body.append(_words(month, left, top - 8, "start"))
    body += _legend(weeks, EDGE + ROWS * row + LEGEND - 20)
    return Svg("".join(body).encode(), width, height, SMALL)


def _tile(week: Week, left: float, top: float) -> Iterator[str]:
    middle = left + TILE / 2
    if week.kept:
        said = str(week.done) if week.done <= MOST else f"{MOST}+"
        size = 24 if week.done <= MOST else 18
        yield f'<rect x="{left}" y="{top}" width="{TILE}" height="{TILE}" rx="8" fill="{INK}"/>'
        yield (
            f'<text x="{middle}" y="{top + TILE / 2 + size * 0.36}" font-size="{size}" font-weight="bold" '
            f'fill="#ffffff" text-anchor="middle">{said}</text>'
        )
    elif week.paused:
        for bar in (middle - 8, middle + 3):
            yield f'<rect x="{bar}" y="{top + 13}" width="5" height="18" rx="1" fill="{PALE}"/>'
    elif week.before:
        yield f'<circle cx="{middle}" cy="{top + TILE / 2}" r="2.5" fill="{PALE}"/>'
    else:
        yield _outline(left + 1, top + 1, TILE - 2, 'stroke-width="2"', radius=8)


def _outline(left: float, top: float, side: float, stroke: str, *, radius: int) -> str:
    return (
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" rx="{radius}" '
        f'fill="none" stroke="{PALE}" {stroke}/>'
    )


def _words(said: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{SMALL:g}" fill="{PALE}" text-anchor="{anchor}">{said}</text>'


def _month(weeks: Sequence[Week], at: int, columns: int) -> str:
    """Above the first week that begins in it; a row's first tile names its month unless the next one does."""
    start = weeks[at].start
    if at + 1 < len(weeks) and at % columns == 0 and weeks[at + 1].start.month != start.month:
        return ""
    begins = at % columns == 0 or weeks[at - 1].start.month != start.month
    return i18n.day(start, "MMM") if begins else ""


def _legend(weeks: Sequence[Week], base: float) -> Iterator[str]:
    """Only of the signs that are there."""
    signs = ((say("kept: lessons + reviews"), "kept"), (say("open"), "open"), (say("snoozed"), "paused"))
    there = {_kind(week) for week in weeks}
    left = float(EDGE)
    for said, kind in signs:
        if kind not in there:
            continue
        yield _sign(kind, left, base - 14)
        yield _words(said, left + 24, base, "start")
        left += 24 + len(said) * SMALL * 0.56 + 26
    yield _words(say("framed: this week"), left, base, "start")


def _kind(week: Week) -> str:
    if week.kept:
        return "kept"
    return "paused" if week.paused else "before" if week.before else "open"


def _sign(kind: str, left: float, top: float) -> str:
    side = 16
    match kind:
        case "kept":
            return f'<rect x="{left}" y="{top}" width="{side}" height="{side}" rx="3" fill="{INK}"/>'
        case "paused":
            bars = (left + 3, left + 9)
            return "".join(f'<rect x="{bar}" y="{top + 2}" width="4" height="12" fill="{PALE}"/>' for bar in bars)
        case _:
            return _outline(left + 1, top + 1, side - 2, 'stroke-width="2"', radius=3)
