"""A little Discord, a little Slack, and real processes of Dualo between them, under one clock that a test turns."""

from __future__ import annotations

import asyncio
import os
import signal
import time as machine
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from adapters.discord.delivery import marker
from adapters.slack import payload
from bot.domain.outbox import DeliveryKind, Entry
from bot.domain.posts import DeliveryState
from bot.domain.recurrence import Rule, Weekday
from bot.domain.schedule import Schedule
from bot.store import migrate, tables
from bot.store.cold import schedules
from bot.store.database import Database
from bot.store.outbox import entries
from bot.store.store import opened
from tests.forking import Forked
from tests.promises import served
from tests.wire.discord.model import Channel as DiscordChannel
from tests.wire.discord.model import Guild
from tests.wire.discord.person import Person as DiscordPerson
from tests.wire.fake_discord import FakeDiscord
from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.model import Channel as SlackChannel
from tests.wire.slack.workspace import Workspace as SlackWorkspace

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds within which something must have happened, however busy the machine."""


@dataclass(slots=True)
class Stage:
    folder: Path
    database: str
    discord: FakeDiscord
    guild: Guild
    boss: DiscordPerson
    slack: FakeSlack
    team: SlackWorkspace
    ahead: float = 0.0
    processes: list[Forked] = field(default_factory=list)
    channels: dict[str, DiscordChannel] = field(default_factory=dict)
    """Discord's, by the address that a schedule knows."""
    rooms: dict[str, SlackChannel] = field(default_factory=dict)
    """Slack's, likewise."""
    settings: dict[str, str] = field(default_factory=dict)
    """Of the processes, where they are to differ from what is usual here."""
    address: str = ""
    """Of the process that was started last."""

    # Places ----------------------------------------------------------------------------------------------------------

    def discord_order(self, identity: str, at: time, **more: Any) -> Schedule:
        """A weekly post into a Discord channel of its own."""
        channel = self.discord.channel(self.guild, identity.lower())
        address = f"#{channel.id}"
        self.channels[address] = channel
        return _order(f"discord:{self.guild.id}", identity, address, at, **more)

    def slack_order(self, identity: str, at: time, **more: Any) -> Schedule:
        channel = self.team.channel(identity.lower())
        address = payload.address(payload.NO_ENTERPRISE, self.team.id, channel.id)
        self.rooms[address] = channel
        return _order(f"slack:{payload.NO_ENTERPRISE}:{self.team.id}", identity, address, at, **more)

    # Time ------------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(machine.time() + self.ahead, UTC)

    def turn(self, by: timedelta) -> None:
        """The clocks of the platforms and of every process jump ahead together."""
        self.ahead += by.total_seconds()
        self.discord.clock.advance(by.total_seconds())
        self.slack.clock.advance(by.total_seconds())
        self._write_clock()

    def turn_to(self, moment: datetime) -> None:
        self.turn(moment - self.now)

    def _write_clock(self) -> None:
        new = self.folder / "ahead.new"
        new.write_text(str(self.ahead))
        new.replace(self.folder / "ahead")

    # Processes -------------------------------------------------------------------------------------------------------

    async def start(
        self,
        *,
        discord: bool = True,
        slack: bool = True,
        serving: bool = True,
        stderr: int | Path | None = None,
        links: bool = False,
    ) -> Forked:
        """One more process; returns when it serves, or at once where it is kept from that."""
        self._write_clock()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DUALO_")}
        settings = {
            "DUALO_DATA_DIR": str(self.folder),
            "DUALO_DATABASE_URL": self.database,
            "DUALO_HTTP_PORT": "0",
            "DUALO_TICK_SECONDS": "0.1",
            "DUALO_LOG_LEVEL": "warning",
        }
        if links:
            settings["DUALO_LINK"] = "on"
        if discord:
            settings |= {"DUALO_DISCORD_TOKEN": self.discord.token, "DUALO_DISCORD_API_URL": self.discord.api_url}
        if slack:
            settings |= {
                "DUALO_SLACK_BOT_TOKEN": self.team.token,
                "DUALO_SLACK_APP_TOKEN": self.slack.app.app_token,
                "DUALO_SLACK_API_URL": self.slack.api_url,
            }
        settings |= self.settings
        process = Forked(served.serve, self.folder / "ahead", environment=kept | settings, stderr=stderr)
        await process.start()
        self.processes.append(process)
        if not serving:
            return process
        async with asyncio.timeout(PATIENCE):
            self.address = (await process.stdout.readline()).decode().strip()
        assert self.address, "it did not start"
        return process

    async def kill(self, process: Forked) -> None:
        """As by the power."""
        process.send_signal(signal.SIGKILL)
        await process.wait()

    async def stop(self, process: Forked) -> None:
        """As by an operator; it must leave with 0."""
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0

    async def end(self) -> None:
        for process in self.processes:
            if process.returncode is None:
                await self.kill(process)

    # The books -------------------------------------------------------------------------------------------------------

    async def add(self, *orders: Schedule) -> None:
        """Standing orders made before anybody runs."""
        database = Database(self.database)
        await migrate.upgrade(database)
        async with opened(database) as store, store.transaction() as connection:
            for order in orders:
                await schedules.add(connection, order, self.now)

    async def lines(self, kind: DeliveryKind = DeliveryKind.POST) -> list[Entry]:
        """The ledger, as it stands on the disk."""
        table = tables.delivery
        async with opened(Database(self.database)) as store, store.reading() as connection:
            found = await connection.execute(select(table).where(table.c.kind == kind))
            return [entries.read(row) for row in found.mappings()]

    def times_posted(self, line: Entry) -> int:
        """How often a line's message stands in its channel, as the platform has it."""
        key = line.name.key
        if room := self.rooms.get(line.address):
            return sum(_slack_key(message.metadata) == key for message in self.team.messages(room))
        wanted, known = marker(key), line.message.partition("~")[0].split("/")[1:2]
        return sum(
            [str(message.id)] == known or any(part.get("id") == wanted for part in message.components)
            for message in self.discord.messages(self.channels[line.address])
        )

    async def until_over(
        self, count: int, *, kind: DeliveryKind = DeliveryKind.POST, day: date | None = None
    ) -> list[Entry]:
        """So many lines (of a date), all of them at an end."""

        async def over() -> list[Entry] | None:
            lines = [line for line in await self.lines(kind) if day in (None, line.name.local_date)]
            return lines if len(lines) >= count and all(line.state.over for line in lines) else None

        try:
            return await until(over, f"{count} lines at an end")
        except AssertionError as never:
            raise AssertionError(f"{never}; there are {await self.lines(kind)}") from never

    async def imbalance(self, count: int) -> dict[str, Sequence[str]]:
        """What is wrong in the books, by its kind; nothing if all is well."""
        lines = await self.lines()
        sent = {DeliveryState.SENT, DeliveryState.LATE}
        wrong = {
            "missing": [] if len(lines) == count else [f"{len(lines)} lines of {count}"],
            "without an end": [line.name.key for line in lines if not line.state.over],
            "twice": [line.name.key for line in lines if self.times_posted(line) > 1],
            "lost": [line.name.key for line in lines if line.state in sent and not self.times_posted(line)],
            "untrue": [line.name.key for line in lines if line.state not in sent and self.times_posted(line)],
        }
        return {kind: what for kind, what in wrong.items() if what}


def _order(workspace: str, identity: str, address: str, at: time, **more: Any) -> Schedule:
    rule = Rule(frozenset({Weekday.MON}), at, zone="UTC", start=date(2026, 1, 1))
    return Schedule(workspace, identity, "backend-architectures", address, rule, **more)


def _slack_key(metadata: object) -> str:
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return str(payload.get("key", "")) if isinstance(payload, dict) else ""


async def until(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """Wait for a condition that lies outside of this process."""
    begun = machine.monotonic()
    while machine.monotonic() - begun < PATIENCE:
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(f"never came: {what}")


@asynccontextmanager
async def staged(folder: Path, database: str) -> AsyncIterator[Stage]:
    async with FakeDiscord() as discord, FakeSlack() as slack:
        boss = discord.person("boss")
        guild = discord.guild("Team", owner=boss)
        stage = Stage(folder, database, discord, guild, boss, slack, slack.add_team("Team"))
        try:
            yield stage
        finally:
            await stage.end()
