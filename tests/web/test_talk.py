"""What the page's endpoints answer, whatever they are sent."""

from __future__ import annotations

from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from adapters.web import feed, places
from adapters.web.adapter import WebAdapter
from bot.core import actions, views
from bot.core.ports import Outcome
from bot.features import commands
from tests.contracts import samples
from tests.contracts.sample_engine import SampleEngine
from tests.web.conftest import OURS, Client, Serve


async def send(client: Client, path: str, **fields: object) -> dict[str, Any]:
    response = await client.post(f"/web/{path}", json={"who": {}} | fields, headers=OURS)
    answer: dict[str, Any] = await response.json()
    return answer


async def test_a_line_reaches_the_engine_as_its_command(client: Client, sample_engine: SampleEngine) -> None:
    who = {"person": "Ada Lovelace", "manages": True, "timezone": "Europe/Paris", "locale": "fr-FR"}
    answer = await send(client, "say", line="/lesson backend 3", who=who)
    command, actor = sample_engine.asked[-1]
    assert command == commands.OpenLesson(theme="backend", lesson="3")
    assert (actor.workspace, actor.person, actor.manages, actor.private) == ("web", "ada-lovelace", True, True)
    assert (actor.timezone, actor.locale, actor.place) == ("Europe/Paris", "fr-FR", "web:room")
    assert "Concurrency models" in answer["html"]


@pytest.mark.parametrize(
    "who",
    [
        *(None, [], "x", {"person": None}, {"person": "\u202e\x00"}, {"manages": "yes"}),
        {"timezone": "../../etc/passwd", "locale": "<x>"},
    ],
    ids=str,
)
async def test_a_strange_sender_is_somebody_harmless(client: Client, sample_engine: SampleEngine, who: object) -> None:
    await send(client, "say", line="/themes", who=who)
    actor = sample_engine.asked[-1][1]
    assert (actor.person, actor.manages, actor.timezone, actor.locale) == ("you", False, "", "")


def test_the_same_name_is_the_same_learner_however_it_is_written() -> None:
    assert len({places.person_of(name) for name in ("Ada", " ada ", "ADA", "ada\u200e")}) == 1
    assert places.person_of("李雷") == "李雷"
    assert len(places.person_of("x" * 500)) <= 40


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000),
        *(b'{"line": "\\ud800"}', b'{"line": 5}', b'{"line": {"a": 1}, "token": []}'),
    ],
    ids=lambda body: repr(body[:12]),
)
@pytest.mark.parametrize("path", ["say", "press", "submit", "complete", "suggest", "news"])
async def test_an_unreadable_request_gets_an_answer(client: Client, path: str, body: bytes) -> None:
    response = await client.post(f"/web/{path}", data=body, headers={"Content-Type": "application/json", **OURS})
    assert response.status == 200
    assert isinstance(await response.json(), dict)


FORGED = ["", "1|nope", "0|done|x", "1|ask|x|y|z|w|v", "9" * 5_000, "1|answer|\u202e", "1|follow"]


@pytest.mark.parametrize("token", FORGED, ids=lambda token: token[:20])
async def test_a_forged_button_gets_a_kind_sentence(client: Client, sample_engine: SampleEngine, token: str) -> None:
    answer = await send(client, "press", token=token)
    assert "This button has expired." in answer["html"]
    assert sample_engine.asked == []


async def test_a_line_too_long_is_told_its_length(client: Client, sample_engine: SampleEngine) -> None:
    answer = await send(client, "say", line="x" * 10_000)
    assert "10,000 characters" in answer["html"]
    assert sample_engine.asked == []


async def test_a_form_fills_its_command(client: Client, sample_engine: SampleEngine) -> None:
    token = samples.report_form().form.token
    await send(client, "submit", token=token, fields={"what": "a\r\nb", "lesson": "forged"})
    assert sample_engine.asked[-1][0] == commands.ReportMistake(
        theme="backend-architectures", lesson="lesson-04", what="a\nb"
    )


async def test_completion_offers_names_first_and_then_what_the_engine_suggests(client: Client) -> None:
    names = await send(client, "complete", line="/les")
    assert [item["insert"] for item in names["items"]] == ["lesson "]
    themes = await send(client, "complete", line="/theme fra")
    first = themes["items"][0]
    assert (first["insert"], first["label"]) == ('"Frameworks under pressure"', "Frameworks under pressure")


async def test_suggestions_for_a_field_come_only_for_fields_that_have_them(client: Client) -> None:
    found = await send(client, "suggest", verb="save-settings", field="timezone", typed="back")
    assert found["items"] == [{"value": "backend-architectures", "label": "backend-architectures"}]
    assert await send(client, "suggest", verb="save-settings", field="plain", typed="") == {"items": []}
    assert await send(client, "suggest", verb="nope", field="x", typed="") == {"items": []}


async def test_what_breaks_is_said_without_its_inside(client: Client, sample_engine: SampleEngine) -> None:
    sample_engine.answers[commands.Themes] = cast("views.View", "no view at all")
    answer = await send(client, "say", line="/themes")
    assert "Something broke on our side. Reference " in answer["html"]
    assert "no view" not in answer["html"]


async def test_a_static_file_is_found_by_its_name_alone(client: Client) -> None:
    assert (await client.get("/web/static/page.js")).content_type == "text/javascript"
    for name in ("..%2Fadapter.py", "nothing.js", "%00"):
        assert (await client.get(f"/web/static/{name}")).status == 404


async def test_what_is_for_everybody_reaches_the_others(client: Client) -> None:
    answer = await send(client, "say", line="/lesson share:yes", who={"person": "Ada"})
    news = await send(client, "news", at=0, who={"person": "Bob"})
    assert [post["post"] for post in news["posts"]] == [answer["post"]]
    assert await send(client, "news", at=news["at"], who={"person": "Bob"}) == {"at": news["at"], "posts": []}


async def test_previews_are_offered_where_there_are_renderers(serve: Serve) -> None:
    def as_discord(view: views.View, reader: views.Reader) -> str:
        return "<style>p{color:red}</style><p>As Discord</p>"

    client = await serve(previews={"Discord": as_discord})
    html = (await send(client, "say", line="/themes"))["html"]
    address = html.split('data-preview="')[1].split('"')[0]
    shown = await client.get(address)
    assert (await shown.text(), shown.headers["Content-Security-Policy"].split(";")[0]) == (
        as_discord(samples.catalogue(), views.Reader()),
        "sandbox",
    )
    gone = await client.get("/web/preview/unknown/Discord")
    assert "too old" in await gone.text()


async def test_a_delivery_is_posted_once_and_can_be_changed() -> None:
    adapter = WebAdapter(SampleEngine())
    app = web.Application()
    adapter.attach(app)
    first = await adapter.deliver(samples.plain()["lesson"], places.ROOM, "key-1")
    again = await adapter.deliver(samples.plain()["lesson"], places.ROOM, "key-1")
    assert (first.outcome, first) == (Outcome.SENT, again)
    async with TestClient(TestServer(app)) as client:
        seen = await send(client, "news", at=0)
        await adapter.edit(samples.plain()["notice"], first.message)
        changed = await send(client, "news", at=seen["at"])
    assert [len(seen["posts"]), len(changed["posts"])] == [1, 1]
    assert "is saved" in changed["posts"][0]["html"]


async def test_a_delivery_for_one_learner_is_nobody_elses(client: Client) -> None:
    posts = feed.Feed()
    posts.post(samples.plain()["lesson"], places.address_of("ada"), "k", views.Reader())
    assert (len(posts.since(0, "ada", most=5)), len(posts.since(0, "bob", most=5))) == (1, 0)


async def test_a_place_that_is_not_on_the_page_is_gone() -> None:
    adapter = WebAdapter(SampleEngine())
    assert (await adapter.deliver(samples.plain()["lesson"], "elsewhere:1", "k")).outcome is Outcome.GONE
    assert (await adapter.edit(samples.plain()["lesson"], "web:room#k")).outcome is Outcome.GONE


async def test_the_doctor_is_told_which_places_are_none_of_the_page() -> None:
    adapter = WebAdapter(SampleEngine())
    assert [check.healthy for check in await adapter.check(["web:room", "elsewhere"])] == [True, False]


def test_the_feed_stays_bounded() -> None:
    posts = feed.Feed()
    for number in range(2_000):
        posts.post(samples.plain()["notice"], places.address_of(str(number % 700)), str(number), views.Reader())
    assert len(posts._posts) <= 500


async def test_every_button_of_the_page_itself_is_a_command(client: Client) -> None:
    html = await (await client.get("/")).text()
    tokens = [part.split('"')[0] for part in html.split('data-token="')[1:]]
    assert commands.Next() in [actions.read(token) for token in tokens]
