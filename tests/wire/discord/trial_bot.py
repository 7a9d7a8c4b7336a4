"""Decides what the bot does that the little Discord's own tests send: one command for each way to answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.wire.discord.clock import Signal
from tests.wire.discord.server import FakeDiscord


class TrialBot(discord.AutoShardedClient):
    def __init__(self, *, intents: discord.Intents | None = None) -> None:
        super().__init__(
            intents=intents or discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            guild_ready_timeout=0.05,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.tree: app_commands.CommandTree[TrialBot] = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.signal = Signal()
        self.messages_heard: list[discord.Message] = []
        add_commands(self)

    def hear(self, what: str) -> None:
        self.heard.append(what)
        self.signal.fire()

    async def until_heard(self, what: str) -> None:
        await self.signal.until(lambda: what in self.heard, f"the bot to hear {what!r}", 5.0)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """No waiting between shards: this Discord does not ask for it."""

    async def on_shard_resumed(self, shard_id: int) -> None:
        self.hear(f"resumed {shard_id}")

    async def on_shard_connect(self, shard_id: int) -> None:
        self.hear(f"connected {shard_id}")

    async def on_message(self, message: discord.Message) -> None:
        self.messages_heard.append(message)
        self.signal.fire()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.hear(f"joined {guild.name}")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.hear(f"left {guild.name}")


class Lesson(discord.ui.LayoutView):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        done: discord.ui.Button[Lesson] = discord.ui.Button(label="Done – next", custom_id="done")
        picks: discord.ui.Select[Lesson] = discord.ui.Select(
            custom_id="theme",
            options=[discord.SelectOption(label="One", value="1"), discord.SelectOption(label="Two", value="2")],
        )
        done.callback = self.press  # type: ignore[method-assign]
        picks.callback = self.pick  # type: ignore[method-assign]
        container: discord.ui.Container[Lesson] = discord.ui.Container(
            discord.ui.TextDisplay("# Concurrency"),
            discord.ui.Separator(),
            discord.ui.Section("Grounded on", accessory=discord.ui.Thumbnail("https://example.org/a.png")),
            discord.ui.ActionRow(done),
            discord.ui.ActionRow(picks),
        )
        self.add_item(container)

    async def press(self, interaction: discord.Interaction) -> None:
        view: discord.ui.LayoutView = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.TextDisplay("Recorded."))
        await interaction.response.edit_message(view=view)

    async def pick(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        assert interaction.data is not None
        values = interaction.data.get("values")
        await interaction.followup.send(f"picked {values}", ephemeral=True)


class Settings(discord.ui.Modal, title="Settings"):
    hour: discord.ui.Label[Settings] = discord.ui.Label(
        text="Hour", component=discord.ui.TextInput(custom_id="hour", max_length=5)
    )
    days: discord.ui.Label[Settings] = discord.ui.Label(
        text="Days",
        component=discord.ui.CheckboxGroup(
            custom_id="days",
            options=[
                discord.CheckboxGroupOption(label="Monday", value="mon", default=True),
                discord.CheckboxGroupOption(label="Friday", value="fri"),
            ],
        ),
    )
    plain: discord.ui.Label[Settings] = discord.ui.Label(text="Plain", component=discord.ui.Checkbox(custom_id="plain"))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.hour.component, discord.ui.TextInput)
        assert isinstance(self.days.component, discord.ui.CheckboxGroup)
        assert isinstance(self.plain.component, discord.ui.Checkbox)
        told = f"{self.hour.component.value} {self.days.component.values} {self.plain.component.value}"
        await interaction.response.send_message(told, ephemeral=True)


def add_commands(bot: TrialBot) -> None:
    tree = bot.tree

    @tree.command(description="Answers at once")
    async def ping(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("pong", ephemeral=True)

    @tree.command(description="Says who asks from where")
    async def whoami(interaction: discord.Interaction) -> None:
        rights = interaction.permissions.manage_guild if interaction.guild else None
        told = f"{interaction.user.name} {type(interaction.channel).__name__} {rights} {interaction.context.dm_channel}"
        await interaction.response.send_message(told)

    @tree.command(description="Defers, then edits")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(view=Lesson())
        await interaction.followup.send("and more", ephemeral=True)

    @tree.command(description="Shows a lesson")
    async def lesson(interaction: discord.Interaction, theme: str, number: app_commands.Range[int, 1, 20] = 1) -> None:
        await interaction.response.send_message(view=Lesson(), ephemeral=theme != "public")
        bot.hear(f"lesson {theme} {number}")

    @lesson.autocomplete("theme")
    async def complete_theme(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}-{place}", value=str(place)) for place in range(3)]

    @tree.command(description="Opens a form")
    async def settings(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Settings())

    @tree.command(description="Never answers")
    async def mute(interaction: discord.Interaction) -> None:
        bot.hear("mute")

    add_admin(tree)
    add_menu(tree)


def add_admin(tree: app_commands.CommandTree[TrialBot]) -> None:
    admin = app_commands.Group(
        name="study-admin",
        description="For those who run it",
        default_permissions=discord.Permissions(manage_guild=True),
        guild_only=True,
    )
    schedule = app_commands.Group(name="schedule", description="Standing orders", parent=admin)

    @schedule.command(description="Adds one")
    @app_commands.choices(
        state=[app_commands.Choice(name="On", value="on"), app_commands.Choice(name="Off", value="off")]
    )
    async def add(
        interaction: discord.Interaction,
        channel: discord.TextChannel,
        state: str,
        mention: discord.Role | None = None,
        member: discord.Member | None = None,
    ) -> None:
        told = f"#{channel.name} {state} {mention.name if mention else '-'} {member.name if member else '-'}"
        await interaction.response.send_message(told, ephemeral=True)

    tree.add_command(admin)


def add_menu(tree: app_commands.CommandTree[TrialBot]) -> None:
    @tree.context_menu(name="Report this lesson")
    async def report(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"reported {message.id}", ephemeral=True)


@asynccontextmanager
async def connected(fake: FakeDiscord, bot: TrialBot | None = None) -> AsyncIterator[TrialBot]:
    """The bot, logged in and ready; the two class attributes are put back afterwards."""
    client = bot or TrialBot()
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = fake.api_url, yarl.URL(fake.gateway_url)
    try:
        await client.login(fake.token)
        running = asyncio.create_task(client.connect())
        ready = asyncio.create_task(client.wait_until_ready())
        await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED, timeout=10)
        ready.cancel()
        if running.done():
            await running
        yield client
        await client.close()
        await running
    finally:
        await client.close()
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
