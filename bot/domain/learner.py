"""A learner's state: settings, what they follow, what they have done, what was assigned. Read in one call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from bot.core.record import Record, field
from bot.domain.course import Key, Lesson, Shelf, Theme


class Seat(NamedTuple):
    """Who: one person in one workspace. Every stored row of theirs begins with it."""

    workspace: str
    person: str


class Completion(Record):
    key: Key
    at: datetime
    digest: str
    how: str


class Follow(Record):
    theme: str
    since: datetime
    suggested_by: str = ""
    required: bool = False
    by_date: date | None = None
    """By when whoever suggested it would like it done."""


class Preferences(Record):
    """What a learner chose; empty means the workspace's, then the platform's."""

    timezone: str = ""
    language: str = ""
    plain: bool = False
    paused: bool = False
    """Learning goes on with nothing recorded."""


class LearnerState(Record):
    """Everything a command needs to know of a learner, as of one moment."""

    preferences: Preferences = Preferences()
    workspace_timezone: str = ""
    workspace_language: str = ""
    reminder_timezone: str | None = None
    """By which reminders go; None for whoever was never asked about any."""
    bookmark: Key | None = None
    """The lesson last opened."""
    bookmark_at: datetime | None = None
    """When that was, to the hour."""
    follows: tuple[Follow, ...] = ()
    """Newest first."""
    completions: Mapping[Key, Completion] = field(default_factory=lambda: MappingProxyType({}))

    def completion(self, theme: Theme, lesson: Lesson) -> Completion | None:
        """The completion of a lesson, under its present id or a former one."""
        for theme_id in (theme.id, *theme.aliases):
            for lesson_id in (lesson.id, *lesson.aliases):
                if found := self.completions.get(Key(theme_id, lesson_id)):
                    return found
        return None

    def done(self, theme: Theme) -> int:
        return sum(1 for lesson in theme.lessons if self.completion(theme, lesson))

    def following(self, theme: Theme) -> Lesson | None:
        """The first lesson of the theme that is not done."""
        return next((lesson for lesson in theme.lessons if not self.completion(theme, lesson)), None)

    def follows_theme(self, theme: Theme) -> bool:
        ids = {theme.id, *theme.aliases}
        return any(follow.theme in ids for follow in self.follows)

    def followed(self, shelf: Shelf) -> tuple[Theme, ...]:
        """Followed themes that are on the shelf, newest first."""
        return tuple(dict.fromkeys(theme for follow in self.follows if (theme := shelf.theme(follow.theme))))

    def current(self, shelf: Shelf) -> Theme | None:
        """The theme to go on with: the newest followed one that is not finished, else the one last opened."""
        followed = self.followed(shelf)
        unfinished = (theme for theme in followed if self.following(theme))
        opened = shelf.theme(self.bookmark.theme) if self.bookmark else None
        return next(unfinished, None) or opened or (followed[0] if followed else None)


class Assignment(Record):
    """A theme that a manager suggested: to one person, or to all who have a role."""

    id: str
    theme: str
    at: datetime
    role: str = ""
    person: str = ""
    """Empty for a rule: it is applied when somebody who has the role next acts."""
    by_date: date | None = None
    required: bool = False
    """They may not leave it."""
    suggested_by: str = ""
    """The person who did; empty if they were erased since."""

    @property
    def is_rule(self) -> bool:
        return not self.person
