"""Choosing when one is reminded, and resting from it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from bot.core.commands import Arg, Command, Suggest, command


class Nudges(StrEnum):
    """How somebody wants to be reminded."""

    OFF = "off"
    DM = "dm"
    MENTION = "mention"


@command("edit-reminders", "Choose when you are reminded", path="", once="save-reminders")
class EditReminders(Command, kw_only=True):
    nudges: Annotated[Nudges, Arg("Whether and where", label="Remind me", typed=False)] = Nudges.OFF
    days: Annotated[
        str,
        Arg("mon,thu or weekdays or daily", suggest=Suggest.WEEKDAYS, longest=80, typed=False, label="On which days"),
    ] = ""
    hour: Annotated[str, Arg("09:00", suggest=Suggest.TIMES, longest=20, typed=False, label="At what time")] = ""
    a_week: Annotated[int, Arg("From 1 to 7", low=1, high=7, typed=False, label="How many a week at most")] = 3
    until: Annotated[
        str,
        Arg(
            "24 dec, or 3 months; empty for no end",
            suggest=Suggest.UNTIL,
            longest=40,
            typed=False,
            label="The last date with reminders",
            optional=True,
        ),
    ] = ""


@command("stop-reminders", "No more reminders", path="")
class StopReminders(Command, kw_only=True):
    pass


@command("snooze", "No reminders until a day that you choose")
class Snooze(Command, kw_only=True):
    until: Annotated[str, Arg("A day: friday, 2 weeks, 24 dec", suggest=Suggest.UNTIL, longest=40)] = ""


@command("not-this-week", "No reminders until Monday", path="")
class NotThisWeek(Command, kw_only=True):
    pass


@command("resume", "Reminders again, as before", path="")
class Resume(Command, kw_only=True):
    pass
