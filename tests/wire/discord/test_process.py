"""The little Discord as a process of its own: one line of JSON, control calls, an end when its input closes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest_asyncio

from tests.wire.discord import payload as read
from tests.wire.discord.payload import Payload

ROOT = Path(__file__).parents[3]


class Remote:
    def __init__(self, process: asyncio.subprocess.Process, address: Payload, session: aiohttp.ClientSession) -> None:
        self.process = process
        self.address = address
        self.session = session

    async def call(self, verb: str, **body: object) -> Payload:
        url = f"{read.text_of(self.address, 'control_url')}/{verb}"
        async with self.session.post(url, data=read.encode(body)) as response:
            found = read.decode(await response.text())
            return found if isinstance(found, dict) else {"list": found}

    async def api(self, method: str, path: str, body: object = None) -> int:
        headers = {"Authorization": f"Bot {self.address['token']}", "Content-Type": "application/json"}
        url, data = f"{self.address['api_url']}{path}", None if body is None else read.encode(body)
        async with self.session.request(method, url, data=data, headers=headers) as response:
            return response.status


@pytest_asyncio.fixture
async def remote() -> AsyncIterator[Remote]:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "tests.wire.fake_discord", "--port", "0")
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, cwd=ROOT, env=dict(os.environ))
    assert process.stdout is not None
    assert process.stdin is not None
    address = read.as_payload(read.decode(await process.stdout.readline()))
    async with aiohttp.ClientSession() as session:
        yield Remote(process, address, session)
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_it_obeys_and_ends_with_its_input(remote: Remote) -> None:
    guild = await remote.call("guild", name="Team")
    channel = read.text_of(read.object_of(guild, "channels"), "general")
    person = await remote.call("person", name="ada", guild=guild["id"])
    bot = await remote.call("book")
    assert bot == {"requests": [], "rejected": [], "unexpected": []}
    refused = await remote.call("slash", person=person["id"], line="lesson", channel=channel)
    assert refused == {"error": "No command 'lesson' is registered here."}
    await remote.call("fault", kind="fail", route="POST /channels/*/messages", moment="after", status=502)
    path = f"/channels/{channel}/messages"
    assert [await remote.api("POST", path, {"content": text}) for text in ("a", "b", "")] == [502, 200, 400]
    listed = read.objects_of(await remote.call("messages", channel=channel), "list")
    assert [one["content"] for one in listed] == ["a", "b"]
    assert read.list_of(await remote.call("book"), "rejected") == [
        f"POST {path}: 400 50006 Cannot send an empty message"
    ]
    assert "no such call 'dance'" in read.text_of(await remote.call("dance"), "error")
