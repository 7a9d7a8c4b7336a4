"""Pictures: the last weeks, a column each, oldest first; and a lesson's diagram."""

from __future__ import annotations

from markupsafe import Markup

from adapters.web.markup import element
from bot.api import blocks, views

_STEP, _WIDTH, _TALL, _ROOM = 14, 9, 64, 68


def weeks(block: blocks.Weeks) -> Markup:
    most = max((week.lessons for week in block.weeks), default=0)
    columns = (
        _column(at, week, most, told) for at, (week, told) in enumerate(zip(block.weeks, block.told, strict=True))
    )
    width = max(len(block.weeks) * _STEP - (_STEP - _WIDTH), 1)
    drawn = element("svg", *columns, viewBox=f"0 0 {width} {_ROOM}", role="img", aria_label=block.alt, class_="weeks")
    ends = element("figcaption", element("span", block.first), element("span", block.last), class_="quiet")
    return element("figure", drawn, ends, class_="picture")


def _column(at: int, week: views.Week, most: int, told: str) -> Markup:
    done = week.lessons
    tall = max(8, round(_TALL * done / most)) if done else 4
    kind = "kept" if week.kept else "paused" if week.paused else "open"
    shape = {"x": at * _STEP, "y": _ROOM - tall, "width": _WIDTH, "height": tall, "rx": 2}
    return element("rect", element("title", told), class_=f"week {kind}", **shape)


def diagram(block: blocks.Diagram) -> Markup:
    """On a white sheet of its own, as it was drawn for, and never wider than it was drawn twice."""
    inside = Markup(block.svg.body.decode())  # noqa: S704 -- written by the loader, from elements that it knows
    size = f"0 0 {block.svg.width:g} {block.svg.height:g}"
    drawn = element("svg", inside, viewBox=size, role="img", aria_label=block.alt, font_family="sans-serif")
    return element("figure", drawn, class_="diagram")
