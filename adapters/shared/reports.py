"""Which lesson a message shows, so that a mistake in it can be reported from the message's own menu."""

from __future__ import annotations

from collections.abc import Iterable

from bot.api import StudyError, actions, commands


def mistake_in(tokens: Iterable[str]) -> commands.ReportMistake | None:
    """The report on the lesson that a message's buttons are about, told by the tokens that they carry."""
    for token in tokens:
        try:
            command = actions.read(token)
        except StudyError:
            continue  # no button of ours, or one that has expired
        if found := _about(command):
            return found
    return None


def _about(command: commands.Command) -> commands.ReportMistake | None:
    match command:
        case commands.ReportMistake():
            return command
        case commands.Done(lesson=named) if "/" in named:
            theme, _, lesson = named.partition("/")
            return commands.ReportMistake(theme=theme, lesson=lesson)
        case commands.OpenLesson(theme=theme, lesson=lesson) if theme and lesson:
            return commands.ReportMistake(theme=theme, lesson=lesson)
        case _:
            return None
