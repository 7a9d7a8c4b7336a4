"""How a drawing goes out by discord.py: as a view that is drawn already, with the files that it shows.

The library's own views hold callbacks in memory for each message. Ours carry everything in their tokens, so what is
handed over is finished: it is sent as it is and then forgotten.
"""

from __future__ import annotations

import io
from typing import Any

import discord

from adapters.discord.limits import Component
from adapters.discord.pieces import Drawing


class Drawn(discord.ui.LayoutView):
    """Components as they go over the wire."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__(timeout=None)
        self._drawing = drawing
        self.stop()

    def to_components(self) -> list[dict[str, Any]]:
        return list(self._drawing.components)

    def has_components_v2(self) -> bool:
        return True


class DrawnModal(discord.ui.Modal):
    """A form as it goes over the wire."""

    def __init__(self, payload: Component) -> None:
        super().__init__(title=str(payload["title"]), custom_id=str(payload["custom_id"]), timeout=None)
        self._payload = payload
        self.stop()

    def to_dict(self) -> dict[str, Any]:
        return self._payload


def files(drawing: Drawing) -> list[discord.File]:
    return [
        discord.File(io.BytesIO(file.content), filename=file.name, description=file.description or None)
        for file in drawing.files
    ]
