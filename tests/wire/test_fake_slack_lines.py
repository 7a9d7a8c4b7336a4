"""The two lines to an app: web sockets that come and go, signed requests that may be forged; and a process alone."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from tests.wire.fake_slack import FakeSlack
from tests.wire.slack.boltbot import connect, listen, make_app, web_client
from tests.wire.slack.book import NotSeen
from tests.wire.slack.delivery import EnvelopeKind
from tests.wire.slack.events import Forgery, sign
from tests.wire.slack.model import Json
from tests.wire.slack.person import Person
from tests.wire.slack.workspace import Workspace


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as running:
        yield running


@pytest.fixture
def workspace(slack: FakeSlack) -> Workspace:
    return slack.add_team()


@pytest.fixture
def ada(workspace: Workspace) -> Person:
    return workspace.person("ada")


def answering(slack: FakeSlack, workspace: Workspace, name: str = "bot") -> AsyncApp:
    """A bot that says its name."""
    app = make_app(slack, workspace, process_before_response=True)

    @app.command("/who")
    async def who(ack: Any) -> None:
        await ack(text=name)

    return app


def silent(slack: FakeSlack, workspace: Workspace, release: asyncio.Event) -> tuple[AsyncApp, asyncio.Queue[Json]]:
    """A bot that hears and says nothing until it is told to."""
    app, heard = make_app(slack, workspace, process_before_response=True), asyncio.Queue[Json]()

    @app.command("/who")
    async def who(ack: Any, request: Any) -> None:
        heard.put_nowait(dict(request.headers))
        await release.wait()
        await ack(text="late")

    @app.event("app_uninstalled")
    async def gone(request: Any) -> None:
        heard.put_nowait(dict(request.headers))
        await release.wait()

    return app, heard


async def test_several_connections_take_turns(slack: FakeSlack, workspace: Workspace, ada: Person) -> None:
    async with connect(slack, answering(slack, workspace, "one")), connect(slack, answering(slack, workspace, "two")):
        said = [(await ada.command("/who")).text for _ in range(4)]
    assert sorted(said[:2]) == ["one", "two"]
    assert said[:2] == said[2:]


async def test_what_one_connection_leaves_unanswered_goes_to_another(
    slack: FakeSlack, workspace: Workspace, ada: Person
) -> None:
    slack.pace.redeliver_seconds = 0.05
    release = asyncio.Event()
    app, heard = silent(slack, workspace, release)
    async with connect(slack, app), connect(slack, answering(slack, workspace)):
        turn = await ada.command("/who")
        release.set()
    assert turn.ack is not None
    assert (turn.text, turn.ack.attempts > 1, heard.empty()) == ("bot", True, False)


async def test_an_event_is_sent_again_with_number_and_reason(slack: FakeSlack, workspace: Workspace) -> None:
    slack.pace.redeliver_seconds = 0.05
    release = asyncio.Event()
    app, heard = silent(slack, workspace, release)
    async with connect(slack, app):
        sent = asyncio.create_task(workspace.event({"type": "app_uninstalled"}))
        first, second = [await asyncio.wait_for(heard.get(), 3) for _ in range(2)]
        release.set()
        ack = await sent
    assert (ack.error, first.get("x-slack-retry-num")) == (None, ["0"])
    assert (second["x-slack-retry-num"], second["x-slack-retry-reason"]) == (["1"], ["timeout"])


async def test_a_command_that_nobody_answers_fails_before_the_person_s_eyes(
    slack: FakeSlack, workspace: Workspace, ada: Person
) -> None:
    slack.pace.ack_seconds = 0.1
    lost = await ada.command("/who")
    assert (lost.ack and lost.ack.error) == "dispatch_failed"
    release = asyncio.Event()
    app, _ = silent(slack, workspace, release)
    async with connect(slack, app):
        turn = await ada.command("/who")
        release.set()
        await slack.book.until("the late ack", lambda: slack.warnings or None)
    assert (turn.ack and turn.ack.error, turn.text) == ("operation_timeout", "")
    assert slack.warnings[0].startswith("late_ack")
    with pytest.raises(NotSeen, match=r"ada sees an answer \(Slack showed operation_timeout\)"):
        await turn.answer(within=0.01)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_an_app_reconnects_when_asked_and_loses_no_command(
    slack: FakeSlack, workspace: Workspace, ada: Person, reason: Any
) -> None:
    async with connect(slack, answering(slack, workspace)):
        first = slack.socket.connections[0].number
        slack.socket.announce_disconnect(reason)
        said = [(await ada.command("/who")).text for _ in range(3)]
        await slack.book.until("a new connection", lambda: slack.socket.connections[-1:] or None)
        assert said == ["bot"] * 3
        assert slack.socket.connections[0].number > first


async def test_a_cut_line_is_taken_up_again(slack: FakeSlack, workspace: Workspace, ada: Person) -> None:
    async with connect(slack, answering(slack, workspace)):
        slack.socket.cut()
        assert (await ada.command("/who")).text == "bot"


async def test_pings_are_answered_and_a_ticket_serves_once(slack: FakeSlack, workspace: Workspace) -> None:
    opened = await web_client(slack, None).apps_connections_open(app_token=slack.app.app_token)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(opened["url"], autoping=False) as socket:
            hello = await socket.receive_json()
            await slack.socket.ping()
            assert (await socket.receive()).type is aiohttp.WSMsgType.PING
            await socket.ping(b"x")
            assert (await socket.receive()).type is aiohttp.WSMsgType.PONG
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(opened["url"])
    assert (hello["type"], hello["num_connections"]) == ("hello", 1)


FORGERIES = [
    Forgery(secret="guessed"),
    Forgery(age=301),
    Forgery(signature="v0=00"),
    Forgery(unsigned=True),
    Forgery(tampered=b"&text=more"),
]


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_bolt_refuses_what_slack_did_not_sign(slack: FakeSlack, workspace: Workspace, forgery: Forgery) -> None:
    payload = {"command": "/who", "team_id": workspace.id, "user_id": "U1", "response_url": "https://x.example"}
    async with listen(slack, answering(slack, workspace)):
        honest = await slack.http.post(EnvelopeKind.COMMAND, payload)
        forged = await slack.http.post(EnvelopeKind.COMMAND, payload, forgery=forgery)
        assert await slack.http.verify_url()
    assert (honest.status, forged.status) == (200, 401)


def test_a_signature_is_the_one_of_slack_s_own_example() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert expected == sign("8f742231b10e8888abcd99yyyzzz85a5", 1531420618, body)


async def test_an_event_that_failed_is_posted_again_and_marked(slack: FakeSlack, workspace: Workspace) -> None:
    app, heard = make_app(slack, workspace, process_before_response=True), list[Json]()

    @app.event("app_uninstalled")
    async def gone(request: Any) -> None:
        heard.append(dict(request.headers))
        if len(heard) < 3:
            raise RuntimeError("not yet")

    @app.error
    async def told(error: Exception) -> Any:
        return BoltResponse(status=500, body=str(error))

    async with listen(slack, app):
        ack = await workspace.event({"type": "app_uninstalled"})
    assert (ack.error, ack.attempts) == (None, 3)
    assert [headers.get("x-slack-retry-num") for headers in heard] == [None, ["1"], ["2"]]
    assert heard[2]["x-slack-retry-reason"] == ["http_error"]


async def test_a_process_of_its_own_obeys_and_ends_with_its_stdin() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.wire.fake_slack", "--port", "0",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    described = json.loads(await process.stdout.readline())

    async with aiohttp.ClientSession() as session:

        async def control(verb: str, **asked: object) -> Json:
            async with session.post(described["control_url"] + verb, json=asked) as answer:
                told: Json = await answer.json()
                return told

        team = await control("team", name="Acme")
        user = await control("person", team=team["team"], name="eve")
        await control("fault", method="auth.test", error="fatal_error", times=1)
        async with session.post(
            described["api_url"] + "auth.test", headers={"Authorization": f"Bearer {team['token']}"}
        ) as answer:
            assert (await answer.json())["error"] == "fatal_error"
        failed = await control("command", user="U404", command="/who")
        assert failed["error"].startswith("KeyError")
        assert (await control("messages", team=team["team"], channel=user["dm"]))["messages"] == []
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 10) == 0
