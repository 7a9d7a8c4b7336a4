"""What a person can be shown, by meaning. No colours, columns, blocks or embeds: each front end draws it its own way.

The union `View` is closed. A renderer ends in `assert_never`, so the type checker lists every front end that lacks a
new view. `Text` is what authors wrote and may hold markup; `str` may come from people and is always shown literally.
"""

from __future__ import annotations

from bot.record import Record
from bot.views.account import PrivacyPage, ProgressPage, Recent, SettingsPage, Week
from bot.views.common import Download, FormPage, Notice, Pair, Reader, Tone, sorry
from bot.views.posting import Closing, Following, NextUp, Post, Reminder
from bot.views.practice import AnswerOption, Missed, Question, Score, Verdict
from bot.views.reading import (
    Catalogue,
    Coming,
    Ending,
    Found,
    HelpPage,
    HelpTopic,
    Hit,
    HomePage,
    LessonCard,
    LessonPage,
    Recorded,
    SavedItem,
    SavedList,
    Section,
    Source,
    ThemeCard,
    ThemePage,
)
from bot.views.records import LONGEST_FACT, MOST_FACTS, MOST_ITEMS, Fact, Group, Item, Listing, Place, Someone, Value

__all__ = [
    "LONGEST_FACT",
    "MOST_FACTS",
    "MOST_ITEMS",
    "AnswerOption",
    "Catalogue",
    "Closing",
    "Coming",
    "Download",
    "Ending",
    "Fact",
    "Following",
    "FormPage",
    "Found",
    "Group",
    "HelpPage",
    "HelpTopic",
    "Hit",
    "HomePage",
    "Item",
    "LessonCard",
    "LessonPage",
    "Listing",
    "Missed",
    "NextUp",
    "Notice",
    "Pair",
    "Place",
    "Post",
    "PrivacyPage",
    "ProgressPage",
    "Question",
    "Reader",
    "Recent",
    "Recorded",
    "Reminder",
    "Reply",
    "SavedItem",
    "SavedList",
    "Score",
    "Section",
    "SettingsPage",
    "Someone",
    "Source",
    "ThemeCard",
    "ThemePage",
    "Tone",
    "Value",
    "Verdict",
    "View",
    "Week",
    "sorry",
]

View = (
    Notice
    | Catalogue
    | ThemePage
    | LessonPage
    | Recorded
    | Ending
    | Question
    | Verdict
    | Score
    | Found
    | SavedList
    | ProgressPage
    | SettingsPage
    | FormPage
    | PrivacyPage
    | Download
    | HelpPage
    | HomePage
    | Listing
    | Post
    | Closing
    | Reminder
)


class Reply(Record):
    """A view, for whom it is drawn, and whether the whole room may see it."""

    view: View
    reader: Reader
    for_everyone: bool = False
