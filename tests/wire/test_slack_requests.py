"""Requests in HTTP mode: honest, forged, repeated late, and such as nobody can read."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.domain.course import Shelf
from tests.wire.slack import payloads
from tests.wire.slack.delivery import EnvelopeKind
from tests.wire.slack.events import Forgery, sign
from tests.wire.slack_bot import Scene, scene_of


@pytest.fixture
async def web(tmp_path: Path, shelf: Shelf) -> AsyncIterator[Scene]:
    async with scene_of(tmp_path, shelf, "http") as scene:
        yield scene


def command_payload(office: Scene, words: str = "") -> Any:
    turn = office.ada.start_turn()
    return payloads.slash_command(
        office.slack.world, office.workspace.team, office.ada.user, channel=office.workspace.general,
        command="/next", text=words, trigger=f"t-{turn.id}", hook_url="https://hooks.example/x",
    )  # fmt: skip


@pytest.mark.parametrize(
    "forgery",
    [
        Forgery(secret="another secret"),
        Forgery(signature="v0=" + "0" * 64),
        Forgery(signature="nonsense"),
        Forgery(unsigned=True),
        Forgery(age=301.0),
        Forgery(age=-301.0),
        Forgery(tampered=b"&text=share:true"),
    ],
    ids=["other secret", "other signature", "nonsense", "unsigned", "replayed", "from the future", "tampered"],
)
async def test_a_forged_or_replayed_request_reaches_nobody(web: Scene, forgery: Forgery) -> None:
    answer = await web.slack.http.post(EnvelopeKind.COMMAND, command_payload(web), forgery=forgery)
    assert answer.status == 401
    assert web.engine.asked == []


async def test_an_honest_request_is_answered(web: Scene) -> None:
    answer = await web.slack.http.post(EnvelopeKind.COMMAND, command_payload(web, "backend"))
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert (answer.payload() or {})["response_type"] == "ephemeral"


@pytest.mark.parametrize("kind", ["app_mention", "message"])
async def test_an_event_that_asks_for_nothing_is_acknowledged(web: Scene, kind: str) -> None:
    event = {"type": kind, "channel_type": "im", "bot_id": "B1", "user": web.ada.id, "text": "hello"}
    payload = payloads.event_callback(web.slack.world, web.workspace.team, event)
    assert (await web.slack.http.post(EnvelopeKind.EVENT, payload)).status == 200
    assert web.engine.asked == []


async def test_a_kind_of_payload_that_is_unknown_is_acknowledged(web: Scene) -> None:
    payload = {"type": "view_closed", "team": {"id": web.workspace.id}, "user": {"id": web.ada.id}, "view": {}}
    assert (await web.slack.http.post(EnvelopeKind.INTERACTIVE, payload)).status == 200
    assert web.engine.asked == []


async def test_the_signature_of_a_request_is_computed_once(web: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[str] = []
    generate = SignatureVerifier.generate_signature

    def note(verifier: SignatureVerifier, **given: Any) -> str | None:
        computed.append(given["timestamp"])
        return generate(verifier, **given)

    monkeypatch.setattr(SignatureVerifier, "generate_signature", note)
    answer = await web.slack.http.post(EnvelopeKind.COMMAND, command_payload(web, "backend"))
    assert (answer.status, len(computed)) == (200, 1)


async def test_the_request_url_is_verified(web: Scene) -> None:
    assert await web.slack.http.verify_url() is True


JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
UNREADABLE = {
    "no JSON": (JSON, b"nojson"),
    "a list": (JSON, b"[]"),
    "a list that is not empty": (JSON, b'["event"]'),
    "a number": (JSON, b"1"),
    "a form around no JSON": (FORM, b"payload=nojson"),
    "a form around a list": (FORM, b"payload=[1]"),
    "JSON that breaks off": (FORM, b'{"type":'),
    "a deep list": (JSON, b"[" * 100_000),
}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        *UNREADABLE.values(),
        (f"{JSON}; charset=nonsense", b"{}"),
        (JSON, b"\xff\xfe\xff"),
    ],
    ids=[*UNREADABLE, "an unknown charset", "no text"],
)
async def test_what_is_not_signed_is_refused_before_it_is_read(web: Scene, content_type: str, body: bytes) -> None:
    assert await refusal_of(web, body, {"Content-Type": content_type}) == 401


@pytest.mark.parametrize(("content_type", "body"), UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_signed_and_cannot_be_read_is_refused(web: Scene, content_type: str, body: bytes) -> None:
    assert await refusal_of(web, body, {"Content-Type": content_type, **signed(web, body)}) == 400


@pytest.mark.parametrize(
    ("header", "value"), [("X-Slack-Request-Timestamp", "yesterday"), ("X-Slack-Signature", "v0=ü")]
)
async def test_a_signature_that_is_none_is_refused(web: Scene, header: str, value: str) -> None:
    assert await refusal_of(web, b"{}", {"Content-Type": JSON, **signed(web, b"{}"), header: value}) == 401


def signed(office: Scene, body: bytes) -> dict[str, str]:
    now = int(time.time())
    signature = sign(office.slack.app.signing_secret, now, body)
    return {"X-Slack-Request-Timestamp": str(now), "X-Slack-Signature": signature}


async def refusal_of(office: Scene, body: bytes, headers: dict[str, str]) -> int:
    session = office.slack.http._open_session()
    async with session.post(f"{office.url}/slack/events", data=body, headers=headers) as answer:
        return answer.status


async def test_without_a_secret_nothing_listens(tmp_path: Path, shelf: Shelf) -> None:
    async with scene_of(tmp_path, shelf, "socket") as sockets:
        assert await refusal_of(sockets, b"{}", {}) == 404
