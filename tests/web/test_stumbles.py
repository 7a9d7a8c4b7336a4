"""What somebody stumbles over on the page is answered with the next step, by the real engine."""

from __future__ import annotations

import re
from typing import Any

from bot.engine import StudyEngine
from tests.web.conftest import OURS, Client, Serve

ADMIN = {"person": "Ada", "manages": True}


async def send(client: Client, path: str, **fields: object) -> dict[str, Any]:
    response = await client.post(f"/web/{path}", json={"who": ADMIN} | fields, headers=OURS)
    answer: dict[str, Any] = await response.json()
    return answer


def form_in(html: str) -> str:
    found = re.search(r'data-form="([^"]+)"', html)
    assert found, html
    return found[1]


def button(html: str, label: str) -> str:
    found = re.search(rf'<button[^>]*data-token="([^"]+)"[^>]*>{re.escape(label)}</button>', html)
    assert found, html
    return found[1]


async def test_a_refused_form_comes_back_with_everything_in_it(serve: Serve, engine: StudyEngine) -> None:
    client = await serve(engine=engine)
    opened = await send(client, "press", token="1|edit-reminders")
    typed = {"nudges": "dm", "days": "tue", "hour": "09:00", "a_week": "99", "until": "24 dec"}
    refused = await send(client, "submit", token=form_in(opened["html"]), fields=typed)
    assert "“How many a week at most” takes a whole number from 1 to 7, not 99." in refused["html"]
    again = (await send(client, "press", token=button(refused["html"], "Try again")))["html"]
    assert 'value="24 dec"' in again
    assert 'value="99"' in again
    assert 'value="tue"' in again


async def test_lessons_are_completed_where_a_theme_would_be_first(serve: Serve, engine: StudyEngine) -> None:
    client = await serve(engine=engine)
    items = (await send(client, "complete", line="/lesson co"))["items"]
    assert "backend-architectures/concurrency" in [each["insert"] for each in items]
    found = (await send(client, "complete", line="/lesson pool"))["items"]
    assert [each["label"] for each in found][-1:] != []
    assert "Search the lessons for “pool”" in [each["label"] for each in found]
    searched = await send(client, "say", line="/lesson ?pool")
    assert "pool" in searched["html"]


async def test_the_managers_root_and_its_bare_commands_lead_on(serve: Serve, engine: StudyEngine) -> None:
    client = await serve(engine=engine)
    assert "How Dualo is set up here" in (await send(client, "say", line="/study-admin"))["html"]
    assert "Running it" in (await send(client, "say", line="/study-admin help"))["html"]
    for line in ("/study-admin schedule add", "/study-admin assign", "/study-admin member"):
        assert form_in((await send(client, "say", line=line))["html"])
    unknown = await send(client, "say", line="/study-admin assign backend foo:bar")
    assert "takes no “foo:”" in unknown["html"]
    assert button(unknown["html"], "How /study-admin assign works")


async def test_a_theme_is_suggested_to_a_person_by_an_at(serve: Serve, engine: StudyEngine) -> None:
    client = await serve(engine=engine)
    answer = await send(client, "say", line="/study-admin assign backend @bob")
    assert "bob" in answer["html"]
    assert "Suggested" in answer["html"]
