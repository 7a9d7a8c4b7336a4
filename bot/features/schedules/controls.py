"""What is done to a schedule now and then: pause, resume, leave a date out, post out of turn, remove."""

from __future__ import annotations

from datetime import date

from bot.core import views
from bot.core.actions import Action
from bot.core.errors import StudyError
from bot.core.record import replace
from bot.domain import outbox, when
from bot.domain.outbox import Entry
from bot.domain.posts import Carries, Content, DeliveryState, PlanEnded, Rests
from bot.domain.recurrence import Occurrence, local_date
from bot.domain.schedule import FOREVER, Schedule, ScheduleState
from bot.features import commands, inputs
from bot.features.request import Request, handles
from bot.features.schedules import matching, overview, posting, previews
from bot.features.schedules.editing import Change, commit, next_dates, seen
from bot.features.schedules.overview import ScheduleStatus
from bot.features.schedules.posting import Course
from bot.features.schedules.previews import ended
from bot.store.cold import audits, schedules
from bot.store.cold.audits import AuditEntry
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
            raise StudyError("That would be no pause: today is the first date with a post again.", "Name a later one.")
    wanted = replace(before, paused_until=until)
    if wanted == before:
        said_already = f"{before.id} is already {overview.state_words(before, request.now)}."
        return await overview.page(request, now, said=said_already)
    if until != FOREVER and wanted.first_after(request.now) is None:
        raise StudyError(
            f"{before.id} ends before {when.say_date(until)}, so nothing would be left.", "Name an earlier date."
        )
    what = overview.state_words(wanted, request.now)

    def said(_now: ScheduleStatus, first: str) -> str:
        return f"{before.id} is {what}. Next post: {first}." if first else f"{before.id} is {what}."

    return await commit(request, before, wanted, Change(command.spec.verb, what, said))


@handles(commands.ScheduleResume)
async def resume(command: commands.ScheduleResume, request: Request) -> views.View:
    now = await seen(request, command.id)
    before = _going(now.schedule)
    if not overview.rests(before, request.now):
        return await overview.page(request, now, said=f"{before.id} is not paused.")
    wanted = replace(before, paused_until=None)
    if wanted.first_after(request.now) is None:
        raise StudyError(
            f"The last date of {before.id} has passed, so nothing would come.",
            "Give it a later one, or remove it.",
            actions=(Action("Change", commands.ScheduleEdit(id=before.id)),),
        )
    change = Change(command.spec.verb, "resumed", lambda _now, first: f"{before.id} goes on. {_next_post(first)}")
    return await commit(request, before, wanted, change)


def _next_post(first: str) -> str:
    return f"Next post: {first}." if first else "No more posts are planned, though."


@handles(commands.ScheduleSkip)
async def skip(command: commands.ScheduleSkip, request: Request) -> views.View:
    now = await seen(request, command.id)
    before, course = _going(now.schedule), previews.course_of(request, now)
    if before.paused:
        raise StudyError(
            f"{before.id} is paused, so no date is to be left out.",
            "Resume it first.",
            actions=(Action("Resume", commands.ScheduleResume(id=before.id)), _open(before)),
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
        why = posting.rest_words(found.content) if found and isinstance(found.content, Rests) else ""
        back = commands.ScheduleUnskip(id=before.id, date=day.isoformat())
        raise StudyError(
            f"{before.id} posts nothing on {when.say_date(day)} anyway. {why}".strip(),
            f"The next posts are on {next_dates(posted[:NAMED])}.",
            actions=(Action(overview.TAKE_BACK, back), _open(before)) if day in before.skips else (),
        )
    today = local_date(request.now, before.rule.zone)
    skips = frozenset(each for each in before.skips if each >= today) | {day}
    change = Change(
        command.spec.verb,
        f"nothing on {when.say_date(day)}",
        lambda _now, first: f"Nothing on {when.say_date(day)}; the lesson waits. Next post: {first or 'none'}.",
    )
    return await commit(request, before, replace(before, skips=skips), change)


@handles(commands.ScheduleUnskip)
async def unskip(command: commands.ScheduleUnskip, request: Request) -> views.View:
    """A date that was left out gets its post again, as long as its time has not come."""
    now = await seen(request, command.id)
    before = _going(now.schedule)
    day = inputs.day(command.date, now=request.now, in_zone=before.rule.zone)
    if day not in before.skips:
        return await overview.page(request, now, said=f"{when.say_date(day)} is not left out.")
    line = next((line for line in now.lines if line.name.local_date == day), None)
    if line and line.state.over:
        raise StudyError(
            f"The time of {when.say_date(day)} has passed, so the skip stays.",
            "“Post now” posts the lesson at once.",
            actions=(Action("Post now", commands.ScheduleRunNow(id=before.id)), _open(before)),
        )
    change = Change(
        command.spec.verb,
        f"posts on {when.say_date(day)} again",
        lambda _now, first: f"{when.say_date(day)} is not left out any more. {_next_post(first)}",
    )
    return await commit(request, before, replace(before, skips=before.skips - {day}), change)


def _refuse_what_is_out(now: ScheduleStatus, day: date) -> None:
    """A post that is out, or on its way, cannot be left out any more."""
    line = next((line for line in now.lines if line.name.local_date == day), None)
    if line and line.state is not DeliveryState.PLANNED and line.state.holds:
        done = (
            "is posting right now"
            if line.state is DeliveryState.CLAIMED
            else f"has posted on {when.say_date(day)} already"
        )
        raise StudyError(f"{now.schedule.id} {done}.", "A later date can be skipped.", actions=(_open(now.schedule),))


def _open(schedule: Schedule) -> Action:
    return Action(f"Open {schedule.id}", commands.ScheduleShow(id=schedule.id))


def _going(schedule: Schedule) -> Schedule:
    if schedule.standing is ScheduleState.ENDED:
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
        line = AuditEntry(request.now, request.actor.person, command.spec.verb, f"{identity}: removed")
        await audits.note(connection, workspace, line)
    return views.Notice(
        f"{identity} is removed. Nothing more is posted by it.",
        "What it posted stays where it is.",
        tone=views.Tone.DONE,
        actions=(Action("All schedules", commands.ScheduleList()),),
    )


async def _before_removing(request: Request, words: str) -> views.View:
    async with request.store.reading() as connection:
        identity = matching.identity(words)
        found = await schedules.find(connection, request.actor.workspace, identity)
        if not isinstance(found, Broken):
            found = await matching.named(connection, request, words)
    what = "It cannot be read any more." if isinstance(found, Broken) else f"It posts {when.say_rule(found.rule)}."
    return views.Notice(
        f"Remove {matching.label(found, request.shelf)}?",
        f"{what} What it posted stays where it is; a pause would keep its place in the theme.",
        actions=(
            Action(f"Remove {found.id}", commands.ScheduleRemove(id=found.id, confirm=True)),
            Action("Keep it", commands.ScheduleShow(id=found.id)),
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
    said = posting.content_words(content)
    async with request.store.transaction() as connection:
        planned = await entries.post_now(connection, post)
        if planned:
            await entries.plan(connection, later)
            line = AuditEntry(request.now, request.actor.person, command.spec.verb, f"{schedule.id}: {said}")
            await audits.note(connection, schedule.workspace, line)
    if not planned:
        raise _already(schedule, None)
    return views.Notice(
        f"{said}. It is being posted now.",
        "The plan stays as it is; this lesson is not posted again.",
        tone=views.Tone.DONE,
        actions=(
            _open(schedule),
            Action("All schedules", commands.ScheduleList()),
        ),
    )


def _refuse_a_second(now: ScheduleStatus, day: date) -> None:
    today = next((line for line in now.lines if line.name.local_date == day), None)
    if today and today.state not in {DeliveryState.SKIPPED, DeliveryState.FAILED}:
        raise _already(now.schedule, today)


def _already(schedule: Schedule, today: Entry | None) -> StudyError:
    waits = today is not None and not today.state.over
    said = "is about to post today" if waits else "has posted today already"
    return StudyError(
        f"{schedule.id} {said}.",
        "There is one post a day at most.",
        actions=(_open(schedule),),
    )


def _before_posting(course: Course, content: Content) -> views.View:
    schedule = course.schedule
    facts = [views.Fact("Where", (views.Place(schedule.address),))]
    if schedule.mention:
        facts.append(views.Fact("Mentions", (views.Group(schedule.mention),)))
    note = content.lesson.summary if isinstance(content, Carries) else ""
    return views.Listing(
        "Post this now?",
        (views.Item(f"{course.theme.emoji} {course.theme.title}", (
            views.Fact("Post", (posting.content_words(content),)), *facts), note=note),),
        "It would be posted at once, in front of everybody there. The plan stays as it is.",
        (
            Action("Post it now", commands.ScheduleRunNow(id=schedule.id, confirm=True)),
            Action("Open the schedule", commands.ScheduleShow(id=schedule.id)),
        ),
    )  # fmt: skip
