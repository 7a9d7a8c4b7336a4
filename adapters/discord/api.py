"""How an interaction is answered: one call that asks for nothing back, tried again only where that can help.

The library's own way has Discord send the finished message back, and reads it: about as much work as making it. Nobody
here needs it. Nor may an answer wait behind the rate limits of posts, which do not count it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import aiohttp
import discord

from adapters.discord import internals
from adapters.discord.components import File

ALREADY_ANSWERED = 40060
CUT_OFF = (OSError, aiohttp.ClientError, TimeoutError)
"""No answer came back: what was sent may have arrived or not."""
TRIES = 3
PAUSE = 0.25
"""Seconds before another try after an error of Discord's own; there are three in all."""
LONGEST_LIMIT = 2.0
"""Seconds of a rate limit that leave time to answer."""
WITHIN = 10.0


class Callback(IntEnum):
    """The ways to answer."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


class Callbacks:
    """A connection for answers."""

    def __init__(self, user_agent: str) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            headers={"User-Agent": user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=WITHIN),
        )

    async def close(self) -> None:
        await self._session.close()

    async def answer(
        self, interaction: discord.Interaction, kind: Callback, data: str = "", files: Sequence[File] = ()
    ) -> None:
        """Give the first answer, its data as JSON. A line that was cut is tried again: Discord takes one answer."""
        url = f"{internals.base()}/interactions/{interaction.id}/{interaction.token}/callback"
        payload = f'{{"type":{int(kind)},"data":{data}}}' if data else f'{{"type":{int(kind)}}}'
        doubtful = False
        for attempt in range(TRIES):
            last = attempt + 1 == TRIES
            try:
                wait = await self._post(url, payload, files)
            except CUT_OFF:
                if last:
                    raise
                doubtful = True
                continue
            except discord.HTTPException as error:
                if doubtful and error.code == ALREADY_ANSWERED:
                    return
                if last or error.status < 500:
                    raise
                doubtful, wait = True, PAUSE
            if wait is None:
                return
            await asyncio.sleep(wait)

    async def _post(self, url: str, payload: str, files: Sequence[File]) -> float | None:
        """Nothing once it is taken; the seconds to wait where Discord asks for patience."""
        body: object = payload.encode()
        headers = {"Content-Type": "application/json"}
        if files:
            body, headers = _form(payload, files), {}
        async with self._session.post(url, data=body, headers=headers) as response:
            if response.status < 300:
                return None
            told = await _told(response)
            wait = told.get("retry_after") if response.status == 429 else None
            if isinstance(wait, int | float) and wait <= LONGEST_LIMIT:
                return float(wait)
            raise discord.HTTPException(response, told)


def _form(payload: str, files: Sequence[File]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", payload, content_type="application/json")
    for number, file in enumerate(files):
        form.add_field(f"files[{number}]", file.content, filename=file.name, content_type="application/octet-stream")
    return form


async def _told(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        told = await response.json()
    except (aiohttp.ContentTypeError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
