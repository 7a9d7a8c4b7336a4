"""What a person can be shown, by meaning. No colours, columns, blocks or embeds: each front end draws it its own way.

The union `View` is closed. A renderer ends in `assert_never`, so the type checker lists every front end that lacks a
new view. `Text` is what authors wrote and may hold markup; `str` may come from people and is always shown literally.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.actions import Form, Offer
from bot.commands import Command
from bot.errors import NotYet, StudyError
from bot.text import Text


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a view is drawn: how they like things shown."""

    timezone: str = "UTC"
    language: str = "en"
    plain: bool = False
    """Words in place of signs, bars and pictures."""


class Tone(StrEnum):
    """What a notice is, so that it never speaks by colour alone."""

    INFO = "info"
    DONE = "done"
    SORRY = "sorry"


@dataclass(frozen=True, slots=True)
class Notice:
    """One short answer, with the next step."""

    text: str
    hint: str = ""
    tone: Tone = Tone.INFO
    actions: tuple[Offer, ...] = ()


def sorry(error: StudyError) -> Notice:
    """What a person can mend, as something that can be shown."""
    tone = Tone.INFO if isinstance(error, NotYet) else Tone.SORRY
    return Notice(error.message, error.hint, tone=tone, actions=error.actions)


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
class AnswerOption:
    """One answer a question offers."""

    letter: str
    text: Text
    command: Command


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with its options; pressing one answers it."""

    title: str
    """Of the lesson it belongs to."""
    position: int
    total: int
    ask: Text
    options: tuple[AnswerOption, ...]
    note: str = ""
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Right or wrong, and why: for the option chosen and for the right one, with the section and the source."""

    title: str
    position: int
    total: int
    ask: Text
    right: bool
    chosen: Text
    chosen_why: Text
    answer: Text
    answer_why: Text
    section: str
    source: Source | None
    note: str = ""
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    ask: Text
    answer: Text
    lesson: str


@dataclass(frozen=True, slots=True)
class Score:
    """The end of a quiz."""

    title: str
    right: int
    total: int
    missed: tuple[Missed, ...]
    kept: bool = True
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
class Pair:
    """A name and what it stands at."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The reader's settings as they stand."""

    title: str
    values: tuple[Pair, ...]
    contract: str
    """One sentence on what these settings promise."""
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form to fill in."""

    title: str
    intro: str
    form: Form
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """Which rows are kept on the reader, and what can be done about them."""

    rows: tuple[Pair, ...]
    paused: bool
    promise: str
    actions: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Download:
    """A file that only the reader gets."""

    text: str
    name: str
    mime: str
    content: bytes
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
class HomePage:
    """The hub: what to go on with, what is followed, the way to everything."""

    greeting: str
    current: ThemeCard | None
    following: LessonCard | None
    followed: tuple[ThemeCard, ...]
    reviews_due: int
    saved: int
    actions: tuple[Offer, ...] = ()


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
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A view, for whom it is drawn, and whether the whole room may see it."""

    view: View
    reader: Reader
    for_everyone: bool = False
