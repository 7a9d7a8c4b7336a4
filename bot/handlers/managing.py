"""All that managers can ask for."""

from __future__ import annotations

from collections.abc import Mapping

from bot import commands
from bot.handlers import assigning, examining, members, reporting, running, schedules, tending
from bot.handlers.request import Handler

HANDLERS: Mapping[type[commands.Command], Handler] = {
    **schedules.HANDLERS,
    **assigning.HANDLERS,
    **reporting.HANDLERS,
    **tending.HANDLERS,
    **members.HANDLERS,
    **running.HANDLERS,
    **examining.HANDLERS,
}
