"""How a drawing goes out: as the fields of an answer, or as a view of discord.py's for everything else.

The library's own views hold callbacks in memory for each message. Ours carry everything in their tokens, so what is
handed over is finished: it is sent as it is and then forgotten.
"""

from __future__ import annotations

import io
import json
from typing import Any

import discord

from adapters.discord.components import Drawing

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


def files(drawing: Drawing) -> list[discord.File]:
    return [
        discord.File(io.BytesIO(file.content), filename=file.name, description=file.description or None)
        for file in drawing.files
    ]


def answer(drawing: Drawing, *, public: bool) -> str:
    """The fields of an answer that shows the drawing, as JSON; nobody is pinged by it."""
    attachments = [
        {"id": number, "filename": file.name, **({"description": file.description} if file.description else {})}
        for number, file in enumerate(drawing.files)
    ]
    flags = COMPONENTS_V2 | (0 if public else EPHEMERAL)
    listed = json.dumps(attachments) if attachments else "[]"
    return f'{{"flags":{flags},"components":{drawing.json},"allowed_mentions":{{"parse":[]}},"attachments":{listed}}}'
