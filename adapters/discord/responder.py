"""Answers one interaction: who sees it, in which message, and the HTTP call that carries the answer.

On a private message of the bot pages replace one another; on a public one the answer is always a new private message.
A deferral settles who sees the answer before it is known, so a wrong guess is taken back.

The call asks for nothing back. discord.py would have Discord return the finished message and would parse it, which
costs about as much as making it; and an answer must not wait behind the rate limits of posts, which do not count it.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Collection, Mapping, Sequence
from enum import IntEnum
from typing import Any, TypeVar

import aiohttp
import discord

from adapters.discord import internals
from adapters.discord.actors import ServerOrigin, stamp_origin
from adapters.discord.components import Drawing, File, Kind
from adapters.discord.errors import ALREADY_ANSWERED, CUT_OFF
from adapters.discord.limits import Component
from bot.api import blocks

T = TypeVar("T")


_TAKES_THE_PLACE_OF: Mapping[blocks.Purpose, Collection[Kind]] = {
    blocks.Purpose.PAGE: frozenset(Kind),
    blocks.Purpose.READING: frozenset({Kind.PAGE, Kind.ASIDE}),
    blocks.Purpose.STEP: frozenset(Kind),
    blocks.Purpose.NOTE: frozenset({Kind.STEP, Kind.ASIDE}),
    blocks.Purpose.REFUSAL: frozenset({Kind.ASIDE}),
    blocks.Purpose.FORM: frozenset({Kind.ASIDE}),
    blocks.Purpose.FILE: frozenset({Kind.ASIDE}),
}


class DiscordResponder:
    """One interaction until it is answered."""

    def __init__(self, interaction: discord.Interaction, callbacks: Callbacks) -> None:
        self.interaction = interaction
        self.answered = False
        self._callbacks = callbacks
        self.public = False
        """Whether everybody in the channel sees the answer, as far as the command says."""
        self.origin: ServerOrigin | None = None
        """The server for which a direct message speaks; every answer to it carries it on."""
        self._began = asyncio.get_running_loop().time()
        self._deferring: asyncio.Task[None] | None = None
        message = interaction.message
        self._private_source = message is not None and message.flags.ephemeral
        self.source = _kind_of_message(message) if self._private_source and message else None

    async def by(self, patience: float, work: Awaitable[T]) -> T:
        """The result of the work; if it takes longer than `patience`, the answer is deferred meanwhile."""
        timer = asyncio.get_running_loop().call_at(self._began + patience, self._begin_deferring)
        try:
            return await work
        finally:
            timer.cancel()
            if self._deferring is not None:
                await self._deferring

    def _begin_deferring(self) -> None:
        if self._deferring is None and not self.answered:
            self._deferring = asyncio.get_running_loop().create_task(self._defer())

    async def _defer(self) -> None:
        if self._private_source:
            await self._answer(Callback.DEFERRED_UPDATE)
        else:
            await self._answer(Callback.DEFERRED_MESSAGE, f'{{"flags":{0 if self.public else EPHEMERAL}}}')

    @property
    def can_open_modal(self) -> bool:
        """A modal must be the first answer, and never follows a modal."""
        return not self.answered and self.interaction.type is not discord.InteractionType.modal_submit

    @property
    def whose(self) -> str:
        """The person, and the server for which they act if it is not the one they are in."""
        person = str(self.interaction.user.id)
        return f"{person}/{self.origin.guild}" if self.origin else person

    def takes_place_of_source(self, purpose: blocks.Purpose) -> bool:
        return self.source in _TAKES_THE_PLACE_OF[purpose]

    async def show(self, drawing: Drawing, *, in_place: bool = False, public: bool = False) -> None:
        in_place = in_place and self._private_source and not public
        if self.origin is not None:
            drawing = stamp_origin(drawing, self.origin)
        if self.answered:
            await self._show_after_deferral(drawing, in_place=in_place, public=public)
            return
        kind = Callback.UPDATE if in_place else Callback.MESSAGE
        await self._answer(kind, answer_data(drawing, public=public), drawing.files)

    async def _show_after_deferral(self, drawing: Drawing, *, in_place: bool, public: bool) -> None:
        interaction = self.interaction
        loading = not self._private_source
        if in_place or (loading and public == self.public):
            await interaction.edit_original_response(view=PaintedMessage(drawing), attachments=discord_files(drawing))
            return
        if loading:
            await interaction.delete_original_response()
        await interaction.followup.send(
            view=PaintedMessage(drawing), files=discord_files(drawing), ephemeral=not public
        )

    async def open_modal(self, payload: Component) -> None:
        await self._answer(Callback.MODAL, json.dumps(payload))

    async def suggest(self, choices: Sequence[Component]) -> None:
        await self._answer(Callback.AUTOCOMPLETE, json.dumps({"choices": list(choices)}))

    async def _answer(self, kind: Callback, data: str = "", files: Sequence[File] = ()) -> None:
        await self._callbacks.answer(self.interaction, kind, data, files)
        self.answered = True


def _kind_of_message(message: discord.Message) -> Kind:
    drawn = (part for part in message.components if part.type is discord.ComponentType.container)
    number = getattr(next(drawn, None), "id", 0)
    return Kind(number) if number in set(Kind) else Kind.PAGE


# What goes over the wire ----------------------------------------------------------------------------------------------


EPHEMERAL, COMPONENTS_V2 = 1 << 6, 1 << 15
"""Flags of a message."""


class PaintedMessage(discord.ui.LayoutView):
    """Components as they go over the wire."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__(timeout=None)
        self._drawing = drawing
        self.stop()

    def to_components(self) -> list[dict[str, Any]]:
        return list(self._drawing.components)

    def has_components_v2(self) -> bool:
        return True


def discord_files(drawing: Drawing) -> list[discord.File]:
    return [
        discord.File(io.BytesIO(file.content), filename=file.name, description=file.description or None)
        for file in drawing.files
    ]


def answer_data(drawing: Drawing, *, public: bool) -> str:
    """The fields of an answer that shows the drawing, as JSON; nobody is pinged by it."""
    attachments = [
        {"id": number, "filename": file.name, **({"description": file.description} if file.description else {})}
        for number, file in enumerate(drawing.files)
    ]
    flags = COMPONENTS_V2 | (0 if public else EPHEMERAL)
    listed = json.dumps(attachments) if attachments else "[]"
    return f'{{"flags":{flags},"components":{drawing.json},"allowed_mentions":{{"parse":[]}},"attachments":{listed}}}'


# The callback ---------------------------------------------------------------------------------------------------------


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
        """Give the first answer, its data as JSON. A lost connection is retried: Discord accepts one answer."""
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
        """`None` once it is accepted; the seconds to wait after a short rate limit."""
        body: object = payload.encode()
        headers = {"Content-Type": "application/json"}
        if files:
            body, headers = _form(payload, files), {}
        async with self._session.post(url, data=body, headers=headers) as response:
            if response.status < 300:
                return None
            told = await _error_body(response)
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


async def _error_body(response: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        told = await response.json()
    except (aiohttp.ContentTypeError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
