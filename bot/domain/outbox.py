"""Rows of the outbox: what is posted to whom, by when, and what became of it; and the rows that a schedule's date
gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.core.record import Record, field, replace
from bot.domain import posts, weekly_question
from bot.domain.learner import Seat
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import Occurrence
from bot.domain.schedule import Schedule

PUNCTUAL = timedelta(minutes=5)
"""What is sent within this of its time is not called late."""
SHORTEST_WINDOW = timedelta(minutes=10)
COUNTING = timedelta(days=1)
"""How late a post may still be edited with its count."""
TELLING_WHAT_IS_RIGHT = timedelta(days=7)
"""How late a question of the week may still be edited with what is right."""
TELLING = timedelta(days=3)
"""How long an alert is retried."""

THEME, LESSON, CLOSING, BY_HAND = "theme", "lesson", "closing", "by hand"
"""What a post's payload says: of which theme, which lesson or that it closes, and that somebody asked for it now."""
QUESTION, POSTED, SHOWN = "question", "posted", "shown"
"""Which question of the lesson is asked, after the post of which date; how many answers its message says there are."""
ENDED, WHY = "ended", "why"
"""What the message to a schedule's owner says."""

OUT = frozenset({DeliveryState.SENT, DeliveryState.LATE})
"""It stands there, or did."""
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})


class DeliveryKind(StrEnum):
    """What is sent. A workspace's few posts go before its many nudges."""

    POST = "post"
    COUNT = "count"
    """The edit of a post a week later: how many have done it."""
    ALERT = "alert"
    NUDGE = "nudge"
    REPLY = "reply"
    """To whoever reported a mistake: it was read and closed."""
    QUESTION = "question"
    """The question of the week, on the lesson of an earlier post."""
    ANSWERS = "answers"
    """The edit of a question while it is open: how many have answered."""
    RESULT = "result"
    """The last edit of a question: what is right, and why."""

    @property
    def rank(self) -> int:
        return 1 if self is DeliveryKind.NUDGE else 0

    @property
    def edits(self) -> bool:
        """Whether it changes an earlier message: nothing new is posted, so a repeat does no harm."""
        return self in {DeliveryKind.COUNT, DeliveryKind.ANSWERS, DeliveryKind.RESULT}

    @property
    def is_public(self) -> bool:
        """Whether it stands in a channel as a message of its own."""
        return self in {DeliveryKind.POST, DeliveryKind.QUESTION}


class DeliveryKey(Record, order=True):
    """The key of a row: a schedule's post of a date, a person's nudge of a date, or the reply to a person's report,
    which then stands for the schedule. Never a time, never a try: whoever plans it again finds it there."""

    workspace: str
    person: str
    schedule: str
    kind: DeliveryKind
    local_date: date

    @property
    def key(self) -> str:
        """For the platform: the same line has the same key for ever."""
        whose = "/".join(each for each in (self.person, self.schedule) if each)
        return "/".join((self.workspace, self.kind, whose, self.local_date.isoformat()))


class Lease(Record):
    """Whose it is for now. A later owner has a higher epoch; what an earlier one still reports is not taken."""

    owner: str
    epoch: int
    until: datetime


NOBODY = Lease("", 0, datetime.min.replace(tzinfo=UTC))


class Entry(Record):
    name: DeliveryKey
    due: datetime
    expires: datetime
    address: str
    state: DeliveryState = DeliveryState.PLANNED
    payload: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What is to be rendered, as far as it is settled."""
    attempt: int = 0
    doubt: datetime | None = None
    """When an earlier try began of which nobody knows whether it got through."""
    message: str = ""
    """The front end's reference to what was posted."""
    reason: str = ""
    ended: datetime | None = None
    lease: Lease = NOBODY

    @property
    def front(self) -> str:
        return front_of(self.name.workspace)

    def sent_state(self, at: datetime) -> DeliveryState:
        return DeliveryState.LATE if at - self.due > PUNCTUAL else DeliveryState.SENT


def front_of(workspace: str) -> str:
    """The front end that a workspace lives in: by contract its key begins with that name."""
    return workspace.partition(":")[0]


def platform_of(seat: Seat) -> str:
    """Where somebody's other side is, in a sentence."""
    return front_of(seat.workspace).capitalize()


def name_of(schedule: Schedule, kind: DeliveryKind, day: date) -> DeliveryKey:
    return DeliveryKey(schedule.workspace, "", schedule.id, kind, day)


def window_of(schedule: Schedule) -> timedelta:
    return max(schedule.window, SHORTEST_WINDOW)


def post(schedule: Schedule, occurrence: Occurrence, *, settled: Mapping[str, str] = NOTHING_MORE) -> list[Entry]:
    """The post, a week later the edit that says how many have done it, and the question that may follow."""
    day, due = occurrence.local_date, occurrence.due
    ends = posts.week_ends(day, schedule.rule)
    planned = {THEME: schedule.theme}
    return [
        Entry(
            name_of(schedule, DeliveryKind.POST, day),
            due,
            due + window_of(schedule),
            schedule.address,
            payload={**planned, **settled},
        ),
        Entry(name_of(schedule, DeliveryKind.COUNT, day), ends, ends + COUNTING, schedule.address, payload=planned),
        *questions(schedule, [day]),
    ]


def questions(schedule: Schedule, posted: Iterable[date]) -> list[Entry]:
    """The questions that follow posts of those dates. Two posts may share one: it goes by its own date, and is on the
    later of them."""
    if schedule.question_after is None:
        return []
    coming = {schedule.question_after.after(day, schedule.rule) for day in posted}
    return [
        Entry(name_of(schedule, DeliveryKind.QUESTION, day), due, due + window_of(schedule), schedule.address)
        for day, due in ((each.local_date, each.due) for each in sorted(coming))
    ]


def asked_after(questions: Iterable[Entry]) -> set[str]:
    """The dates of the posts that those questions follow: of what is out, or may be."""
    kept = (each for each in questions if not each.state.over or each.state in OUT)
    return {each.payload[POSTED] for each in kept if POSTED in each.payload}


def result(question: Entry, at: datetime) -> Entry:
    """What follows a question that was posted at that moment: the edit that says what is right."""
    due = weekly_question.ends(at)
    name = replace(question.name, kind=DeliveryKind.RESULT)
    return Entry(name, due, due + TELLING_WHAT_IS_RIGHT, question.address, payload=question.payload)


def answers(question: DeliveryKey, address: str, *, now: datetime, until: datetime) -> Entry:
    """The edit that says how many have answered, a minute from now."""
    due = now + weekly_question.COUNTED_EVERY
    return Entry(replace(question, kind=DeliveryKind.ANSWERS), due, until, address)


def reply(seat: Seat, report: str, *, address: str, now: datetime) -> Entry:
    """Tell whoever reported a mistake that it was closed."""
    name = DeliveryKey(seat.workspace, seat.person, report, DeliveryKind.REPLY, now.date())
    return Entry(name, now, now + TELLING, address)


def ended(schedule: Schedule, day: date, *, address: str, due: datetime, why: str) -> Entry:
    """Tell whoever made a schedule that it has ended. The date is that of its last post, so it is told once."""
    payload = {ENDED: schedule.id, THEME: schedule.theme, WHY: why}
    return Entry(name_of(schedule, DeliveryKind.ALERT, day), due, due + TELLING, address, payload=payload)
