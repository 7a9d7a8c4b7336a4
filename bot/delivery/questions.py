"""What a question of the week says: when it is asked, while answers come in, and at its end.

Which question it is is settled once, before it is sent; whoever sends it again after a crash asks the same. What stands
in the channel says how many have answered and never who.

Of several that are due at once the newest that has something to ask is asked. Those before it are overtaken; those
after it say why they ask nothing. That goes by what was out when each was due, so it is the same in whichever order
they are looked at.
"""

from __future__ import annotations

from datetime import datetime

from bot.core import i18n, views
from bot.core.i18n import mark
from bot.core.ports import Clock
from bot.core.record import Record, replace
from bot.delivery import orders
from bot.delivery.message import Cancelled, Message
from bot.delivery.orders import Order
from bot.domain import outbox, weekly_question
from bot.domain.course import Lesson, Shelf, Theme
from bot.domain.outbox import Entry
from bot.domain.posts import DeliveryState
from bot.domain.schedule import Schedule
from bot.features.schedules import posting, question_posts
from bot.features.schedules.posting import Course
from bot.features.schedules.question_posts import PostedQuestion
from bot.packs.library import Library
from bot.store.cold import reports, schedules, workspaces
from bot.store.outbox import question_posts as answers
from bot.store.store import Store

SWITCHED_OFF = mark("The question of the week was switched off.")
OVERTAKEN = mark("The next question was due before this one could go out.")
NOT_POSTED = mark("The post was not out when the question was due, so nothing is asked about it.")
NO_LESSON = mark("The closing post has no lesson to ask about.")
ASKED = mark("A question on that post was asked on another date.")
UNOPENED = mark("Nobody here is known to have opened the lesson, so nothing is asked about it.")
NOT_ASKED = mark("The question was not posted, so there is nothing to change in it.")
NEARLY_OVER = mark("The question is over, or nearly: its last edit says how many have answered.")
NOTHING_NEW = mark("Nobody has answered, so there is no number to say.")


class QuestionComposer:
    """Composes a question of the week and both of its edits."""

    def __init__(self, store: Store, library: Library, clock: Clock, *, timezone: str) -> None:
        self._store = store
        self._library = library
        self._clock = clock
        self._timezone = timezone

    def _shelf(self, entry: Entry, language: str) -> Shelf:
        """What the workspace of the row may see, in its language."""
        return self._library.seen_from(entry.name.workspace).read_in(language).shelf

    # The question ------------------------------------------------------------------------------------------------

    async def ask(self, entry: Entry) -> Message | Cancelled:
        order = await orders.read(self._store, entry)
        if isinstance(order, Cancelled):
            return order
        with i18n.speaking(order.language):
            return await self._asked(entry, order)

    async def _asked(self, entry: Entry, order: Order) -> Message | Cancelled:
        shelf = self._shelf(entry, order.language)
        if not _is_settled(entry):
            if order.schedule.question_after is None:
                return Cancelled(SWITCHED_OFF)
            if await self._overtaken(entry, order, shelf):
                return Cancelled(OVERTAKEN)
        found = await self._to_ask(entry, order, shelf)
        if isinstance(found, Cancelled):
            return found
        view = question_posts.asked(found, until=weekly_question.ends(max(self._clock.now(), entry.due)))
        reader = views.Reader(timezone=order.schedule.rule.zone, language=order.language or "en")
        payload = {
            outbox.THEME: found.theme.id,
            outbox.LESSON: found.lesson.id,
            outbox.QUESTION: found.question.id,
            outbox.POSTED: found.posted,
        }
        return Message(view, reader, payload=payload)

    async def _overtaken(self, entry: Entry, order: Order, shelf: Shelf) -> bool:
        """Whether a newer one has had its turn, or is due as well and has something to ask."""
        now = self._clock.now()
        for each in orders.newer(entry, order.asked, now):
            if each.state is DeliveryState.SKIPPED:
                continue
            if each.state.over or _is_settled(each):
                return True
            comes = each.address == order.schedule.address and now < each.expires
            if comes and isinstance(await self._to_ask(each, order, shelf), PostedQuestion):
                return True
        return False

    async def _to_ask(self, entry: Entry, order: Order, shelf: Shelf) -> PostedQuestion | Cancelled:
        """What a date has to ask, whatever else is due; or why nothing."""
        found = _settled(entry, shelf) if _is_settled(entry) else await self._chosen(entry, order, shelf)
        if isinstance(found, Cancelled):
            return found
        course, day = Course(order.schedule, found.theme, ()), entry.name.local_date
        if rests := await posting.off_loop(order.schedule, lambda: course.rests(day)):
            return Cancelled(posting.rest_words(rests))
        return found

    async def _chosen(self, entry: Entry, order: Order, shelf: Shelf) -> PostedQuestion | Cancelled:
        """A question that was not asked yet, on the lesson that was posted last; or why none."""
        post = _post_before(entry, order)
        if isinstance(post, Cancelled):
            return post
        taught = _taught(post, shelf)
        if taught is None:
            return Cancelled(orders.NOT_THERE)
        theme, lesson = taught
        async with self._store.reading() as connection:
            if not await reports.is_opened(connection, entry.name.workspace, theme, lesson):
                return Cancelled(UNOPENED)
        before = [each for each in order.asked if each.name != entry.name]
        question = weekly_question.pick(lesson, question_posts.asked_of(lesson, before, shelf))
        day = entry.name.local_date
        return PostedQuestion(entry.name.schedule, day, theme, lesson, question, post.name.local_date.isoformat())

    # Its edits ---------------------------------------------------------------------------------------------------

    async def count(self, entry: Entry) -> Message | Cancelled:
        """How many have answered so far."""
        seen = await self._seen(entry)
        if isinstance(seen, Cancelled):
            return seen
        if self._clock.now() >= seen.until - weekly_question.LAST_COUNT:
            return Cancelled(NEARLY_OVER)
        if not seen.tally.answered:
            return Cancelled(NOTHING_NEW)
        with i18n.speaking(seen.language):
            view = question_posts.asked(seen.question, until=seen.until, tally=seen.tally)
        return replace(self._edit(seen, view), payload={outbox.SHOWN: str(seen.tally.answered)})

    async def end(self, entry: Entry) -> Message | Cancelled:
        """What is right, why, and how the answers fell."""
        seen = await self._seen(entry)
        if isinstance(seen, Cancelled):
            return seen
        with i18n.speaking(seen.language):
            view = question_posts.ended(seen.question, until=seen.until, tally=seen.tally)
        return self._edit(seen, view)

    async def _seen(self, entry: Entry) -> _Seen | Cancelled:
        async with self._store.reading() as connection:
            if await workspaces.is_gone(connection, entry.name.workspace):
                return Cancelled(orders.GONE)
            question, result = await answers.read(connection, entry.name)
            if question is None or question.state not in outbox.OUT or not question.message or result is None:
                return Cancelled(NOT_ASKED)
            tally = await answers.tally(connection, entry.name)
            home = await workspaces.find(connection, entry.name.workspace)
            schedule = await schedules.find(connection, entry.name.workspace, entry.name.schedule)
        zone = schedule.rule.zone if isinstance(schedule, Schedule) else home.timezone or self._timezone
        found = _settled(question, self._shelf(entry, home.language))
        if isinstance(found, Cancelled):
            return found
        return _Seen(found, question.message, result.due, tally, zone, home.language or "en")

    def _edit(self, seen: _Seen, view: views.QuestionPost) -> Message:
        return Message(view, views.Reader(timezone=seen.timezone, language=seen.language), edits=seen.message)


def _post_before(entry: Entry, order: Order) -> Entry | Cancelled:
    """The last post that this date's question follows and that was out when it was due; or why there is none."""
    after, day = order.schedule.question_after, entry.name.local_date
    followed = [each for each in order.posted if after and after.on(each.name.local_date) == day]
    post = next((each for each in reversed(followed) if _was_out(each, entry.due)), None)
    if post is None:
        return Cancelled(NOT_POSTED)
    if outbox.CLOSING in post.payload:
        return Cancelled(NO_LESSON)
    others = [each for each in order.asked if each.name != entry.name]
    return Cancelled(ASKED) if post.name.local_date.isoformat() in outbox.asked_after(others) else post


def _was_out(post: Entry, due: datetime) -> bool:
    """Whether it stood there by then. One that is still to be sent never was, whatever becomes of it."""
    return post.state in outbox.OUT and (post.ended is None or post.ended < due)


class _Seen(Record):
    """A question as it stands in its channel."""

    question: PostedQuestion
    message: str
    until: datetime
    tally: weekly_question.AnswerTally
    timezone: str
    language: str


def _taught(entry: Entry, shelf: Shelf) -> tuple[Theme, Lesson] | None:
    """The lesson of a row, if it is still taught."""
    theme = shelf.theme(entry.payload.get(outbox.THEME, ""))
    lesson = theme.lesson(entry.payload.get(outbox.LESSON, "")) if theme else None
    return (theme, lesson) if theme and lesson else None


def _is_settled(entry: Entry) -> bool:
    return outbox.QUESTION in entry.payload


def _settled(entry: Entry, shelf: Shelf) -> PostedQuestion | Cancelled:
    taught = _taught(entry, shelf)
    question = taught[1].question(entry.payload.get(outbox.QUESTION, "")) if taught else None
    if taught is None or question is None:
        return Cancelled(orders.NOT_THERE)
    posted = entry.payload.get(outbox.POSTED, "")
    return PostedQuestion(entry.name.schedule, entry.name.local_date, *taught, question, posted)
