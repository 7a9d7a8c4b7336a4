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


CARRIED = "carried"
"""How a lesson was done that was done on the other side of a link which has ended."""


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
    locale: str | None = None
    """The language in which their platform speaks to them, as it told it last; None for whoever has neither settings
    nor a bookmark."""
    bookmark: Key | None = None
    """The lesson last opened, or recorded without having been opened."""
    bookmark_at: datetime | None = None
    """When that was, to the hour."""
    follows: tuple[Follow, ...] = ()
    """Newest first."""
    offered: tuple[Follow, ...] = ()
    """What rules suggest to them and they have not taken up: shown, and kept nowhere."""
    completions: Mapping[Key, Completion] = field(default_factory=lambda: MappingProxyType({}))
    """Here and on the other side of a link; the earliest of each lesson."""
    linked: Seat | None = None
    """The same person in another chat, if both sides confirmed that."""
    brought: bool = False
    """Whether some of the completions come from the other side of a link, or stayed when one ended."""
    newcomer: bool = False
    """Whether all of them do."""

    @property
    def language(self) -> str:
        """That of what they are sent: their own choice, else their platform's, else the workspace's; empty where nobody
        said."""
        return self.preferences.language or self.locale or self.workspace_language

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

    @property
    def learns(self) -> bool:
        """Whether they took something up here by a press that says so: a lesson recorded, a theme followed."""
        return bool(self.follows or (self.completions and not self.newcomer))

    def follows_theme(self, theme: Theme) -> bool:
        ids = {theme.id, *theme.aliases}
        return any(follow.theme in ids for follow in self.follows)

    def followed(self, shelf: Shelf) -> tuple[Theme, ...]:
        """Followed themes that are on the shelf, newest first."""
        return tuple(dict.fromkeys(theme for follow in self.follows if (theme := shelf.theme(follow.theme))))

    def suggested(self, shelf: Shelf) -> tuple[Theme, ...]:
        """Themes that rules offer, newest first."""
        return tuple(dict.fromkeys(theme for each in self.offered if (theme := shelf.theme(each.theme))))

    def touched(self, shelf: Shelf) -> Lesson | None:
        """The lesson last opened or done. Completions of old set no bookmark, so they are looked at as well."""
        opened = shelf.lesson(self.bookmark.theme, self.bookmark.lesson) if self.bookmark else None
        done = (
            (each.at, found)
            for each in self.completions.values()
            if (found := shelf.lesson(each.key.theme, each.key.lesson))
        )
        last = max(done, key=lambda each: each[0], default=None)
        if last and (opened is None or self.bookmark_at is None or last[0] > self.bookmark_at):
            return last[1]
        return opened

    def begun(self, shelf: Shelf) -> Theme | None:
        """The theme last touched: a lesson of it was opened or done."""
        if lesson := self.touched(shelf):
            return shelf.theme(lesson.theme)
        return shelf.theme(self.bookmark.theme) if self.bookmark else None

    def current(self, shelf: Shelf) -> Theme | None:
        """The theme to go on with: the newest followed one that is not finished, else the one last touched."""
        followed = self.followed(shelf)
        unfinished = (theme for theme in followed if self.following(theme))
        return next(unfinished, None) or self.begun(shelf) or (followed[0] if followed else None)


class Assignment(Record):
    """A theme that a manager suggested: to one person, or to all who have a role."""

    id: str
    theme: str
    at: datetime
    role: str = ""
    person: str = ""
    """Empty for a rule: applied to whoever learns here and has the role, offered to whoever else has it."""
    by_date: date | None = None
    required: bool = False
    """They may not leave it."""
    suggested_by: str = ""
    """The person who did; empty if they were erased since."""

    @property
    def is_rule(self) -> bool:
        return not self.person
