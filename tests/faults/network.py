"""The stage of the promises with a proxy on each of its roads: to Discord, to Slack, to PostgreSQL where that serves.

What people do meanwhile is done by `Class`: everybody marks a lesson as done, again and again, and knows what was said.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import make_url, select

from bot.domain.posts import DeliveryState
from bot.store import tables
from bot.store.database import Database
from bot.store.store import opened
from tests.faults.proxy import Proxy, Target
from tests.forking import Forked
from tests.promises.stage import PATIENCE, Stage, until
from tests.wire.discord.clock import Unmet
from tests.wire.discord.model import Channel
from tests.wire.discord.person import Person as DiscordPerson
from tests.wire.slack.book import NotSeen
from tests.wire.slack.person import Person as SlackPerson

SENT = {DeliveryState.SENT, DeliveryState.LATE}
STEP, PAUSE = timedelta(seconds=20), 1.5
"""Longer than a try of unknown outcome rests; and seconds in between, so that no lease ends while something is sent: a
clock that runs too fast does what the page on deliveries says of a process that is frozen."""
GUST = timedelta(seconds=5)
"""How far the clock is turned in a second of a storm, in which sends take longer."""
LESSON = "backend-architectures/layers"
KEPT = "1 / 10"
"""What somebody reads whose only lesson is done."""


@dataclass(slots=True)
class Network:
    """A stage whose processes reach the platforms by way of proxies."""

    stage: Stage
    discord: Proxy
    slack: Proxy
    process: Forked | None = None

    @property
    def roads(self) -> tuple[Proxy, Proxy]:
        return self.discord, self.slack

    async def start(self, **how: bool) -> None:
        """One process, whose log goes to a file: a pipe that nobody reads would make it wait."""
        self.process = await self.stage.start(stderr=self.stage.folder / "log", **how)

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def stop(self) -> None:
        assert self.process is not None
        await self.stage.stop(self.process)

    @property
    def log(self) -> str:
        return (self.stage.folder / "log").read_text()

    async def readiness(self) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(f"{self.stage.address}/readyz") as answer:
            said: dict[str, Any] = json.loads(await answer.text())
            return said

    async def until_trouble(self, *parts: str) -> dict[str, str]:
        """Wait until just these parts are not ready; their reasons."""

        async def found() -> dict[str, str] | None:
            said = await self.readiness()
            down = {name: str(part["reason"]) for name, part in said["parts"].items() if not part["ready"]}
            return down if set(down) == set(parts) else None

        return await until(found, f"trouble of just {parts}")


@asynccontextmanager
async def between(stage: Stage) -> AsyncIterator[Network]:
    async with Proxy(_place(stage.discord.url)) as discord, Proxy(_place(stage.slack.world.base_url)) as slack:
        # Both tell the process by which address it goes on: the gateway, web sockets, uploads, answers.
        stage.discord.gateway.url = f"ws://127.0.0.1:{discord.port}"
        stage.slack.world.base_url = f"http://127.0.0.1:{slack.port}"
        api = stage.discord.api_url.removeprefix(stage.discord.url)
        stage.settings["DUALO_DISCORD_API_URL"] = f"http://127.0.0.1:{discord.port}{api}"
        made = Network(stage, discord, slack)
        yield made
        print(made.log)  # noqa: T201 - shown where the test failed


def _place(address: str) -> tuple[str, int]:
    host, _, port = address.removeprefix("http://").partition(":")
    return host, int(port)


@asynccontextmanager
async def before_database(stage: Stage) -> AsyncIterator[Proxy]:
    """A proxy before the PostgreSQL of the tests; the stage itself goes past it."""
    url = make_url(stage.database)
    port, folder = url.port or 5432, url.query.get("host")
    there: Target = Path(str(folder)) / f".s.PGSQL.{port}" if folder else (url.host or "127.0.0.1", port)
    async with Proxy(there) as proxy:
        beyond = url.set(host="127.0.0.1", port=proxy.port).difference_update_query(["host"])
        stage.settings["DUALO_DATABASE_URL"] = beyond.render_as_string(hide_password=False)
        yield proxy


@dataclass(slots=True)
class Class:
    """People on both platforms who learn while it storms."""

    stage: Stage
    place: Channel
    discord: list[DiscordPerson]
    slack: list[SlackPerson]
    kept: set[str] = field(default_factory=set)
    """Who was told that the lesson is done."""

    async def all_press(self) -> None:
        """Everybody once. Somebody who hears nothing tries again another time."""
        await asyncio.gather(self.press_on("discord"), self.press_on("slack"))

    async def press_on(self, platform: str) -> None:
        if platform == "discord":
            await asyncio.gather(*map(self._on_discord, self.discord))
        else:
            await asyncio.gather(*map(self._on_slack, self.slack))

    async def _on_discord(self, person: DiscordPerson) -> None:
        pressed = person.slash("done", {"lesson": LESSON}, channel=self.place)
        try:
            await pressed.settled(within=3)
        except Unmet:
            return
        if pressed.message is not None and KEPT in pressed.message.text:
            self.kept.add(str(person.id))

    async def _on_slack(self, person: SlackPerson) -> None:
        turn = await person.command("/done", LESSON, channel=self.stage.team.general)
        try:
            answer = await turn.answer(within=3)
        except NotSeen:
            return
        if KEPT in json.dumps(answer.blocks) or "Done already" in answer.text:
            self.kept.add(person.id)

    async def recorded(self) -> list[str]:
        """Whose lesson is recorded, as it stands on the disk: one line for each time."""
        table = tables.completion
        async with opened(Database(self.stage.database)) as store, store.reading() as connection:
            return [str(row[0]) for row in await connection.execute(select(table.c.person))]

    def everybody_on(self, platform: str) -> list[str]:
        return sorted(str(person.id) for person in (self.discord if platform == "discord" else self.slack))

    @property
    def everybody(self) -> list[str]:
        return sorted([*self.everybody_on("discord"), *self.everybody_on("slack")])


def gathered(stage: Stage, count: int) -> Class:
    place = stage.discord.channel(stage.guild, "classroom")
    people = [stage.discord.person(f"p{number}") for number in range(count)]
    for person in people:
        stage.discord.join(person, stage.guild)
    return Class(stage, place, people, [stage.team.person(f"p{number}") for number in range(count)])


async def until_over(network: Network, count: int) -> None:
    """Let time pass until every line has its end."""

    async def over() -> bool | None:
        lines = await network.stage.lines()
        if len(lines) == count and all(line.state.over for line in lines):
            return True
        network.stage.turn(STEP)
        await asyncio.sleep(PAUSE)
        return None

    await until(over, f"{count} lines at an end")


def untold(log: str) -> list[str]:
    """What stands before each traceback that has no sentence of ours; the second part of a pair has a line between."""
    lines = log.splitlines()
    before = [lines[number - 1] for number, line in enumerate(lines) if line.startswith("Traceback")]
    return [line for line in before if line and "action=" not in line]
