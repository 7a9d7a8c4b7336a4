"""Who is notified by a message: those whom it mentions, whom it may mention, and who see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest
import pytest_asyncio

from tests.wire.discord.model import Message
from tests.wire.discord.permissions import Permission
from tests.wire.discord.stage import Scene, call, set_scene


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_scene() as set_up:
        yield set_up


async def send(scene: Scene, content: str, allowed: Mapping[str, object] | None = None) -> Message:
    body = {"content": content} | ({"allowed_mentions": allowed} if allowed is not None else {})
    said = await call(scene.discord, "POST", f"/channels/{scene.channel.id}/messages", body)
    assert said.status == 200
    return scene.discord.messages(scene.channel)[-1]


@pytest.mark.parametrize(("mentionable", "heard"), [(True, 1), (False, 0)])
async def test_a_role_hears_it_only_where_it_may_be_mentioned(scene: Scene, mentionable: bool, heard: int) -> None:
    role = scene.discord.role(scene.guild, "team", mentionable=mentionable)
    message = await send(scene, f"<@&{role.id}>", {"parse": [], "roles": [str(role.id)]})
    assert (message.mention_roles, len(message.pinged)) == ([role.id], heard)


async def test_whoever_may_mention_everyone_reaches_every_role(scene: Scene) -> None:
    role = scene.discord.role(scene.guild, "team")
    scene.discord.allow(scene.channel, Permission.MENTION_EVERYONE)
    assert (await send(scene, f"<@&{role.id}>")).pinged == {role.id}
    assert (await send(scene, "@everyone")).pinged == {scene.guild.id}


async def test_the_role_of_everyone_is_no_way_to_everyone(scene: Scene) -> None:
    scene.discord.allow(scene.channel, Permission.MENTION_EVERYONE)
    message = await send(scene, f"<@&{scene.guild.id}>", {"parse": [], "roles": [str(scene.guild.id)]})
    assert message.pinged == frozenset()


async def test_nobody_hears_what_is_not_allowed_or_not_seen(scene: Scene) -> None:
    stranger = scene.discord.person("stranger")
    assert (await send(scene, f"<@{scene.ada.id}>", {"parse": []})).pinged == frozenset()
    assert (await send(scene, f"<@{scene.ada.id}> <@{stranger.id}>")).pinged == {scene.ada.id}


async def test_an_edit_notifies_nobody(scene: Scene) -> None:
    message = await send(scene, "hello")
    path = f"/channels/{scene.channel.id}/messages/{message.id}"
    said = await call(scene.discord, "PATCH", path, {"content": f"<@{scene.ada.id}>"})
    assert (said.status, [user.id for user in message.mentions], message.pinged) == (200, [scene.ada.id], frozenset())


async def test_a_message_has_one_thread_at_most(scene: Scene) -> None:
    message = await send(scene, "hello")
    path = f"/channels/{scene.channel.id}/messages/{message.id}/threads"
    first = await call(scene.discord, "POST", path, {"name": "Talk"})
    second = await call(scene.discord, "POST", path, {"name": "Talk"})
    assert (first.status // 100, second.status, second.code) == (2, 400, 160004)
    assert message.thread is not None
    assert message.thread.id == message.id


async def test_a_thread_needs_a_name_and_the_right_to_open_it(scene: Scene) -> None:
    message = await send(scene, "hello")
    path = f"/channels/{scene.channel.id}/messages/{message.id}/threads"
    assert (await call(scene.discord, "POST", path, {"name": "x" * 101})).code == 50035
    scene.discord.deny(scene.channel, Permission.CREATE_PUBLIC_THREADS)
    assert (await call(scene.discord, "POST", path, {"name": "Talk"})).code == 50013
