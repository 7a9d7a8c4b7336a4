"""The last weeks as a small picture: which bars it has, and how they become a PNG.

Nothing but zlib is needed: a PNG with a palette is a header, the rows with a zero before each, and three checksums.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache

from bot.api import views

SCALE = 2
"""Pixels to a dot, so that it stays sharp on dense screens."""
STEP, BAR, HEIGHT, EDGE, FOOT = 15, 11, 64, 8, 14
"""Dots: from bar to bar, a bar's width, the tallest bar, the margin, the room for the months' names."""

_GROUND, _EMPTY, _LESSONS, _PAUSED, _WORDS = range(5)
_PALETTE = bytes.fromhex("242429 4a4b53 5b8def 6b6c75 a9aab3".replace(" ", ""))
_GLYPHS = {
    "A": (2, 5, 7, 5, 5), "B": (6, 5, 6, 5, 6), "C": (3, 4, 4, 4, 3), "D": (6, 5, 5, 5, 6), "E": (7, 4, 6, 4, 7),
    "F": (7, 4, 6, 4, 4), "G": (3, 4, 5, 5, 3), "J": (1, 1, 1, 5, 2), "L": (4, 4, 4, 4, 7), "M": (5, 7, 7, 5, 5),
    "N": (6, 5, 5, 5, 5), "O": (2, 5, 5, 5, 2), "P": (6, 5, 6, 4, 4), "R": (6, 5, 6, 5, 5), "S": (3, 4, 2, 1, 6),
    "T": (7, 2, 2, 2, 2), "U": (5, 5, 5, 5, 7), "V": (5, 5, 5, 5, 2), "Y": (5, 5, 2, 2, 2),
}  # fmt: skip
"""The letters of the months' names, five rows of three dots."""


class _Canvas:
    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.rows = [bytearray(width) for _ in range(height)]

    def fill(self, left: int, top: int, width: int, height: int, *, colour: int) -> None:
        for row in self.rows[max(top, 0) : top + height]:
            row[left : left + width] = bytes([colour]) * len(row[left : left + width])

    def write(self, said: str, left: int, top: int) -> None:
        for at, letter in enumerate(said.upper()):
            for y, bits in enumerate(_GLYPHS.get(letter, ())):
                for x in range(3):
                    if bits >> (2 - x) & 1:
                        self.fill(left + at * 8 + x * 2, top + y * 2, 2, 2, colour=_WORDS)


@lru_cache(maxsize=256)
def of_weeks(weeks: tuple[views.Week, ...]) -> bytes:
    """Bars from the oldest week to this one: the fuller a week, the taller."""
    canvas = _Canvas(2 * EDGE + STEP * len(weeks) - (STEP - BAR), 2 * EDGE + HEIGHT + FOOT)
    most = max((week.lessons for week in weeks), default=0) or 1
    month = 0
    for at, week in enumerate(weeks):
        left = EDGE + at * STEP
        _draw_week(canvas, week, left, most)
        if week.start.month != month and at + 1 < len(weeks) and (month or week.start.day < 15):
            canvas.write(f"{week.start:%b}", left, EDGE + HEIGHT + 5)
        month = week.start.month
    return _png(canvas)


def _draw_week(canvas: _Canvas, week: views.Week, left: int, most: int) -> None:
    ground = EDGE + HEIGHT
    if not week.kept:
        canvas.fill(left, ground - 3, BAR, 3, colour=_PAUSED if week.paused else _EMPTY)
        if week.paused:
            canvas.fill(left + 3, ground - 3, BAR - 6, 3, colour=_GROUND)
        return
    tall = max(6, HEIGHT * week.lessons // most)
    canvas.fill(left, ground - tall, BAR, tall, colour=_LESSONS)


def _png(canvas: _Canvas) -> bytes:
    wide = bytearray()
    for row in canvas.rows:
        scaled = bytearray(canvas.width * SCALE)
        for offset in range(SCALE):
            scaled[offset::SCALE] = row
        wide += (b"\0" + scaled) * SCALE
    size = struct.pack(">IIBBBBB", canvas.width * SCALE, canvas.height * SCALE, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", size), (b"PLTE", _PALETTE), (b"IDAT", zlib.compress(wide, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
