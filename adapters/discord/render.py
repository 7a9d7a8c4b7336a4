"""Which drawing each view gets. The union is closed: the type checker names the view that is missing here.

A message is one container. What does not fit at ease is drawn again, more tightly; `fits` tells what stays too much.
"""

from __future__ import annotations

from functools import lru_cache
from typing import assert_never

from adapters.discord import account, forms, learning, limits, practice, running
from adapters.discord.pieces import TIGHTEST, Body, Drawing, Pen
from bot.api import views

AT_EASE = views.Reader()


def draw(view: views.View, reader: views.Reader, *, marker: int = 0) -> Drawing:
    """The view as a message; `marker` is the container's own number, by which it can be found again."""
    if isinstance(view, views.LessonPage):
        return _lesson(view, reader, marker)
    return _fitting(view, reader, marker)


@lru_cache(maxsize=256)
def _lesson(view: views.LessonPage, reader: views.Reader, marker: int) -> Drawing:
    """A lesson is the longest of all drawings, and the same for everybody who has not done it yet."""
    return _fitting(view, reader, marker)


def _fitting(view: views.View, reader: views.Reader, marker: int) -> Drawing:
    drawing = _draw(view, Pen(reader), marker)
    for tight in range(1, TIGHTEST + 1):
        if not _excess(drawing):
            break
        drawing = _draw(view, Pen(reader, tight), marker)
    return drawing


def fits(view: views.View) -> list[str]:
    """Why the view would not fit one message, or its form one modal; nothing if it does."""
    if isinstance(view, views.FormPage):
        return forms.excess(view)
    return _excess(draw(view, AT_EASE))


def _excess(drawing: Drawing) -> list[str]:
    return limits.excess(drawing.components, {file.name: file.content for file in drawing.files})


def aside(body: Body, marker: int) -> Drawing:
    """A message of this front end's own, around what the engine shows."""
    return _contain(body, Pen(AT_EASE), marker)


def notice_body(said: str) -> Body:
    return account.notice(views.Notice(said), Pen(AT_EASE))


def _draw(view: views.View, pen: Pen, marker: int) -> Drawing:
    return _contain(_body(view, pen), pen, marker)


def _contain(body: Body, pen: Pen, marker: int) -> Drawing:
    container: limits.Component = {"type": limits.CONTAINER, "components": list(body.parts)}
    if marker:
        container["id"] = marker
    if body.colour is not None and not pen.reader.plain:
        container["accent_color"] = int(body.colour)
    return Drawing([*body.above, container], body.files, pen.confirms)


def _body(view: views.View, pen: Pen) -> Body:  # noqa: C901 -- one line a view
    match view:
        case views.Notice():
            return account.notice(view, pen)
        case views.Catalogue():
            return learning.catalogue(view, pen)
        case views.ThemePage():
            return learning.theme_page(view, pen)
        case views.LessonPage():
            return learning.lesson_page(view, pen)
        case views.Recorded():
            return learning.recorded(view, pen)
        case views.Ending():
            return learning.ending(view, pen)
        case views.QuestionPage():
            return practice.question(view, pen)
        case views.Verdict():
            return practice.verdict(view, pen)
        case views.Score():
            return practice.score(view, pen)
        case views.SearchPage():
            return learning.found(view, pen)
        case views.SavedList():
            return learning.saved(view, pen)
        case views.ProgressPage():
            return account.progress(view, pen)
        case views.SettingsPage():
            return account.settings(view, pen)
        case views.FormPage():
            return forms.as_message(view, pen)
        case views.PrivacyPage():
            return account.privacy(view, pen)
        case views.Download():
            return account.download(view, pen)
        case views.HelpPage():
            return account.help_page(view, pen)
        case views.HomePage():
            return account.home(view, pen)
        case views.Listing():
            return running.listing(view, pen)
        case views.LessonPost():
            return running.post(view, pen)
        case views.ClosingPost():
            return running.closing(view, pen)
        case views.Reminder():
            return running.reminder(view, pen)
        case _:
            assert_never(view)
