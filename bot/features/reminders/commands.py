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


@command("edit-reminders", "Choose when you are reminded", path="", opens_form=True)
class EditReminders(Command, kw_only=True):
    pass


@command("save-reminders", "Save when you are reminded", path="")
class SaveReminders(Command, kw_only=True):
    nudges: Annotated[Nudges, Arg("Whether and where", typed=False)] = Nudges.OFF
    days: Annotated[str, Arg("On which days", suggest=Suggest.WEEKDAYS, longest=80, typed=False)] = ""
    hour: Annotated[str, Arg("At what time", longest=20, typed=False)] = ""
    a_week: Annotated[int, Arg("How many a week at most", low=1, high=7, typed=False)] = 3
    until: Annotated[str, Arg("The last date with reminders", suggest=Suggest.UNTIL, longest=40, typed=False)] = ""


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
