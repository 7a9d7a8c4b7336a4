"""What a schedule's post says: from the schedule, the theme and what the ledger holds. What is previewed is what is
posted, because both are made here, out of the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import TypeVar

from bot.core import i18n, views
from bot.core.actions import Action
from bot.core.i18n import mark, say
from bot.core.record import Record, replace
from bot.domain import holidays, posts, when
from bot.domain.course import Lesson, Shelf, Theme
from bot.domain.holidays import NoCalendar, Region
from bot.domain.outbox import THEME, Entry
from bot.domain.posts import Carries, Closes, Content, Plan, PostedDate, Rest, Rests, Stop
from bot.domain.recurrence import Occurrence
from bot.domain.schedule import Schedule
from bot.features import commands
from bot.features.learning import pages
from bot.store.outbox import entries

CLOSED = mark("The closing post is out.")
T = TypeVar("T")


def plan_of(schedule: Schedule) -> Plan:
    """The schedule, as far as it decides what comes when. Looking up its holidays may take a moment: `off_loop`."""
    region = schedule.holidays
    return Plan(
        schedule.rule,
        schedule.start_at,
        schedule.skips,
        schedule.paused_until,
        partial(_holiday, Region(region, "")) if region else _never,
    )


def _holiday(region: Region, day: date) -> str | None:
    """A calendar that is there no more names none; the planner tells of it."""
    try:
        return holidays.holiday(region, day)
    except NoCalendar:
        return None


def _never(_day: date) -> None:
    return None


async def off_loop(schedule: Schedule, work: Callable[[], T]) -> T:
    """Reading a calendar for the first time takes long enough for others to notice: that is done beside the loop."""
    return await asyncio.to_thread(work) if schedule.holidays else work()


def rows_of(theme: Theme, lines: Iterable[Entry]) -> list[PostedDate]:
    """The ledger as the rules of posts see it: what was posted of another theme takes its date, but no lesson."""
    mine = {theme.id, *theme.aliases}
    rows = []
    for line in lines:
        row = entries.as_post(line)
        rows.append(row if line.payload.get(THEME) in mine else replace(row, lesson="", closing=False))
    return rows


class Course(Record):
    """A schedule with its theme and what it has posted: enough to say what comes."""

    schedule: Schedule
    theme: Theme
    rows: Sequence[PostedDate]

    def coming(self, after: datetime, most: int) -> list[Stop]:
        """The next dates, those with nothing included. Empty while it rests for good."""
        return list(islice(self._agenda(after), most))

    def upcoming(self, after: datetime, most: int) -> list[Stop]:
        """The next dates on which something is posted."""
        return list(islice(posts.posts(self._agenda(after)), most))

    def _agenda(self, after: datetime) -> Iterable[Stop]:
        if self.schedule.paused:
            return ()
        return posts.agenda(plan_of(self.schedule), self.theme, self.rows, after=after)

    def on(self, day: date) -> Content | posts.PlanEnded:
        return posts.carried(plan_of(self.schedule), self.theme, self.rows, day)

    def rests(self, day: date) -> Rests | None:
        return posts.rest(plan_of(self.schedule), day)

    def whatever_the_day(self) -> Content | posts.PlanEnded:
        """What comes next if it is posted out of turn: no holiday, skip or pause holds it up."""
        plan = Plan(self.schedule.rule, self.schedule.start_at)
        return posts.carried(plan, self.theme, self.rows, date.min)

    def after(self, occurrence: Occurrence, content: Content) -> Stop | None:
        if self.schedule.paused:
            return None
        return posts.following(plan_of(self.schedule), self.theme, self.rows, occurrence, content)


def drawn(shelf: Shelf, course: Course, stop: Stop, *, today: date) -> views.LessonPost | views.ClosingPost | None:
    """The post of a date as it stands in the channel; None for a date with none."""
    schedule, theme = course.schedule, course.theme
    match stop.content:
        case Carries(lesson, _):
            after = course.after(stop.occurrence, stop.content)
            return post(
                theme, lesson, following=_following(after, today), mention=schedule.mention, thread=schedule.thread
            )
        case Closes():
            return closing(shelf, theme, mention=schedule.mention)
        case Rests():
            return None


def post(
    theme: Theme,
    lesson: Lesson,
    *,
    following: views.Following | None = None,
    mention: str = "",
    thread: bool = False,
    done: int = 0,
) -> views.LessonPost:
    return views.LessonPost(
        emoji=theme.emoji,
        theme=theme.title,
        number=lesson.number,
        total=len(theme.lessons),
        title=lesson.title,
        summary=lesson.summary,
        minutes=lesson.minutes,
        sources=pages.source_links(lesson),
        following=following,
        mention=mention,
        thread=thread,
        done=done,
        actions=(
            pages.read_action(lesson, say("Read it")),
            Action(say("Done – next"), commands.Done(lesson=str(lesson.key)), primary=True),
            Action(say("Not this week"), commands.NotThisWeek()),
        ),
    )


def closing(shelf: Shelf, theme: Theme, *, mention: str = "", done: int = 0) -> views.ClosingPost:
    """The post after the last lesson, with the way on."""
    follows = could_follow(shelf, theme)
    return views.ClosingPost(
        emoji=theme.emoji,
        theme=theme.title,
        total=len(theme.lessons),
        mention=mention,
        done=done,
        suggestion=f"{follows.emoji} {follows.title}" if follows else "",
        actions=pages.ending_offers(theme, follows),
    )


def could_follow(shelf: Shelf, theme: Theme) -> Theme | None:
    """The theme that stands after this one, round the shelf; rather one in the same language."""
    ids = [each.id for each in shelf.themes]
    begin = ids.index(theme.id) + 1 if theme.id in ids else 0
    others = [each for each in (*shelf.themes[begin:], *shelf.themes[:begin]) if each.id != theme.id]
    return next((each for each in others if each.language == theme.language), next(iter(others), None))


def _following(stop: Stop | None, today: date) -> views.Following | None:
    if stop is None or not isinstance(stop.content, Carries):
        return None
    lesson = stop.content.lesson
    return views.Following(day_words(stop.occurrence.local_date, today), lesson.title, lesson.summary)


def day_words(day: date, today: date) -> str:
    """A date as the post before it calls it: "Thursday, 3 December"; where it is a week on, "Next Monday, 13 October".
    A post is read days later too, so it always says the date."""
    said = when.say_day(day) if day.year == today.year else i18n.day(day, say("EEEE, d MMMM y"))
    return say("Next {date}", date=said) if (day - today).days == 7 else said


def content_words(content: Content | posts.PlanEnded) -> str:
    """What a date carries, in a few words."""
    match content:
        case Carries(lesson, total):
            return say("Lesson {number} of {total}: {title}", number=lesson.number, total=total, title=lesson.title)
        case Closes():
            return say("The closing post")
        case Rests():
            return say("Nothing: {reason}", reason=rest_words(content))
        case posts.PlanEnded():
            return say(CLOSED)


def rest_words(rests: Rests) -> str:
    """Why a date has no post, as the ledger tells it."""
    match rests.rest:
        case Rest.HOLIDAY:
            return say("Public holiday: {name}.", name=rests.name)
        case Rest.SKIPPED:
            return say("Skipped by hand.")
        case Rest.PAUSED:
            return say("The schedule was paused.")
