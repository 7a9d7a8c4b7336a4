"""Web sockets that come and go: asked to leave, cut, refused, and back again without anybody's help."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Literal

import pytest

from adapters.slack.socket_mode import _FIRST_WAIT
from bot.core.errors import SettingsError
from bot.domain.course import Shelf
from tests.wire.slack.faults import Fault
from tests.wire.slack_bot import Scene, scene_of

NO_SOCKET = "no socket to Slack is open"


@pytest.fixture
async def sockets(tmp_path: Path, shelf: Shelf) -> AsyncIterator[Scene]:
    async with scene_of(tmp_path, shelf, "socket") as scene:
        await scene.slack.until_connected(2)
        yield scene


async def seen(found: Callable[[], bool]) -> None:
    """Wait for something that rings no bell in Slack."""
    async with asyncio.timeout(10):
        while not found():  # noqa: ASYNC110 - the adapter changes within, with no event to wait for
            await asyncio.sleep(0.01)


def opens(office: Scene) -> int:
    """How often Slack was asked for an address."""
    return len(office.slack.calls("apps.connections.open"))


async def test_two_connections_share_the_commands(sockets: Scene) -> None:
    assert len(sockets.slack.socket.connections) == 2
    for _ in range(6):
        await sockets.asks("/themes")
    assert all(connection.delivered > 1 for connection in sockets.slack.socket.connections)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_refresh_in_the_middle_of_a_command_loses_nothing(
    sockets: Scene, reason: Literal["warning", "refresh_requested"]
) -> None:
    before = {connection.number for connection in sockets.slack.socket.connections}
    sockets.engine.slow = asyncio.Event()
    asking = asyncio.create_task(sockets.ada.command("/next", "backend"))
    await sockets.until("the command under way", lambda: sockets.engine.asked or None)
    sockets.slack.socket.announce_disconnect(reason)
    sockets.engine.slow.set()
    turn = await asking
    sockets.engine.slow = None
    assert turn.text.startswith("Lesson 1 of 10")
    for _ in range(4):
        assert (await sockets.asks("/themes")).text.startswith("Every theme")
    await sockets.until("two new connections", lambda: _fresh(sockets, before) or None)


def _fresh(office: Scene, before: set[int]) -> bool:
    numbers = {connection.number for connection in office.slack.socket.connections}
    return len(numbers) == 2 and not numbers & before


async def test_lines_that_were_cut_are_opened_anew(sockets: Scene) -> None:
    sockets.slack.socket.cut()
    await sockets.until("no connection", lambda: not sockets.slack.socket.connections or None)
    assert (await sockets.asks("/themes")).text.startswith("Every theme")


async def test_a_command_whose_line_is_cut_is_answered_over_the_other(sockets: Scene) -> None:
    sockets.engine.slow = asyncio.Event()
    asking = asyncio.create_task(sockets.ada.command("/next", "backend"))
    await sockets.until("the command under way", lambda: sockets.engine.asked or None)
    busy = next(one for one in sockets.slack.socket.connections if one.unacked)
    assert busy.http.transport is not None
    busy.http.transport.abort()
    sockets.engine.slow.set()
    assert (await asking).text.startswith("Lesson 1 of 10")
    assert sockets.engine.verbs() == ["next"]


async def test_a_wrong_app_token_stops_the_start_with_the_mend(tmp_path: Path, shelf: Shelf) -> None:
    with pytest.raises(SettingsError, match=r"DUALO_SLACK_APP_TOKEN: .*invalid_auth.*connections:write"):
        async with scene_of(tmp_path, shelf, "socket", app_token="xapp-wrong"):
            pass


async def test_a_line_that_answers_no_ping_is_opened_anew(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.socket_mode.HEARTBEAT", 0.2)
    async with scene_of(tmp_path, shelf, "socket") as sockets:
        before = {connection.number for connection in sockets.slack.socket.connections}
        sockets.slack.socket.silent = True
        await seen(lambda: opens(sockets) > 2)
        sockets.slack.socket.silent = False
        await sockets.until("two new connections", lambda: _fresh(sockets, before) or None)
        assert (await sockets.asks("/themes")).text.startswith("Every theme")


# An address is good for a short while -------------------------------------------------------------------------------


async def test_an_address_that_has_expired_is_asked_for_anew(sockets: Scene) -> None:
    sockets.slack.socket.expiring = 4
    sockets.slack.socket.cut()
    await seen(lambda: sockets.adapter.trouble == NO_SOCKET)
    await sockets.slack.until_connected(2)
    await seen(lambda: not sockets.adapter.trouble)
    assert opens(sockets) == 2 + 4 + 2
    assert (await sockets.asks("/themes")).text.startswith("Every theme")


async def test_an_address_that_has_expired_does_not_stop_the_start(tmp_path: Path, shelf: Shelf) -> None:
    async with scene_of(tmp_path, shelf, "socket") as sockets:
        await sockets.slack.until_connected(2)
        sockets.slack.socket.expiring, before = 1, opens(sockets)
        await sockets.start()
        await sockets.slack.until_connected(2)
        assert opens(sockets) - before == 2 + 1


async def test_an_outage_of_every_part_is_survived(sockets: Scene) -> None:
    sockets.slack.plan(Fault(method="apps.connections.open", dropped=True), times=2)
    sockets.slack.plan(Fault(method="apps.connections.open", status=503), times=2)
    sockets.slack.socket.expiring = 1
    sockets.slack.socket.cut()
    await seen(lambda: sockets.adapter.trouble == NO_SOCKET)
    await sockets.until("two connections", lambda: len(sockets.slack.socket.connections) == 2 or None)
    assert (await sockets.asks("/themes")).text.startswith("Every theme")


async def test_the_wait_that_slack_asks_for_is_kept(sockets: Scene) -> None:
    loop, wait = asyncio.get_running_loop(), 2
    assert wait > _FIRST_WAIT * 2
    limit = Fault(method="apps.connections.open", status=429, error="ratelimited", retry_after=wait)
    sockets.slack.plan(limit, times=2)
    sockets.slack.socket.cut()
    started = loop.time()
    await sockets.slack.until_connected(0)
    await sockets.slack.until_connected(2)
    assert loop.time() - started >= wait
    assert opens(sockets) == 2 + 2 + 2


# Refused, and then no more -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["forbidden_team", "too_many_websockets", "internal_error"])
async def test_a_line_that_cannot_be_replaced_at_once_is_replaced_later(sockets: Scene, error: str) -> None:
    before = {connection.number for connection in sockets.slack.socket.connections}
    sockets.slack.plan(Fault(method="apps.connections.open", error=error))
    sockets.slack.socket.announce_disconnect("refresh_requested")
    await sockets.until("two new connections", lambda: _fresh(sockets, before) or None)
    assert (await sockets.asks("/themes")).text.startswith("Every theme")


async def test_socket_mode_that_is_switched_off_is_trouble_until_it_is_on_again(sockets: Scene) -> None:
    sockets.slack.plan(Fault(method="apps.connections.open", error="forbidden_team"), times=4)
    sockets.slack.socket.announce_disconnect("link_disabled")
    await seen(lambda: sockets.adapter.trouble == NO_SOCKET)
    await sockets.slack.socket.hang_up()
    assert sockets.adapter.trouble == NO_SOCKET
    await sockets.slack.until_connected(2)
    await seen(lambda: not sockets.adapter.trouble)
    assert opens(sockets) == 2 + 4 + 2
    assert (await sockets.asks("/themes")).text.startswith("Every theme")


async def test_a_line_that_is_only_refreshed_is_no_trouble(sockets: Scene) -> None:
    before = {connection.number for connection in sockets.slack.socket.connections}
    said: set[str] = set()

    def refreshed() -> bool:
        said.add(sockets.adapter.trouble)
        return _fresh(sockets, before)

    sockets.slack.socket.announce_disconnect("warning")
    await seen(refreshed)
    assert said == {""}


async def test_stopping_waits_for_no_line_that_is_away(tmp_path: Path, shelf: Shelf) -> None:
    async with scene_of(tmp_path, shelf, "socket", clean=False) as sockets:
        sockets.slack.plan(Fault(method="apps.connections.open", error="forbidden_team"), times=1000)
        sockets.engine.slow = asyncio.Event()
        asking = asyncio.create_task(sockets.ada.command("/next", "backend"))
        await sockets.until("the command under way", lambda: sockets.engine.asked or None)
        sockets.slack.socket.cut()
        sockets.engine.slow.set()
        async with asyncio.timeout(5):
            await sockets.running.aclose()
        await asking
