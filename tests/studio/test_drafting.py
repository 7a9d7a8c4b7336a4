"""Help from a model is a suggestion: it goes where the operator said, comes when asked for, and changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.core.errors import StudyError
from bot.studio.drafting import DraftHelp, Drafting

LESSON = {
    "title": "How a pool works",
    "sections": [{"label": "What it keeps", "text": "A pool keeps ten connections open."}],
    "questions": [
        {
            "ask": "How many connections does it keep?",
            "section": "What it keeps",
            "options": [{"text": "Ten", "right": "true", "why": "So it says."}],
        }
    ],
}


@dataclass
class Model:
    """A server that speaks the protocol and says what a test puts into its mouth."""

    url: str = ""
    says: str = "{}"
    status: int = 200
    raw: bytes | None = None
    holds: bool = False
    heard: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@pytest.fixture
async def model() -> AsyncIterator[Model]:
    made = Model()

    async def answer(request: web.Request) -> web.Response:
        made.heard.append(await request.json())
        made.keys.append(request.headers.get("Authorization", ""))
        if made.holds:
            await asyncio.sleep(30)
        if made.status != 200:
            return web.Response(status=made.status, headers={"Location": "http://127.0.0.1:1/"})
        said = {"choices": [{"message": {"role": "assistant", "content": made.says}}]}
        return web.Response(body=made.raw if made.raw is not None else json.dumps(said).encode())

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    server = TestServer(app)
    await server.start_server()
    made.url = str(server.make_url("/v1"))
    yield made
    await server.close()


async def test_wrong_options_come_back_as_suggestions(model: Model) -> None:
    model.says = 'Sure!\n```json\n{"options": [{"text": "Five", "right": false, "why": "Too few."}]}\n```'
    found = await Drafting(model.url, model="small", key="a-key").suggest(DraftHelp.OPTIONS, LESSON, 0)
    assert [(each.text, each.why, each.right) for each in found.options] == [("Five", "Too few.", False)]
    (heard,) = model.heard
    assert (heard["model"], heard["stream"]) == ("small", False)
    assert "A pool keeps ten connections open." in heard["messages"][1]["content"]
    assert model.keys == ["Bearer a-key"]


async def test_a_question_and_a_shorter_text_come_back(model: Model) -> None:
    drafting = Drafting(f"{model.url}/chat/completions")
    model.says = '{"ask": "How many?", "options": [{"text": "Ten", "right": true, "why": "It says so."}]}'
    asked = await drafting.suggest(DraftHelp.QUESTION, LESSON, 0)
    assert (asked.ask, asked.options[0].right) == ("How many?", True)
    model.says = '{"text": "A pool keeps ten."}'
    assert (await drafting.suggest(DraftHelp.SHORTEN, LESSON, 0)).text == "A pool keeps ten."
    assert model.keys == ["", ""]


UNUSABLE = [
    "",
    "no",
    "{",
    "[]",
    "{}",
    '{"options": 5}',
    '{"options": [{"text": 5}]}',
    '{"options": [null]}',
    "{" * 5000,
]


@pytest.mark.parametrize("says", UNUSABLE)
async def test_what_cannot_be_used_is_said_so(model: Model, says: str) -> None:
    model.says = says
    with pytest.raises(StudyError, match="cannot be used"):
        await Drafting(model.url).suggest(DraftHelp.OPTIONS, LESSON, 0)


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b'{"choices": []}', b"\xff", b'{"choices": [{"message": {"content": 1}}]}']
)
async def test_an_answer_that_is_none_is_said_so(model: Model, raw: bytes) -> None:
    model.raw = raw
    with pytest.raises(StudyError, match="cannot be used"):
        await Drafting(model.url).suggest(DraftHelp.SHORTEN, LESSON, 0)


REFUSALS = [(401, "DUALO_MODEL_KEY"), (404, "DUALO_MODEL_URL"), (429, "minute"), (500, "try again"), (302, "try again")]


@pytest.mark.parametrize(("status", "mend"), REFUSALS)
async def test_a_refusal_says_who_can_mend_it(model: Model, status: int, mend: str) -> None:
    model.status = status
    with pytest.raises(StudyError, match=mend):
        await Drafting(model.url).suggest(DraftHelp.OPTIONS, LESSON, 0)


async def test_a_server_that_hangs_or_is_away_is_said_so(model: Model) -> None:
    model.holds = True
    with pytest.raises(StudyError, match="did not answer within"):
        await Drafting(model.url, patience=0.3).suggest(DraftHelp.OPTIONS, LESSON, 0)
    with pytest.raises(StudyError, match="cannot be reached"):
        await Drafting("http://127.0.0.1:9/v1").suggest(DraftHelp.OPTIONS, LESSON, 0)


async def test_a_part_that_is_gone_sends_nothing(model: Model) -> None:
    with pytest.raises(StudyError, match="not there any more"):
        await Drafting(model.url).suggest(DraftHelp.OPTIONS, LESSON, 7)
    assert model.heard == []
