"""Changing a schedule: what is left out stays, a dash empties, and of two who change at once the second is told.

Another theme begins anew: what was posted of the one before keeps its dates in the ledger and counts for no lesson.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.core import i18n, views
from bot.core.errors import StudyError
from bot.core.i18n import mark, say
from bot.core.record import Record, replace
from bot.domain import posts, when
from bot.domain.course import Theme
from bot.domain.recurrence import Rule
from bot.domain.schedule import Schedule, ScheduleState
from bot.features import commands, inputs, ways
from bot.features.request import Request, handles
from bot.features.schedules import forms, matching, overview, parsing, posting
from bot.features.schedules.overview import ScheduleStatus
from bot.features.schedules.parsing import NOTHING
from bot.store.cold import schedules
from bot.store.outbox import alerts

MEANWHILE = mark("It was changed meanwhile. This is how it is now; your changes were not saved.")


class Change(Record):
    """What becomes of a schedule, for the audit, and how it is said to whoever did it."""

    verb: str
    what: Callable[[], str]
    """The audit is kept in English."""
    said: Callable[[str], str]
    """With the first post then."""


async def seen(request: Request, words: str) -> ScheduleStatus:
    async with request.store.reading() as connection:
        return await overview.look(connection, await matching.named(connection, request, words))


async def commit(request: Request, before: Schedule, wanted: Schedule, change: Change) -> views.View:
    """Put it in the place of the version that was looked at, with a line in the audit."""
    workspace = request.actor.workspace
    async with request.store.transaction() as connection:
        changed = await schedules.change(connection, wanted, request.now)
        if changed:
            with i18n.speaking(i18n.ENGLISH):
                what = f"{before.id}: {change.what()}"
            await request.note(connection, change.verb, what)
            if _matters(before) != _matters(wanted):
                await alerts.settled(connection, workspace, before.id)
        now = await overview.look(connection, await matching.named(connection, request, before.id))
    if not changed:
        return await overview.page(request, now, said=say(MEANWHILE))
    first = overview.first_post(await overview.coming(request, now), now.schedule)
    return await overview.page(request, now, said=change.said(first))


def _matters(schedule: Schedule) -> tuple[object, ...]:
    """Whatever may have been wrong with a schedule; with a change to it, what is wrong is found out anew."""
    return (schedule.theme, schedule.address, schedule.rule.zone, schedule.mention, schedule.thread)


@handles(commands.ScheduleEdit)
async def edit(command: commands.ScheduleEdit, request: Request) -> views.View:
    now = await seen(request, command.id)
    before = now.schedule
    if command.asks:
        return forms.change(before, request)
    if command.version is not None and command.version != before.version:
        return await overview.page(request, now, said=say(MEANWHILE))
    wanted = await _edited(request, before, command)
    if wanted == before:
        return await overview.page(request, now, said=say("Nothing was changed. “Change” opens a form."))
    wanted = replace(wanted, state=ScheduleState.ACTIVE)
    await _check_that_something_comes(request, replace(now, schedule=wanted))
    if wanted.address != before.address:
        await parsing.proven(request, wanted.address, again=replace(command, id=before.id))
    change = Change(
        command.spec.verb,
        lambda: _changes(request, before, wanted),
        lambda first: _told(request, before, wanted, first),
    )
    return await commit(request, before, wanted, change)


def _changes(request: Request, before: Schedule, wanted: Schedule) -> str:
    what = when.say_rule(wanted.rule)
    if wanted.theme != before.theme:
        what = f"{_title(request, wanted.theme)} in the place of {_title(request, before.theme)}, {what}"
    if wanted.question_after != before.question_after:
        what = f"{what}; {overview.question_words(wanted) or 'no question of the week'}"
    return what


async def _edited(request: Request, before: Schedule, command: commands.ScheduleEdit) -> Schedule:
    theme = _theme(request, before, command)
    holidays = before.holidays
    if command.holidays == NOTHING:
        holidays = ""
    elif command.holidays:
        holidays = await parsing.region(command.holidays, again=lambda code: replace(command, holidays=code))
    changed_theme = theme is not None and not _same(request, theme, before.theme)
    return replace(
        before,
        theme=theme.id if theme and changed_theme else before.theme,
        address=_emptied_never(command.channel, refusal=say("A schedule needs its channel.")) or before.address,
        rule=_rule(request, before.rule, command),
        start_at=_start_at(request, before, theme if changed_theme else None, command),
        mention=before.mention if not command.mention else "" if command.mention == NOTHING else str(command.mention),
        thread=before.thread if command.thread is None else command.thread,
        holidays=holidays,
        window=before.window if command.late_window is None else timedelta(hours=command.late_window),
        question_after=parsing.delay(command.question_after) if command.question_after else before.question_after,
    )


@handles(commands.ScheduleQuestion)
async def question(command: commands.ScheduleQuestion, request: Request) -> views.View:
    """Switch the question of the week on, off, or to another time."""
    if command.asks:
        return forms.question((await seen(request, command.id)).schedule)
    return await edit(commands.ScheduleEdit(id=command.id, question_after=command.after or NOTHING), request)


def _theme(request: Request, before: Schedule, command: commands.ScheduleEdit) -> Theme | None:
    words = _emptied_never(command.theme, refusal=say("A schedule needs its theme."))
    if not words or words == before.theme:
        return None
    return parsing.theme(request.shelf, words, again=lambda id: replace(command, theme=id))


def _same(request: Request, theme: Theme, named: str) -> bool:
    """Whether it is the theme that the schedule has, under any name it ever had."""
    return request.shelf.theme(named) is theme


def _title(request: Request, theme: str) -> str:
    found = request.shelf.theme(theme)
    return found.title if found else theme


def _start_at(request: Request, before: Schedule, new: Theme | None, command: commands.ScheduleEdit) -> str:
    """A new theme begins at its beginning, unless it is said otherwise."""
    if not command.start_at:
        return before.start_at if new is None else ""
    if command.start_at == NOTHING:
        return ""
    theme = new or request.shelf.theme(before.theme)
    if theme is None:
        raise StudyError(
            say("Its theme is not taught any more."), say("Choose another theme together with the lesson.")
        )
    return parsing.lesson(request.shelf, theme, command.start_at, again=lambda id: replace(command, start_at=id)).id


def _rule(request: Request, before: Rule, command: commands.ScheduleEdit) -> Rule:
    weekdays, at, zone = before.weekdays, before.at, before.zone
    if words := _emptied_never(command.weekdays, refusal=say("A schedule needs its weekdays.")):
        weekdays = inputs.days(words)
    if words := _emptied_never(command.time, refusal=say("A schedule needs its time.")):
        at = inputs.at_time(words)
    if words := _emptied_never(command.timezone, refusal=say("A schedule needs its timezone.")):
        zone = inputs.zone(words, again=lambda name: replace(command, timezone=name))
    until = before.until
    emptied = command.version is not None and not command.until  # only its form, which shows the date, has a version
    if command.until == NOTHING or emptied:
        until = None
    elif command.until and command.until != (before.until.isoformat() if before.until else ""):
        until = inputs.day(command.until, now=request.now, in_zone=zone)
    every = before.every_weeks if command.every_weeks is None else command.every_weeks
    kept = replace(before, at=at, zone=zone, until=until)
    if (weekdays, every) == (before.weekdays, before.every_weeks):
        return kept
    return parsing.rule(weekdays, at, zone=zone, every_weeks=every, until=until, now=request.now)


def _emptied_never(words: str, *, refusal: str) -> str:
    if words == NOTHING:
        raise StudyError(refusal, say("Name another one, or leave it as it is."))
    return words


async def _check_that_something_comes(request: Request, wanted: ScheduleStatus) -> None:
    """A change that would leave nothing to post is refused, and said why."""
    course = wanted.course(request)
    if course is None:
        return
    awake = replace(course, schedule=replace(wanted.schedule, paused_until=None))
    if await posting.off_loop(wanted.schedule, lambda: awake.upcoming(request.now, 1)):
        return
    if isinstance(course.whatever_the_day(), posts.PlanEnded):
        raise StudyError(
            say("Every lesson of “{title}” and the closing post are out.", title=course.theme.title),
            say("Choose another theme, or add a new schedule to go through it again."),
            actions=(ways.change_schedule(wanted.schedule.id),),
        )
    raise StudyError(
        say("Nothing would be posted any more."),
        say("Choose a later last date, or remove the schedule."),
        actions=(ways.change_schedule(wanted.schedule.id),),
    )


def _told(request: Request, before: Schedule, wanted: Schedule, first: str) -> str:
    begins = say("Next post: {moment}.", moment=first) if first else say("Nothing is posted while it is paused.")
    theme = request.shelf.theme(wanted.theme)
    changed = say("Changed.")
    if wanted.theme != before.theme and theme is not None:
        changed = say(
            "Changed to “{title}”; what was posted of the theme before does not count for it.", title=theme.title
        )
    return f"{changed} {begins}"


def next_dates(stops: Sequence[posts.Stop]) -> str:
    return ", ".join(when.say_date(stop.occurrence.local_date) for stop in stops)
