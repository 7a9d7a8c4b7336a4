"""Ways on and back that stand beneath many answers, each under one label everywhere."""

from __future__ import annotations

from bot.core.actions import Action
from bot.core.i18n import mark, say
from bot.features import commands

HOME = Action(mark("Home"), commands.Home())
HUB = Action(mark("Running Dualo"), commands.OpenWorkspace())
"""The way back for those who run the workspace."""


def home() -> Action:
    return Action(say(HOME.label), HOME.command)


def hub() -> Action:
    return Action(say(HUB.label), HUB.command)
