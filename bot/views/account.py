"""Where somebody stands, and what they decided about themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.actions import Offer
from bot.commands import Command
from bot.views.common import Pair
from bot.views.reading import LessonCard, ThemeCard


@dataclass(frozen=True, slots=True)
class Week:
    """One week of learning, from its Monday."""

    start: date
    lessons: int
    reviews: int
    paused: bool = False

    @property
    def kept(self) -> bool:
        return self.lessons + self.reviews > 0


@dataclass(frozen=True, slots=True)
class Recent:
    """A completion that can be taken back."""

    lesson: LessonCard
    theme: str
    done_on: datetime
    undo: Command


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """How far the reader is: by theme, by week, and the last completions."""

    themes: tuple[ThemeCard, ...]
    weeks_kept: int
    weeks: tuple[Week, ...]
    """The last 26, oldest first."""
    recent: tuple[Recent, ...]
    reviews_due: int
    shared: bool = False
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The reader's settings as they stand."""

    title: str
    values: tuple[Pair, ...]
    contract: str
    """One sentence on what these settings promise."""
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """Which rows are kept on the reader, and what can be done about them."""

    rows: tuple[Pair, ...]
    paused: bool
    promise: str
    actions: tuple[Offer, ...] = ()
