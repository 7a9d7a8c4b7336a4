"""What a learner decides about themselves: settings, and the data that is kept on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from bot.core.commands import Arg, Command, Suggest, command


@command("settings", "Your timezone, language and how things are shown")
class OpenSettings(Command, kw_only=True):
    pass


@command("edit-settings", "Change your settings", path="", opens_form=True)
class EditSettings(Command, kw_only=True):
    pass


@command("save-settings", "Save your settings", path="")
class SaveSettings(Command, kw_only=True):
    timezone: Annotated[str, Arg("Your timezone", suggest=Suggest.TIMEZONES, longest=60, typed=False)] = ""
    language: Annotated[str, Arg("Language of the lessons", longest=20, typed=False)] = ""
    plain: Annotated[bool, Arg("Plain mode: words in place of signs and bars", typed=False)] = False


class PrivacyVerb(StrEnum):
    SHOW = "show"
    EXPORT = "export"
    DELETE = "delete"
    PAUSE = "pause"
    RESUME = "resume"


@command("privacy", "What is kept on you: see it, take it, erase it, pause it")
class Privacy(Command, kw_only=True):
    action: Annotated[PrivacyVerb, Arg("What to do")] = PrivacyVerb.SHOW


@command("erase", "Type the word to erase everything", path="", opens_form=True)
class Erase(Command, kw_only=True):
    pass


@command("confirm-erase", "Erase everything kept on you", path="")
class ConfirmErase(Command, kw_only=True):
    word: Annotated[str, Arg("Type “erase” to confirm", longest=20, typed=False)]
