"""How each view is drawn. The type checker lists here every view that lacks its drawing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import assert_never

from adapters.slack import dialogue, limits, pages, running
from adapters.slack.mentions import Voice
from adapters.slack.names import Names
from adapters.slack.payload import Json
from adapters.slack.sheet import Drawn, Sheet, weight
from bot.api import views

PLAIN_NAMES = Names()
REMEMBERED = 128
"""Messages of about 13 kB each."""
STAYS = frozenset({"LessonPage"})
"""What an answer never takes the place of: somebody may still be reading it."""


def draw(
    view: views.View, reader: views.Reader, names: Names = PLAIN_NAMES, *, part: str = "", voice: Voice = Voice.ASIDE
) -> Drawn:
    """The view's blocks; `part` tells several pages on one surface apart, `voice` says who hears it."""
    sheet = Sheet(f"{part}{type(view).__name__}", reader, names, voice=voice)
    _lay(sheet, view)
    title, lead = _called(view)
    return Drawn(title, names.here(lead), tuple(sheet.blocks))


def _lay(sheet: Sheet, view: views.View) -> None:  # noqa: C901 -- one line a view
    match view:
        case views.Notice():
            dialogue.notice(sheet, view)
        case views.Catalogue():
            pages.catalogue(sheet, view)
        case views.ThemePage():
            pages.theme(sheet, view)
        case views.LessonPage():
            pages.lesson(sheet, view)
        case views.Recorded():
            pages.recorded(sheet, view)
        case views.Ending():
            pages.ending(sheet, view)
        case views.QuestionPage() | views.Verdict() | views.Score():
            dialogue.practice(sheet, view)
        case views.SearchPage():
            pages.found(sheet, view)
        case views.SavedList():
            pages.saved(sheet, view)
        case views.ProgressPage():
            pages.progress(sheet, view)
        case views.SettingsPage():
            dialogue.settings(sheet, view)
        case views.FormPage():
            dialogue.form(sheet, view)
        case views.PrivacyPage():
            dialogue.privacy(sheet, view)
        case views.Download():
            dialogue.download(sheet, view)
        case views.HelpPage():
            dialogue.help_page(sheet, view)
        case views.HomePage():
            pages.home(sheet, view)
        case views.Listing() | views.LessonPost() | views.ClosingPost() | views.Reminder():
            running.lay(sheet, view)
        case _:
            assert_never(view)


def _called(view: views.View) -> tuple[str, str]:  # noqa: C901 -- one line a view
    """The title of a modal, and the sentence that says what this is."""
    match view:
        case views.Notice():
            return "Dualo", view.text
        case views.Catalogue():
            return "Themes", "Every theme, and how far you are."
        case views.ThemePage():
            return "Theme", f"{view.card.title}: {view.card.done} of {view.card.total} lessons done."
        case views.LessonPage():
            place = f"Lesson {view.number} of {view.total}"
            return place, f"{place} in {view.theme}: {view.title}."
        case views.Recorded():
            return "Done", f"“{view.lesson.title}” is done."
        case views.Ending():
            return "Finished", f"You have finished {view.theme.title}."
        case views.QuestionPage() | views.Verdict() | views.Score():
            return dialogue.called(view)
        case views.SearchPage():
            return "Found", f"What was found on “{view.words}”."
        case views.SavedList():
            return "Saved for later", "What you saved for later."
        case views.ProgressPage():
            return "Progress", "How far you are." if not view.shared else "How far it goes."
        case views.SettingsPage() | views.FormPage():
            return view.title, f"{view.title}."
        case views.PrivacyPage():
            return "Your data", "What is kept on you."
        case views.Download():
            return "Your file", view.text
        case views.HelpPage():
            return "Help", f"{view.title}."
        case views.HomePage():
            return "Dualo", view.greeting
        case views.Listing() | views.LessonPost() | views.ClosingPost() | views.Reminder():
            return running.called(view)
        case _:
            assert_never(view)


def message(drawn: Drawn) -> Json:
    """What a message is made of, wherever it is posted. Links in it unfold nothing, and words in it call nobody."""
    return {
        "text": drawn.spoken,
        "mrkdwn": False,
        "parse": "none",
        "blocks": list(drawn.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def response(reply: views.Reply, names: Names, *, replace_original: bool | None = None) -> str:
    """The reply as the JSON that an acknowledgement or a response URL takes.

    For the person alone, unless the reply is for everyone; and what is for everyone takes nothing's place.
    """
    public = reply.for_everyone
    more = f', "response_type": "{"in_channel" if public else "ephemeral"}"'
    if replace_original is not None:
        more += f', "replace_original": {"true" if replace_original and not public else "false"}'
    voice = Voice.ALOUD if public else Voice.ASIDE
    return f"{_open(reply.view, reply.reader, names, voice)}{more}}}"


def _open(view: views.View, reader: views.Reader, names: Names, voice: Voice) -> str:
    """The message as JSON that lacks its last brace."""
    try:
        return _remembered(view, reader, names, voice)
    except TypeError:  # a view that holds a mapping is not remembered
        return _write(view, reader, names, voice)


def _write(view: views.View, reader: views.Reader, names: Names, voice: Voice) -> str:
    return json.dumps(message(draw(view, reader, names, voice=voice)), separators=(",", ":"))[:-1]


_remembered = lru_cache(maxsize=REMEMBERED)(_write)
"""Many look at the same lesson on the same morning: it is drawn, spoken and written once."""


def fits(view: views.View, reader: views.Reader) -> Sequence[str]:
    """Why the view would not fit one message; nothing if it does."""
    drawn = draw(view, reader)
    problems = []
    if len(drawn.blocks) > limits.BLOCKS_IN_MESSAGE:
        problems.append(f"It takes {len(drawn.blocks)} blocks; a Slack message holds {limits.BLOCKS_IN_MESSAGE}.")
    if (used := weight(drawn.blocks)) > limits.BLOCK_TEXT:
        problems.append(f"It has {used:,} characters; a Slack message holds about {limits.BLOCK_TEXT:,}.")
    problems += [problem for block in drawn.blocks if (problem := _too_long(block))]
    return problems


def _too_long(block: Mapping[str, object]) -> str:
    """A single block of prose that Slack would refuse; whatever else is long was shortened when it was laid."""
    if block.get("type") == "rich_text" and (used := weight([block])) > limits.BLOCK_TEXT:
        return f"A passage has {used:,} characters."
    return ""
