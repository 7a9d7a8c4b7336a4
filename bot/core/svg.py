"""A diagram as it goes through the engine: SVG that was read strictly and written anew (`bot.packs.svg`)."""

from __future__ import annotations

import hashlib
from typing import Final

from bot.core.record import Record

NAMESPACE: Final = "http://www.w3.org/2000/svg"
INHERITED_SIZE: Final = 16.0
"""Of text that states no size, as in browsers."""


class Svg(Record):
    """A diagram that was understood."""

    body: bytes
    """What stands within its root, in UTF-8: without scripts, styles, links or references."""
    width: float
    height: float
    """Of its view box, which begins at 0 0."""
    smallest: float = INHERITED_SIZE
    """The size of its smallest text, in units of the view box."""

    @property
    def document(self) -> str:
        """A file of its own."""
        size = f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'
        return f'<svg xmlns="{NAMESPACE}" {size} font-family="sans-serif">{self.body.decode()}</svg>'

    @property
    def digest(self) -> str:
        """What names this drawing wherever a copy of it is kept."""
        return hashlib.blake2b(self.document.encode(), digest_size=12).hexdigest()
