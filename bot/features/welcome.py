"""What whoever brought Dualo in is told, in one private line: the first step."""

from __future__ import annotations

from bot.core import views
from bot.core.actions import Action
from bot.core.i18n import say
from bot.features import commands


def first_step() -> views.Notice:
    return views.Notice(
        say("Dualo is here."),
        say(
            "The first step: type /study-admin setup there; one form sets up the weekly lesson. Only you are told this."
        ),
        actions=(Action(say("Read the first lesson"), commands.Next()),),
    )
