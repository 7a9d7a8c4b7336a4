"""What did not stick, as a picture: for each lesson how many answers were right at first, after a week, after a month.

Drawn in black and grey on white, so that it is the same on any ground; the three are told apart by their shapes, and
their figures stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from bot.core import text
from bot.core.i18n import mark, say
from bot.core.record import Record
from bot.core.svg import Svg

AGES = (mark("at first"), mark("after 7 days"), mark("after 30 days"))
HEADS = (mark("first"), mark("7 days"), mark("30 days"))
MOST_LESSONS = 20
_LETTERS = 15
_LONGEST_TITLE = 27
_WIDTH, _LEFT, _RIGHT = 640, 236, 420
_FIGURES = (500, 564, 632)
_HEAD, _ROW = 50, 42
_INK, _GREY, _PALE = "#111827", "#4b5563", "#d1d5db"


class Charted(Record):
    """One lesson, and its shares in percent; None where nothing is told."""

    number: int
    title: str
    shares: tuple[int | None, int | None, int | None]

    @property
    def words(self) -> str:
        shares = zip(self.shares, AGES, strict=True)
        told = [say("{share} % {age}", share=share, age=say(age)) for share, age in shares if share is not None]
        return f"{self.number}. {text.shorten(self.title, 60)}: {', '.join(told)}"


def drawn(lessons: Sequence[Charted]) -> tuple[Svg, str] | None:
    """The picture and the same in words; None where nothing is told of any lesson. Of a great many lessons, those that
    stuck least."""
    told = [each for each in lessons if any(share is not None for share in each.shares)]
    if not told:
        return None
    least = sorted(told, key=_latest)[:MOST_LESSONS]
    shown = sorted(least, key=lambda each: each.number)
    body = "".join((*_frame(len(shown)), *(part for at, each in enumerate(shown) for part in _row(at, each))))
    alt = say("Right answers by lesson. {lessons}.", lessons="; ".join(each.words for each in shown))
    return Svg(body.encode(), _WIDTH, _HEAD + _ROW * len(shown) + 8, _LETTERS), alt


def weakest(lessons: Sequence[Charted]) -> tuple[Charted, str, int] | None:
    """The lesson that stuck least: by the latest age of which anything is told."""
    for at in (2, 1, 0):
        found = [(share, each) for each in lessons if (share := each.shares[at]) is not None]
        if found:
            share, lesson = min(found, key=lambda pair: (pair[0], pair[1].number))
            return lesson, say(AGES[at]), share
    return None


def _latest(each: Charted) -> int:
    return next(share for share in reversed(each.shares) if share is not None)


def _frame(rows: int) -> Iterator[str]:
    bottom = _HEAD + _ROW * rows
    for percent in (0, 25, 50, 75, 100):
        x = _x(percent)
        yield f'<line x1="{x:g}" y1="{_HEAD - 6}" x2="{x:g}" y2="{bottom}" stroke="{_PALE}" stroke-width="1"/>'
        if percent in {0, 50, 100}:
            yield _words(x, _HEAD - 14, f"{percent} %", anchor="middle", ink=_GREY)
    for place, (x, head) in enumerate(zip(_FIGURES, HEADS, strict=True)):
        yield _mark(place, x - 16, 12)
        yield _words(x, _HEAD - 14, say(head), anchor="end", ink=_GREY)


def _row(at: int, lesson: Charted) -> Iterator[str]:
    middle = _HEAD + _ROW * at + _ROW / 2
    yield _words(8, middle + 5, text.shorten(f"{lesson.number}. {lesson.title}", _LONGEST_TITLE))
    told = [_x(share) for share in lesson.shares if share is not None]
    if len(told) > 1:
        line = f'<line x1="{min(told):g}" y1="{middle:g}" x2="{max(told):g}" y2="{middle:g}"'
        yield f'{line} stroke="{_GREY}" stroke-width="1"/>'
    for place, share in enumerate(lesson.shares):
        if share is not None:
            yield _mark(place, _x(share), middle + 12 * (place - 1))
        yield _words(_FIGURES[place], middle + 5, "–" if share is None else f"{share} %", anchor="end")


def _x(percent: int) -> float:
    return _LEFT + (_RIGHT - _LEFT) * percent / 100


def _mark(place: int, x: float, y: float) -> str:
    """A disc, an open square, a triangle."""
    if place == 0:
        return f'<circle cx="{x:g}" cy="{y:g}" r="5.5" fill="{_INK}"/>'
    if place == 1:
        square = f'<rect x="{x - 5:g}" y="{y - 5:g}" width="10" height="10"'
        return f'{square} fill="#ffffff" stroke="{_INK}" stroke-width="2"/>'
    points = f"{x:g},{y - 6:g} {x + 6:g},{y + 5:g} {x - 6:g},{y + 5:g}"
    return f'<polygon points="{points}" fill="{_GREY}" stroke="{_INK}" stroke-width="1.5"/>'


def _words(x: float, y: float, said: str, *, anchor: str = "start", ink: str = _INK) -> str:
    place = f'x="{x:g}" y="{y:g}" font-size="{_LETTERS}" text-anchor="{anchor}" fill="{ink}"'
    return f"<text {place}>{escape(said)}</text>"
