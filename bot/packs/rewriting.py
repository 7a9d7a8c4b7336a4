"""A file of content with other values in it, and everything else as its author wrote it.

What stayed the same keeps its text: its order, its comments, its way of quoting. What changed is written anew, in the
form of the guide for authors. Written for the studio, so that it and an editor can be used on the same files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.packs import tree

Data: TypeAlias = "str | Sequence[Data] | dict[str, Data]"
"""What a file says, without types: all of it is text."""
WIDTH = 100
"""Characters of a line, without what it is indented by."""
_NAMES = ("id", "label", "url", "text")
"""By the first of these that it has, a map in a list is known again."""
_EMPTY = re.compile(r"^ +$", re.MULTILINE)
_SPACES = re.compile(r"(?<=[^ ]) (?=[^ ])")


def rewritten(source: str, wanted: dict[str, Data]) -> str:
    """The file, saying what is wanted. `source` is sound YAML, or empty."""
    source = source.removeprefix("\ufeff")
    try:
        node = yaml.compose(source, Loader=tree.LOADER)
    except (yaml.YAMLError, RecursionError):
        node = None
    if not isinstance(node, MappingNode) or node.flow_style or not read(source):
        return _map(wanted, 0) + "\n"
    first = _line_start(source, node.start_mark.index)
    text = _EMPTY.sub("", source[:first] + _Kept(source).map(node, wanted, 0)) + "\n"
    tail = source[_line_end(source, _Kept(source).end(node)) :].strip("\n")
    text += f"{tail}\n" if tail else ""
    return text if read(text) == wanted else _map(wanted, 0) + "\n"


def read(source: str) -> Data:
    """What a file says; nothing where it cannot be read. An alias cannot: a few lines of them would say gigabytes, or
    themselves."""
    try:
        node = yaml.compose(source, Loader=tree.LOADER)
        return {} if node is None or _repeats(node, set()) else _data(node)
    except (yaml.YAMLError, RecursionError):
        return {}


def _repeats(node: Node, seen: set[int]) -> bool:
    """Whether something in it stands at two places, which is what an alias makes of it."""
    if id(node) in seen:
        return True
    seen.add(id(node))
    inner = node.value if isinstance(node, MappingNode | SequenceNode) else ()
    return any(_repeats(part, seen) for each in inner for part in (each if isinstance(each, tuple) else (each,)))


def _data(node: Node) -> Data:
    match node:
        case MappingNode():
            return {str(key.value): _data(value) for key, value in node.value}
        case SequenceNode():
            return [_data(each) for each in node.value]
        case _:
            return str(node.value)


class _Kept:
    """Writes values over the places in which they stand."""

    def __init__(self, source: str) -> None:
        self._source = source

    def _changed(self, node: Node, wanted: Data, last: int = 0) -> str | None:
        """A map or a list that holds something else now; None where the value has to be written anew."""
        if isinstance(node, MappingNode) and isinstance(wanted, dict) and not node.flow_style and wanted:
            return self.map(node, wanted, node.value[0][0].start_mark.column, last)
        if isinstance(node, SequenceNode) and isinstance(wanted, list) and not node.flow_style and wanted:
            return self.list(node, wanted, node.start_mark.column, last)
        return None

    def map(self, node: MappingNode, wanted: dict[str, Data], indent: int, last: int = 0) -> str:
        """The map's text from its first key on. What stands between `last` and that belongs to the key."""
        parts: list[str] = []
        for key, value in node.value:
            head = self._head(last, key.start_mark.index)
            last = self.end(value)
            if key.value not in wanted:
                continue
            parts.append(head + self._entry(key, value, wanted[key.value], indent))
        here = {key.value for key, _ in node.value}
        parts += [f"{name}:{_after(value, indent)}" for name, value in wanted.items() if name not in here]
        return _joined(parts, indent)

    def _entry(self, key: Node, value: Node, wanted: Data, indent: int) -> str:
        if _data(value) == wanted:
            return self._source[key.start_mark.index : self.end(value)] + self._remark(value)
        changed = self._changed(value, wanted, key.end_mark.index)
        if changed is None:
            name = self._source[key.start_mark.index : key.end_mark.index]
            return self._remarked(f"{name}:{_after(wanted, indent)}", value)
        line = self._source[key.start_mark.index : _line_end(self._source, key.end_mark.index)]
        return f"{line}{' ' * value.start_mark.column}{changed}"

    def list(self, node: SequenceNode, wanted: Sequence[Data], indent: int, last: int = 0) -> str:
        """The list's text from its first dash on."""
        heads: dict[int, str] = {}
        for item in node.value:
            heads[id(item)] = self._head(last, self._source.rfind("-", last, item.start_mark.index))
            last = self.end(item)
        parts: list[str] = []
        for item, new in zip(_known_again(node.value, wanted), wanted, strict=True):
            row = f"- {_item(new, indent + 2)}" if item is None else heads[id(item)] + self._row(item, new, indent)
            parts.append(row)
        return _joined(parts, indent)

    def _row(self, item: Node, wanted: Data, indent: int) -> str:
        if _data(item) == wanted:
            return f"- {self._source[item.start_mark.index : self.end(item)]}{self._remark(item)}"
        changed = self._changed(item, wanted)
        return self._remarked(f"- {_item(wanted, indent + 2)}", item) if changed is None else f"- {changed}"

    def _remarked(self, text: str, before: Node) -> str:
        """With the remark behind what stood there before, where the new text leaves room for one."""
        return text if "\n" in text else text + self._remark(before)

    def end(self, node: Node) -> int:
        """Where the value ends, without what follows in its line."""
        if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.end(last[1] if isinstance(last, tuple) else last)
        text = self._source[: node.end_mark.index]
        return len(text.rstrip("\n")) if isinstance(node, ScalarNode) and node.style in {"|", ">"} else len(text)

    def _remark(self, node: Node) -> str:
        """A comment behind the value, in the line where it ends."""
        at = self.end(node)
        rest = self._source[at : _line_end(self._source, at)].rstrip("\n")
        return rest.rstrip() if rest.strip().startswith("#") else ""

    def _head(self, last: int, start: int) -> str:
        """Lines of comment, and empty ones, above what starts there."""
        begin = _line_end(self._source, last) if last else start
        above = self._source[begin : _line_start(self._source, start)]
        return above.lstrip(" ") + " " * (start - _line_start(self._source, start)) if above else ""


def _known_again(items: Sequence[Node], wanted: Sequence[Data]) -> Sequence[Node | None]:
    """For each that is wanted, the item that it was: of the same name, or else one in its place whose name is gone."""
    names = [_name(_data(item)) for item in items]
    free = dict(zip(reversed(names), reversed(items), strict=True))
    found = [free.pop(_name(new), None) for new in wanted]
    for place, (new, item) in enumerate(zip(wanted, found, strict=True)):
        if item is None and isinstance(new, dict) and place < len(items) and free.get(names[place]) is items[place]:
            found[place] = free.pop(names[place])
    return found


def _name(item: Data) -> str:
    if isinstance(item, dict):
        return next((f"{name}={item[name]}" for name in _NAMES if name in item), "")
    return str(item)


def _line_start(source: str, at: int) -> int:
    return source.rfind("\n", 0, at) + 1


def _line_end(source: str, at: int) -> int:
    found = source.find("\n", at)
    return len(source) if found < 0 else found + 1


def _joined(parts: Sequence[str], indent: int) -> str:
    return f"\n{' ' * indent}".join(parts)


# Written anew --------------------------------------------------------------------------------------------------------


def _after(value: Data, indent: int) -> str:
    """What stands behind a key and its colon."""
    if isinstance(value, str):
        return " " + _scalar(value, indent)
    if not value:
        return " {}" if isinstance(value, dict) else " []"
    if isinstance(value, dict):
        return f"\n{' ' * (indent + 2)}{_map(value, indent + 2)}"
    if flow := _in_one_line(value):
        return " " + flow
    return f"\n{' ' * (indent + 2)}" + _joined([f"- {_item(each, indent + 4)}" for each in value], indent + 2)


def _map(value: dict[str, Data], indent: int) -> str:
    return _joined([f"{name}:{_after(each, indent)}" for name, each in value.items()], indent)


def _item(value: Data, indent: int) -> str:
    if isinstance(value, str):
        return _scalar(value, indent)
    if isinstance(value, dict):
        return _map(value, indent) if value else "{}"
    return "[]" if not value else _joined([f"- {_item(each, indent + 2)}" for each in value], indent)


def _in_one_line(values: Sequence[Data]) -> str:
    """A short list of plain words, as ids and aliases are written."""
    words = [each for each in values if isinstance(each, str) and "\n" not in each]
    flow = f"[{', '.join(words)}]"
    return flow if len(words) == len(values) and len(flow) <= WIDTH and read(f"it: {flow}") == {"it": words} else ""


def _scalar(value: str, indent: int) -> str:
    inner = " " * (indent + 2)
    if "\n" in value:
        lines = "\n".join(f"{inner}{line}" if line else "" for line in value.split("\n"))
        return _if_read(f"|-\n{lines}", value) or _quoted(value)
    if len(value) > WIDTH:
        folded = "\n".join(f"{inner}{line}" for line in _wrapped(value))
        return _if_read(f">-\n{folded}", value) or _quoted(value)
    return _if_read(value, value) or _if_read("'" + value.replace("'", "''") + "'", value) or _quoted(value)


def _if_read(text: str, value: str) -> str:
    """The text, if a file in which it stands says that value, and a remark behind it would not change it."""
    return text if text and read(f"it: {text}\n") == {"it": value} and read(f"- {text}\n") == [value] else ""


def _quoted(value: str) -> str:
    dumped = yaml.dump(value, Dumper=yaml.SafeDumper, default_style='"', allow_unicode=True, width=1_000_000)
    return dumped.rstrip("\n")


def _wrapped(value: str) -> list[str]:
    lines = [""]
    for word in _SPACES.split(value):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines
