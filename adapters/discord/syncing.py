"""When Discord is told the commands: if they are not what it was told last, or if it does not have them any more.

A start never fails by it. What Discord had before still works, and the next start tries again.
"""

from __future__ import annotations

from collections.abc import Sequence

import discord
import structlog
from discord.http import HTTPClient

from adapters.discord import registration
from adapters.discord.callbacks import CUT_OFF
from adapters.discord.endings import told
from adapters.discord.limits import Component
from bot.api import Vault

log = structlog.get_logger(__name__)

_REGISTERED = "commands"
"""Where in the vault the hash of the last registration lies, followed by the application's id."""


async def sync(application: discord.AppInfo, http: HTTPClient, vault: Vault) -> None:
    installs = [
        number
        for number, config in (
            (registration.BY_GUILD, application.guild_integration_config),
            (registration.BY_USER, application.user_integration_config),
        )
        if config is not None
    ]
    wanted = registration.definitions(installs=installs or [registration.BY_GUILD])
    name, hashed = f"{_REGISTERED}:{application.id}", registration.digest(wanted)
    try:
        if await vault.get(name) == hashed and not await _lost(application.id, http, wanted):
            return
        await http.bulk_upsert_global_commands(application.id, wanted)
    except (discord.DiscordException, *CUT_OFF) as error:
        log.error(
            f"Discord did not take the commands ({told(error)}). They are sent again at the next start.",
            action="discord.unregistered",
        )
        return
    await vault.put(name, hashed)
    log.info("Discord was told the commands.", action="discord.registered", commands=len(wanted))


async def _lost(application: int, http: HTTPClient, wanted: Sequence[Component]) -> bool:
    """Another tool on the same application may have overwritten them, and a restored backup knows nothing of it."""
    registered = await http.get_global_commands(application)
    return bool(registration.lacking(wanted, registered))
