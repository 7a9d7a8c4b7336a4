"""How a schedule is shown: what is posted where and when, what comes, how it went, what is wrong. In its own zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import text, views
from bot.core.actions import Action, Choice, ChoiceOption, Offer
from bot.core.i18n import mark, say, say_as, say_many
from bot.core.record import Record
from bot.domain import posts, when
from bot.domain.outbox import CLOSING, LESSON, THEME, Entry
from bot.domain.posts import Carries, DeliveryState, Stop
from bot.domain.recurrence import WINDOW, local_date
from bot.domain.schedule import Schedule, ScheduleState
from bot.features import commands, ways
from bot.features.request import Request
from bot.features.schedules import matching, parsing, posting
from bot.features.schedules.posting import Course
from bot.store.cold import schedules
from bot.store.cold.schedules import Broken
from bot.store.outbox import alerts, entries
from bot.store.outbox.alerts import Alert

SOON = 3
LATELY = 5
LONGEST_NOTE = 400
MOST_SKIPS = 25
"""The narrowest platform's select."""
TAKE_BACK = mark("Take the skip back")
_WORDS: Mapping[DeliveryState, str] = {
    DeliveryState.PLANNED: mark("to be posted"),
    DeliveryState.CLAIMED: mark("being posted"),
    DeliveryState.SENT: mark("sent"),
    DeliveryState.LATE: mark("sent late"),
    DeliveryState.SKIPPED: mark("nothing posted"),
    DeliveryState.FAILED: mark("failed"),
}


class ScheduleStatus(Record):
    """A schedule as it stands, with what it posted and asked, and what is wrong with it."""

    schedule: Schedule
    lines: Sequence[Entry]
    alerts: Sequence[Alert] = ()
    questions: Sequence[Entry] = ()
    """Looked up where one schedule is shown whole."""

    def course(self, request: Request) -> Course | None:
        """None if its theme is not on the shelf."""
        theme = request.shelf.theme(self.schedule.theme)
        return Course(self.schedule, theme, posting.rows_of(theme, self.lines)) if theme else None


async def look(connection: AsyncConnection, schedule: Schedule) -> ScheduleStatus:
    lines, asked = await entries.of_schedule_and_questions(connection, schedule.workspace, schedule.id)
    known = _of(schedule, await alerts.of_workspace(connection, schedule.workspace))
    return ScheduleStatus(schedule, lines, known, asked)


async def look_at_all(connection: AsyncConnection, workspace: str, wanted: Sequence[Schedule]) -> list[ScheduleStatus]:
    """Several, in two statements."""
    if not wanted:
        return []
    lines = await entries.posts_of(connection, workspace, [each.id for each in wanted])
    known = await alerts.of_workspace(connection, workspace)
    return [ScheduleStatus(each, lines[each.id], _of(each, known)) for each in wanted]


def _of(schedule: Schedule, known: Sequence[Alert]) -> list[Alert]:
    return [each for each in known if each.subject == schedule.id or each.cause.endswith(f" {schedule.address}")]


async def coming(request: Request, seen: ScheduleStatus, most: int = SOON) -> list[Stop]:
    """The next dates on which something is posted."""
    course = seen.course(request)
    if course is None or seen.schedule.state is ScheduleState.ENDED:
        return []
    return await posting.off_loop(seen.schedule, lambda: course.upcoming(request.now, most))


def first_post(stops: Sequence[Stop], schedule: Schedule) -> str:
    """ "Mon 6 Oct 2025 09:00 Europe/Paris"; empty if nothing comes."""
    zone = schedule.rule.zone
    return f"{when.say_moment(stops[0].occurrence.due, zone)} {zone}" if stops else ""


async def item(
    request: Request, seen: ScheduleStatus, *, buttons: tuple[Action, ...] = (), warning: str = ""
) -> views.Item:
    """One schedule as a record; `warning` is what its next post would go without."""
    schedule = seen.schedule
    stops = await coming(request, seen)
    last = _last(seen.lines)
    facts = [
        views.Fact(say("Posts"), (when.say_rule(schedule.rule), views.Place(schedule.address))),
        views.Fact(say_as("which posts come", "Next"), _next_words(schedule, stops)),
        views.Fact(say("State"), (state_words(schedule, request.now),)),
    ]
    if last:
        facts.append(views.Fact(say("Last"), (_result(request, schedule, last),)))
    if schedule.mention:
        facts.append(views.Fact(say("Mentions"), (views.Group(schedule.mention),)))
    if besides := _besides(request, schedule):
        facts.append(views.Fact(say("Besides"), (text.shorten(besides, views.LONGEST_FACT),)))
    past = alerts.went_without(schedule.id) if warning else ""
    known = [say(alert.reason) for alert in seen.alerts if alert.cause != past]
    wrong = " ".join(filter(None, dict.fromkeys((*known, warning))))
    if not wrong and last and last.state is DeliveryState.FAILED:
        wrong = say(last.reason)
    if not seen.course(request):
        wrong = " ".join(filter(None, (say("Its theme is not taught any more."), wrong)))
    return views.Item(
        matching.label(schedule, request.shelf),
        tuple(facts),
        note=text.shorten(wrong or (say(last.reason) if last and _out(last) else ""), LONGEST_NOTE),
        tone=_tone(schedule, wrong, request.now),
        actions=buttons,
    )


def broken_item(broken: Broken) -> views.Item:
    return views.Item(
        broken.id,
        note=text.shorten(
            say("It cannot be read any more: {reason}. Remove it, and add it anew.", reason=say(broken.reason)),
            LONGEST_NOTE,
        ),
        tone=views.Tone.SORRY,
        actions=(Action(say("Remove"), commands.ScheduleRemove(id=broken.id)),),
    )


def _tone(schedule: Schedule, wrong: str, now: datetime) -> views.Tone:
    if wrong:
        return views.Tone.SORRY
    runs = schedule.state is ScheduleState.ACTIVE and not rests(schedule, now)
    return views.Tone.DONE if runs else views.Tone.INFO


def _next_words(schedule: Schedule, stops: Sequence[Stop]) -> tuple[str, ...]:
    if not stops:
        return (say("nothing"),)
    times = [when.say_moment(stop.occurrence.due, schedule.rule.zone) for stop in stops]
    return (first_post(stops, schedule), *times[1:])


def rests(schedule: Schedule, now: datetime) -> bool:
    """Whether it is paused by now; a pause ends by itself on its date."""
    return schedule.paused_until is not None and local_date(now, schedule.rule.zone) < schedule.paused_until


def state_words(schedule: Schedule, now: datetime) -> str:
    if schedule.state is ScheduleState.ENDED:
        return say("ended")
    if schedule.paused:
        return say("paused until somebody resumes it")
    if schedule.paused_until and rests(schedule, now):
        return say("paused until {date}", date=when.say_date(schedule.paused_until))
    return say("active")


def _besides(request: Request, schedule: Schedule) -> str:
    """What was chosen beyond the common."""
    theme = request.shelf.theme(schedule.theme)
    begin = theme.lesson(schedule.start_at) if theme and schedule.start_at else None
    today = local_date(request.now, schedule.rule.zone)
    left_out = [when.say_date(day) for day in sorted(schedule.skips) if day >= today]
    hours = int(schedule.window.total_seconds()) // 3600
    said = [
        question_words(schedule),
        say("without {dates}", dates=", ".join(left_out)) if left_out else "",
        say("nothing on public holidays of {region}", region=schedule.holidays) if schedule.holidays else "",
        say("begins with lesson {number}", number=begin.number) if begin else "",
        say("a thread beneath each post") if schedule.thread else "",
        say_many(hours, "up to {n} hour late", "up to {n} hours late") if schedule.window != WINDOW else "",
    ]
    return "; ".join(each for each in said if each)


def question_words(schedule: Schedule) -> str:
    """When it asks its question of the week; empty if it asks none."""
    return say("a question {days}", days=schedule.question_after.sentence) if schedule.question_after else ""


def _last(lines: Sequence[Entry]) -> Entry | None:
    """The newest date that is over, or whose post is being tried."""
    return next((line for line in reversed(lines) if line.state.over or line.attempt), None)


def _out(line: Entry) -> bool:
    return line.state in {DeliveryState.SENT, DeliveryState.LATE}


def _result(request: Request, schedule: Schedule, line: Entry) -> str:
    zone = schedule.rule.zone
    at = line.ended if _out(line) and line.ended else line.due
    said = f"{say(_WORDS[line.state])}, {when.say_moment(at, zone)}"
    what = _carried(request, line)
    reason = say(line.reason)
    told = ". ".join(each for each in (what, reason) if each) if _out(line) else reason or what
    if told:
        said = f"{said}: {told}"
    return text.shorten(said, views.LONGEST_FACT)


def _carried(request: Request, line: Entry) -> str:
    if CLOSING in line.payload:
        return say("the closing post")
    lesson = request.shelf.lesson(line.payload.get(THEME, ""), line.payload.get(LESSON, ""))
    return say("lesson {number}, {title}", number=lesson.number, title=lesson.title) if lesson else ""


async def page(request: Request, seen: ScheduleStatus, *, said: str = "") -> views.Listing:
    """One schedule, whole: what it is, what comes, how it went."""
    schedule = seen.schedule
    items = [await item(request, seen, warning=await parsing.warning(request, schedule))]
    stops = await _agenda(request, seen)
    if stops:
        items.append(views.Item(say("What comes"), tuple(_stop(schedule, stop) for stop in stops)))
    if went := [line for line in reversed(seen.lines) if line.state.over][:LATELY]:
        facts = tuple(_fact(request, schedule, line) for line in went)
        items.append(views.Item(say("What was"), facts))
    if asked := [line for line in reversed(seen.questions) if line.state.over or line.attempt][:LATELY]:
        facts = tuple(_fact(request, schedule, line) for line in asked)
        items.append(views.Item(say("Questions of the week"), facts))
    return views.Listing(schedule.id, tuple(items), said, _offers(schedule, stops, request.now))


async def _agenda(request: Request, seen: ScheduleStatus) -> list[Stop]:
    course, schedule = seen.course(request), seen.schedule
    if course is None or schedule.state is ScheduleState.ENDED:
        return []
    walk = course.upcoming if rests(schedule, request.now) else course.coming
    return await posting.off_loop(schedule, lambda: walk(request.now, views.MOST_FACTS))


def _stop(schedule: Schedule, stop: Stop) -> views.Fact:
    said = text.shorten(posting.content_words(stop.content), views.LONGEST_FACT)
    return views.Fact(when.say_moment(stop.occurrence.due, schedule.rule.zone), (said,))


def _fact(request: Request, schedule: Schedule, line: Entry) -> views.Fact:
    return views.Fact(when.say_date(line.name.local_date), (_result(request, schedule, line),))


def _offers(schedule: Schedule, stops: Sequence[Stop], now: datetime) -> tuple[Offer, ...]:
    """The button that skips names its date: pressed twice, it skips one."""
    following = next((stop.occurrence.local_date for stop in posts.posts(stops)), None)
    identity = schedule.id
    offers: list[Offer] = [Action(say("Preview"), commands.Preview(schedule=identity))]
    offers.append(ways.change_schedule(identity))
    offers.append(Action(say("Question of the week"), commands.ScheduleQuestion(id=identity)))
    if schedule.state is ScheduleState.ACTIVE:
        if rests(schedule, now):
            offers.append(Action(say("Resume"), commands.ScheduleResume(id=identity)))
        else:
            offers.append(Action(say("Pause"), commands.SchedulePause(id=identity)))
            if following:
                skip = commands.ScheduleSkip(id=identity, date=following.isoformat())
                offers.append(Action(say("Skip the next"), skip))
        offers += taking_back(schedule, now)
        offers.append(Action(say("Post now"), commands.ScheduleRunNow(id=identity)))
    offers.append(Action(say("Remove"), commands.ScheduleRemove(id=identity)))
    return (*offers, ways.all_schedules())


def taking_back(schedule: Schedule, now: datetime) -> tuple[Offer, ...]:
    """The dates ahead that were left out, each to be posted on after all."""
    today = local_date(now, schedule.rule.zone)
    ahead = [day for day in sorted(schedule.skips) if day >= today][:MOST_SKIPS]
    found = [(day, commands.ScheduleUnskip(id=schedule.id, date=day.isoformat())) for day in ahead]
    if len(found) > 1:
        options = tuple(ChoiceOption(when.say_date(day), command) for day, command in found)
        return (Choice(say(TAKE_BACK), options),)
    return tuple(Action(say(TAKE_BACK), command) for _, command in found)


async def soonest(request: Request) -> views.Coming | None:
    """The next post of this workspace, for whoever learns there."""
    async with request.store.reading() as connection:
        found = await schedules.soonest(connection, request.actor.workspace, most=SOON)
    looked = [ScheduleStatus(schedule, lines) for schedule, lines in found]
    comes = [(seen, stop) for seen in looked for stop in await coming(request, seen, 1)]
    if not comes:
        return None
    return _coming(request, *min(comes, key=lambda each: each[1].occurrence.due))


async def lacking(request: Request) -> bool:
    """Whether they run a workspace, not one of their own alone, in which nobody has set up a schedule yet. Only for
    those who do is the database asked."""
    if request.actor.private or not await request.is_shown_managing():
        return False
    async with request.store.reading() as connection:
        return not await schedules.of_workspace(connection, request.actor.workspace)


def _coming(request: Request, seen: ScheduleStatus, stop: Stop) -> views.Coming:
    theme = request.shelf.theme(seen.schedule.theme)
    title = stop.content.lesson.title if isinstance(stop.content, Carries) else say("The closing post")
    return views.Coming(stop.occurrence.due, theme.title if theme else "", title, views.Place(seen.schedule.address))
