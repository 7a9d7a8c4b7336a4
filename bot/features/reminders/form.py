"""The form of reminders, and how it is read: kindly, or with a sentence that says what would do."""

from __future__ import annotations

from datetime import date, datetime

from bot.core import views
from bot.core.actions import Action, Field, FieldKind, Form
from bot.core.record import replace
from bot.domain import when
from bot.domain.nudging import Consent, Way
from bot.features import commands, inputs
from bot.features.commands import Nudges

CONTRACT = (
    "Dualo reminds you only if you say so, or somebody here suggests a theme, which it then says: once a day at most, "
    "silent after three without an answer, and over with one press."
)
_CHANGE = Action("Change reminders", commands.EditReminders())


def page(consent: Consent, today: date) -> views.FormPage:
    """The form, filled in as things stand."""
    until = consent.until if consent.until and consent.until >= today else None
    return views.FormPage(
        title="Your reminders",
        intro=CONTRACT,
        form=Form(
            verb=commands.SaveReminders.spec.verb,
            given={},
            fields=(
                Field(
                    "nudges",
                    "Remind me",
                    FieldKind.ONE_OF,
                    value=consent.on or Nudges.OFF,
                    options=(
                        (Nudges.OFF, "Not at all"),
                        (Nudges.DM, "By direct message"),
                        (Nudges.MENTION, "By a mention where lessons are posted"),
                    ),
                ),
                Field(
                    "days",
                    "On which days",
                    FieldKind.LINE,
                    value=when.short(consent.days),
                    help="mon,thu or weekdays or daily",
                    longest=80,
                    suggest=commands.Suggest.WEEKDAYS,
                ),
                Field(
                    "hour", "At what time", FieldKind.LINE, value=when.say_time(consent.at), help="09:00", longest=20
                ),
                Field("a_week", "How many a week at most", FieldKind.NUMBER, value=str(consent.a_week), low=1, high=7),
                Field(
                    "until",
                    "The last date with reminders",
                    FieldKind.LINE,
                    value=until.isoformat() if until else "",
                    help="24 dec, or 3 months; empty for no end",
                    required=False,
                    longest=40,
                    suggest=commands.Suggest.UNTIL,
                ),
            ),
        ),
    )


def read(command: commands.SaveReminders, before: Consent, *, now: datetime, zone: str) -> Consent:
    """What the form says; what was left empty stays as it was."""
    again = (_CHANGE,)
    days = inputs.days(command.days, offering=again) if command.days else before.days
    at = inputs.at_time(command.hour, offering=again) if command.hour else before.at
    until = inputs.day(command.until, now=now, in_zone=zone, offering=again) if command.until else None
    way = Way.DM if command.nudges is Nudges.DM else Way.MENTION
    return replace(before, since=now, way=way, days=days, at=at, a_week=command.a_week, until=until)
