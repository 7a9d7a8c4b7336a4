"""Malformed events of Discord, envelopes of Slack and bodies for the page: whoever is honest is answered all the same.

`DUALO_THOROUGH=1` makes the spoilt ones many. A failure names the seed.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest

from adapters.web.conversation import CALLS
from tests.faults.malformed import NO_OBJECTS, Json, mutants
from tests.faults.network import LESSON, Class, Network, between, gathered, untold
from tests.promises.stage import Stage, until
from tests.thoroughness import THOROUGH
from tests.wire.discord.gateway import Session
from tests.wire.slack import payloads
from tests.wire.slack.delivery import EnvelopeKind

SHAPES: Sequence[object] = ({}, {"id": []}, [], None, "x")
"""Of events that had another one."""
SEED, COUNT = 20_261_128, 2_000 if THOROUGH else 60


@pytest.fixture
async def network(stage: Stage) -> AsyncIterator[Network]:
    async with between(stage) as made:
        yield made


async def all_answered(network: Network, learning: Class, platform: str) -> None:
    """The process lives, is ready, and answers everybody on the platform."""
    learning.kept.clear()

    async def answered() -> bool | None:
        await learning.press_on(platform)
        return True if sorted(learning.kept) == learning.everybody_on(platform) else None

    await until(answered, f"an answer to everybody on {platform}")
    await network.until_trouble()
    assert network.lives


def say(session: Session, event: str, data: object) -> None:
    """An event as bytes of JSON; the gateway's own way of writing would not write half a sign."""
    assert session.socket is not None
    session.sequence += 1
    session.socket.queue.put_nowait(json.dumps({"op": 0, "t": event, "s": session.sequence, "d": data}))


async def test_events_of_discord_that_are_spoilt_cost_nobody_else_an_answer(network: Network) -> None:
    stage = network.stage
    learning = gathered(stage, 1)
    await network.start(slack=False)
    (session,) = stage.discord.gateway.connected
    whole = learning.discord[0].slash("done", {"lesson": "nothing"}, channel=learning.place).payload
    for spoilt in mutants(whole, seed=SEED, count=COUNT):
        say(session, "INTERACTION_CREATE", spoilt)
    for event in ("GUILD_CREATE", "GUILD_UPDATE", "GUILD_ROLE_CREATE", "CHANNEL_CREATE", "NO_SUCH_EVENT"):
        for data in SHAPES:
            say(session, event, data)
    say(session, "NO_SUCH_EVENT", {"giant": "x" * 5_000_000})
    await all_answered(network, learning, "discord")
    assert stage.discord.gateway.connected == [session], "and over the same connection"
    await network.stop()
    assert untold(network.log) == []


async def test_bytes_that_are_no_frame_of_discord_cost_one_connection(network: Network) -> None:
    stage = network.stage
    learning = gathered(stage, 1)
    await network.start(slack=False)
    (session,) = stage.discord.gateway.connected
    assert session.socket is not None
    assert session.socket.ws._writer is not None
    await session.socket.ws._writer.send_frame("é".encode()[:1], aiohttp.WSMsgType.TEXT)
    await stage.discord.until(lambda: session not in stage.discord.gateway.connected, "the end of the connection")
    await all_answered(network, learning, "discord")
    await network.stop()
    assert untold(network.log) == []


async def envelopes(network: Network, learning: Class) -> list[Json]:
    """One honest envelope of each kind, as Slack had sent it."""
    stage, (person, *_) = network.stage, learning.slack
    opened = await person.command("/lesson", LESSON, channel=stage.team.general)
    pressed = await person.press(await opened.answer(), "Done – next")
    home = payloads.event_callback(
        stage.slack.world, stage.team.team, {"type": "app_home_opened", "user": person.id, "tab": "home"}
    )
    sent = [(each.delivery.kind, each.delivery.payload) for each in (opened, pressed) if each.delivery]
    return [{"type": kind, "payload": payload} for kind, payload in (*sent, (EnvelopeKind.EVENT, home))]


async def test_envelopes_of_slack_that_are_spoilt_cost_nobody_else_an_answer(network: Network) -> None:
    learning, slack = gathered(network.stage, 1), network.stage.slack
    await network.start(discord=False)
    (connection,) = slack.socket.connections
    for words in NO_OBJECTS:
        connection.outbox.put_nowait(words)
    for number, whole in enumerate(await envelopes(network, learning)):
        for spoilt in mutants(whole, seed=SEED + number, count=COUNT // 3):
            connection.outbox.put_nowait(json.dumps({"envelope_id": "e", **spoilt}))
        for spoilt in mutants({"envelope_id": "e", **whole}, seed=SEED - number, count=5):
            connection.outbox.put_nowait(json.dumps(spoilt))
    await all_answered(network, learning, "slack")
    assert slack.socket.connections == [connection], "and over the same connection"
    await network.stop()
    assert untold(network.log) == [], "and each fault has its sentence"


BODIES = [
    *(words.encode() for words in NO_OBJECTS),
    b'{"line": "\xff\xfe"}',
    '{"line": "é'.encode()[:-1],
    b'{"line": "' + b"x" * 2_000_000 + b'"}',
]


async def test_bodies_for_the_page_that_are_spoilt_get_a_sentence(network: Network) -> None:
    network.stage.settings["DUALO_WEB"] = "on"
    await network.start(slack=False, discord=False)
    ours = {"X-Dualo": "1", "Content-Type": "application/json"}
    who = {"person": "ada", "timezone": "UTC", "locale": "en", "manages": True}
    whole = {"who": who, "line": "themes", "token": "1|themes", "fields": {"a": ["b"]}, "number": 3, "since": 0}
    spoilt = [json.dumps(each).encode() for each in mutants(whole, seed=SEED, count=COUNT)]
    said = set()
    async with aiohttp.ClientSession(network.stage.address, headers=ours) as page:
        for call in CALLS:
            for body in (*BODIES, *spoilt):
                async with page.post(f"/web/{call}", data=io.BytesIO(body)) as answer:
                    said.add(answer.status)
                    assert answer.status < 500, (call, body[:200])
        async with page.post("/web/say", data=json.dumps(whole)) as answer:
            assert "Themes" in await answer.text()
    assert 200 in said
    assert network.lives
    await network.stop()
    assert network.log == ""
