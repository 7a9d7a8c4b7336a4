"""YAML into a tree of maps, lists and text, each with its line. No anchors, tags, second documents, depth.

PyYAML's parser gives the events, its C parser where there is one; where it finds a fault, our words say what it means
to an author. Nothing is typed here: `no` stays the text "no" and `404` the text "404". What a field means is the
schema's business. Called by the loader, the linter and the scaffold.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml
from yaml import events

from bot.packs.problems import Notes, Unreadable

LARGEST = 256 * 1024
"""Bytes of one file; a lesson has about ten thousand."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe in a folder of themes must not hold a load up."""
_DEEPEST = 8
"""Levels; a lesson needs six."""
LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""The parser written in C takes a fiftieth of the time."""


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


def nearest(node: Node, at: Sequence[str | int]) -> Node:
    """The value at that place, or what comes closest above it."""
    for step in at:
        if isinstance(node, Branch) and isinstance(step, str) and step in node.fields:
            node = node.fields[step]
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node


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
    try:
        return _document(iter(LOADER(source).get_event, None), notes)
    except Unreadable as refused:
        notes.error(refused.line, refused.message, refused.mend)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        notes.error(*_explain(source, (mark.line if mark else 0) + 1, error))
    except yaml.reader.ReaderError as error:
        line = _reader_line(source, error)
        notes.error(line, "This line holds a character that YAML does not take", "Delete the control character.")
    except ValueError:  # PyYAML without its C parser: an escape names a character beyond Unicode
        notes.error(source.count("\n", 0, source.find("\\U")) + 1, *_ESCAPE)
    return None


def _reader_line(source: str, error: yaml.reader.ReaderError) -> int:
    """The line of a character that the reader refused; the C reader counts bytes, the other one characters."""
    wrong = chr(error.character) if isinstance(error.character, int) else str(error.character)
    at = source.find(wrong)
    return source.count("\n", 0, at if at >= 0 else min(error.position, len(source))) + 1


def _document(stream: Iterator[events.Event], notes: Notes) -> Node:
    next(stream)
    if not isinstance(next(stream), events.DocumentStartEvent):
        raise Unreadable(1, "This file is empty", "Fill it in, or delete it.")
    node = _node(next(stream), stream, notes, 0)
    next(stream)
    if isinstance(after := next(stream), events.DocumentStartEvent):
        line = after.start_mark.line + 1 if after.start_mark else 1
        raise Unreadable(line, "A second document begins here", "Delete the `---`: one file holds one lesson.")
    return node


def _node(event: events.Event, stream: Iterator[events.Event], notes: Notes, depth: int) -> Node:
    line = event.start_mark.line + 1 if event.start_mark else 1
    if isinstance(event, events.ScalarEvent) and not (event.anchor or event.tag or depth > _DEEPEST):
        return Leaf(line, event.value, not event.style)
    _refuse(event, line, depth)
    if isinstance(event, events.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(item := next(stream), events.SequenceEndEvent):
            items.append(_node(item, stream, notes, depth + 1))
        return ListNode(line, items)
    return _branch(line, stream, notes, depth)


def _branch(line: int, stream: Iterator[events.Event], notes: Notes, depth: int) -> Branch:
    fields: dict[str, Node] = {}
    while not isinstance(event := next(stream), events.MappingEndEvent):
        key = _node(event, stream, notes, depth + 1)
        if not isinstance(key, Leaf):
            raise Unreadable(key.line, "A key has to be a word", "Quote text that begins with { or [.")
        value = _node(next(stream), stream, notes, depth + 1)
        value.line = key.line
        if (first := fields.setdefault(key.value, value)) is not value:
            message = f"The key “{key.value}” stands here a second time (first in line {first.line})"
            notes.error(key.line, message, "Keep one of them.")
    return Branch(line, fields)


def _refuse(event: events.Event, line: int, depth: int) -> None:
    if anchor := getattr(event, "anchor", None):
        sign = "*" if isinstance(event, events.AliasEvent) else "&"
        message = f"“{sign}{anchor}” is a YAML anchor, which content may not use"
        raise Unreadable(line, message, f"Quote text that begins with {sign}, or write the value out.")
    if tag := getattr(event, "tag", None):
        raise Unreadable(line, f"“{tag}” is a YAML tag, which content may not use", "Delete it, or quote the text.")
    if depth > _DEEPEST:
        raise Unreadable(line, *_NESTED)


_NESTED = ("This is nested too deeply", "Check the indentation against another lesson.")
_ESCAPE = ("A backslash in double quotes needs a known letter after it", "Use single quotes, or write \\\\.")
_BEGIN = ("A value may not begin with this character", "Put quotes around the value.")
_TAG = ("A value that begins with ! is read as a YAML tag", "Put quotes around the value.")
_DIRECTIVE = ("A line that begins with % is an instruction to YAML, which content may not use", "Delete the line.")
_BREAKS = (
    ("cannot start any token", *_BEGIN),
    ("nesting", *_NESTED),
    ("a tag", *_TAG),
    ("tag handle", *_TAG),
    ("directive", *_DIRECTIVE),
    ("incompatible", *_DIRECTIVE),
    (
        "mapping values are not allowed",
        "A colon and a space stand in a value without quotes",
        "Put quotes around the value, or write it as a `>-` block.",
    ),
    ("unexpected end of stream", "A quote that opens here is never closed", "Close it, or double a quote inside it."),
    ("unexpected document", "A quote that opens before this line is never closed", "Close it."),
    ("expected ':'", "A key without a colon stands here", "Write `key: value`, or indent a text that goes on."),
    ("expected ','", "A value that begins with [ or { is read as a list or a map", "Put quotes around the value."),
    ("line break", "Text stands behind the > or | that opens a block", "Begin the text on the next line."),
    ("escape", *_ESCAPE),
    ("hex", *_ESCAPE),
    ("expected <block end>", "The indentation does not fit the lines above", "Indent it like its neighbours."),
    ("expected <document start>", "The indentation does not fit the lines above", "Indent it like its neighbours."),
    ("expected key", "The indentation does not fit the lines above", "Indent it like its neighbours."),
    ("expected '-' indicator", "This line does not fit the list above", "Indent it like its neighbours."),
    ("entries are not allowed", "A list begins in the line of its key", "Begin each entry on a line of its own."),
    ("node content", *_BEGIN),
    ("keys are not allowed", *_BEGIN),
    ("indentation", "The indentation does not fit the lines above", "Indent it like its neighbours."),
    ("undefined alias", "A value that begins with * is a YAML alias", "Put quotes around the value."),
    ("alias", "A value that begins with * or & is read as YAML's own sign", "Put quotes around the value."),
    ("anchor", "A value that begins with & is read as YAML's own sign", "Put quotes around the value."),
)
"""What a message of the parser holds, and what that means to an author, who never reads the parser's own words: another
release, or the parser without its C part, words them differently."""


def _explain(source: str, line: int, error: yaml.MarkedYAMLError) -> tuple[int, str, str]:
    lines = source.split("\n")
    line = min(line, len(lines))
    said = f"{error.problem or ''} {error.context or ''}"
    if "\t" in lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]:
        return line, "This line is indented with a tab", "Use spaces."
    if ("unexpected end of stream" in said or "expected ','" in said) and error.context_mark:
        line = error.context_mark.line + 1
    for part, message, mend in _BREAKS:
        if part in said:
            return line, message, mend
    return line, "This line is not YAML", "Compare it with a lesson that works."
