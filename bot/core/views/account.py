"""Where somebody stands, and what they decided about themselves."""

from __future__ import annotations

from datetime import date, datetime

from bot.core.actions import Offer
from bot.core.commands import Command
from bot.core.record import Record
from bot.core.views.common import Pair
from bot.core.views.reading import LessonCard, ThemeCard


class Week(Record):
    """One week of learning, from its Monday."""

    start: date
    lessons: int
    paused: bool = False

    @property
    def kept(self) -> bool:
        return self.lessons > 0


class RecentCompletion(Record):
    """A completion that can be taken back."""

    lesson: LessonCard
    theme: str
    done_on: datetime
    undo: Command


class ProgressPage(Record):
    """How far the reader is: by theme, by week, and the last completions."""

    themes: tuple[ThemeCard, ...]
    weeks_kept: int
    weeks: tuple[Week, ...]
    """The last 26, oldest first."""
    recent: tuple[RecentCompletion, ...]
    shared: bool = False
    actions: tuple[Offer, ...] = ()


class SettingsPage(Record):
    """The reader's settings as they stand."""

    title: str
    values: tuple[Pair, ...]
    contract: str
    """One sentence on what these settings promise."""
    actions: tuple[Offer, ...] = ()


class PrivacyPage(Record):
    """Which rows are kept on the reader, and what can be done about them."""

    rows: tuple[Pair, ...]
    paused: bool
    promise: str
    actions: tuple[Offer, ...] = ()
