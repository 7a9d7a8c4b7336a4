"""Themes and lessons, as they are looked through and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.actions import Offer
from bot.text import Text
from bot.views.records import Fact, Place


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """A theme in a line, with the reader's progress."""

    id: str
    emoji: str
    title: str
    line: str
    done: int
    total: int
    followed: bool = False


@dataclass(frozen=True, slots=True)
class LessonCard:
    """A lesson in a line, with what the reader has done of it."""

    theme: str
    id: str
    number: int
    title: str
    summary: str
    done: bool = False
    updated: bool = False
    """Changed since the reader did it."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every theme on the shelf."""

    themes: tuple[ThemeCard, ...]
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemePage:
    """One theme: what it is, how far the reader is, its lessons in order."""

    card: ThemeCard
    description: str
    lessons: tuple[LessonCard, ...]
    facts: tuple[Fact, ...] = ()
    """Who suggested it, and until when."""
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    text: Text


@dataclass(frozen=True, slots=True)
class Source:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class LessonPage:
    """A lesson, whole: sections, what it is grounded on, what comes next."""

    emoji: str
    theme: str
    number: int
    total: int
    title: str
    summary: str
    minutes: int
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    following: LessonCard | None
    done_on: datetime | None = None
    updated: bool = False
    shared: bool = False
    """Posted for a whole channel: it speaks of nobody's progress."""
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A completion was recorded (or had been before): progress, and what is next."""

    theme: ThemeCard
    lesson: LessonCard
    again: bool
    kept: bool
    """False when the reader paused recording: then this was not written down."""
    following: LessonCard | None = None
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a theme: what was done, and where to go from here."""

    theme: ThemeCard
    reviews_due: int
    suggestion: ThemeCard | None
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    lesson: LessonCard
    theme: str
    section: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    words: str
    hits: tuple[Hit, ...]
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedItem:
    lesson: LessonCard
    theme: str
    saved_on: datetime


@dataclass(frozen=True, slots=True)
class SavedList:
    """What the reader saved for later."""

    items: tuple[SavedItem, ...]
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpTopic:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """What can be done here, by task."""

    title: str
    topics: tuple[HelpTopic, ...]
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """A post that is to come, as the reader sees it."""

    at: datetime
    theme: str
    title: str
    place: Place


@dataclass(frozen=True, slots=True)
class HomePage:
    """The hub: what to go on with, what is followed, the way to everything."""

    greeting: str
    current: ThemeCard | None
    following: LessonCard | None
    followed: tuple[ThemeCard, ...]
    reviews_due: int
    saved: int
    coming: Coming | None = None
    """The next post here."""
    actions: tuple[Offer, ...] = ()
