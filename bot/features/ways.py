"""Ways on and back that stand beneath many answers, each under one label everywhere."""

from __future__ import annotations

from bot.core.actions import Action
from bot.core.i18n import say
from bot.features import commands


def home() -> Action:
    return Action(say("Home"), commands.Home())


def progress() -> Action:
    return Action(say("My progress"), commands.Progress())


def all_themes() -> Action:
    return Action(say("All themes"), commands.Themes())


def record_again() -> Action:
    return Action(say("Record again"), commands.Privacy(action=commands.PrivacyVerb.RESUME))


def hub() -> Action:
    """The way back for those who run the workspace."""
    return Action(say("Running Dualo"), commands.OpenWorkspace())


def all_schedules() -> Action:
    return Action(say("All schedules"), commands.ScheduleList())


def change_schedule(schedule: str) -> Action:
    return Action(say("Change"), commands.ScheduleEdit(id=schedule))
