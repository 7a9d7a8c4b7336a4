"""One `dualo run` for all: the real process answers in Discord, in Slack and on the page, and stops cleanly."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.wire.fake_discord import FakeDiscord
from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.workspace import Workspace
from tests.wire.slack_bot import LineName, words

ROOT = Path(__file__).parent.parent.parent


async def started(folder: Path, stderr: int | None = None, /, **settings: str) -> asyncio.subprocess.Process:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DUALO_")}
    environment = {**kept, "PYTHONPATH": str(ROOT), "DUALO_DATA_DIR": str(folder), "DUALO_HTTP_PORT": "0", **settings}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=environment, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=stderr
    )


@asynccontextmanager
async def dualo(folder: Path, **settings: str) -> AsyncIterator[str]:
    """A running process by its address; it must leave with 0 on SIGTERM."""
    process = await started(folder, **settings)
    try:
        async with asyncio.timeout(60):
            yield await _address(process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    while line := await process.stdout.readline():
        if found := re.search(r"http://[\w.:\[\]]+", line.decode()):
            return found[0]
    raise AssertionError("it did not start")


async def test_a_start_that_waits_for_a_platform_still_ends_on_sigterm(tmp_path: Path) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    settings = {
        "DUALO_SLACK_BOT_TOKEN": "xoxb-1",
        "DUALO_SLACK_APP_TOKEN": "xapp-1",
        "DUALO_SLACK_API_URL": "http://127.0.0.1:9/api/",
        "DUALO_HTTP_PORT": port,
    }
    process = await started(tmp_path, **settings)
    async with aiohttp.ClientSession() as http, asyncio.timeout(40):
        while not await alive(http, f"http://127.0.0.1:{port}/healthz"):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 30) in {0, 2}


async def alive(http: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with http.get(address) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def test_a_platform_that_closes_the_line_for_good_ends_the_process_as_an_error(tmp_path: Path) -> None:
    """A process that answers nobody and looks alive would never be started again."""
    async with FakeDiscord() as discord:
        settings = {"DUALO_DISCORD_TOKEN": discord.token, "DUALO_DISCORD_API_URL": discord.api_url}
        process = await started(tmp_path, asyncio.subprocess.PIPE, **settings)
        try:
            assert process.stderr
            async with asyncio.timeout(40):
                while b"Dualo is ready" not in await process.stderr.readline():
                    assert not process.stderr.at_eof()
                await discord.gateway.close(4004, "Authentication failed.")
                said = await process.stderr.read()
                assert await process.wait() == 1
        finally:
            if process.returncode is None:
                process.kill()
    last = said.decode().splitlines()[-1]
    assert last.startswith("Dualo has stopped: Discord does not accept DUALO_DISCORD_TOKEN any more.")


async def test_the_end_of_one_front_end_takes_no_other_down(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, aiohttp.ClientSession() as http:
        settings = {
            "DUALO_DISCORD_TOKEN": discord.token,
            "DUALO_DISCORD_API_URL": discord.api_url,
            "DUALO_WEB": "on",
        }
        async with dualo(tmp_path, **settings) as address:
            await discord.gateway.close(4004, "Authentication failed.")
            while (ready := await readiness(http, address))["status"] != "ready without discord":  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            assert ready["parts"]["discord"]["ready"] is False
            assert "DUALO_DISCORD_TOKEN" in ready["parts"]["discord"]["reason"]
            async with http.get(address) as page:
                assert page.status == 200


async def readiness(http: aiohttp.ClientSession, address: str) -> dict[str, Any]:
    async with http.get(f"{address}/readyz") as answer:
        found: dict[str, Any] = json.loads(await answer.text())
        return found


@pytest.mark.parametrize("line", ["socket", "http"])
async def test_one_process_answers_in_discord_in_slack_and_on_the_page(tmp_path: Path, line: LineName) -> None:
    async with FakeDiscord() as discord, FakeSlack() as slack:
        guild = discord.guild("Class")
        person = discord.person("Ada")
        discord.join(person, guild)
        channel = discord.channel(guild, "lessons")
        team = slack.add_team("Team")
        settings = {
            "DUALO_DISCORD_TOKEN": discord.token,
            "DUALO_DISCORD_API_URL": discord.api_url,
            "DUALO_SLACK_BOT_TOKEN": team.token,
            "DUALO_SLACK_API_URL": slack.api_url,
            "DUALO_WEB": "on",
            **line_settings(slack, line),
        }
        async with dualo(tmp_path, **settings) as address, aiohttp.ClientSession() as http:
            async with http.get(f"{address}/readyz") as answer:
                ready = json.loads(await answer.text())
            assert {name: part["ready"] for name, part in ready["parts"].items()} == dict.fromkeys(
                ("database", "content", "discord", "slack", "web"), True
            )
            told = person.slash("done", {"lesson": "backend-architectures/layers"}, channel=channel)
            await told.settled()
            assert told.message
            assert "1 / 10" in told.message.text
            if line == "http":
                slack.use_http(f"{address}/slack/events")
            await walk(team)
        assert (discord.rejected, discord.unexpected) == ([], [])
        slack.assert_clean()


def line_settings(slack: FakeSlack, line: LineName) -> dict[str, str]:
    if line == "socket":
        return {"DUALO_SLACK_APP_TOKEN": slack.app.app_token}
    return {"DUALO_SLACK_SIGNING_SECRET": slack.app.signing_secret}


async def walk(team: Workspace) -> None:
    """A command, a button and the Home tab: one payload of each sort that Slack delivers."""
    grace = team.person("Grace")
    assert "0 / 10" in words(await grace.open_home())
    turn = await grace.command("/lesson", "backend-architectures/layers", channel=team.general)
    lesson = await turn.answer()
    assert lesson.text.startswith("Lesson 1 of 10")
    pressed = await grace.press(lesson, "Done – next")
    assert "1 / 10" in words(await pressed.ephemeral())
    turn = await grace.command("/done", "backend-architectures/layers", channel=team.general)
    await turn.answer()
    assert "Done already: " in turn.text
    assert "1 / 10" in words(await grace.open_home())


async def test_a_person_on_discord_and_on_slack_becomes_one_learner(tmp_path: Path) -> None:
    async with FakeDiscord() as discord, FakeSlack() as slack:
        guild = discord.guild("Class")
        ada = discord.person("Ada")
        discord.join(ada, guild)
        channel = discord.channel(guild, "lessons")
        team = slack.add_team("Team")
        grace = team.person("Grace")
        settings = {
            "DUALO_DISCORD_TOKEN": discord.token,
            "DUALO_DISCORD_API_URL": discord.api_url,
            "DUALO_SLACK_BOT_TOKEN": team.token,
            "DUALO_SLACK_API_URL": slack.api_url,
            "DUALO_LINK": "on",
            "DUALO_WEB": "on",
            **line_settings(slack, "socket"),
        }
        async with dualo(tmp_path, **settings):
            asked = ada.slash("link", channel=channel)
            await asked.settled()
            assert asked.message
            assert asked.message.ephemeral
            code = re.search(r"Your code: ([\w-]{14})", asked.message.text)
            assert code
            turn = await grace.command("/study", f"link {code[1]}", channel=team.general)
            confirm = await turn.ephemeral()
            assert "on Discord" in words(confirm)
            agreed = await (await grace.press(confirm, "Yes, that is me")).updated()
            assert "go back to Discord" in words(agreed)
            told = ada.press(asked.message, "Go on")
            await told.settled()
            assert told.message
            linked = ada.press(told.message, "Yes, link both")
            await linked.settled()
            assert linked.message
            assert "are one learner now" in linked.message.text
            done = ada.slash("done", {"lesson": "backend-architectures/layers"}, channel=channel)
            await done.settled()
            assert "1 / 10" in words(await grace.open_home())
        assert (discord.rejected, discord.unexpected) == ([], [])
        slack.assert_clean()
