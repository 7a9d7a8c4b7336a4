"""The proxy fails as it was told to, and at that byte; where nothing was planned it is not noticed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice

import pytest

from tests.faults.proxy import Act, Fault, Proxy, Way, storm

SAID = bytes(range(256)) * 40
END = b"."


class Echo:
    """Says everything again, and knows what it heard."""

    def __init__(self) -> None:
        self.heard = b""
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while said := await reader.read(1024):
                self.heard += said
                writer.write(said)
        except ConnectionResetError:
            return
        finally:
            writer.close()
            self.ended.set()


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[Echo, Proxy]]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    async with Proxy(server.sockets[0].getsockname()[:2]) as proxy:
        yield echo, proxy
    server.close()


async def line(proxy: Proxy, said: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(said)
    return reader, writer


async def test_without_a_fault_everything_passes_both_ways() -> None:
    async with echoing() as (echo, proxy):
        reader, writer = await line(proxy, SAID)
        assert await reader.readexactly(len(SAID)) == SAID
        writer.close()
        await echo.ended.wait()
    assert (echo.heard, proxy.struck) == (SAID, [])


async def test_an_answer_is_cut_at_its_byte() -> None:
    async with echoing() as (_, proxy):
        proxy.plan(Fault(Act.CUT, after=700))
        reader, writer = await line(proxy, SAID)
        assert await reader.read(-1) == SAID[:700]
        writer.close()


async def test_a_request_is_reset_at_its_byte() -> None:
    async with echoing() as (echo, proxy):
        proxy.plan(Fault(Act.RESET, Way.OUT, after=700))
        reader, writer = await line(proxy, SAID)
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(len(SAID))
        writer.close()
        await echo.ended.wait()
    assert echo.heard in (SAID[:700], b"")  # a reset may overtake what was not read yet


async def test_an_answer_is_swallowed_after_the_work_is_done_and_the_line_stays_open() -> None:
    async with echoing() as (echo, proxy):
        proxy.plan(Fault(Act.SWALLOW, after=10))
        reader, writer = await line(proxy, SAID + END)
        assert await reader.readexactly(10) == SAID[:10]
        while not echo.heard.endswith(END):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.05)
        proxy.calm()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        writer.close()


async def test_a_fault_that_waits_for_words_strikes_behind_them_however_they_come() -> None:
    async with echoing() as (echo, proxy):
        _, spared = await line(proxy, b"something else ")
        proxy.plan(Fault(Act.CUT, Way.OUT, after=3, words=b"POST /messages"))
        reader, writer = await line(proxy, b"GET / POST /mess")
        assert await reader.readexactly(16) == b"GET / POST /mess"
        writer.write(b"ages 12345")
        await reader.read(-1)
        await echo.ended.wait()
        assert echo.heard.endswith(b"GET / POST /messages 12")
        spared.close()
        writer.close()


async def test_what_trickles_or_is_delayed_arrives_whole() -> None:
    async with echoing() as (_, proxy):
        proxy.plan(Fault(Act.TRICKLE, seconds=0.0001), Fault(Act.DELAY, Way.OUT, seconds=0.01))
        for _ in range(2):
            reader, writer = await line(proxy, SAID)
            assert await reader.readexactly(len(SAID)) == SAID
            writer.close()
    assert [fault.act for fault in proxy.struck] == [Act.TRICKLE, Act.DELAY]


async def test_a_door_that_is_closed_refuses_and_opens_again_at_the_same_port() -> None:
    async with echoing() as (_, proxy):
        before = proxy.port
        await proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            await line(proxy)
        await proxy.open()
        reader, writer = await line(proxy, b"again")
        assert await reader.readexactly(5) == b"again"
        writer.close()
        assert proxy.port == before


async def test_a_storm_is_the_same_for_the_same_seed_and_knows_every_fault() -> None:
    drawn = list(islice(storm(7), 200))
    assert drawn == list(islice(storm(7), 200))
    assert drawn != list(islice(storm(8), 200))
    assert {(fault.act, fault.way) for faults in drawn for fault in faults} == {
        (act, way) for act in Act for way in Way
    }
