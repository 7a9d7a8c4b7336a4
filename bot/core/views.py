"""What a person can be shown, by meaning. No colours, columns, blocks or embeds: `layout` makes a page of blocks of it.

The union `View` is closed. `layout` ends in `assert_never`, so the type checker names a new view that has no page yet.
`Text` is what authors wrote and may hold markup; `str` may come from people and is always shown literally.

A fact may name a place, a person, a role or a moment: each front end shows those its own way, and none of them calls
anybody.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from bot.core import i18n
from bot.core.actions import Action, Form, Offer
from bot.core.commands import Command
from bot.core.errors import NotYet, StudyError
from bot.core.record import Record, field
from bot.core.svg import Svg
from bot.core.text import Text

MOST_ITEMS = 6
"""Items of one listing; whoever makes it pages what is longer."""
MOST_FACTS = 6
LONGEST_FACT = 160
"""Characters of one fact, its values together."""


class Reader(Record):
    """For whom a view is drawn: how they like things shown."""

    timezone: str = "UTC"
    language: str = field(default_factory=i18n.spoken)
    plain: bool = False
    """Words in place of signs, bars and pictures."""


class Tone(StrEnum):
    """What a notice is, so that it never speaks by colour alone."""

    INFO = "info"
    DONE = "done"
    SORRY = "sorry"


class Notice(Record):
    """One short answer, with the next step."""

    text: str
    hint: str = ""
    tone: Tone = Tone.INFO
    actions: tuple[Offer, ...] = ()
    field: str = ""
    """The field of a form that it is about, where it is about one."""


def sorry(error: StudyError) -> Notice:
    """What a person can fix, as a notice."""
    tone = Tone.INFO if isinstance(error, NotYet) else Tone.SORRY
    return Notice(error.message, error.hint, tone=tone, actions=error.actions, field=error.field)


class OwnPageLink(Record):
    """The link to the reader's own page on the web: it is for them alone, and ends soon."""

    text: str
    link: SourceLink
    hint: str = ""
    actions: tuple[Offer, ...] = ()


class Pair(Record):
    """A name and what it stands at."""

    name: str
    value: str


class Download(Record):
    """A file that only the reader gets."""

    text: str
    name: str
    mime: str
    content: bytes
    actions: tuple[Offer, ...] = ()


class FormPage(Record):
    """A form to fill in."""

    title: str
    intro: str
    form: Form
    actions: tuple[Offer, ...] = ()


class Place(Record):
    """A channel or a room, by the address that a front end once wrote."""

    address: str


class Someone(Record):
    """A person, by the platform's own id."""

    person: str


class Group(Record):
    """A role or a user group, by the platform's own id."""

    role: str


Value = str | datetime | Place | Someone | Group
"""A moment is shown in the reader's own time."""


class Fact(Record):
    """A name and what it stands at; several values stand one after another."""

    name: str
    values: tuple[Value, ...]


class Item(Record):
    """One record."""

    title: str
    facts: tuple[Fact, ...] = ()
    note: str | Text = ""
    tone: Tone = Tone.INFO
    """`DONE` for what is well, `SORRY` for what needs somebody."""
    actions: tuple[Action, ...] = ()
    """Two at most."""


class SectionDiagram(Record):
    """A drawing, and the same in words."""

    svg: Svg
    alt: str


class Listing(Record):
    """Records: schedules, reports, people, checks."""

    title: str
    items: tuple[Item, ...] = ()
    intro: str = ""
    """Also what is said when there are none."""
    actions: tuple[Offer, ...] = ()
    diagram: SectionDiagram | None = None

    @property
    def called(self) -> tuple[str, ...]:
        """What to call each item where it is spoken of apart from the others: those of one title are numbered."""
        titles = [item.title for item in self.items]
        return tuple(
            f"{title} ({titles[: at + 1].count(title)} of {titles.count(title)})" if titles.count(title) > 1 else title
            for at, title in enumerate(titles)
        )


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
    diagram: SectionDiagram | None = None


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
    untranslated: str = ""
    """What is said where the lesson is in another language than its reader wants."""
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
    reviews: int = 0
    """Questions that are asked today."""


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
    reviews: int = 0
    """Questions that are asked today."""
    suggested: tuple[SuggestedTheme, ...] = ()
    """By a rule: nothing of it is kept until the reader takes it up."""
    actions: tuple[Offer, ...] = ()


class AnswerOption(Record):
    """One answer a question offers."""

    letter: str
    text: Text
    command: Command
    picked: bool = False
    sign: str = "✓"

    @property
    def mark(self) -> str:
        return f"{self.sign} {self.letter}" if self.picked else self.letter


class QuestionPage(Record):
    """A question. Pressing an option answers it, or chooses it where several are right; where there is none, the answer
    is typed."""

    title: str
    """Of the lesson it belongs to."""
    position: int
    total: int
    ask: Text
    options: tuple[AnswerOption, ...] = ()
    several: bool = False
    note: str = ""
    place: str = ""
    """What it is, where it is none of a number of questions."""
    actions: tuple[Offer, ...] = ()


class JudgedAnswer(Record):
    """An answer that was given or would have been right, with its reason."""

    text: Text
    why: Text
    given: bool
    right: bool


class Verdict(Record):
    """Right or wrong, and why: for what was given and for what is right, with the section and the source."""

    title: str
    position: int
    total: int
    ask: Text
    right: bool
    answers: tuple[JudgedAnswer, ...]
    section: str
    source: SourceLink | None
    note: str = ""
    place: str = ""
    """What it is, where it is none of a number of questions."""
    actions: tuple[Offer, ...] = ()


class MissedQuestion(Record):
    ask: Text
    answers: tuple[Text, ...]
    """All that is right."""
    lesson: str


class Score(Record):
    """The end of a quiz."""

    title: str
    right: int
    total: int
    missed: tuple[MissedQuestion, ...]
    actions: tuple[Offer, ...] = ()


class Week(Record):
    """One week of learning, from its Monday."""

    start: date
    lessons: int
    reviews: int = 0
    paused: bool = False
    """On snooze: it is neutral unless something was done in it."""
    before: bool = False
    """Before anything was done, so that it is neutral as well."""

    @property
    def done(self) -> int:
        return self.lessons + self.reviews

    @property
    def kept(self) -> bool:
        return self.done > 0


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
    reviews: int = 0
    """Questions that are asked today."""
    actions: tuple[Offer, ...] = ()


class TeamLesson(Record):
    """A lesson, and how many have done it: in words, since small numbers are not told."""

    number: int
    title: str
    said: str


class BoardRow(Record):
    """Somebody who said yes to being listed."""

    person: Someone
    weeks: int
    """Weeks kept, of the last 26."""


class TeamPage(Record):
    """What a team has done of a theme, in numbers from five people up, and the board of those who said yes."""

    emoji: str
    theme: str
    people: str
    """How many have begun it, in words."""
    lessons: tuple[TeamLesson, ...] = ()
    has_board: bool = False
    board: tuple[BoardRow, ...] = ()
    more: int = 0
    """How many others are on the board."""
    actions: tuple[Offer, ...] = ()


class CertificatePage(Record):
    """That somebody has done every lesson of a theme, with the code that confirms it."""

    emoji: str
    theme: str
    name: str
    """Whose it is, as the platform called them then; may be empty."""
    finished: str
    """The date in words."""
    lessons: tuple[str, ...]
    code: str
    svg: Svg
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


class Following(Record):
    """What the next post brings: "Next Monday, 13 October", a title, a summary."""

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
    preview: bool = False
    """Whether it is shown to one person, before it is posted or without ever being."""
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
    preview: bool = False
    """Whether it is shown to one person, before it is posted or without ever being."""
    actions: tuple[Offer, ...] = ()


class OptionShare(Record):
    """How many chose an option."""

    letter: str
    text: Text
    chosen: int
    right: bool


class QuestionResult(Record):
    """How a question of the week ended."""

    answers: tuple[JudgedAnswer, ...]
    """All that is right, and why."""
    shares: tuple[OptionShare, ...]
    """None where too few have answered, or where the answer was typed."""
    section: str
    source: SourceLink | None


class QuestionPost(Record):
    """The question of the week, for a whole channel: it says how many have answered, and never who."""

    emoji: str
    theme: str
    number: int
    total: int
    title: str
    """Of the lesson that it is on."""
    ask: Text
    until: datetime
    """When its result is shown."""
    options: tuple[AnswerOption, ...] = ()
    """None where the answer is typed, and after its end."""
    several: bool = False
    answered: int = 0
    right: int | None = None
    """How many of the answers are right; None where there are too few to say so."""
    result: QuestionResult | None = None
    preview: bool = False
    """Whether it is shown to one person, before it is posted or without ever being."""
    actions: tuple[Offer, ...] = ()


class NextUp(Record):
    """A lesson that waits for somebody."""

    emoji: str
    theme: str
    number: int
    total: int
    title: str
    summary: str
    by: str = ""
    """The date by which whoever suggested the theme would like it done, in words."""


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


class ReportClosed(Record):
    """To whoever reported a mistake, in private: it was read, and what was done about it."""

    theme: str
    lesson: str
    what: str
    """In their own words."""
    note: str = ""
    """In the words of whoever closed it."""
    actions: tuple[Offer, ...] = ()


View = (
    Notice
    | OwnPageLink
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
    | TeamPage
    | CertificatePage
    | SettingsPage
    | FormPage
    | PrivacyPage
    | Download
    | HelpPage
    | HomePage
    | Listing
    | LessonPost
    | ClosingPost
    | QuestionPost
    | Reminder
    | ReportClosed
)


class Reply(Record):
    """A view, for whom it is drawn, and whether the whole room may see it."""

    view: View
    reader: Reader
    for_everyone: bool = False
    elsewhere: tuple[str, ...] = ()
    """Other workspaces in which the person learns, the one of their last lesson first; only for who asks as themselves
    alone."""
