"""What a front end may import from the engine, and nothing more."""

from bot import actions, commands, text, typed, views
from bot.errors import NotAllowed, SettingsError, StudyError
from bot.ports import Actor, Adapter, Check, Clock, Delivered, Engine, Outcome, Suggestion, Vault, WallClock
from bot.record import Record, field, replace

__all__ = [
    "Actor",
    "Adapter",
    "Check",
    "Clock",
    "Delivered",
    "Engine",
    "NotAllowed",
    "Outcome",
    "Record",
    "SettingsError",
    "StudyError",
    "Suggestion",
    "Vault",
    "WallClock",
    "actions",
    "commands",
    "field",
    "replace",
    "text",
    "typed",
    "views",
]
