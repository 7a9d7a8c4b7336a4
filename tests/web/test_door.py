"""Who may reach the page, and that no other site can drive it through somebody's browser."""

from __future__ import annotations

import asyncio

import pytest

from adapters.web import session
from tests.web.conftest import OURS, Client, Serve

SAY = {"line": "/themes", "who": {}}
TOKEN = "correct horse battery staple"


async def test_a_page_is_served_with_strict_headers(client: Client) -> None:
    response = await client.get("/")
    assert response.status == 200
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    expected = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    assert {name: response.headers[name] for name in expected} == expected


async def test_an_answer_is_never_stored(client: Client) -> None:
    response = await client.post("/web/say", json=SAY, headers=OURS)
    assert (response.status, response.headers["Cache-Control"]) == (200, "no-store")
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1:1", "localhost.evil.example", "", "["])
async def test_another_name_for_this_machine_is_refused(client: Client, host: str) -> None:
    response = await client.get("/", headers={"Host": host})
    assert response.status in {400, 403}
    assert "evil" not in await response.text()


async def test_the_right_port_under_a_loopback_name_is_served(client: Client) -> None:
    response = await client.get("/", headers={"Host": f"localhost:{client.port}"})
    assert response.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example", **OURS},
        {"Origin": "null", **OURS},
        {"Origin": "http://localhost:1", **OURS},
        {"Sec-Fetch-Site": "cross-site", **OURS},
        {"Sec-Fetch-Site": "same-site", **OURS},
    ],
    ids=str,
)
async def test_another_site_cannot_make_anybody_press(client: Client, headers: dict[str, str]) -> None:
    response = await client.post("/web/say", json=SAY, headers=headers)
    assert response.status == 403


async def test_a_form_post_from_elsewhere_does_not_pass_for_json(client: Client) -> None:
    sent = await client.post("/web/say", data=b'{"line": "/themes"}', headers={"Content-Type": "text/plain", **OURS})
    assert "unreadable" in (await sent.json())["html"]


async def test_what_a_proxy_forwards_did_not_come_from_here(client: Client) -> None:
    response = await client.get("/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert response.status == 403


async def test_the_public_name_counts_only_behind_a_token(serve: Serve) -> None:
    named = {"Host": "learn.example.org"}
    open_page = await serve(public_url="https://learn.example.org")
    locked = await serve(public_url="https://learn.example.org", token=TOKEN)
    assert (await open_page.get("/", headers=named)).status == 403
    assert (await locked.get("/", headers=named)).status == 401


async def test_with_a_token_nothing_is_answered_before_it_was_shown(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    page = await client.get("/")
    assert (page.status, "DUALO_WEB_TOKEN" in await page.text()) == (401, True)
    for path in ("say", "press", "submit", "complete", "suggest", "news"):
        response = await client.post(f"/web/{path}", json=SAY, headers=OURS)
        assert (path, response.status, await response.json()) == (path, 401, {"login": True})
    assert (await client.get("/web/preview/x/y")).status == 401


async def login(client: Client, token: str) -> int:
    origin = {"Origin": f"http://127.0.0.1:{client.port}"}
    response = await client.post("/web/login", data={"token": token}, headers=origin, allow_redirects=False)
    return response.status


async def test_the_token_opens_the_page_and_is_not_in_the_cookie(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    origin = {"Origin": f"http://127.0.0.1:{client.port}"}
    response = await client.post("/web/login", data={"token": TOKEN}, headers=origin, allow_redirects=False)
    cookie = response.headers["Set-Cookie"]
    assert response.status == 303
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert TOKEN not in cookie
    value = cookie.split("=", 1)[1].split(";")[0]
    opened = await client.get("/", headers={"Cookie": f"{session.COOKIE}={value}"})
    assert (opened.status, "log" in await opened.text()) == (200, True)


@pytest.mark.parametrize("cookie", ["", "x", "99999999999.", "99999999999." + "0" * 64, "٣.x", "-1.x"])
async def test_a_forged_session_opens_nothing(serve: Serve, cookie: str) -> None:
    client = await serve(token=TOKEN)
    response = await client.get("/", headers={"Cookie": f"{session.COOKIE}={cookie}".encode().decode("latin-1")})
    assert response.status == 401


async def test_guessing_is_slowed_down(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    statuses = [await login(client, f"guess {number}") for number in range(6)]
    assert statuses == [401] * 5 + [429]
    assert await login(client, TOKEN) == 429


def test_guesses_are_forgiven_after_a_minute() -> None:
    now = 0.0
    sessions = session.Sessions(TOKEN, now=lambda: now)
    for _ in range(5):
        assert not sessions.guess("wrong", "203.0.113.9")
    assert sessions.must_wait("203.0.113.9")
    assert not sessions.must_wait("203.0.113.10")
    now = 61.0
    assert not sessions.must_wait("203.0.113.9")


async def test_a_login_from_another_site_is_refused(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        response = await client.post("/web/login", data={"token": TOKEN}, headers=headers, allow_redirects=False)
        assert response.status == 403


async def test_a_body_larger_than_any_person_types_gets_a_sentence(client: Client) -> None:
    await asyncio.sleep(0)
    sent = await client.post("/web/say", json={"line": "x" * 400_000, "who": {}}, headers=OURS)
    assert "far too long" in (await sent.json())["html"]
