"""What is posted by the clock: a channel's next lesson, the post after the last one, somebody's own reminder."""

from __future__ import annotations

from bot.core.actions import Offer
from bot.core.record import Record
from bot.core.views.reading import SourceLink
from bot.core.views.records import Someone


class Following(Record):
    """What the next post brings: "Next Monday", a title, a summary."""

    when: str
    title: str
    summary: str


class LessonPost(Record):
    """A scheduled post, for a whole channel: it speaks of nobody by name."""

    emoji: str
    theme: str
    number: int
    total: int
    title: str
    summary: str
    minutes: int
    sources: tuple[SourceLink, ...]
    following: Following | None = None
    mention: str = ""
    """The one role that is called, by the platform's own id."""
    thread: bool = False
    """Whether a thread is opened beneath it, to talk about it."""
    done: int = 0
    """How many have done it, once the week is over; nothing is said of fewer than five."""
    actions: tuple[Offer, ...] = ()


class ClosingPost(Record):
    """The post after a schedule's last lesson."""

    emoji: str
    theme: str
    total: int
    mention: str = ""
    done: int = 0
    """How many have done all of it; nothing is said of fewer than five."""
    suggestion: str = ""
    """A theme that could follow, with its emoji."""
    actions: tuple[Offer, ...] = ()


class NextUp(Record):
    """A lesson that waits for somebody."""

    emoji: str
    theme: str
    number: int
    total: int
    title: str
    summary: str


class Reminder(Record):
    """A personal nudge: all that waits, in one message."""

    text: str
    items: tuple[NextUp, ...]
    note: str = ""
    """What it has to say besides: who suggested it, that it is the last, how to stop it."""
    mention: str = ""
    """The one person who is called, where they chose to be; empty in a direct message."""
    suggested_by: Someone | None = None
    actions: tuple[Offer, ...] = ()
