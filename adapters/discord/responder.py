"""Where the answer to one interaction goes: into the message that was pressed, or into a new one, and who sees it.

On a private message of ours pages follow one another in place; on a public one the answer is always a new private
message. A deferral settles who will see the answer before it is known, so a wrong guess is taken back.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import TypeVar

import discord

from adapters.discord import dm_origin, sending
from adapters.discord.api import Callback, Callbacks
from adapters.discord.components import Drawing, File, Kind
from adapters.discord.dm_origin import ServerOrigin
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
    """One interaction, until it is answered."""

    def __init__(self, interaction: discord.Interaction, callbacks: Callbacks) -> None:
        self.interaction = interaction
        self.answered = False
        self._callbacks = callbacks
        self.public = False
        """Whether the whole room is to see the answer, as far as the command says."""
        self.origin: ServerOrigin | None = None
        """The server for which a direct message speaks; every answer to it carries it on."""
        self._began = asyncio.get_running_loop().time()
        self._deferring: asyncio.Task[None] | None = None
        message = interaction.message
        self._private_source = message is not None and message.flags.ephemeral
        self.source = _kind_of_message(message) if self._private_source and message else None

    # In time ---------------------------------------------------------------------------------------------------------

    async def by(self, patience: float, work: Awaitable[T]) -> T:
        """What comes of it; if that takes longer than the patience, Discord is told meanwhile that it will come."""
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
            await self._answer(Callback.DEFERRED_MESSAGE, f'{{"flags":{0 if self.public else sending.EPHEMERAL}}}')

    @property
    def can_open_modal(self) -> bool:
        """A modal must be the first answer, and never follows a modal."""
        return not self.answered and self.interaction.type is not discord.InteractionType.modal_submit

    @property
    def whose(self) -> str:
        """The person, and for which server they act if not for the one they are in: what was asked of them there."""
        person = str(self.interaction.user.id)
        return f"{person}/{self.origin.guild}" if self.origin else person

    # Where -----------------------------------------------------------------------------------------------------------

    def takes_place_of_source(self, purpose: blocks.Purpose) -> bool:
        return self.source in _TAKES_THE_PLACE_OF[purpose]

    async def show(self, drawing: Drawing, *, in_place: bool = False, public: bool = False) -> None:
        in_place = in_place and self._private_source and not public
        if self.origin is not None:
            drawing = dm_origin.stamped(drawing, self.origin)
        if self.answered:
            await self._show_after_deferral(drawing, in_place=in_place, public=public)
            return
        kind = Callback.UPDATE if in_place else Callback.MESSAGE
        await self._answer(kind, sending.answer(drawing, public=public), drawing.files)

    async def _show_after_deferral(self, drawing: Drawing, *, in_place: bool, public: bool) -> None:
        interaction = self.interaction
        loading = not self._private_source
        if in_place or (loading and public == self.public):
            await interaction.edit_original_response(
                view=sending.PaintedMessage(drawing), attachments=sending.files(drawing)
            )
            return
        if loading:
            await interaction.delete_original_response()
        await interaction.followup.send(
            view=sending.PaintedMessage(drawing), files=sending.files(drawing), ephemeral=not public
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
