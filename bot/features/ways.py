"""Ways on and back that stand beneath many answers, each under one label everywhere."""

from __future__ import annotations

from bot.core.actions import Action
from bot.core.i18n import say
from bot.features import commands


def home() -> Action:
    return Action(say("Home"), commands.Home())


def hub() -> Action:
    """The way back for those who run the workspace."""
    return Action(say("Running Dualo"), commands.OpenWorkspace())
