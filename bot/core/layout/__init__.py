"""Views laid out as pages, for every front end: the words that stand around what is shown, in one place.

The painter of each adapter calls `page`, which speaks the reader's language. A new view is a function in this package
and a line below; the type checker names the view that is missing. What authors and people wrote, and the sentences that
handlers say, come with the view.
"""

from __future__ import annotations

from typing import assert_never

from bot.core import i18n, views
from bot.core.blocks import Diagram, Page, Picture
from bot.core.layout import account, answers, learning, managing, questions, team
from bot.core.record import replace
from bot.core.svg import Svg
from bot.core.views import Reader


def page(view: views.View, reader: Reader) -> Page:
    """The view as its reader gets it. In plain mode nothing is left that is not words."""
    with i18n.speaking(reader.language):
        found = _page(view, reader)
        return replace(found, language=i18n.spoken(), tone=None if reader.plain else found.tone)


def drawings(view: views.View, reader: Reader) -> tuple[Svg, ...]:
    """What has to be drawn for the page, for whoever draws it beforehand."""
    if not isinstance(view, views.LessonPage | views.ProgressPage | views.CertificatePage):
        return ()
    return tuple(each.svg for each in page(view, reader).blocks if isinstance(each, Diagram | Picture))


def _page(view: views.View, reader: Reader) -> Page:  # noqa: C901 -- one line a view
    match view:
        case views.Notice():
            return answers.notice(view, reader)
        case views.OwnPageLink():
            return answers.own_page(view)
        case views.Catalogue():
            return learning.catalogue(view, reader)
        case views.ThemePage():
            return learning.theme(view, reader)
        case views.LessonPage():
            return learning.lesson(view, reader)
        case views.Recorded():
            return learning.recorded(view, reader)
        case views.Ending():
            return learning.ending(view, reader)
        case views.QuestionPage():
            return learning.question(view, reader)
        case views.Verdict():
            return learning.verdict(view, reader)
        case views.Score():
            return learning.score(view)
        case views.SearchPage():
            return learning.found(view, reader)
        case views.SavedList():
            return learning.saved(view, reader)
        case views.ProgressPage():
            return account.progress(view, reader)
        case views.TeamPage():
            return team.team(view, reader)
        case views.CertificatePage():
            return team.certificate(view, reader)
        case views.SettingsPage():
            return account.settings(view)
        case views.FormPage():
            return answers.form(view)
        case views.PrivacyPage():
            return account.privacy(view)
        case views.Download():
            return answers.download(view)
        case views.HelpPage():
            return account.help_page(view)
        case views.HomePage():
            return account.home(view, reader)
        case views.Listing():
            return managing.listing(view, reader)
        case views.LessonPost():
            return managing.post(view, reader)
        case views.ClosingPost():
            return managing.closing(view, reader)
        case views.QuestionPost():
            return questions.post(view, reader)
        case views.Reminder():
            return managing.reminder(view, reader)
        case views.ReportClosed():
            return managing.report_closed(view)
        case _:
            assert_never(view)
