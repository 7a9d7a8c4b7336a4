"""The gateway tells a bot what is meant for it, replays what it missed, and closes with Discord's codes."""

from __future__ import annotations

import zlib

import aiohttp
import discord
import pytest

from tests.wire.discord import gateway
from tests.wire.discord import payload as read
from tests.wire.discord.payload import Payload
from tests.wire.discord.server import FakeDiscord
from tests.wire.discord.stage import Stage, shown
from tests.wire.discord.trial_bot import TrialBot, connected


class Line:
    """A bare gateway connection, without compression."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def say(self, op: int, data: object) -> None:
        await self.ws.send_str(read.encode({"op": op, "d": data}))

    async def hear(self) -> Payload:
        return read.as_payload(read.decode(await self.ws.receive_str(timeout=5)))

    async def hear_end(self) -> int:
        while not self.ws.closed:
            await self.ws.receive(timeout=5)
        return self.ws.close_code or 0


async def dial(session: aiohttp.ClientSession, fake: FakeDiscord, query: str = "v=10&encoding=json") -> Line:
    return Line(await session.ws_connect(f"{fake.gateway_url}?{query}"))


def identify(fake: FakeDiscord, **changes: object) -> Payload:
    return {"token": fake.token, "intents": 1, "properties": {}, "shard": [0, 1]} | changes


async def test_a_cut_line_is_resumed_and_nothing_is_missed(stage: Stage) -> None:
    stage.discord.gateway.cut()
    await stage.discord.until(lambda: not stage.discord.gateway.connected, "the cut")
    answer = stage.ada.slash("ping", channel=stage.channel)
    assert answer.listening == 0
    assert shown(await answer).text == "pong"
    assert len(stage.discord.gateway.resumes) == 1
    assert len(stage.discord.gateway.identifies) == 1
    await stage.bot.until_heard("resumed 0")


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_resumed_or_begun_again(stage: Stage, resumable: bool) -> None:
    stage.discord.gateway.invalidate(resumable=resumable)
    await stage.discord.until(
        lambda: (
            (len(stage.discord.gateway.resumes), len(stage.discord.gateway.identifies))
            == ((1, 1) if resumable else (0, 2))
        ),
        "the session's renewal",
    )
    assert shown(await stage.ada.slash("ping", channel=stage.channel)).text == "pong"


async def test_a_reconnect_that_is_asked_for_is_a_resume(stage: Stage) -> None:
    stage.discord.gateway.ask_reconnect()
    await stage.discord.until(lambda: len(stage.discord.gateway.resumes) == 1, "the resume")


async def test_each_shard_hears_its_own_servers() -> None:
    async with FakeDiscord(shards=2) as fake:
        guilds = [fake.guild(name) for name in ("one", "two")]
        async with connected(fake) as bot:
            assert bot.shard_count == 2
            await fake.connected()
            assert sorted(guild.shard_id for guild in bot.guilds) == [0, 1]
            assert {guild.id: guild.shard_id for guild in bot.guilds} == {
                guild.id: (guild.id >> 22) % 2 for guild in guilds
            }


async def test_joining_and_leaving_a_server_is_told(stage: Stage) -> None:
    late = stage.discord.guild("Late")
    await stage.bot.until_heard("joined Late")
    stage.discord.remove_bot(late)
    await stage.bot.until_heard("left Late")


async def test_messages_come_without_content_unless_they_are_the_bots(stage: Stage) -> None:
    stage.boss.say("secret", stage.channel)
    await stage.place.send("mine")
    await stage.bot.signal.until(lambda: len(stage.bot.messages_heard) == 2, "two messages", 5)
    assert [one.content for one in stage.bot.messages_heard] == ["", "mine"]


async def test_a_wrong_token_never_logs_in() -> None:
    async with FakeDiscord() as fake:
        fake.gateway.token = "another"
        with pytest.raises(discord.LoginFailure):
            async with connected(fake):
                pass


async def test_privileged_intents_need_the_switch() -> None:
    async with FakeDiscord() as fake:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with connected(fake, TrialBot(intents=discord.Intents(guilds=True, members=True))):
                pass
        fake.gateway.privileged_intents = gateway.GUILD_MEMBERS
        guild = fake.guild("Team")
        async with connected(fake, TrialBot(intents=discord.Intents(guilds=True, members=True))) as bot:
            found = bot.get_guild(guild.id)
            assert found is not None
            assert {member.name for member in found.members} == {"Dualo", "owner of Team"}


@pytest.mark.parametrize(
    ("op", "change", "code"),
    [
        (2, {"token": "wrong"}, 4004),
        (2, {"shard": [1, 1]}, 4010),
        (2, {"shard": "0"}, 4010),
        (2, {"intents": 1 << 40}, 4013),
        (2, {"intents": 1 << 15}, 4014),
        (6, {"token": "wrong"}, 4004),
        (3, {}, 4003),
        (77, {}, 4001),
    ],
)
async def test_a_wrong_word_closes_the_line(op: int, change: Payload, code: int) -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        line = await dial(session, fake)
        assert (await line.hear())["op"] == 10
        await line.say(op, identify(fake, **change))
        assert await line.hear_end() == code


@pytest.mark.parametrize("query", ["v=9&encoding=json", "v=10&encoding=etf", "v=10&encoding=json&compress=lzma"])
async def test_only_version_ten_in_json_is_spoken(query: str) -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        assert await (await dial(session, fake, query)).hear_end() == 4012


async def test_what_is_no_json_closes_the_line() -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        line = await dial(session, fake)
        await line.ws.send_str("{")
        assert await line.hear_end() == 4002


async def test_identifying_twice_or_too_much_talk_closes_the_line() -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        twice, chatty = await dial(session, fake), await dial(session, fake)
        for _ in range(2):
            await twice.say(2, identify(fake))
        await chatty.say(2, identify(fake))
        for _ in range(120):
            await chatty.say(3, {})
        assert await twice.hear_end() == 4005
        assert await chatty.hear_end() == 4008


async def test_a_silent_line_times_out() -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        fake.gateway.heartbeat_seconds = 0.02
        assert await (await dial(session, fake)).hear_end() == 4009


async def test_heartbeats_are_acknowledged_and_unknown_sessions_refused() -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        line = await dial(session, fake)
        await line.hear()
        await line.say(1, None)
        assert (await line.hear())["op"] == 11
        await line.say(6, {"token": fake.token, "session_id": "none", "seq": 1})
        assert await line.hear() == {"op": 9, "d": False, "s": None, "t": None}


async def test_a_resume_replays_from_the_number_named() -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        line = await dial(session, fake)
        await line.hear()
        await line.say(2, identify(fake))
        ready = read.object_of(await line.hear(), "d")
        fake.guild("missed")
        fake.gateway.cut()
        again = await dial(session, fake)
        await again.hear()
        await again.say(6, {"token": fake.token, "session_id": ready["session_id"], "seq": 1})
        heard = [await again.hear() for _ in range(2)]
        assert [(one["t"], one["s"]) for one in heard] == [("GUILD_CREATE", 2), ("RESUMED", 3)]


async def test_the_bots_own_compression_is_used(stage: Stage) -> None:
    wanted = discord.utils._ActiveDecompressionContext.COMPRESSION_TYPE
    assert stage.discord.gateway.compressions == [wanted]


async def test_zlib_packs_every_message_whole() -> None:
    async with FakeDiscord() as fake, aiohttp.ClientSession() as session:
        line = await dial(session, fake, "v=10&encoding=json&compress=zlib-stream")
        unpack = zlib.decompressobj()
        packed = await line.ws.receive_bytes(timeout=5)
        assert packed.endswith(b"\x00\x00\xff\xff")
        assert read.as_payload(read.decode(unpack.decompress(packed)))["op"] == 10
