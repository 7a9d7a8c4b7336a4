"""What a front end may import from the engine, and nothing more."""

from bot import actions, commands, text, typed, views
from bot.errors import NotAllowed, SettingsError, StudyError
from bot.ports import Actor, Adapter, Check, Clock, Delivered, Engine, Outcome, Suggestion, Vault, WallClock

__all__ = [
    "Actor",
    "Adapter",
    "Check",
    "Clock",
    "Delivered",
    "Engine",
    "NotAllowed",
    "Outcome",
    "SettingsError",
    "StudyError",
    "Suggestion",
    "Vault",
    "WallClock",
    "actions",
    "commands",
    "text",
    "typed",
    "views",
]
