"""Which drawing each view gets. The union is closed: the type checker names the view that is missing here."""

from __future__ import annotations

from typing import assert_never

from markupsafe import Markup

from adapters.web import account, forms, learning, posting, practice, records
from adapters.web.markup import element
from bot.api import views


def draw(view: views.View, reader: views.Reader) -> Markup:
    """The view as one article of the page."""
    return element("article", _inside(view, reader), class_=f"answer {type(view).__name__.lower()}", tabindex=-1)


def _inside(view: views.View, reader: views.Reader) -> Markup:  # noqa: C901 -- one line a view
    match view:
        case views.Notice():
            return account.notice(view, reader)
        case views.Catalogue():
            return learning.catalogue(view, reader)
        case views.ThemePage():
            return learning.theme_page(view, reader)
        case views.LessonPage():
            return learning.lesson_page(view, reader)
        case views.Recorded():
            return learning.recorded(view, reader)
        case views.Ending():
            return learning.ending(view, reader)
        case views.QuestionPage():
            return practice.question(view, reader)
        case views.Verdict():
            return practice.verdict(view, reader)
        case views.Score():
            return practice.score(view, reader)
        case views.SearchPage():
            return learning.found(view, reader)
        case views.SavedList():
            return learning.saved(view, reader)
        case views.ProgressPage():
            return account.progress(view, reader)
        case views.SettingsPage():
            return account.settings(view, reader)
        case views.FormPage():
            return forms.form_page(view, reader)
        case views.PrivacyPage():
            return account.privacy(view, reader)
        case views.Download():
            return account.download(view, reader)
        case views.HelpPage():
            return account.help_page(view, reader)
        case views.HomePage():
            return account.home(view, reader)
        case views.Listing():
            return records.listing(view, reader)
        case views.LessonPost():
            return posting.post(view, reader)
        case views.ClosingPost():
            return posting.closing(view, reader)
        case views.Reminder():
            return posting.reminder(view, reader)
        case _:
            assert_never(view)
