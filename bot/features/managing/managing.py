"""All that managers can ask for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.features import commands
from bot.features.managing import assignments, content, doctor, members, report, workspace
from bot.features.request import Handler
from bot.features.schedules import schedules

HANDLERS: Mapping[type[commands.Command], Handler] = {
    **schedules.HANDLERS,
    **assignments.HANDLERS,
    **report.HANDLERS,
    **content.HANDLERS,
    **members.HANDLERS,
    **workspace.HANDLERS,
    **doctor.HANDLERS,
}
