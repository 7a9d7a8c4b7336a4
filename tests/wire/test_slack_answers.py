"""Answers of the Web API that Slack would not give: a proxy's page, another type, bytes that are no text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack.api import SlackApi, Unanswered
from adapters.slack.payload import address
from bot.core import views
from bot.core.ports import Outcome
from bot.domain.course import Shelf
from tests.wire.slack.faults import Fault
from tests.wire.slack_bot import Scene, scene_of

GARBLED = {
    "plain text": ("text/plain", b"OK"),
    "JSON as plain text": ("text/plain", b'{"ok": true, "ts": "1.0"}'),
    "no UTF-8": ("application/json", b'{"ok": "\xff"}'),
    "a page": ("text/html", b"<html>Please sign in.</html>"),
    "a list": ("application/json", b'["ok"]'),
    "an empty list": ("application/json", b"[]"),
    "null": ("application/json", b"null"),
    "nothing": ("application/json", b""),
    "no JSON": ("application/json", b'{"ok": tru'),
    "an unknown charset": ("application/json; charset=nonsense", b'{"ok": "\xff"}'),
}
odd = pytest.mark.parametrize("garbled", GARBLED.values(), ids=GARBLED)


@pytest.fixture
async def desk(tmp_path: Path, shelf: Shelf) -> AsyncIterator[Scene]:
    async with scene_of(tmp_path, shelf, "http", clean=False) as scene:
        yield scene


@odd
async def test_what_cannot_be_read_is_no_answer(desk: Scene, garbled: tuple[str, bytes]) -> None:
    calls = SlackApi(desk.slack.api_url)
    await calls.open()
    desk.slack.plan(Fault(method="auth.test", garbled=garbled))
    with pytest.raises(Unanswered, match=r"^auth\.test: "):
        await calls.ask_by(calls.client(desk.workspace.token), "auth.test", lambda c: c.auth_test())
    await calls.close()


@odd
async def test_a_post_whose_answer_cannot_be_read_is_looked_for_and_made_once(
    desk: Scene, garbled: tuple[str, bytes]
) -> None:
    desk.slack.plan(Fault(method="chat.postMessage", garbled=garbled, accepted=True))
    place = address("-", desk.workspace.id, desk.workspace.general.id)
    sent = await desk.adapter.deliver(views.Notice("Lesson 4 of 12 is here."), place, "k1")
    posted = desk.slack.messages(desk.workspace.general)
    assert (sent.outcome, len(posted)) == (Outcome.SENT, 1)
