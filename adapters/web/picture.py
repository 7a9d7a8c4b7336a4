"""The picture of the last 26 weeks, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from adapters.web.markup import element
from bot.api import text, views

_STEP, _WIDTH, _TALL, _ROOM = 14, 9, 64, 68


def words(weeks: Sequence[views.Week]) -> str:
    """The picture for those who hear it or want no pictures. It tells what was kept, never what was not."""
    kept = sum(week.kept for week in weeks)
    paused = sum(week.paused for week in weeks)
    said = f"The last {text.count(len(weeks), 'week')}: {kept} kept"
    said += f", {paused} on pause." if paused else "."
    fullest = max(weeks, key=lambda week: week.lessons + week.reviews, default=None)
    if fullest is None or not fullest.kept:
        return said
    return f"{said} The fullest began on {short(fullest.start)}: {_content(fullest)}."


def _content(week: views.Week) -> str:
    parts = [text.count(week.lessons, "lesson")] if week.lessons else []
    if week.reviews:
        parts.append(text.count(week.reviews, "review"))
    return " and ".join(parts) or ("on pause" if week.paused else "open")


def short(day: date) -> str:
    return f"{day.day} {day:%b}"


def weeks(listed: Sequence[views.Week]) -> Markup:
    """A column a week, oldest first."""
    most = max((week.lessons + week.reviews for week in listed), default=0)
    columns = [_column(at, week, most) for at, week in enumerate(listed)]
    width = max(len(listed) * _STEP - (_STEP - _WIDTH), 1)
    drawn = element(
        "svg", *columns, viewBox=f"0 0 {width} {_ROOM}", role="img", aria_label=words(listed), class_="weeks"
    )
    ends = element(
        "figcaption",
        element("span", short(listed[0].start)),
        element("span", "this week"),
        class_="quiet",
    )
    return element("figure", drawn, ends, class_="picture")


def _column(at: int, week: views.Week, most: int) -> Markup:
    told = element("title", f"Week of {short(week.start)}: {_content(week)}")
    done = week.lessons + week.reviews
    tall = max(8, round(_TALL * done / most)) if done else 4
    kind = "kept" if week.kept else "paused" if week.paused else "open"
    return element("rect", told, x=at * _STEP, y=_ROOM - tall, width=_WIDTH, height=tall, rx=2, class_=f"week {kind}")
