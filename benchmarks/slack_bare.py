"""The rival, a process of its own: a bare slack-bolt bot that answers one command with a constant, a file's message."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main(api_url: str, bot_token: str, app_token: str, file: str) -> None:
    answer = json.loads(Path(file).read_text(encoding="utf-8"))
    app = AsyncApp(client=AsyncWebClient(bot_token, base_url=api_url))

    @app.command("/next")
    async def following(ack: Any) -> None:
        await ack(text=answer["text"], blocks=answer["blocks"])

    await AsyncSocketModeHandler(app, app_token).start_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    # A shell that starts a job in the background has it ignore SIGINT, and so all that the job starts; this bot hears
    # nothing else.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asyncio.run(main(*sys.argv[1:5]))
