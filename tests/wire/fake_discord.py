"""The little Discord's door: `FakeDiscord` for tests, and a process of its own.

`python -m tests.wire.fake_discord --port 0` prints its addresses as one line of JSON, obeys the calls of
`tests.wire.discord.control` and ends when its standard input closes.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import threading

from tests.wire.discord.client import ClientRefused
from tests.wire.discord.clock import Unmet
from tests.wire.discord.control import run
from tests.wire.discord.interactions import Answer, Callback, Choice, Modal
from tests.wire.discord.load import Load, run_load
from tests.wire.discord.model import Channel, ChannelType, DmDoor, Guild, Message, Role
from tests.wire.discord.permissions import Permission
from tests.wire.discord.person import Person
from tests.wire.discord.server import TOKEN, FakeDiscord
from tests.wire.discord.weather import Moment

__all__ = [
    "TOKEN",
    "Answer",
    "Callback",
    "Channel",
    "ChannelType",
    "Choice",
    "ClientRefused",
    "DmDoor",
    "FakeDiscord",
    "Guild",
    "Load",
    "Message",
    "Modal",
    "Moment",
    "Permission",
    "Person",
    "Role",
    "Unmet",
    "run_load",
]


async def main() -> None:
    parser = argparse.ArgumentParser(description="A strict little Discord on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--token", default=TOKEN)
    given = parser.parse_args()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_end, daemon=True).start()

    def announce(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    await run(given.port, token=given.token, shards=given.shards, announce=announce, ended=ended)


if __name__ == "__main__":
    asyncio.run(main())
