"""Discord closes the line for good: a reshard is followed without a loss, anything else ends the process."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable

import aiohttp
import discord
import pytest
from discord.gateway import KeepAliveHandler
from structlog.testing import capture_logs

from adapters.discord import errors
from bot.core.errors import SettingsError
from bot.core.ports import Delivered, Outcome
from tests.wire.discord_stage import Scene, running, text_of
from tests.wire.test_discord_deliver import post, standing


async def reshard(scene: Scene) -> None:
    gateway = scene.discord.gateway
    gateway.shards = gateway.least_shards = 2
    await gateway.close(4011, "Sharding required.")


async def test_a_reshard_that_discord_asks_for_is_followed(classroom: Scene) -> None:
    gateway = classroom.discord.gateway
    await classroom.discord.until(lambda: bool(classroom.engine.came), "the join")
    before = list(classroom.engine.came)
    hold = classroom.discord.hold("GET /users/@me")
    await reshard(classroom)
    await classroom.discord.until(lambda: hold.waiting > 0, "the new login")
    assert classroom.adapter.trouble == "not connected to Discord"
    hold.release()
    await classroom.discord.connected(2, within=20)
    assert sorted((one.shard, one.shards) for one in gateway.connected) == [(0, 2), (1, 2)]
    assert "Themes" in text_of(await classroom.ada.slash("themes", channel=classroom.channel))
    assert (classroom.adapter.trouble, classroom.engine.came) == ("", before)


async def test_a_post_in_the_gap_of_a_reshard_is_tried_again_and_stands_once(classroom: Scene) -> None:
    hold = classroom.discord.hold("GET /users/@me")
    await reshard(classroom)
    await classroom.discord.until(lambda: hold.waiting > 0, "the new login")
    early = await post(classroom)
    assert (early.outcome, early.wait is not None) == (Outcome.LATER, True)
    hold.release()
    await classroom.discord.until(lambda: bool(classroom.discord.gateway.connected), "the new line", within=20)
    again = [await post(classroom) for _ in range(2)]
    assert [one.outcome for one in again] == [Outcome.SENT, Outcome.SENT]
    assert standing(classroom) == 1


async def test_a_post_in_hand_at_a_reshard_is_finished_over_the_old_line(classroom: Scene) -> None:
    hold = classroom.discord.hold("POST /channels/*/messages")
    sending = asyncio.create_task(post(classroom))
    await classroom.discord.until(lambda: hold.waiting == 1, "the post")
    await reshard(classroom)
    cut, _ = await asyncio.wait((sending,), timeout=1.0)
    assert (cut, classroom.adapter.trouble) == (set(), "not connected to Discord")
    hold.release()
    sent: Delivered = await sending
    assert (sent.outcome, standing(classroom)) == (Outcome.SENT, 1)


async def test_an_answer_in_hand_at_a_reshard_still_arrives(classroom: Scene) -> None:
    classroom.engine.gate = asyncio.Event()
    answer = classroom.ada.slash("themes", channel=classroom.channel)
    await classroom.discord.until(lambda: bool(classroom.engine.asked), "the question")
    await reshard(classroom)
    await classroom.discord.until(lambda: answer.response is not None, "the word that it will come", within=10)
    assert classroom.adapter.trouble == "not connected to Discord"
    classroom.engine.gate.set()
    assert "Themes" in text_of(await answer.settled())


async def test_a_reshard_waits_for_a_discord_that_does_not_answer(classroom: Scene) -> None:
    classroom.discord.fail("GET /gateway/bot", status=400)
    await reshard(classroom)
    await classroom.discord.until(lambda: not classroom.discord.gateway.connected, "the end of the old line")
    await classroom.discord.until(lambda: bool(classroom.discord.gateway.connected), "the new line", within=20)


async def test_a_stop_in_the_gap_of_a_reshard_leaves_nothing_behind(classroom: Scene) -> None:
    hold = classroom.discord.hold("GET /users/@me")
    await reshard(classroom)
    await classroom.discord.until(lambda: hold.waiting > 0, "the new login")
    async with asyncio.timeout(5):
        await classroom.adapter.stop()
    connection = classroom.adapter._connection
    assert connection is not None
    assert connection.done()


@pytest.mark.parametrize(
    ("code", "step"),
    [
        (4004, "Reset it under"),
        (4010, "DUALO_DISCORD_SHARDS"),
        (4011, "leave it empty"),
        (4012, "Update Dualo"),
        (4013, "start Dualo again"),
        (4014, "start Dualo again"),
    ],
)
async def test_a_line_closed_for_good_says_the_next_step(quiet_classroom: Scene, code: int, step: str) -> None:
    async with running(quiet_classroom.another(shards="0/1")) as adapter:
        await quiet_classroom.discord.gateway.close(code, "It is over.")
        async with asyncio.timeout(5):
            told = await adapter.closed()
        assert (step in told, adapter.trouble) == (True, told)


async def test_an_event_that_cannot_be_read_costs_nobody_else_anything(classroom: Scene) -> None:
    gateway = classroom.discord.gateway
    (before,) = gateway.connected
    with capture_logs() as said:
        for _ in range(2):
            before.send("GUILD_ROLE_CREATE", {})
            assert "Themes" in text_of(await classroom.ada.slash("themes", channel=classroom.channel))
    assert (gateway.connected, classroom.adapter.trouble) == ([before], "")
    told = [line for line in said if line["log_level"] == "error"]
    assert [(line["action"], bool(line["exc_info"])) for line in told] == [
        ("discord.unreadable", True),
        ("discord.unreadable", False),
    ]


async def test_words_that_cannot_be_read_are_no_end_and_are_connected_after(classroom: Scene) -> None:
    gateway = classroom.discord.gateway
    (before,) = gateway.connected
    assert before.socket is not None
    with capture_logs() as said:
        before.socket.queue.put_nowait("[]")
        await classroom.discord.until(lambda: before not in gateway.connected, "the end of the old line")
        await classroom.discord.until(lambda: bool(gateway.connected), "the new line", within=20)
        assert "Themes" in text_of(await classroom.ada.slash("themes", channel=classroom.channel))
    assert classroom.adapter.trouble == ""
    assert [line["action"] for line in said if line["log_level"] in ("error", "critical")] == ["discord.broken"]


def test_what_breaks_here_is_not_called_a_close_by_discord() -> None:
    assert errors.why(KeyError("guild_id")).startswith("Something broke here")
    assert errors.why(discord.DiscordException("It is over.")).startswith("Discord closed the connection for good")


async def test_a_start_with_too_few_shards_is_refused_with_one_line(quiet_classroom: Scene) -> None:
    quiet_classroom.discord.gateway.least_shards = 2
    with pytest.raises(SettingsError, match="DUALO_DISCORD_SHARDS"):
        await quiet_classroom.another(shards="0/1").start()


async def test_a_stop_while_a_second_shard_is_being_greeted_leaves_no_line_and_no_heart(classroom: Scene) -> None:
    before, gateway = hearts(), classroom.discord.gateway
    await reshard(classroom)
    await beating(lambda: len(hearts() - before) == 2)
    assert len(gateway.connected) == 1
    assert len(open_lines()) == 2
    await classroom.adapter.stop()
    assert open_lines() == []
    await beating(lambda: not hearts())


def open_lines() -> list[aiohttp.ClientWebSocketResponse]:
    """Also those that nothing but the collector knows of."""
    return [one for one in gc.get_objects() if isinstance(one, aiohttp.ClientWebSocketResponse) and not one.closed]


def hearts() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if isinstance(thread, KeepAliveHandler)}


async def beating(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a thread tells nobody that it begins or ends
            await asyncio.sleep(0.02)
