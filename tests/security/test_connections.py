"""One client cannot take the server from all others, and strangers cannot fill the disk with its log."""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage
from yarl import URL

from bot.core.errors import StoreUnavailable
from bot.core.record import replace
from bot.process import connections
from bot.process.connections import Limits
from bot.process.http import LIMITS, listening
from bot.process.settings import LogFormat
from tests.log_lines import logged

Listen = Callable[[Limits], Awaitable[URL]]
HASTY = replace(LIMITS, head=0.05, body=0.05)


class Part:
    """What a front end mounts: a page that answers, one that reads, two that fail."""

    def attach(self, app: web.Application) -> None:
        app.add_routes(
            [web.get("/", self.page), web.post("/", self.page), web.get("/bug", self.bug), web.get("/out", self.out)]
        )

    async def page(self, request: web.Request) -> web.Response:
        return web.Response(text=f"{len(await request.read())} bytes")

    async def bug(self, _: web.Request) -> web.Response:
        raise RuntimeError("the roof fell in")

    async def out(self, _: web.Request) -> web.Response:
        raise StoreUnavailable("10.0.0.7 refused")


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    async with AsyncExitStack() as stack:

        async def listened(limits: Limits) -> URL:
            serving = listening([Part()], host="127.0.0.1", port=0, grace=1.0, limits=limits)
            return URL(await stack.enter_async_context(serving))

        yield listened


@asynccontextmanager
async def line(url: URL, said: bytes = b"") -> AsyncIterator[asyncio.StreamReader]:
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(said)
    await writer.drain()
    yield reader
    writer.close()


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"GET / HTTP/1.1\r\nX: "])
async def test_a_request_that_is_never_whole_is_ended(listen: Listen, said: bytes) -> None:
    url = await listen(HASTY)
    async with line(url, said) as reader:
        with pytest.raises(ConnectionResetError):
            raise await _ended(reader)


async def _ended(reader: asyncio.StreamReader) -> Exception:
    """How a connection ended that nothing was said on; an end without a reset counts as one."""
    try:
        assert await reader.read() == b""
    except ConnectionResetError as reset:
        return reset
    return ConnectionResetError()


async def test_the_second_request_of_a_connection_has_no_more_time_than_the_first(listen: Listen) -> None:
    url = await listen(HASTY)
    whole = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(whole)
    await reader.readuntil(b"0 bytes")
    writer.write(b"GET / HT")
    assert isinstance(await _ended(reader), ConnectionResetError)
    writer.close()


async def test_a_body_that_does_not_come_is_refused(listen: Listen) -> None:
    url = await listen(HASTY)
    async with line(url, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf") as reader:
        answer = await reader.read()
    assert answer.split()[1] == b"408"
    assert b"Connection: close" in answer


async def test_no_more_connections_are_held_than_were_decided(listen: Listen) -> None:
    url = await listen(replace(LIMITS, connections=5))
    async with AsyncExitStack() as stack:
        for _ in range(5):
            await stack.enter_async_context(line(url))
        async with line(url, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as sixth:
            assert isinstance(await _ended(sixth), ConnectionResetError)
    async with aiohttp.ClientSession() as client, client.get(url) as response:
        assert response.status == 200


def test_more_room_is_asked_for_and_half_of_it_is_left_to_the_rest() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
        assert connections.raise_descriptor_limit(500) == 500
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 512
        assert connections.raise_descriptor_limit(10**9) == resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_what_is_no_http_and_what_breaks_off_leaves_no_traceback(listen: Listen) -> None:
    with logged(LogFormat.TEXT) as log:
        url = await listen(LIMITS)
        for said in (b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"GET / HTTP/1.1\r\nA b: c\r\n\r\n"):
            async with line(url, said) as reader:
                await reader.readline()
        async with line(url, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"):
            pass
        async with aiohttp.ClientSession() as client, client.get(url) as response:
            assert response.status == 200
    assert log.lines == []


def test_a_flood_of_one_fault_of_the_system_is_one_short_line() -> None:
    with logged(LogFormat.TEXT) as log:
        for _ in range(100):
            try:
                raise OSError(24, "Too many open files")
            except OSError:
                logging.getLogger("asyncio").exception("socket.accept() out of system resource")
    assert len(log.lines) == 1


def test_our_own_fault_in_the_server_is_still_told() -> None:
    with logged(LogFormat.TEXT) as log:
        try:
            raise ValueError("the roof fell in")
        except ValueError:
            logging.getLogger("aiohttp.server").exception("Error handling request")
        try:
            raise BadHttpMessage("no HTTP")
        except BadHttpMessage:
            logging.getLogger("aiohttp.server").exception("Error handling request")
    assert "the roof fell in" in log.written.getvalue()
    assert "no HTTP" not in log.written.getvalue()


@pytest.mark.parametrize(("path", "status"), [("/bug", 500), ("/out", 503), ("/nowhere", 404), ("/", 200)])
async def test_every_answer_carries_the_headers_and_tells_nothing_of_the_inside(
    listen: Listen, path: str, status: int
) -> None:
    with logged(LogFormat.TEXT) as log:
        url = await listen(LIMITS)
        async with aiohttp.ClientSession() as client, client.get(url.with_path(path)) as response:
            text = await response.text()
    assert response.status == status
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert (response.headers["X-Content-Type-Options"], response.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert "Server" not in response.headers
    assert "Strict-Transport-Security" not in response.headers
    assert "10.0.0.7" not in text
    assert "roof" not in text
    if status == 500:
        reference = text.split()[-1].rstrip(".")
        assert log.told_under(reference) == ["http.failed"]


async def test_under_https_browsers_are_told_to_stay_there() -> None:
    serving = listening([Part()], host="127.0.0.1", port=0, grace=1.0, public_url="https://learn.example.org")
    async with serving as url, aiohttp.ClientSession() as client, client.get(url) as response:
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_a_compressed_body_is_not_unpacked(listen: Listen) -> None:
    url = await listen(LIMITS)
    sending = aiohttp.ClientSession()
    async with sending, sending.post(url, data=b"x" * 100_000, compress="gzip") as response:
        assert int((await response.text()).split()[0]) < 1000
