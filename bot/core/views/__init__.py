"""What a person can be shown, by meaning. No colours, columns, blocks or embeds: each front end draws it its own way.

The union `View` is closed. A renderer ends in `assert_never`, so the type checker lists every front end that lacks a
new view. `Text` is what authors wrote and may hold markup; `str` may come from people and is always shown literally.
"""

from __future__ import annotations

from bot.core.record import Record
from bot.core.views.account import PrivacyPage, ProgressPage, RecentCompletion, SettingsPage, Week
from bot.core.views.common import Download, FormPage, Notice, Pair, Reader, Tone, sorry
from bot.core.views.posting import ClosingPost, Following, LessonPost, NextUp, Reminder
from bot.core.views.practice import AnswerOption, JudgedAnswer, MissedQuestion, QuestionPage, Score, Verdict
from bot.core.views.reading import (
    Catalogue,
    Coming,
    Ending,
    HelpPage,
    HelpTopic,
    Hit,
    HomePage,
    LessonCard,
    LessonPage,
    LessonSection,
    Recorded,
    SavedItem,
    SavedList,
    SearchPage,
    SourceLink,
    ThemeCard,
    ThemePage,
)
from bot.core.views.records import (
    LONGEST_FACT,
    MOST_FACTS,
    MOST_ITEMS,
    Fact,
    Group,
    Item,
    Listing,
    Place,
    Someone,
    Value,
)

__all__ = [
    "LONGEST_FACT",
    "MOST_FACTS",
    "MOST_ITEMS",
    "AnswerOption",
    "Catalogue",
    "ClosingPost",
    "Coming",
    "Download",
    "Ending",
    "Fact",
    "Following",
    "FormPage",
    "Group",
    "HelpPage",
    "HelpTopic",
    "Hit",
    "HomePage",
    "Item",
    "JudgedAnswer",
    "LessonCard",
    "LessonPage",
    "LessonPost",
    "LessonSection",
    "Listing",
    "MissedQuestion",
    "NextUp",
    "Notice",
    "Pair",
    "Place",
    "PrivacyPage",
    "ProgressPage",
    "QuestionPage",
    "Reader",
    "RecentCompletion",
    "Recorded",
    "Reminder",
    "Reply",
    "SavedItem",
    "SavedList",
    "Score",
    "SearchPage",
    "SettingsPage",
    "Someone",
    "SourceLink",
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
    | QuestionPage
    | Verdict
    | Score
    | SearchPage
    | SavedList
    | ProgressPage
    | SettingsPage
    | FormPage
    | PrivacyPage
    | Download
    | HelpPage
    | HomePage
    | Listing
    | LessonPost
    | ClosingPost
    | Reminder
)


class Reply(Record):
    """A view, for whom it is drawn, and whether the whole room may see it."""

    view: View
    reader: Reader
    for_everyone: bool = False
