"""What a row of the outbox says, composed just before it is sent from the state at that moment.

A schedule may have been changed, paused or removed since its line was planned, a theme may have left the shelf: then
the line is cancelled, in words. Which lesson a post carries is settled once and stays so over every further try.
"""

from __future__ import annotations

from functools import partial
from typing import assert_never

from bot.core import i18n, text, views
from bot.core.actions import Action
from bot.core.i18n import mark, say
from bot.core.ports import Clock
from bot.core.record import replace
from bot.delivery import endings, orders
from bot.delivery.message import Cancelled, Compose, Message
from bot.delivery.orders import GONE, NOT_THERE, REMOVED, Order
from bot.delivery.questions import QuestionComposer
from bot.domain import outbox, posts
from bot.domain.course import Shelf, Theme
from bot.domain.learner import Seat
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.posts import Carries, Closes, Content, PlanEnded, Rests, Stop
from bot.domain.recurrence import Occurrence, local_date
from bot.domain.schedule import Schedule, ScheduleState
from bot.features import commands
from bot.features.learning import pages
from bot.features.schedules import posting
from bot.features.schedules.posting import Course
from bot.packs.library import Library
from bot.store.cold import lessons, reports, schedules, workspaces
from bot.store.cold.lessons import Mistake
from bot.store.cold.schedules import Broken
from bot.store.outbox import alerts, entries
from bot.store.outbox.alerts import Alert
from bot.store.store import Store

OVERTAKEN = mark("The next post was due before this one could go out.")
ERASED = mark("The report was erased.")
GOES_ON = mark("The schedule goes on by now.")
NOT_POSTED = mark("The post was not sent, so nothing is counted.")
LONGEST_NOTE = 400


class Composer:
    """Writes what the clock sends: posts, their counts, alerts; reminders and questions are written elsewhere."""

    def __init__(self, store: Store, library: Library, clock: Clock, *, timezone: str, nudges: Compose) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._timezone = timezone
        self._nudges = nudges
        self._questions = QuestionComposer(store, library, clock, timezone=timezone)

    async def compose(self, entry: Entry) -> Message | Cancelled:
        match entry.name.kind:
            case DeliveryKind.POST:
                return await self._post(entry)
            case DeliveryKind.COUNT:
                return await self._count(entry)
            case DeliveryKind.ALERT:
                return await self._alert(entry)
            case DeliveryKind.NUDGE:
                return await self._nudge(entry)
            case DeliveryKind.REPLY:
                return await self._reply(entry)
            case DeliveryKind.QUESTION:
                return await self._questions.ask(entry)
            case DeliveryKind.ANSWERS:
                return await self._questions.count(entry)
            case DeliveryKind.RESULT:
                return await self._questions.end(entry)
            case unknown:
                assert_never(unknown)

    def _shelf(self, entry: Entry, language: str) -> Shelf:
        """What the workspace of the row may see, in the language of whoever is sent something."""
        return self._library.seen_from(entry.name.workspace).read_in(language).shelf

    async def _nudge(self, entry: Entry) -> Message | Cancelled:
        async with self._store.reading() as connection:
            if await workspaces.is_gone(connection, entry.name.workspace):
                return Cancelled(GONE)
        return await self._nudges(entry)

    async def _reply(self, entry: Entry) -> Message | Cancelled:
        name = entry.name
        seat = Seat(name.workspace, name.person)
        async with self._store.reading() as connection:
            if await workspaces.is_gone(connection, name.workspace):
                return Cancelled(GONE)
            report = await lessons.closed_mistake(connection, seat, name.schedule)
        if report is None:
            return Cancelled(ERASED)
        standing = await self._store.standing(seat)
        zone = standing.preferences.timezone or standing.workspace_timezone or self._timezone
        language = standing.language
        reader = views.Reader(zone, language or i18n.ENGLISH, plain=standing.preferences.plain)
        with i18n.speaking(language):
            return Message(_report_closed(report, self._shelf(entry, language)), reader)

    # The post ---------------------------------------------------------------------------------------------------

    async def _post(self, entry: Entry) -> Message | Cancelled:
        order = await orders.read(self._store, entry)
        if isinstance(order, Cancelled):
            return order
        with i18n.speaking(order.language):
            return await self._posted(entry, order)

    async def _posted(self, entry: Entry, order: Order) -> Message | Cancelled:
        """In the language of the workspace."""
        shelf, schedule = self._shelf(entry, order.language), order.schedule
        named = entry.payload.get(outbox.THEME, "") if _settled(entry) else schedule.theme
        theme = shelf.theme(named)
        if theme is None:
            return await self._theme_gone(entry, named)
        if not _settled(entry) and orders.overtaken(entry, order.posted, self._clock.now()):
            return Cancelled(OVERTAKEN)
        course = Course(schedule, theme, posting.rows_of(theme, order.posted))
        content = await posting.off_loop(schedule, partial(_content, entry, course))
        if isinstance(content, str):
            return Cancelled(content)
        if isinstance(content, PlanEnded):
            return await self._ended(entry, schedule)
        return await self._letter(entry, order, course, content)

    async def _letter(self, entry: Entry, order: Order, course: Course, content: Content) -> Message | Cancelled:
        schedule, day = order.schedule, entry.name.local_date
        stop = Stop(Occurrence(day, entry.due), content)
        today = max(day, local_date(self._clock.now(), schedule.rule.zone))
        shelf = self._shelf(entry, order.language)
        view = await posting.off_loop(schedule, lambda: posting.drawn(shelf, course, stop, today=today))
        if view is None:
            return Cancelled(posting.content_words(content))
        settled = {outbox.LESSON: content.lesson.id} if isinstance(content, Carries) else {outbox.CLOSING: "1"}
        by_hand = {outbox.BY_HAND: "1"} if outbox.BY_HAND in entry.payload else {}
        theme = entry.payload[outbox.THEME] if _settled(entry) else schedule.theme
        reader = views.Reader(timezone=schedule.rule.zone, language=order.language or i18n.ENGLISH)
        return Message(view, reader, payload={outbox.THEME: theme, **settled, **by_hand})

    async def _theme_gone(self, entry: Entry, named: str) -> Cancelled:
        """Told once to the alert contact, however many dates pass."""
        name = entry.name
        reason = say("The theme “{title}” is not taught any more.", title=named)
        mend = say("Bring it back, or give the schedule {id} another one.", id=name.schedule)
        alert = Alert(name.workspace, alerts.theme_gone(name.schedule), f"{reason} {mend}", name.schedule)
        async with self._store.transaction() as connection:
            await alerts.raised(connection, alert, self._clock.now())
        return Cancelled(reason)

    async def _ended(self, entry: Entry, schedule: Schedule) -> Cancelled:
        """Planned before the closing post was out."""
        async with self._store.transaction() as connection:
            await schedules.end(connection, schedule.workspace, schedule.id, theme=schedule.theme)
        return Cancelled(posting.CLOSED)

    # The count ---------------------------------------------------------------------------------------------------

    async def _count(self, entry: Entry) -> Message | Cancelled:
        name = entry.name
        async with self._store.reading() as connection:
            if await workspaces.is_gone(connection, name.workspace):
                return Cancelled(GONE)
            language = (await workspaces.find(connection, name.workspace)).language
            shelf = self._shelf(entry, language)
            post = await entries.find(connection, replace(name, kind=DeliveryKind.POST))
            if post is None or post.state not in outbox.OUT or not post.message:
                return Cancelled(NOT_POSTED)
            theme = shelf.theme(post.payload.get(outbox.THEME, ""))
            lesson = theme.lesson(post.payload.get(outbox.LESSON, "")) if theme else None
            if theme is None or (lesson is None and outbox.CLOSING not in post.payload):
                return Cancelled(NOT_THERE)
            if lesson:
                done = await reports.did(connection, name.workspace, theme, lesson)
            else:
                done = await reports.finished(connection, name.workspace, theme)
        with i18n.speaking(language):
            if not posts.is_counted(done):
                reason = say("Fewer than {least} people have done it, so no number is shown.", least=posts.COUNTED_FROM)
                return Cancelled(reason)
            view = posting.post(theme, lesson, done=done) if lesson else posting.closing(shelf, theme, done=done)
        return Message(view, views.Reader(self._timezone, language or i18n.ENGLISH), edits=post.message)

    # Words to those who run it -----------------------------------------------------------------------------------

    async def _alert(self, entry: Entry) -> Message | Cancelled:
        name, payload = entry.name, entry.payload
        identity = payload.get("subject") or payload.get(outbox.ENDED, "")
        async with self._store.reading() as connection:
            if await workspaces.is_gone(connection, name.workspace):
                return Cancelled(GONE)
            language = (await workspaces.find(connection, name.workspace)).language
            found = await schedules.find(connection, name.workspace, identity) if identity else None
        schedule = None if isinstance(found, Broken) else found
        if outbox.ENDED in payload and (schedule is None or schedule.state is not ScheduleState.ENDED):
            return Cancelled(GOES_ON if found else REMOVED)
        shelf = self._shelf(entry, language)
        theme = shelf.theme(payload.get(outbox.THEME, "") or (schedule.theme if schedule else ""))
        zone = schedule.rule.zone if schedule else self._timezone
        with i18n.speaking(language):
            if outbox.ENDED in payload:
                view: views.View = _ended_notice(entry, identity, theme)
            else:
                view = _alarm(entry, identity, schedule, theme)
        return Message(view, views.Reader(zone, language or i18n.ENGLISH))


def _report_closed(report: Mistake, shelf: Shelf) -> views.ReportClosed:
    lesson, theme = shelf.lesson(report.key.theme, report.key.lesson), shelf.theme(report.key.theme)
    return views.ReportClosed(
        theme.title if theme else "",
        f"{lesson.number}. {lesson.title}" if lesson else str(report.key),
        text.shorten(report.what, LONGEST_NOTE),
        report.note,
        (pages.read_action(lesson, say("Open the lesson")),) if lesson else (),
    )


def _settled(entry: Entry) -> bool:
    return outbox.LESSON in entry.payload or outbox.CLOSING in entry.payload


def _content(entry: Entry, course: Course) -> Content | PlanEnded | str:
    """What the line carries by now, or why nothing."""
    day = entry.name.local_date
    if outbox.BY_HAND not in entry.payload and (rests := course.rests(day)):
        return posting.rest_words(rests)
    if outbox.CLOSING in entry.payload:
        return Closes()
    if settled := entry.payload.get(outbox.LESSON):
        lesson = course.theme.lesson(settled)
        return Carries(lesson, len(course.theme.lessons)) if lesson else NOT_THERE
    content = course.on(day)
    return posting.rest_words(content) if isinstance(content, Rests) else content


def _alarm(entry: Entry, identity: str, schedule: Schedule | None, theme: Theme | None) -> views.Listing:
    """What failed where, what is missing, and the way to the schedule."""
    reason = say(entry.payload.get("reason", ""))
    facts = (views.Fact(say("Where"), (views.Place(schedule.address),)),) if schedule else ()
    offers: list[Action] = []
    if schedule:
        posted = entry.payload.get("cause") == alerts.went_without(identity)
        if not posted and theme is not None and schedule.state is ScheduleState.ACTIVE:
            offers.append(Action(say("Post now"), commands.ScheduleRunNow(id=identity)))
        offers.append(Action(say("Open {id}", id=identity), commands.ScheduleShow(id=identity)))
    item = views.Item(
        _title(identity, theme) if identity else say("Reminders"),
        facts,
        note=reason[:LONGEST_NOTE],
        tone=views.Tone.SORRY,
        actions=tuple(offers),
    )
    return views.Listing(
        say("Something needs you"),
        (item,),
        say("You are told once; when it is mended, posting goes on by itself."),
        (Action(say("All schedules"), commands.ScheduleList()),),
    )


def _ended_notice(entry: Entry, identity: str, theme: Theme | None) -> views.Notice:
    if entry.payload.get(outbox.WHY) == endings.BY_CLOSING:
        said = say("{title} has ended: every lesson and the closing post are out.", title=_title(identity, theme))
    else:
        said = say("{title} has ended: its last date is over.", title=_title(identity, theme))
    return views.Notice(
        said,
        say("Give it another theme or a later end to go on."),
        actions=(
            Action(say("Change it"), commands.ScheduleEdit(id=identity)),
            Action(say("All schedules"), commands.ScheduleList()),
        ),
    )


def _title(identity: str, theme: Theme | None) -> str:
    return f"{identity} · {theme.emoji} {theme.title}" if theme else identity
