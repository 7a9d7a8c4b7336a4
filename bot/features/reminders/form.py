"""The form of reminders, and how it is read: kindly, or with a sentence that says what would do."""

from __future__ import annotations

from datetime import date, datetime

from bot.core import actions, views
from bot.core.actions import Action
from bot.core.i18n import mark, say
from bot.core.record import replace
from bot.domain import when
from bot.domain.nudging import Consent, Way
from bot.features import commands, inputs
from bot.features.commands import Nudges

CONTRACT = mark(
    "Dualo reminds you only if you say so, or somebody suggests a theme to you by name, which it says: once a day at "
    "most, silent after three without an answer, and over with one press."
)


def change() -> Action:
    return Action(say("Change reminders"), commands.EditReminders())


def page(consent: Consent, today: date, *, zone: str) -> views.FormPage:
    """The form, filled in as things stand; its hour is one of the zone."""
    until = consent.until if consent.until and consent.until >= today else None
    values = {
        "nudges": consent.on or Nudges.OFF,
        "days": when.written(consent.days),
        "hour": when.say_time(consent.at),
        "a_week": consent.a_week,
        "until": until.isoformat() if until else "",
    }
    ways = (
        (Nudges.OFF, say("Not at all")),
        (Nudges.DM, say("By direct message")),
        (Nudges.MENTION, say("By a mention where lessons are posted")),
    )
    filled = actions.form(
        commands.EditReminders(),
        values,
        options={"nudges": ways},
        hints={"hour": say("Like 09:00, in {zone}", zone=zone)},
    )
    return views.FormPage(say("Your reminders"), say(CONTRACT), filled)


def read(command: commands.EditReminders, before: Consent, *, now: datetime, zone: str) -> Consent:
    """What the form says; what was left empty stays as it was."""
    again = (change(),)
    days = inputs.days(command.days, offering=again) if command.days else before.days
    at = inputs.at_time(command.hour, offering=again) if command.hour else before.at
    until = inputs.day(command.until, now=now, in_zone=zone, offering=again) if command.until else None
    way = Way.DM if command.nudges is Nudges.DM else Way.MENTION
    return replace(before, since=now, way=way, days=days, at=at, a_week=command.a_week, until=until)
