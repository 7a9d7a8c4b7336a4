"""What of YAML an author may use: maps, lists and text, each with its line. No anchors, tags, second documents, depth.

Nothing is typed here: `no` stays the text "no" and `404` the text "404". What a field means is the schema's business.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from bot.packs.problems import Notes

LARGEST = 256 * 1024
"""Bytes of one file; a lesson has about ten thousand."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe that somebody left in a folder of themes must not hold a load up."""


@dataclass(slots=True)
class Leaf:
    """A piece of text."""

    line: int
    value: str
    plain: bool = True
    """Written without quotes and not as a block."""


@dataclass(slots=True)
class ListNode:
    """A list."""

    line: int
    items: list[Node]


@dataclass(slots=True)
class Branch:
    """A map. A value's line is that of its key."""

    line: int
    fields: dict[str, Node]


Node = Leaf | ListNode | Branch


def text(path: str, notes: Notes) -> str | None:
    """The file's text; None, with a note, where it is not UTF-8, too large or gone."""
    try:
        raw = _bytes(path)
    except OSError as error:
        notes.error(1, f"This file cannot be read: {error.strerror or error}", "Check its permissions and its name.")
        return None
    if len(raw) > LARGEST:
        notes.error(1, f"This file is larger than {LARGEST // 1024} KiB", "Split it: a lesson has about 10 KiB.")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        notes.error(line, "This line is not UTF-8", "Save the file with the encoding UTF-8.")
        return None


def _bytes(path: str) -> bytes:
    """The file's bytes, or just more of them than a file may have."""
    descriptor = os.open(path, _FLAGS)
    try:
        return os.read(descriptor, LARGEST + 1)
    finally:
        os.close(descriptor)


def read(path: str, notes: Notes) -> Node | None:
    """The file's tree; None, with a note, where there is none."""
    source = text(path, notes)
    return None if source is None else grow(source, notes)


def grow(source: str, notes: Notes) -> Node | None:
    """The tree of a file's text."""
    # As long as every file is written in the common form, no parser has to be in memory.
    from bot.packs import parser

    return parser.grow(source, notes)
