"""Pictures as PNG, for the platforms that draw no SVG. Nothing here needs a browser or the network.

The letters come from a font of this machine, looked for once: a renderer that is left to itself draws no text at all
where the family that it expects is missing, and says nothing of it.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import structlog
from cachetools import LRUCache

from bot.core.record import Record
from bot.core.svg import Svg

log = structlog.get_logger(__name__)

PIXELS: Final = 1_080
"""Across: sharp on dense screens, and some tens of kilobytes."""
KEPT = 256
"""Pictures at hand, some tens of kilobytes each."""
GROUND: Final = "#ffffff"
MISSING: Final = "Install one, such as the package fonts-dejavu-core."


class Font(Record):
    """A family without serifs, with the files that it is read from."""

    family: str
    files: tuple[str, ...]


Draw = Callable[[Svg], Awaitable[bytes | None]]
"""Draws without holding up the loop, and leaves the picture for `png` to find."""


async def here(drawn: Svg) -> bytes | None:
    """In this process, where there is no other to draw: it holds up the loop for some tens of milliseconds."""
    return png(drawn)


_known: LRUCache[Svg, bytes] = LRUCache(KEPT)
_FAMILIES = (
    ("DejaVu Sans", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("Liberation Sans", "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("Noto Sans", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("Arial", "Arial.ttf", "Arial Bold.ttf"),
    ("Arial", "arial.ttf", "arialbd.ttf"),
)
"""With their files' names: a regular and a bold one."""
_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)


@lru_cache(maxsize=1)
def font() -> Font | None:
    """The first known family that this machine has."""
    found: dict[str, str] = {}
    for path in _font_files():
        found.setdefault(path.name, str(path))
    for family, *names in _FAMILIES:
        if names[0] in found:
            return Font(family, tuple(found[name] for name in names if name in found))
    return None


def _font_files() -> Iterator[Path]:
    for folder in _FOLDERS:
        for home, _, names in os.walk(Path(folder).expanduser()):
            yield from (Path(home, name) for name in names)


def png(drawn: Svg) -> bytes | None:
    """The drawing on a white ground; None where it cannot be made, and then its words take its place."""
    if found := _known.get(drawn):
        return found
    try:
        keep(drawn, made := _png(drawn))
        return made
    except (ImportError, ValueError, LookupError) as error:
        log.warning(f"A picture could not be made: {error}", action="picture.failed")
        return None


def known(drawn: Svg) -> bytes | None:
    """The picture, if it was drawn lately."""
    return _known.get(drawn)


def keep(drawn: Svg, content: bytes) -> None:
    """Have it at hand for whoever asks in this process."""
    _known[drawn] = content


def _png(drawn: Svg) -> bytes:
    import resvg_py  # takes some milliseconds, and only chats need it

    letters = font()
    if letters is None and b"<text" in drawn.body:
        raise LookupError(f"This machine has no font. {MISSING}")
    return resvg_py.svg_to_bytes(
        svg_string=drawn.document,
        background=GROUND,
        width=PIXELS,
        skip_system_fonts=True,
        font_files=list(letters.files) if letters else None,
        font_family=letters.family if letters else None,
        sans_serif_family=letters.family if letters else None,
    )
