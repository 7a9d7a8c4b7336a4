"""The measurements of the two chats end whatever happens, also in a shell that has them ignore SIGINT."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import discord_front, fronts, slack_front, waiting

SLEEPING = ["-c", "import time; time.sleep(600)"]


@contextmanager
def in_the_background() -> Iterator[None]:
    """As a shell starts what ends in `&`: whatever is started now ignores SIGINT."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def test_the_bare_discord_bot_ends_when_it_is_over_also_in_the_background(tmp_path: Path) -> None:
    async with fronts.fake("tests.wire.fake_discord") as discord:
        place = await discord.call("guild", name="Team")
        person = await discord.call("person", name="ada", guild=place["id"])
        general = place["channels"]["general"]
        words, settings = discord_front._side(discord, "bare", tmp_path)
        with in_the_background():
            async with fronts.serving(words, tmp_path, settings) as process:
                await discord.call("connected", shards=1, within=60)
                await discord.call("slash", person=person["id"], channel=general, line="next", options={})
        assert process.returncode == 0


async def test_the_bare_slack_bot_ends_when_it_is_over_also_in_the_background(tmp_path: Path) -> None:
    async with fronts.fake("tests.wire.fake_slack") as slack:
        team = await slack.call("team", name="Team")
        words, settings = slack_front._side(slack, "bare", team["token"], tmp_path)
        with in_the_background():
            async with fronts.serving(words, tmp_path, settings) as process:
                await slack.call("connected", count=1, within=60)
                await slack.call("storm", team=team["team"], command="/next", text="", count=1)
        assert process.returncode != -signal.SIGKILL


async def test_a_bot_that_does_not_end_is_killed_and_named(tmp_path: Path) -> None:
    with in_the_background(), pytest.raises(waiting.Overdue, match=r"waited 0.2 s for .*sleep.* to end after SIGINT"):
        async with fronts.serving(SLEEPING, tmp_path, {}, ending=0.2) as process:
            pass
    assert process.returncode == -signal.SIGKILL


async def test_a_bot_that_ended_by_itself_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended by itself, with 3"):
        async with fronts.serving(["-c", "raise SystemExit(3)"], tmp_path, {}) as process:
            await process.wait()


async def test_what_the_little_chat_refuses_is_told_with_the_call() -> None:
    async with fronts.fake("tests.wire.fake_discord") as discord:
        with pytest.raises(RuntimeError, match=r"dance: 404 .*no such call"):
            await discord.call("dance")


async def test_a_little_chat_that_does_not_start_is_no_hang() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        async with fronts.fake("tests.wire.no_such_chat"):
            pass
