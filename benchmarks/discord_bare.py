"""The rival, a process of its own: a bare discord.py bot that answers one slash command with a constant.

The constant is a file's components, sent as they are: drawing them anew for each answer would be the rival's loss.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Answer(discord.ui.LayoutView):
    """Finished components, which nothing is to be kept for."""

    def __init__(self, components: list[dict[str, Any]]) -> None:
        super().__init__(timeout=None)
        self._components = components
        self.stop()

    def to_components(self) -> list[dict[str, Any]]:
        return self._components

    def has_components_v2(self) -> bool:
        return True


class Bare(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()


def main(api_url: str, gateway_url: str, token: str, file: str) -> None:
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api_url, yarl.URL(gateway_url)
    bot = Bare()
    answer = Answer(json.loads(Path(file).read_text(encoding="utf-8")))

    @bot.tree.command(description="The next lesson")
    async def next(interaction: discord.Interaction, theme: str = "") -> None:
        await interaction.response.send_message(view=answer, ephemeral=True)

    bot.run(token, log_handler=None)


if __name__ == "__main__":
    # A shell that starts a job in the background has it ignore SIGINT, and so all that the job starts; this bot hears
    # nothing else.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main(*sys.argv[1:5])
