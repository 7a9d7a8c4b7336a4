"""The two forms for schedules: the first weekly lesson, and a change to one. Each fits one window of five fields."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core import text, views
from bot.core.actions import Field, FieldKind, Form
from bot.core.errors import StudyError
from bot.domain import when
from bot.domain.course import Shelf
from bot.domain.recurrence import Weekday
from bot.domain.schedule import Schedule
from bot.domain.workspace import Workspace
from bot.features import commands
from bot.features.request import Request, handles
from bot.features.schedules import matching
from bot.features.schedules.parsing import NOTHING

AT_NINE = "09:00"
MOST_OPTIONS = 25
"""The narrowest platform's select."""
_DAYS = (
    *((day.name.lower(), f"Every {when.say_weekdays([day])}") for day in Weekday),
    ("weekdays", "Every weekday"),
    ("daily", "Every day"),
)


@handles(commands.Setup)
async def setup(_: commands.Setup, request: Request) -> views.View:
    if not request.shelf.themes:
        raise StudyError("The shelf is empty, so there is nothing to post.", "Whoever runs Dualo can add themes.")
    home = await request.workspace()
    given, channel = _channel(request)
    fields = (
        *channel,
        _theme(request.shelf, request.shelf.themes[0].id, "First theme"),
        Field("weekday", "Day", FieldKind.ONE_OF, value="mon", options=_DAYS),
        Field("hour", "Time", FieldKind.LINE, value=AT_NINE, help="Wall time, like 09:00", longest=20),
        _zone(_zone_of(home, request)),
    )
    return views.FormPage(
        "The first weekly lesson",
        "A lesson of the theme is posted each time, until all are out. Everything can be changed later.",
        Form(commands.SaveSetup.spec.verb, given, fields, submit="Begin"),
    )


def _channel(request: Request) -> tuple[Mapping[str, object], tuple[Field, ...]]:
    """Where one can be alone there is no channel to choose; elsewhere, the one in which it was asked."""
    actor = request.actor
    if actor.private:
        return {"channel": commands.Channel(actor.place)}, ()
    direct = request.front.direct(actor.workspace, actor.person) if request.front else ""
    here = "" if actor.place == direct else actor.place
    return {}, (Field("channel", "Channel", FieldKind.CHANNEL, value=here, help="Where the lessons are posted"),)


def _theme(shelf: Shelf, chosen: str, label: str) -> Field:
    if len(shelf.themes) > MOST_OPTIONS or shelf.theme(chosen) is None:
        return Field(
            "theme", label, FieldKind.LINE, value=chosen, longest=100, suggest=commands.Suggest.THEMES, help="By name"
        )
    options = tuple((each.id, text.shorten(f"{each.emoji} {each.title}", 100)) for each in shelf.themes)
    return Field("theme", label, FieldKind.ONE_OF, value=chosen, options=options)


def _zone(chosen: str) -> Field:
    return Field(
        "timezone",
        "Timezone",
        FieldKind.LINE,
        value=chosen,
        help="Like Europe/Paris",
        required=False,
        longest=60,
        suggest=commands.Suggest.TIMEZONES,
    )


def _zone_of(home: Workspace, request: Request) -> str:
    return home.timezone or request.actor.timezone or request.server_timezone


@handles(commands.ScheduleForm)
async def change(command: commands.ScheduleForm, request: Request) -> views.View:
    async with request.store.reading() as connection:
        schedule = await matching.named(connection, request, command.id)
    return change_form(schedule, request)


def change_form(schedule: Schedule, request: Request) -> views.FormPage:
    rule, theme = schedule.rule, request.shelf.theme(schedule.theme)
    where = (Field("channel", "Channel", FieldKind.CHANNEL, value=schedule.address),)
    fields = (
        _theme(request.shelf, theme.id if theme else schedule.theme, "Theme"),
        *(() if request.actor.private else where),
        Field("weekdays", "Days", FieldKind.LINE, value=when.short(rule.weekdays), longest=80,
              help="mon, mon,thu, weekdays or daily", suggest=commands.Suggest.WEEKDAYS),
        Field("time", "Time", FieldKind.LINE, value=when.say_time(rule.at), help=f"In {rule.zone}", longest=20),
        Field("until", "Last date", FieldKind.LINE, value=rule.until.isoformat() if rule.until else "",
              required=False, longest=40, suggest=commands.Suggest.UNTIL,
              help=f"Like 24 dec; “{NOTHING}” for no end"),
    )  # fmt: skip
    given: Mapping[str, object] = {"id": schedule.id, "version": schedule.version}
    return views.FormPage(
        f"Change {schedule.id}",
        "The zone, holidays, mention and the rest are changed by “study-admin schedule edit”.",
        Form(commands.ScheduleEdit.spec.verb, given, fields),
    )
