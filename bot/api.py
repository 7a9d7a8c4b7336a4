"""What a front end may import from the engine, and nothing more."""

from bot import actions, commands, text, views
from bot.errors import NotAllowed, SettingsError, StudyError
from bot.ports import Actor, Adapter, Check, Delivered, Engine, Outcome, Suggestion

__all__ = [
    "Actor",
    "Adapter",
    "Check",
    "Delivered",
    "Engine",
    "NotAllowed",
    "Outcome",
    "SettingsError",
    "StudyError",
    "Suggestion",
    "actions",
    "commands",
    "text",
    "views",
]
