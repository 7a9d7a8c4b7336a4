"""What goes wrong on the way reaches the bot as Discord would send it, and nonces keep a repeat from doubling."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from tests.wire.discord.server import FakeDiscord
from tests.wire.discord.stage import Scene, Stage, call, shown
from tests.wire.discord.weather import Moment

POST = "POST /channels/*/messages"


async def test_a_rate_limit_is_waited_out(stage: Stage) -> None:
    stage.discord.limit(POST, 0.05, times=2)
    await stage.place.send("patient")
    sent = [one.status for one in stage.discord.requests if one.method == "POST" and "messages" in one.path]
    assert sent == [429, 429, 200]
    assert len(stage.discord.messages(stage.channel)) == 1


async def test_a_limit_speaks_as_discord_does(scene: Scene) -> None:
    scene.discord.limit("* /users/@me", 1.5, scope="global")
    said = await call(scene.discord, "GET", "/users/@me")
    assert (said.status, said.headers["Retry-After"], said.headers["X-RateLimit-Global"]) == (429, "2", "true")
    assert said.body == {"message": "You are being rate limited.", "retry_after": 1.5, "global": True}


async def test_normal_answers_tell_their_bucket(scene: Scene) -> None:
    said = await call(scene.discord, "GET", "/users/@me")
    assert int(said.headers["X-RateLimit-Limit"]) - 1 >= int(said.headers["X-RateLimit-Remaining"]) > 0
    assert {"X-RateLimit-Reset", "X-RateLimit-Reset-After", "X-RateLimit-Bucket"} <= set(said.headers)


async def test_a_bucket_refuses_what_is_over_it(scene: Scene) -> None:
    scene.discord.bucket("GET /users/@me", limit=2, seconds=60)
    assert [(await call(scene.discord, "GET", "/users/@me")).status for _ in range(3)] == [200, 200, 429]
    scene.discord.clock.advance(61)
    assert (await call(scene.discord, "GET", "/users/@me")).status == 200


async def test_the_global_limit_leaves_interactions_alone(stage: Stage) -> None:
    stage.discord.weather.global_per_second = 0
    assert shown(await stage.ada.slash("ping", channel=stage.channel)).text == "pong"
    stage.discord.weather.global_per_second = 1
    assert [(await call(stage.discord, "GET", "/users/@me")).status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(("moment", "written"), [(Moment.BEFORE, 0), (Moment.AFTER, 1)])
async def test_an_error_comes_before_or_after_the_deed(scene: Scene, moment: Moment, written: int) -> None:
    scene.discord.fail(POST, status=502, moment=moment)
    said = await call(scene.discord, "POST", f"/channels/{scene.channel.id}/messages", {"content": "x"})
    assert said.status == 502
    assert len(scene.discord.messages(scene.channel)) == written


async def test_a_dropped_answer_leaves_the_message_standing(stage: Stage) -> None:
    stage.discord.drop(POST)
    with pytest.raises(aiohttp.ClientError):
        await stage.place.send("kept", nonce="one")
    assert [one.text for one in stage.discord.messages(stage.channel)] == ["kept"]
    again = await stage.place.send("kept", nonce="one")
    assert [one.id for one in stage.discord.messages(stage.channel)] == [again.id]


async def test_a_nonce_is_forgotten_after_its_window(stage: Stage) -> None:
    first = await stage.place.send("x", nonce="one")
    stage.discord.clock.advance(119)
    assert (await stage.place.send("x", nonce="one")).id == first.id
    stage.discord.clock.advance(2)
    assert (await stage.place.send("x", nonce="one")).id != first.id


async def test_a_nonce_that_is_not_enforced_doubles(scene: Scene) -> None:
    path = f"/channels/{scene.channel.id}/messages"
    for _ in range(2):
        await call(scene.discord, "POST", path, {"content": "x", "nonce": "n"})
    assert len(scene.discord.messages(scene.channel)) == 2


async def test_the_nonce_of_a_deleted_message_is_an_unknown_message(stage: Stage) -> None:
    sent = await stage.place.send("x", nonce="one")
    await sent.delete()
    with pytest.raises(discord.NotFound) as caught:
        await stage.place.send("x", nonce="one")
    assert caught.value.code == 10008


async def test_a_held_request_waits_for_its_release(stage: Stage) -> None:
    hold = stage.discord.hold("POST /interactions/**")
    answer = stage.ada.slash("ping", channel=stage.channel)
    await stage.discord.until(lambda: hold.waiting == 1, "the held answer")
    assert answer.response is None
    hold.release()
    assert shown(await answer).text == "pong"


async def test_a_delay_slows_the_answer_only(scene: Scene) -> None:
    scene.discord.delay("GET /users/@me", 0.05)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await call(scene.discord, "GET", "/users/@me")).status == 200
    assert loop.time() - began >= 0.05


async def test_the_door_asks_for_the_token() -> None:
    async with FakeDiscord() as fake:
        for wrong in (None, "Bot wrong", fake.token):
            assert (await call(fake, "GET", "/users/@me", authorization=wrong)).status == 401
        assert (await call(fake, "GET", "/gateway", authorization=None)).status == 200


async def test_an_unexpected_route_is_remembered() -> None:
    async with FakeDiscord() as fake:
        assert (await call(fake, "GET", "/stickers/1")).status == 404
        assert fake.unexpected == ["GET /stickers/1"]


@pytest.mark.parametrize("body", [[], b"{", "text"])
async def test_a_body_that_is_no_object_is_refused(scene: Scene, body: object) -> None:
    said = await call(scene.discord, "POST", f"/channels/{scene.channel.id}/messages", body)
    assert (said.status, said.code) == (400, 50109)


async def test_registered_commands_are_listed_with_their_defaults(scene: Scene) -> None:
    path = f"/applications/{scene.discord.bot.id}/commands"
    assert (await call(scene.discord, "PUT", path, {})).code == 50109
    wanted = [{"name": "theme", "description": "d", "dm_permission": False, "options": []}, {"name": "Tell", "type": 3}]
    assert (await call(scene.discord, "PUT", path, wanted)).status == 200
    first = scene.discord.commands.listed(None)
    assert [(one["type"], one["contexts"], one["integration_types"]) for one in first] == [
        (1, [0], [0]),
        (3, None, [0]),
    ]
    await call(scene.discord, "PUT", path, wanted)
    assert [one["id"] for one in scene.discord.commands.listed(None)] == [one["id"] for one in first]
