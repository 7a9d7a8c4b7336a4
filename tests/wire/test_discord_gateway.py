"""The line to Discord: what is cut, resumed, thrown out or spread over processes, nothing is lost by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from adapters.discord import gateway as client
from adapters.discord.adapter import DiscordAdapter
from bot.core.errors import SettingsError, StoreUnavailable
from bot.core.ports import Actor
from bot.features import commands
from tests.wire.discord.model import Guild
from tests.wire.discord.person import Person
from tests.wire.discord_stage import Scene, labels, running, shown, text_of


async def answers(scene: Scene) -> bool:
    return "Themes" in text_of(await scene.ada.slash("themes", channel=scene.channel))


async def test_only_servers_are_listened_to_and_nothing_privileged(classroom: Scene) -> None:
    (session,) = classroom.discord.gateway.connected
    assert session.intents == 1


async def test_the_gateways_address_comes_from_discord(classroom: Scene) -> None:
    asked = [f"{one.method} {one.path}" for one in classroom.discord.requests]
    assert any(one.endswith("/gateway/bot") for one in asked)


async def test_after_a_cut_the_session_is_resumed_and_what_came_meanwhile_is_answered(classroom: Scene) -> None:
    gateway = classroom.discord.gateway
    gateway.cut()
    await classroom.discord.until(lambda: not gateway.connected, "the cut")
    answer = classroom.ada.slash("themes", channel=classroom.channel)
    await classroom.discord.until(lambda: bool(gateway.resumes), "the resumption", within=15)
    assert "Themes" in text_of(await answer.answered(within=10))


async def test_a_reconnect_that_discord_asks_for_loses_nothing(classroom: Scene) -> None:
    classroom.discord.gateway.ask_reconnect()
    await classroom.discord.until(lambda: bool(classroom.discord.gateway.resumes), "the resumption", within=15)
    assert await answers(classroom)


async def test_an_invalid_session_begins_anew(classroom: Scene) -> None:
    gateway = classroom.discord.gateway
    before = len(gateway.identifies)
    gateway.invalidate(resumable=False)
    await classroom.discord.until(lambda: len(gateway.identifies) > before, "a new session", within=20)
    await classroom.discord.connected(within=10)
    assert await answers(classroom)
    await classroom.discord.until(lambda: bool(classroom.engine.came), "the join")
    assert classroom.engine.came == [f"joined discord:{classroom.guild.id}"]


async def test_before_a_server_has_come_over_the_gateway_a_role_counts_all_the_same(quiet_classroom: Scene) -> None:
    """As in a large start or an outage: people press and type already, and the server's own event is outstanding."""
    scene = quiet_classroom
    leads = scene.discord.role(scene.guild, "leads")
    scene.discord.join(scene.ada, scene.guild, leads)
    scene.discord.grant_command(scene.guild, "study-admin", leads)
    owner = Actor(f"discord:{scene.guild.id}", str(scene.boss.id), manages=True)
    await scene.engine.engine.handle(commands.EditContacts(manager_role=commands.Role(str(leads.id))), owner)
    greet = scene.discord.gateway.greet
    scene.discord.gateway.greet = lambda session: (greet(session)[0], [])
    async with running(scene.adapter):
        answer = await scene.ada.slash("study-admin schedule list", channel=scene.channel)
    actor = scene.last_asked[1]
    assert (actor.manages, actor.roles) == (False, frozenset({str(leads.id), str(scene.guild.id)}))
    assert "Only those who manage" not in text_of(answer)
    assert labels(shown(answer)) == ["Set up the first", "Running Dualo"]


# Shards --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "ids", "count"), [("0-3/16", [0, 1, 2, 3], 16), ("5/6", [5], 6), (" 0 - 0 / 1", None, 0), ("", None, 0)]
)
def test_a_shard_spec_is_read(spec: str, ids: list[int] | None, count: int) -> None:
    if ids is None and spec.strip():
        with pytest.raises(SettingsError, match="0-3/16"):
            client.read_shards(spec)
        return
    found = client.read_shards(spec)
    assert (found and list(found.ids), found.count if found else 0) == (ids, count)


@pytest.mark.parametrize("spec", ["4-3/16", "0-16/16", "x", "1-2", "-1/4", "0/0"])
def test_a_wrong_shard_spec_stops_the_start_with_one_line(spec: str) -> None:
    with pytest.raises(SettingsError, match="DUALO_DISCORD_SHARDS"):
        client.read_shards(spec)


async def on_shard(scene: Scene, number: int, count: int) -> tuple[Guild, Person]:
    """A server whose events fall to this shard."""
    while True:
        guild = scene.discord.guild(f"Shard {number}")
        if (guild.id >> 22) % count == number:
            person = scene.discord.person(f"of {number}")
            scene.discord.join(person, guild)
            scene.discord.channel(guild)
            return guild, person


async def test_two_processes_share_the_shards(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    first, ann = await on_shard(scene, 0, 2)
    second, ben = await on_shard(scene, 1, 2)
    async with running(scene.another(shards="0/2")), running(scene.another(shards="1/2")):
        assert sorted((one.shard, one.shards) for one in scene.discord.gateway.connected) == [(0, 2), (1, 2)]
        for guild, person in ((first, ann), (second, ben)):
            assert "Themes" in text_of(await person.slash("themes", guild=guild))
        synced = [one for one in scene.discord.requests if one.method == "PUT"]
        assert len(synced) == 1
    assert scene.discord.rejected == []


async def test_a_reshard_loses_no_server_and_no_button(quiet_classroom: Scene) -> None:
    scene = quiet_classroom
    guild, ann = await on_shard(scene, 1, 2)
    async with running(scene.another(shards="0/1")):
        lesson = await ann.slash("next", {"theme": "backend-architectures"}, guild=guild)
    came = list(scene.engine.came)
    async with running(scene.another(shards="0/2")), running(scene.another(shards="1/2")):
        assert "Done: " in text_of(await ann.press(lesson, "Done – next"))
    assert scene.engine.came == came


# Coming and going ----------------------------------------------------------------------------------------------------


async def test_joining_a_server_posts_nothing(classroom: Scene) -> None:
    guild = classroom.discord.guild("New", bot=False)
    channel = classroom.discord.channel(guild)
    classroom.discord.invite_bot(guild)
    await classroom.discord.until(lambda: f"joined discord:{guild.id}" in classroom.engine.came, "the join")
    assert classroom.discord.messages(channel) == []


async def test_leaving_a_server_is_told_once(classroom: Scene) -> None:
    classroom.discord.remove_bot(classroom.guild)
    told = f"left discord:{classroom.guild.id}"
    await classroom.discord.until(lambda: told in classroom.engine.came, "the leave")
    assert classroom.engine.came.count(told) == 1


async def test_what_happened_while_nobody_listened_is_made_up_for(classroom: Scene) -> None:
    other = classroom.discord.guild("Second")
    await classroom.discord.until(lambda: f"joined discord:{other.id}" in classroom.engine.came, "the join")
    await classroom.adapter.stop()
    classroom.discord.remove_bot(classroom.guild)
    third = classroom.discord.guild("Third")
    classroom.engine.came.clear()
    async with running(classroom.another()):
        wanted = {f"left discord:{classroom.guild.id}", f"joined discord:{third.id}"}
        await classroom.discord.until(lambda: set(classroom.engine.came) == wanted, "both to be told")


async def test_a_server_in_an_outage_has_not_left(classroom: Scene) -> None:
    classroom.discord.gateway.emit(
        "GUILD_DELETE", {"id": str(classroom.guild.id), "unavailable": True}, guild_id=classroom.guild.id, intent=1
    )
    assert await answers(classroom)
    await classroom.discord.until(lambda: bool(classroom.engine.came), "the join")
    assert classroom.engine.came == [f"joined discord:{classroom.guild.id}"]


async def begin_anew(scene: Scene) -> None:
    """The session is over, and the next one is greeted with what is there by then."""
    gateway = scene.discord.gateway
    before = len(gateway.identifies)
    await scene.discord.until(lambda: len(gateway.identifies) > before, "a new session", within=20)


async def test_a_server_that_took_the_bot_away_during_an_invalid_session_has_left(classroom: Scene) -> None:
    other = classroom.discord.guild("Second")
    await classroom.discord.until(lambda: f"joined discord:{other.id}" in classroom.engine.came, "the join")
    classroom.engine.came.clear()
    classroom.discord.gateway.invalidate(resumable=False)
    classroom.discord.remove_bot(classroom.guild)
    await begin_anew(classroom)
    told = f"left discord:{classroom.guild.id}"
    await classroom.discord.until(lambda: told in classroom.engine.came, "the leave")
    live = classroom.adapter._live
    assert live is not None
    assert ([guild.id for guild in live.guilds], classroom.engine.came) == ([other.id], [told])


async def test_a_server_that_is_in_an_outage_at_a_new_session_has_not_left(classroom: Scene) -> None:
    await classroom.discord.until(lambda: bool(classroom.engine.came), "the join")
    gateway = classroom.discord.gateway
    greet = gateway.greet
    gateway.greet = lambda session: (greet(session)[0], [])
    gateway.invalidate(resumable=False)
    await begin_anew(classroom)
    asked = classroom.ada.slash("themes", channel=classroom.channel)
    assert "Themes" in text_of(await asked.answered(within=10))
    assert classroom.engine.came == [f"joined discord:{classroom.guild.id}"]


# Start ---------------------------------------------------------------------------------------------------------------


def syncs(scene: Scene) -> int:
    return sum(one.method == "PUT" and one.path.endswith("/commands") for one in scene.discord.requests)


async def test_commands_are_registered_only_when_they_changed(
    classroom: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert syncs(classroom) == 1
    await classroom.adapter.stop()
    async with running(classroom.another()):
        assert syncs(classroom) == 1
    monkeypatch.setattr("adapters.discord.registration.REPORT", "Report this text")
    async with running(classroom.another()):
        assert syncs(classroom) == 2


def drop_all(scene: Scene) -> None:
    scene.discord.commands.overwrite(None, [])


def drop_an_option(scene: Scene) -> None:
    kept = [dict(one) for one in scene.discord.commands.listed(None)]
    (lesson,) = [one for one in kept if one["name"] == "lesson"]
    lesson["options"] = []
    scene.discord.commands.overwrite(None, kept)


@pytest.mark.parametrize("another", [drop_all, drop_an_option])
async def test_commands_that_another_tool_overwrote_come_back_at_the_next_start(
    classroom: Scene, another: Callable[[Scene], None]
) -> None:
    before = [one["name"] for one in classroom.discord.commands.listed(None)]
    await classroom.adapter.stop()
    another(classroom)
    async with running(classroom.another()):
        assert syncs(classroom) == 2
        assert [one["name"] for one in classroom.discord.commands.listed(None)] == before
        assert await answers(classroom)
    async with running(classroom.another()):
        assert syncs(classroom) == 2


async def test_commands_that_discord_refuses_are_one_line_and_sent_again_at_the_next_start(
    quiet_classroom: Scene,
) -> None:
    quiet_classroom.discord.fail("PUT /applications/*/commands", status=400)
    quiet_classroom.discord.limit("PUT /applications/*/commands", 90.0)
    for _ in range(2):
        with capture_logs() as logs:
            async with running(quiet_classroom.another()) as adapter:
                assert adapter.trouble == ""
        assert [one["log_level"] for one in logs if one.get("action") == "discord.unregistered"] == ["error"]
    async with running(quiet_classroom.another()):
        assert await answers(quiet_classroom)


@asynccontextmanager
async def starting(adapter: DiscordAdapter, says: str) -> AsyncIterator[asyncio.Task[None]]:
    """A start that waits, and has said why in one line."""
    with capture_logs() as logs:
        start = asyncio.create_task(adapter.start())
        async with asyncio.timeout(20):
            while not logs:  # noqa: ASYNC110 - a log wakes nobody
                await asyncio.sleep(0.02)
        (line,) = logs
        assert (line["log_level"], line["action"]) == ("warning", "discord.unreached")
        assert says in line["event"]
        assert not start.done()
        assert adapter.trouble == "not connected to Discord"
    try:
        yield start
    finally:
        start.cancel()
        await asyncio.wait((start,))
        await adapter.stop()


async def test_a_start_waits_as_long_as_a_limited_login_asks_it_to(quiet_classroom: Scene) -> None:
    quiet_classroom.discord.limit("GET /users/@me", 90.0)
    async with starting(quiet_classroom.another(), "no login for 90 seconds") as start:
        done, _ = await asyncio.wait((start,), timeout=2.5)
        assert not done
        assert sum(one.path.endswith("/users/@me") for one in quiet_classroom.discord.requests) == 1


async def test_a_start_waits_for_a_gateway_that_is_not_told_at_once(quiet_classroom: Scene) -> None:
    quiet_classroom.discord.fail("GET /gateway/bot", status=400)
    async with starting(quiet_classroom.another(), "could not be reached") as start:
        await asyncio.wait_for(start, 30)


async def test_a_start_waits_for_a_discord_that_is_out_of_reach_and_leaves_when_told(quiet_classroom: Scene) -> None:
    adapter = quiet_classroom.another()
    await quiet_classroom.discord.stop()
    async with starting(adapter, "Check the network of this machine and DUALO_DISCORD_API_URL."):
        pass


async def test_a_server_that_is_met_while_the_database_is_away_is_known_once_it_answers(
    quiet_classroom: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, away = quiet_classroom.engine.engine, [StoreUnavailable("database is locked")]
    joined = engine.joined

    async def note(workspace: str) -> None:
        if away:
            raise away.pop()
        await joined(workspace)

    monkeypatch.setattr(engine, "joined", note)
    with capture_logs() as logs:
        async with running(quiet_classroom.another()):
            await quiet_classroom.discord.until(lambda: bool(quiet_classroom.engine.came), "the join")
    assert quiet_classroom.engine.came == [f"joined discord:{quiet_classroom.guild.id}"]
    assert [one["log_level"] for one in logs if one["log_level"] != "info"] == ["warning"]


async def test_a_wrong_token_stops_the_start_with_one_line(quiet_classroom: Scene) -> None:
    with pytest.raises(SettingsError, match="DUALO_DISCORD_TOKEN is not accepted"):
        await quiet_classroom.another(token="MTA.wrong.token").start()


async def test_a_connection_closed_for_good_is_told(classroom: Scene) -> None:
    with capture_logs() as logs:
        await classroom.discord.gateway.close(4004, "Authentication failed.")
        ended = classroom.adapter._connection
        assert ended is not None
        await asyncio.wait((ended,), timeout=5)
        await asyncio.sleep(0)
    assert [one["log_level"] for one in logs if one.get("action") == "discord.ended"] == ["critical"]
    (gateway,) = [one for one in await classroom.adapter.check() if one.name == "Discord gateway"]
    assert (gateway.healthy, gateway.detail.startswith("Not connected")) == (False, True)
