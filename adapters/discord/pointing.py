"""Which lesson somebody means who takes “Report this lesson” from a message's menu: the one that the message shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.discord import buttons, limits, registration
from bot.api import StudyError, commands


def message_of(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The message whose menu a command was taken from."""
    messages: Mapping[str, Any] = data.get("resolved", {}).get("messages", {})
    message: Mapping[str, Any] = messages.get(str(data.get("target_id")), {})
    return message


def report_on(message: Mapping[str, Any], application: int) -> commands.Command:
    """The report form for the lesson that a message of ours shows."""
    author = str(message.get("author", {}).get("id", ""))
    for component in limits.walk(message.get("components", [])) if author == str(application) else ():
        if report := _report(str(component.get("custom_id", ""))):
            return report
    raise StudyError(
        "There is no lesson of mine in this message.",
        f"“{registration.REPORT}” works on a lesson that I posted; anywhere else, open the lesson with /lesson "
        "and press “Report a mistake”.",
    )


def _report(custom_id: str) -> commands.Command | None:
    """The report on the lesson that a button is about, if it is about one."""
    try:
        command = buttons.read(custom_id).command
    except StudyError:
        return None
    match command:
        case commands.DescribeMistake():
            return command
        case commands.Done(lesson=named) if "/" in named:
            theme, _, lesson = named.partition("/")
            return commands.DescribeMistake(theme=theme, lesson=lesson)
        case commands.OpenLesson(theme=theme, lesson=lesson) if theme and lesson:
            return commands.DescribeMistake(theme=theme, lesson=lesson)
        case _:
            return None
