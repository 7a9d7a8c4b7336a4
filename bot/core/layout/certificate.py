"""A certificate as a drawing: whose, of what, when, what was learnt, the code that confirms it. On white, so that it is
the same in light, in dark and on paper; nothing in it is told by colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from xml.sax.saxutils import escape

from bot.core import i18n, text
from bot.core.i18n import say
from bot.core.svg import Svg

WIDTH, EDGE = 760.0, 56.0
INK, QUIET, PALE = "#16202e", "#4a5363", "#1d3f8f"
"""All of them are dark enough to be read on white."""
SMALL = 17.0
WIDE = 0.54
"""Of a letter's size: about how wide letters are."""
BOLD = 1.18
"""How much wider bold ones are."""
LINE = 28.0
INDENT = 24.0
"""Of the lessons, from the margin."""
ROOM = WIDTH - 2 * EDGE - 2 * INDENT
LARGEST_NAME, SMALLEST_NAME = 34.0, 19.0
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def drawing(*, name: str, theme: str, finished: str, lessons: tuple[str, ...], code: str) -> Svg:
    """In the language that is spoken; what stands on it as a date is written in it already."""
    return _drawn(i18n.spoken(), name=name, theme=theme, finished=finished, lessons=lessons, code=code)


@lru_cache(maxsize=64)
def _drawn(_: str, *, name: str, theme: str, finished: str, lessons: tuple[str, ...], code: str) -> Svg:
    head: list[str] = [_centred(say("Certificate of completion"), 84, 21, QUIET)]
    top = 84.0
    if name:
        top += 58
        size = min(LARGEST_NAME, max(SMALLEST_NAME, ROOM / (len(name) * WIDE * BOLD)))
        head.append(_centred(name, top, size, INK, bold=True))
    top += 42
    head.append(_centred(say("has done every lesson of") if name else say("Every lesson was done of"), top, 19, QUIET))
    for line in _wrapped(theme, 27):
        top += 42
        head.append(_centred(line, top, 27, PALE, bold=True))
    top += 40
    head.append(_centred(say("Finished on {finished}", finished=finished), top, 19, INK))
    listed, below = _listed(lessons, top + 52)
    foot = [_centred(say("Check code {code}", code=code), below + 56, 19, INK, bold=True)]
    height = below + 104
    frame = (
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="#ffffff"/>'
        f'<rect x="14" y="14" width="{WIDTH - 28:g}" height="{height - 28:g}" rx="10" fill="none" stroke="{PALE}" '
        'stroke-width="2"/>'
        f'<rect x="21" y="21" width="{WIDTH - 42:g}" height="{height - 42:g}" rx="6" fill="none" stroke="{PALE}" '
        'stroke-width="1"/>'
    )
    return Svg("".join((frame, *head, *listed, *foot)).encode(), WIDTH, height, SMALL)


def _listed(lessons: Sequence[str], top: float) -> tuple[list[str], float]:
    """What was learnt, a title a line, and where it ends."""
    said = (_fitting(f"{at}. {title}", SMALL, ROOM) for at, title in enumerate(lessons, 1))
    drawn = [_words(each, EDGE + INDENT, top + row * LINE, SMALL, INK) for row, each in enumerate(said)]
    return drawn, top + (len(drawn) - 1) * LINE


def _wrapped(said: str, size: float) -> Iterator[str]:
    """In two lines at most."""
    longest = int((WIDTH - 2 * EDGE) / (size * WIDE * BOLD))
    if len(said) <= longest:
        yield said
        return
    cut = said.rfind(" ", 0, longest)
    first = said[:cut] if cut > 0 else said[:longest]
    yield first
    yield text.shorten(said[len(first) :].strip(), longest)


def _fitting(said: str, size: float, room: float) -> str:
    return text.shorten(said, max(4, int(room / (size * WIDE))))


def _centred(said: str, y: float, size: float, fill: str, *, bold: bool = False) -> str:
    fitting = _fitting(said, size * (BOLD if bold else 1), WIDTH - 2 * EDGE)
    return _words(fitting, WIDTH / 2, y, size, fill, more=' text-anchor="middle"' + ' font-weight="bold"' * bold)


def _words(said: str, x: float, y: float, size: float, fill: str, *, more: str = "") -> str:
    """Whoever wrote it, it stays words."""
    plain = escape(_NOT_XML.sub("", said))
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}"{more}>{plain}</text>'
