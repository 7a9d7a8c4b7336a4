"""What whoever brought Dualo in is told, in one private line: the first step."""

from __future__ import annotations

from bot.core import views
from bot.core.actions import Action
from bot.features import commands


def first_step() -> views.Notice:
    return views.Notice(
        "Dualo is here.",
        "The first step: type /study-admin setup there; one form sets up the weekly lesson. Only you are told this.",
        actions=(Action("Read the first lesson", commands.Next()),),
    )
