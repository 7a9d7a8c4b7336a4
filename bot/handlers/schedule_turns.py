"""What is done to a schedule now and then: pause, resume, leave a date out, post out of turn, remove."""

from __future__ import annotations

from datetime import date

from bot import commands, views
from bot.actions import Action
from bot.domain import lines, when
from bot.domain.entry import Entry
from bot.domain.posts import Carries, Content, Ended, Rests, State
from bot.domain.recurrence import Occurrence, local_date
from bot.domain.schedule import FOREVER, Schedule, Standing
from bot.errors import StudyError
from bot.handlers import posting, previewing, schedule_finding, schedule_pages, understanding
from bot.handlers.posting import Course
from bot.handlers.previewing import ended
from bot.handlers.request import Request
from bot.handlers.schedule_edits import Change, commit, next_dates, seen
from bot.handlers.schedule_pages import Seen
from bot.record import replace
from bot.store import alerts, audits, entries, schedules
from bot.store.audits import Line
from bot.store.schedules import Broken

LOOKED_AHEAD = 60
"""Dates of a schedule that one may be chosen from to be left out."""
NAMED = 3


async def pause(command: commands.SchedulePause, request: Request) -> views.View:
    now = await seen(request, command.id)
    before = _going(now.schedule)
    until = FOREVER
    if command.until:
        until = understanding.day(command.until, now=request.now, in_zone=before.rule.zone)
        if until == local_date(request.now, before.rule.zone):
            raise StudyError("That would be no pause: today is the first date with a post again.", "Name a later one.")
    wanted = replace(before, paused_until=until)
    if wanted == before:
        said_already = f"{before.id} is already {schedule_pages.state_words(before, request.now)}."
        return await schedule_pages.page(request, now, said=said_already)
    if until != FOREVER and wanted.first_after(request.now) is None:
        raise StudyError(
            f"{before.id} ends before {when.say_date(until)}, so nothing would be left.", "Name an earlier date."
        )
    what = schedule_pages.state_words(wanted, request.now)

    def said(_now: Seen, first: str) -> str:
        return f"{before.id} is {what}. Next post: {first}." if first else f"{before.id} is {what}."

    return await commit(request, before, wanted, Change(command.spec.verb, what, said))


async def resume(command: commands.ScheduleResume, request: Request) -> views.View:
    now = await seen(request, command.id)
    before = _going(now.schedule)
    if not schedule_pages.rests(before, request.now):
        return await schedule_pages.page(request, now, said=f"{before.id} is not paused.")
    wanted = replace(before, paused_until=None)
    if wanted.first_after(request.now) is None:
        raise StudyError(
            f"The last date of {before.id} has passed, so nothing would come.",
            "Give it a later one, or remove it.",
            actions=(Action("Change", commands.ScheduleForm(id=before.id)),),
        )
    change = Change(command.spec.verb, "resumed", lambda _now, first: f"{before.id} goes on. {_next_post(first)}")
    return await commit(request, before, wanted, change)


def _next_post(first: str) -> str:
    return f"Next post: {first}." if first else "No post is to come, though."


async def skip(command: commands.ScheduleSkip, request: Request) -> views.View:
    now = await seen(request, command.id)
    before, course = _going(now.schedule), previewing.course_of(request, now)
    if before.paused:
        raise StudyError(f"{before.id} is paused, so no date is to be left out.", "Resume it first.")
    stops = await posting.off_loop(before, lambda: course.coming(request.now, LOOKED_AHEAD))
    posted = [stop for stop in stops if not isinstance(stop.content, Rests)]
    if not posted:
        raise ended(before)
    day = posted[0].occurrence.local_date
    if command.date:
        day = understanding.day(command.date, now=request.now, in_zone=before.rule.zone)
    _refuse_what_is_out(now, day)
    found = next((stop for stop in stops if stop.occurrence.local_date == day), None)
    if found is None or isinstance(found.content, Rests):
        why = posting.rest_words(found.content) if found and isinstance(found.content, Rests) else ""
        raise StudyError(
            f"{before.id} posts nothing on {when.say_date(day)} anyway. {why}".strip(),
            f"The next posts are on {next_dates(posted[:NAMED])}.",
        )
    today = local_date(request.now, before.rule.zone)
    skips = frozenset(each for each in before.skips if each >= today) | {day}
    change = Change(
        command.spec.verb,
        f"nothing on {when.say_date(day)}",
        lambda _now, first: f"Nothing on {when.say_date(day)}; the lesson waits. Next post: {first or 'none'}.",
    )
    return await commit(request, before, replace(before, skips=skips), change)


def _refuse_what_is_out(now: Seen, day: date) -> None:
    """A post that is out, or on its way, cannot be left out any more."""
    line = next((line for line in now.lines if line.name.local_date == day), None)
    if line and line.state is not State.PLANNED and line.state.holds:
        done = "is posting right now" if line.state is State.CLAIMED else f"has posted on {when.say_date(day)} already"
        raise StudyError(f"{now.schedule.id} {done}.", "A later date can be skipped.", actions=(_open(now.schedule),))


def _open(schedule: Schedule) -> Action:
    return Action(f"Open {schedule.id}", commands.ScheduleShow(id=schedule.id))


def _going(schedule: Schedule) -> Schedule:
    if schedule.standing is Standing.ENDED:
        raise ended(schedule)
    return schedule


async def remove(command: commands.ScheduleRemove, request: Request) -> views.View:
    workspace, identity = request.actor.workspace, schedule_finding.identity(command.id)
    if not command.confirm:
        return await _before_removing(request, command.id)
    async with request.store.transaction() as connection:
        gone = await schedules.remove(connection, workspace, identity)
        if not gone:
            raise schedule_finding.unknown(
                command.id, await schedules.of_workspace(connection, workspace), request.shelf
            )
        await alerts.settled(connection, workspace, identity)
        line = Line(request.now, request.actor.person, command.spec.verb, f"{identity}: removed")
        await audits.note(connection, workspace, line)
    return views.Notice(
        f"{identity} is removed. Nothing more is posted by it.",
        "What it posted stays where it is.",
        tone=views.Tone.DONE,
        actions=(Action("All schedules", commands.ScheduleList()),),
    )


async def _before_removing(request: Request, words: str) -> views.View:
    async with request.store.reading() as connection:
        identity = schedule_finding.identity(words)
        found = await schedules.find(connection, request.actor.workspace, identity)
        if not isinstance(found, Broken):
            found = await schedule_finding.named(connection, request, words)
    what = "It cannot be read any more." if isinstance(found, Broken) else f"It posts {when.say_rule(found.rule)}."
    return views.Notice(
        f"Remove {schedule_finding.label(found, request.shelf)}?",
        f"{what} What it posted stays where it is; a pause would keep its place in the theme.",
        actions=(
            Action(f"Remove {found.id}", commands.ScheduleRemove(id=found.id, confirm=True)),
            Action("Keep it", commands.ScheduleShow(id=found.id)),
        ),
    )


async def run_now(command: commands.ScheduleRunNow, request: Request) -> views.View:
    """Post out of turn. The plan stays; the lesson is not posted a second time."""
    now = await seen(request, command.id)
    schedule, course = _going(now.schedule), previewing.course_of(request, now)
    day = local_date(request.now, schedule.rule.zone)
    _refuse_a_second(now, day)
    content = course.whatever_the_day()
    if isinstance(content, (Ended, Rests)):
        raise ended(schedule)
    if not command.confirm:
        return _before_posting(course, content)
    settled = {lines.LESSON: content.lesson.id} if isinstance(content, Carries) else {lines.CLOSING: "1"}
    occurrence = Occurrence(day, request.now)
    post, count = lines.post(schedule, occurrence, settled={**settled, lines.BY_HAND: "1"})
    said = posting.content_words(content)
    async with request.store.transaction() as connection:
        planned = await entries.post_now(connection, post)
        if planned:
            await entries.plan(connection, [count])
            line = Line(request.now, request.actor.person, command.spec.verb, f"{schedule.id}: {said}")
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


def _refuse_a_second(now: Seen, day: date) -> None:
    today = next((line for line in now.lines if line.name.local_date == day), None)
    if today and today.state not in {State.SKIPPED, State.FAILED}:
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
