"""The two forms for schedules: the first weekly lesson, and a change to one. Each fits one window of five fields."""

from __future__ import annotations

from bot.core import actions, i18n, views
from bot.core.errors import StudyError
from bot.core.i18n import say
from bot.domain import lookup, when
from bot.domain.course import Theme
from bot.domain.recurrence import Weekday
from bot.domain.schedule import Schedule
from bot.domain.weekly_question import QuestionDelay
from bot.features import commands
from bot.features.learning import pages
from bot.features.request import Request

AT_NINE = "09:00"
USUAL_DELAY = QuestionDelay(2)


def _days() -> tuple[tuple[str, str], ...]:
    """What the first schedule's days are chosen from."""
    each = ((day.name.lower(), say("Every {weekday}", weekday=i18n.weekday(day))) for day in Weekday)
    return (*each, ("weekdays", say("Every weekday")), ("daily", say("Every day")))


async def setup(command: commands.Setup, request: Request) -> views.View:
    """What the first weekly lesson needs; where one can be alone there is no channel to choose."""
    if not request.shelf.themes:
        raise StudyError(
            say("There are no themes yet, so there is nothing to post."), say("Whoever runs Dualo can add themes.")
        )
    home, actor = await request.workspace(), request.actor
    theme = request.shelf.themes[0].id
    values = {
        "channel": "" if actor.place == request.direct(actor.person) else actor.place,
        "theme": theme,
        "weekday": "mon",
        "hour": AT_NINE,
        "timezone": home.timezone or actor.timezone or request.server_timezone,
    }
    form = actions.form(
        command,
        values,
        submit=say("Begin"),
        given={"channel": commands.Channel(actor.place)} if actor.private else {},
        options={"weekday": _days(), **pages.theme_options(request.shelf, theme)},
        without=("channel",) if actor.private else (),
    )
    return views.FormPage(
        say("The first weekly lesson"),
        say("A lesson of the theme is posted each time, until all are out. Everything can be changed later."),
        form,
    )


async def add(command: commands.ScheduleAdd, request: Request) -> views.View:
    """What a schedule needs and was not typed; what was typed besides travels along."""
    home, actor = await request.workspace(), request.actor
    values = {
        "weekdays": when.written([Weekday.MON]),
        "time": AT_NINE,
        "timezone": home.timezone or actor.timezone or request.server_timezone,
        **actions.said(command),
    }
    theme = lookup.theme(request.shelf, command.theme) if command.theme else None
    chosen = theme.id if isinstance(theme, Theme) else command.theme
    form = actions.form(
        command,
        values | {"theme": chosen},
        submit=say("Add"),
        given={"channel": commands.Channel(actor.place)} if actor.private else {},
        options=pages.theme_options(request.shelf, chosen),
        without=("channel",) if actor.private else (),
    )
    if len(form.token.encode()) > actions.LONGEST_TOKEN:
        raise StudyError(say("That is too much for the form to carry."), commands.usage(command.spec))
    return views.FormPage(
        say("A new schedule"),
        say(
            "The rest is given as words: a mention, a thread, holidays, the lesson to begin with, every how many "
            "weeks, a question of the week."
        ),
        form,
    )


def question(schedule: Schedule) -> views.FormPage:
    """How long after each post its question comes."""
    after = (schedule.question_after or USUAL_DELAY).written
    return views.FormPage(
        say("The question of the week of {id}", id=schedule.id),
        say(
            "Some time after each post, one question on its lesson comes to the same channel. Answers are private; the "
            "message tells how many there are, and after two days what is right."
        ),
        actions.form(commands.ScheduleQuestion(id=schedule.id), {"after": after}),
    )


def change(schedule: Schedule, request: Request) -> views.FormPage:
    """A schedule as it stands, to be changed."""
    rule, theme = schedule.rule, request.shelf.theme(schedule.theme)
    chosen = theme.id if theme else schedule.theme
    values = {
        "theme": chosen,
        "channel": schedule.address,
        "weekdays": when.written(rule.weekdays),
        "time": when.say_time(rule.at),
        "until": rule.until.isoformat() if rule.until else "",
    }
    form = actions.form(
        commands.ScheduleEdit(id=schedule.id),
        values,
        given={"version": schedule.version},
        options=pages.theme_options(request.shelf, chosen),
        hints={"time": say("In {zone}", zone=rule.zone), "until": say("Like 24 dec; empty for no end")},
        without=("channel",) if request.actor.private else (),
    )
    return views.FormPage(
        say("Change {id}", id=schedule.id),
        say("The zone, holidays, mention and the rest are changed by “/study-admin schedule edit”."),
        form,
    )
