"""Who may reach the page, and that no other site can drive it through somebody's browser."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from adapters.web import session
from adapters.web.session import GuessVerdict
from bot.process.settings import LogFormat
from tests.log_lines import logged
from tests.web.conftest import OURS, Client, Serve

SAY = {"line": "/themes", "who": {}}
TOKEN = "correct horse battery staple"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("fr,de-AT;q=0.5,en;q=0.4", "de"),
        ("en;q=0.4, de;q=0.9", "de"),
        ("en-GB,de;q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
        ("de;q=much", "en"),
    ],
)
async def test_the_page_is_in_the_first_of_the_browsers_languages_that_is_spoken(
    client: Client, wanted: str, language: str
) -> None:
    page = await (await client.get("/", headers={"Accept-Language": wanted})).text()
    assert f'<html lang="{language}"' in page
    assert ("Tippe / für alle Befehle" in page) == (language == "de")
    assert ('"One moment …": "Einen Moment …"' in page) == (language == "de")


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


@pytest.mark.parametrize(
    "cookie", ["", "x", "99999999999.", "99999999999." + "0" * 64, "٣.x", "-1.x", "9.\xff", "9.\udcff"]
)
async def test_a_forged_session_opens_nothing(serve: Serve, cookie: str) -> None:
    client = await serve(token=TOKEN)
    sent = cookie.encode("utf-8", "surrogateescape").decode("latin-1")
    response = await client.get("/", headers={"Cookie": f"{session.COOKIE}={sent}"})
    assert response.status == 401


async def test_guessing_is_slowed_down(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    statuses = [await login(client, f"guess {number}") for number in range(6)]
    assert statuses == [401] * 5 + [429]
    assert await login(client, TOKEN) == 429


async def test_guesses_that_are_sent_at_once_are_counted_too(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    assert client.port is not None
    head = (
        f"POST /web/login HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nOrigin: http://127.0.0.1:{client.port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\nConnection: close\r\n\r\n"
    )
    lines = [await asyncio.open_connection("127.0.0.1", client.port) for _ in range(100)]
    for _, writer in lines:
        writer.write(head.encode())
        await writer.drain()
    for _, writer in lines:
        writer.write(b"token=x")
    answers = [(await reader.readline()).split()[1] for reader, _ in lines]
    for _, writer in lines:
        writer.close()
    assert sorted(set(answers)) == [b"401", b"429"]
    assert answers.count(b"401") == 5


def test_guesses_are_forgiven_after_a_minute() -> None:
    now = 0.0
    sessions = session.Sessions(TOKEN, now=lambda: now)
    assert [sessions.attempt("wrong", "203.0.113.9") for _ in range(6)] == [GuessVerdict.WRONG] * 5 + [
        GuessVerdict.MUST_WAIT
    ]
    assert sessions.attempt(TOKEN, "203.0.113.9") is GuessVerdict.MUST_WAIT
    assert sessions.attempt(TOKEN, "203.0.113.10") is GuessVerdict.RIGHT
    now = 61.0
    assert sessions.attempt(TOKEN, "203.0.113.9") is GuessVerdict.RIGHT


def test_guesses_from_everywhere_shut_out_nobody_who_made_none() -> None:
    sessions = session.Sessions(TOKEN, now=lambda: 0.0)
    for number in range(200):
        sessions.attempt("wrong", f"203.0.113.{number}")
    assert sessions.attempt("wrong", "203.0.113.1") is GuessVerdict.MUST_WAIT
    assert sessions.attempt(TOKEN, "198.51.100.1") is GuessVerdict.RIGHT


def test_all_addresses_of_one_ipv6_network_are_one_guesser() -> None:
    sessions = session.Sessions(TOKEN, now=lambda: 0.0)
    guesses = [sessions.attempt("wrong", f"2001:db8:1:2::{number}") for number in range(6)]
    assert guesses[-1] is GuessVerdict.MUST_WAIT
    assert sessions.attempt("wrong", "2001:db8:1:3::1") is GuessVerdict.WRONG


async def test_one_guesser_behind_the_proxy_does_not_shut_out_the_next(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    origin = f"http://127.0.0.1:{client.port}"

    async def status(token: str, forwarded: str) -> int:
        headers = {"Origin": origin, "X-Forwarded-For": forwarded}
        sent = await client.post("/web/login", data={"token": token}, headers=headers, allow_redirects=False)
        return sent.status

    made_up = ["1.1.1.1, 203.0.113.9", "2.2.2.2, 203.0.113.9", *["203.0.113.9"] * 4]
    assert [await status("wrong", each) for each in made_up] == [401] * 5 + [429]
    assert await status(TOKEN, "203.0.113.10") == 303


@pytest.mark.parametrize("form", list(LogFormat))
async def test_logins_are_logged_without_the_token(serve: Serve, form: LogFormat) -> None:
    client = await serve(token=TOKEN)
    with logged(form) as log:
        await login(client, "not the word at all")
        await login(client, TOKEN)
    written = log.written.getvalue()
    assert written.count("web.login") == 2
    assert "127.0.0.1" in written
    assert TOKEN not in written
    assert "not the word" not in written


async def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    origin = {"Origin": f"http://127.0.0.1:{client.port}"}
    opened = await client.post("/web/login", data={"token": TOKEN}, headers=origin, allow_redirects=False)
    kept = {"Cookie": opened.headers["Set-Cookie"].split(";")[0]}
    assert (await client.get("/", headers=kept)).status == 200
    left = await client.post("/web/logout", json={}, headers={**OURS, **kept})
    assert (left.status, "Clear-Site-Data" in left.headers) == (200, True)
    client.session.cookie_jar.clear()
    assert (await client.get("/", headers=kept)).status == 401


async def test_every_session_has_a_word_of_its_own(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    origin = {"Origin": f"http://127.0.0.1:{client.port}"}
    sent = [
        await client.post("/web/login", data={"token": TOKEN}, headers=origin, allow_redirects=False) for _ in range(3)
    ]
    assert len({each.headers["Set-Cookie"].split(";")[0] for each in sent}) == 3


async def test_under_https_the_cookie_is_the_hosts_alone(serve: Serve) -> None:
    client = await serve(token=TOKEN, public_url="https://learn.example.org")
    headers = {"Host": "learn.example.org", "Origin": "https://learn.example.org"}
    opened = await client.post("/web/login", data={"token": TOKEN}, headers=headers, allow_redirects=False)
    cookie = opened.headers["Set-Cookie"]
    assert cookie.startswith("__Host-dualo_session=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize(
    ("waits", "status"), [([11 * 3600, 11 * 3600], 200), ([12 * 3600], 401), ([11 * 3600] * 66, 401)]
)
async def test_a_session_ends_when_it_is_left_alone_or_a_month_old(waits: list[int], status: int) -> None:
    now = 1_000_000.0
    sessions = session.Sessions(TOKEN, now=lambda: now)
    response = web.Response()
    await sessions.open(response)
    word = response.cookies[session.COOKIE].value
    request = make_mocked_request("GET", "/", headers={"Cookie": f"{session.COOKIE}={word}"})
    for each in waits:
        now += each
        held = await sessions.holds(request)
    assert held is (status == 200)


async def test_another_token_ends_every_session() -> None:
    vault = session.MemoryVault()
    response = web.Response()
    await session.Sessions(TOKEN, vault).open(response)
    word = response.cookies[session.COOKIE].value
    request = make_mocked_request("GET", "/", headers={"Cookie": f"{session.COOKIE}={word}"})
    assert await session.Sessions(TOKEN, vault).holds(request)
    assert not await session.Sessions(TOKEN + "2", vault).holds(request)


async def test_a_login_from_another_site_is_refused(serve: Serve) -> None:
    client = await serve(token=TOKEN)
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        response = await client.post("/web/login", data={"token": TOKEN}, headers=headers, allow_redirects=False)
        assert response.status == 403


async def test_a_body_larger_than_any_person_types_gets_a_sentence(client: Client) -> None:
    await asyncio.sleep(0)
    sent = await client.post("/web/say", json={"line": "x" * 400_000, "who": {}}, headers=OURS)
    assert "far too long" in (await sent.json())["html"]
