"""The rival: a bare discord.py bot that answers one slash command with a constant. Run as a process of its own."""

from __future__ import annotations

import sys

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Bare(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()


def main(api_url: str, gateway_url: str, token: str) -> None:
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api_url, yarl.URL(gateway_url)
    bot = Bare()

    @bot.tree.command(description="The next lesson")
    async def next(interaction: discord.Interaction, theme: str = "") -> None:
        await interaction.response.send_message("The next lesson is number one.", ephemeral=True)

    bot.run(token, log_handler=None)


if __name__ == "__main__":
    main(*sys.argv[1:4])
