"""What is done to a schedule now and then: pause, resume, leave a date out, post out of turn, remove."""

from __future__ import annotations

from datetime import date

from bot.core import i18n, views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.core.i18n import say, say_as
from bot.core.record import replace
from bot.domain import outbox, when
from bot.domain.outbox import Entry
from bot.domain.posts import Carries, Content, DeliveryState, PlanEnded, Rests
from bot.domain.recurrence import Occurrence, local_date
from bot.domain.schedule import FOREVER, Schedule, ScheduleState
from bot.features import commands, inputs, ways
from bot.features.request import Request, handles
from bot.features.schedules import matching, overview, posting, previews
from bot.features.schedules.editing import Change, commit, next_dates, seen
from bot.features.schedules.overview import ScheduleStatus
from bot.features.schedules.posting import Course
from bot.features.schedules.previews import ended
from bot.store.cold import schedules
from bot.store.cold.schedules import Broken
from bot.store.outbox import alerts, entries

LOOKED_AHEAD = 60
"""Dates of a schedule that one may be chosen from to be left out."""
NAMED = 3


@handles(commands.SchedulePause)
async def pause(command: commands.SchedulePause, request: Request) -> views.View:
    now = await seen(request, command.id)
    before = _going(now.schedule)
    until = FOREVER
    if command.until:
        until = inputs.day(command.until, now=request.now, in_zone=before.rule.zone)
        if until == local_date(request.now, before.rule.zone):
            raise StudyError(
                say("That would be no pause: today is the first date with a post again."), say("Name a later one.")
            )
    wanted = replace(before, paused_until=until)
    if wanted == before:
        state = overview.state_words(before, request.now)
        return await overview.page(request, now, said=say("{id} is already {state}.", id=before.id, state=state))
    if until != FOREVER and wanted.first_after(request.now) is None:
        raise StudyError(
            say("{id} ends before {date}, so nothing would be left.", id=before.id, date=when.say_date(until)),
            say("Name an earlier date."),
        )

    def what() -> str:
        return overview.state_words(wanted, request.now)

    def said(first: str) -> str:
        if first:
            return say("{id} is {state}. Next post: {moment}.", id=before.id, state=what(), moment=first)
        return say("{id} is {state}.", id=before.id, state=what())

    return await commit(request, before, wanted, Change(command.spec.verb, what, said))


@handles(commands.ScheduleResume)
async def resume(command: commands.ScheduleResume, request: Request) -> views.View:
    now = await seen(request, command.id)
    before = _going(now.schedule)
    if not overview.rests(before, request.now):
        return await overview.page(request, now, said=say("{id} is not paused.", id=before.id))
    wanted = replace(before, paused_until=None)
    if wanted.first_after(request.now) is None:
        raise StudyError(
            say("The last date of {id} has passed, so nothing would come.", id=before.id),
            say("Give it a later one, or remove it."),
            actions=(ways.change_schedule(before.id),),
        )
    change = Change(
        command.spec.verb,
        lambda: "resumed",
        lambda first: " ".join((say("{id} goes on.", id=before.id), _next_post(first))),
    )
    return await commit(request, before, wanted, change)


def _next_post(first: str) -> str:
    return say("Next post: {moment}.", moment=first) if first else say("No more posts are planned, though.")


@handles(commands.ScheduleSkip)
async def skip(command: commands.ScheduleSkip, request: Request) -> views.View:
    now = await seen(request, command.id)
    before, course = _going(now.schedule), previews.course_of(request, now)
    if before.paused:
        raise StudyError(
            say("{id} is paused, so no date is to be left out.", id=before.id),
            say("Resume it first."),
            actions=(Action(say("Resume"), commands.ScheduleResume(id=before.id)), _open(before)),
        )
    stops = await posting.off_loop(before, lambda: course.coming(request.now, LOOKED_AHEAD))
    posted = [stop for stop in stops if not isinstance(stop.content, Rests)]
    if not posted:
        raise ended(before)
    day = posted[0].occurrence.local_date
    if command.date:
        day = inputs.day(command.date, now=request.now, in_zone=before.rule.zone)
    _refuse_what_is_out(now, day)
    found = next((stop for stop in stops if stop.occurrence.local_date == day), None)
    if found is None or isinstance(found.content, Rests):
        said = say("{id} posts nothing on {date} anyway.", id=before.id, date=when.say_date(day))
        if found and isinstance(found.content, Rests):
            said = f"{said} {posting.rest_words(found.content)}"
        back = commands.ScheduleUnskip(id=before.id, date=day.isoformat())
        raise StudyError(
            said,
            say("The next posts are on {dates}.", dates=next_dates(posted[:NAMED])),
            actions=(Action(say(overview.TAKE_BACK), back), _open(before)) if day in before.skips else (),
        )
    today = local_date(request.now, before.rule.zone)
    skips = frozenset(each for each in before.skips if each >= today) | {day}
    date = when.say_date(day)
    change = Change(
        command.spec.verb,
        lambda: f"nothing on {when.say_date(day)}",
        lambda first: say(
            "Nothing on {date}; the lesson waits. Next post: {moment}.",
            date=date,
            moment=first or say_as("post", "none"),
        ),
    )
    return await commit(request, before, replace(before, skips=skips), change)


@handles(commands.ScheduleUnskip)
async def unskip(command: commands.ScheduleUnskip, request: Request) -> views.View:
    """A date that was left out gets its post again, as long as its time has not come."""
    now = await seen(request, command.id)
    before = _going(now.schedule)
    day = inputs.day(command.date, now=request.now, in_zone=before.rule.zone)
    if day not in before.skips:
        return await overview.page(request, now, said=say("{date} is not left out.", date=when.say_date(day)))
    line = next((line for line in now.lines if line.name.local_date == day), None)
    if line and line.state.over:
        raise StudyError(
            say("The time of {date} has passed, so the skip stays.", date=when.say_date(day)),
            say("“Post now” posts the lesson at once."),
            actions=(Action(say("Post now"), commands.ScheduleRunNow(id=before.id)), _open(before)),
        )
    date = when.say_date(day)
    change = Change(
        command.spec.verb,
        lambda: f"posts on {when.say_date(day)} again",
        lambda first: " ".join((say("{date} is not left out any more.", date=date), _next_post(first))),
    )
    return await commit(request, before, replace(before, skips=before.skips - {day}), change)


def _refuse_what_is_out(now: ScheduleStatus, day: date) -> None:
    """A post that is out, or on its way, cannot be left out any more."""
    line = next((line for line in now.lines if line.name.local_date == day), None)
    if line and line.state is not DeliveryState.PLANNED and line.state.holds:
        identity = now.schedule.id
        said = (
            say("{id} is posting right now.", id=identity)
            if line.state is DeliveryState.CLAIMED
            else say("{id} has posted on {date} already.", id=identity, date=when.say_date(day))
        )
        raise StudyError(said, say("A later date can be skipped."), actions=(_open(now.schedule),))


def _open(schedule: Schedule) -> Action:
    return Action(say("Open {id}", id=schedule.id), commands.ScheduleShow(id=schedule.id))


def _going(schedule: Schedule) -> Schedule:
    if schedule.state is ScheduleState.ENDED:
        raise ended(schedule)
    return schedule


@handles(commands.ScheduleRemove)
async def remove(command: commands.ScheduleRemove, request: Request) -> views.View:
    workspace, identity = request.actor.workspace, matching.identity(command.id)
    if not command.confirm:
        return await _before_removing(request, command.id)
    async with request.store.transaction() as connection:
        gone = await schedules.remove(connection, workspace, identity)
        if not gone:
            raise matching.unknown(command.id, await schedules.of_workspace(connection, workspace), request.shelf)
        await alerts.settled(connection, workspace, identity)
        await request.note(connection, command.spec.verb, f"{identity}: removed")
    return views.Notice(
        say("{id} is removed. Nothing more is posted by it.", id=identity),
        say("What it posted stays where it is."),
        tone=views.Tone.DONE,
        actions=(ways.all_schedules(),),
    )


async def _before_removing(request: Request, words: str) -> views.View:
    async with request.store.reading() as connection:
        identity = matching.identity(words)
        found = await schedules.find(connection, request.actor.workspace, identity)
        if not isinstance(found, Broken):
            found = await matching.named(connection, request, words)
    what = (
        say("It cannot be read any more.")
        if isinstance(found, Broken)
        else say("It posts {often}.", often=when.say_rule(found.rule))
    )
    return views.Notice(
        say("Remove {schedule}?", schedule=matching.label(found, request.shelf)),
        " ".join((what, say("What it posted stays where it is; a pause would keep its place in the theme."))),
        actions=(
            Action(say("Remove {id}", id=found.id), commands.ScheduleRemove(id=found.id, confirm=True)),
            Action(say("Keep it"), commands.ScheduleShow(id=found.id)),
        ),
    )


@handles(commands.ScheduleRunNow)
async def run_now(command: commands.ScheduleRunNow, request: Request) -> views.View:
    """Post out of turn. The plan stays; the lesson is not posted a second time."""
    now = await seen(request, command.id)
    schedule, course = _going(now.schedule), previews.course_of(request, now)
    day = local_date(request.now, schedule.rule.zone)
    _refuse_a_second(now, day)
    content = course.whatever_the_day()
    if isinstance(content, (PlanEnded, Rests)):
        raise ended(schedule)
    if not command.confirm:
        return _before_posting(course, content)
    settled = {outbox.LESSON: content.lesson.id} if isinstance(content, Carries) else {outbox.CLOSING: "1"}
    occurrence = Occurrence(day, request.now)
    post, *later = outbox.post(schedule, occurrence, settled={**settled, outbox.BY_HAND: "1"})
    async with request.store.transaction() as connection:
        planned = await entries.post_now(connection, post)
        if planned:
            await entries.plan(connection, later)
            with i18n.speaking(i18n.ENGLISH):
                what = f"{schedule.id}: {posting.content_words(content)}"
            await request.note(connection, command.spec.verb, what)
    if not planned:
        raise _already(schedule, None)
    return views.Notice(
        say("{post}. It is being posted now.", post=posting.content_words(content)),
        say("The plan stays as it is; this lesson is not posted again."),
        tone=views.Tone.DONE,
        actions=(
            _open(schedule),
            ways.all_schedules(),
        ),
    )


def _refuse_a_second(now: ScheduleStatus, day: date) -> None:
    today = next((line for line in now.lines if line.name.local_date == day), None)
    if today and today.state not in {DeliveryState.SKIPPED, DeliveryState.FAILED}:
        raise _already(now.schedule, today)


def _already(schedule: Schedule, today: Entry | None) -> StudyError:
    said = (
        say("{id} is about to post today.", id=schedule.id)
        if today is not None and not today.state.over
        else say("{id} has posted today already.", id=schedule.id)
    )
    return StudyError(said, say("There is one post a day at most."), actions=(_open(schedule),))


def _before_posting(course: Course, content: Content) -> views.View:
    schedule = course.schedule
    facts = [views.Fact(say("Where"), (views.Place(schedule.address),))]
    if schedule.mention:
        facts.append(views.Fact(say("Mentions"), (views.Group(schedule.mention),)))
    note = content.lesson.summary if isinstance(content, Carries) else ""
    return views.Listing(
        say("Post this now?"),
        (views.Item(f"{course.theme.emoji} {course.theme.title}", (
            views.Fact(say("Post"), (posting.content_words(content),)), *facts), note=note),),
        say("It would be posted at once, in front of everybody there. The plan stays as it is."),
        (
            Action(say("Post it now"), commands.ScheduleRunNow(id=schedule.id, confirm=True)),
            Action(say("Open the schedule"), commands.ScheduleShow(id=schedule.id)),
        ),
    )  # fmt: skip
