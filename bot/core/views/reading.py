"""Themes and lessons, as they are looked through and read."""

from __future__ import annotations

from datetime import datetime

from bot.core.actions import Offer
from bot.core.commands import Command
from bot.core.record import Record
from bot.core.text import Text
from bot.core.views.records import Fact, Place


class ThemeCard(Record):
    """A theme in a line, with the reader's progress."""

    id: str
    emoji: str
    title: str
    line: str
    done: int
    total: int
    followed: bool = False


class LessonCard(Record):
    """A lesson in a line, with what the reader has done of it."""

    theme: str
    id: str
    number: int
    title: str
    summary: str
    done: bool = False
    updated: bool = False
    """Changed since the reader did it."""


class Catalogue(Record):
    """Every theme on the shelf."""

    themes: tuple[ThemeCard, ...]
    actions: tuple[Offer, ...] = ()


class ThemePage(Record):
    """One theme: what it is, how far the reader is, its lessons in order."""

    card: ThemeCard
    description: str
    lessons: tuple[LessonCard, ...]
    facts: tuple[Fact, ...] = ()
    """Who suggested it, and until when."""
    actions: tuple[Offer, ...] = ()


class LessonSection(Record):
    label: str
    text: Text


class SourceLink(Record):
    title: str
    url: str


class LessonPage(Record):
    """A lesson, whole: sections, what it is grounded on, what comes next."""

    emoji: str
    theme: str
    number: int
    total: int
    title: str
    summary: str
    minutes: int
    sections: tuple[LessonSection, ...]
    sources: tuple[SourceLink, ...]
    following: LessonCard | None
    done_on: datetime | None = None
    updated: bool = False
    shared: bool = False
    """Posted for a whole channel: it speaks of nobody's progress."""
    actions: tuple[Offer, ...] = ()


class Recorded(Record):
    """A completion was recorded (or had been before): progress, and what is next."""

    theme: ThemeCard
    lesson: LessonCard
    again: bool
    kept: bool
    """False when the reader paused recording: then this was not written down."""
    following: LessonCard | None = None
    actions: tuple[Offer, ...] = ()


class Ending(Record):
    """The end of a theme: what was done, and where to go from here."""

    theme: ThemeCard
    suggestion: ThemeCard | None
    actions: tuple[Offer, ...] = ()


class Hit(Record):
    lesson: LessonCard
    theme: str
    section: str
    excerpt: str


class SearchPage(Record):
    """What a search found."""

    words: str
    hits: tuple[Hit, ...]
    actions: tuple[Offer, ...] = ()


class SavedItem(Record):
    lesson: LessonCard
    theme: str
    saved_on: datetime


class SavedList(Record):
    """What the reader saved for later."""

    items: tuple[SavedItem, ...]
    actions: tuple[Offer, ...] = ()


class HelpTopic(Record):
    name: str
    text: str


class HelpPage(Record):
    """What can be done here, by task."""

    title: str
    topics: tuple[HelpTopic, ...]
    actions: tuple[Offer, ...] = ()


class Coming(Record):
    """A post that is to come, as the reader sees it."""

    at: datetime
    theme: str
    title: str
    place: Place


class SuggestedTheme(Record):
    """A theme that is offered to the reader, and what takes it up."""

    theme: ThemeCard
    follow: Command


class HomePage(Record):
    """The hub: what to go on with, what is followed, the way to everything."""

    greeting: str
    current: ThemeCard | None
    following: LessonCard | None
    followed: tuple[ThemeCard, ...]
    saved: int
    coming: Coming | None = None
    """The next post here."""
    suggested: tuple[SuggestedTheme, ...] = ()
    """By a rule: nothing of it is kept until the reader takes it up."""
    actions: tuple[Offer, ...] = ()
