"""What a front end may import from the engine, and nothing more."""

from bot.core import actions, blocks, completing, i18n, layout, pictures, reference, text, typed, views
from bot.core.errors import NotAllowed, SettingsError, StoreUnavailable, StudyError
from bot.core.ports import (
    Actor,
    Adapter,
    Advice,
    Check,
    Clock,
    Delivered,
    Engine,
    Outcome,
    Reach,
    Suggestion,
    Vault,
    WallClock,
)
from bot.core.record import Record, field, replace
from bot.core.svg import Svg
from bot.core.visits import Visit, Visits
from bot.features import commands, welcome

__all__ = [
    "Actor",
    "Adapter",
    "Advice",
    "Check",
    "Clock",
    "Delivered",
    "Engine",
    "NotAllowed",
    "Outcome",
    "Reach",
    "Record",
    "SettingsError",
    "StoreUnavailable",
    "StudyError",
    "Suggestion",
    "Svg",
    "Vault",
    "Visit",
    "Visits",
    "WallClock",
    "actions",
    "blocks",
    "commands",
    "completing",
    "field",
    "i18n",
    "layout",
    "pictures",
    "reference",
    "replace",
    "text",
    "typed",
    "views",
    "welcome",
]
