"""What a learner decides about themselves: settings, and the data that is kept on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from bot.core.commands import Arg, Command, LanguageField, ZoneField, command
from bot.domain.memory import CAP


@command("settings", "Your timezone, language and how things are shown")
class OpenSettings(Command, kw_only=True):
    pass


@command("edit-settings", "Change your settings", path="", once="save-settings")
class EditSettings(Command, kw_only=True):
    timezone: ZoneField = ""
    language: LanguageField = ""
    reviews: Annotated[
        int, Arg("How many questions a day", low=1, high=50, label="Reviews a day", optional=True, typed=False)
    ] = CAP
    plain: Annotated[
        bool, Arg("Words in place of signs, bars and pictures", label="Plain mode", optional=True, typed=False)
    ] = False
    board: Annotated[
        bool, Arg("Others see your weeks kept on /team", label="On the board", optional=True, typed=False)
    ] = False


@command("open-web", "Open your own page in a browser", path="")
class OpenOwnPage(Command, kw_only=True):
    pass


class PrivacyVerb(StrEnum):
    SHOW = "show"
    EXPORT = "export"
    REVIEWS = "reviews"
    CARDS = "cards"
    DELETE = "delete"
    PAUSE = "pause"
    RESUME = "resume"


@command("privacy", "What is kept on you: see it, take it, erase it, pause it")
class Privacy(Command, kw_only=True):
    action: Annotated[PrivacyVerb, Arg("What to do")] = PrivacyVerb.SHOW


@command("erase", "Erase everything kept on you", path="", once="confirm-erase")
class Erase(Command, kw_only=True):
    word: Annotated[str, Arg("Nothing is erased before", label="Type “erase” to confirm", longest=20, typed=False)] = ""
