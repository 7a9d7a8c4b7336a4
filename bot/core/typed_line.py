"""How a typed line falls into a command's path and the words that fill its options.

The longest known path wins. Then `name:value`, `name=value`, "quoted words" and a switch's own name at the end are
taken for what they say; the other words fill the options in order, and the last text option takes what is left over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.core import commands, text
from bot.core.actions import Action
from bot.core.commands import Parameter, ParameterKind, Spec
from bot.core.errors import StudyError
from bot.core.record import Record

LONGEST = 4_000
"""Characters; what a chat lets a person send in one message."""

_DEEPEST = 3
_OPEN, _CLOSE = '"“„', '"”“'
_FIRST = re.compile(r"\s*/?\s*")
_PATH_WORD = re.compile(r"\S+")
_SWITCHED = frozenset({"yes", "no", "on", "off", "true", "false"})


class TypedWord(Record):
    """A word of the line, perhaps with the option's name before it."""

    start: int
    end: int
    name: str
    value: str
    quoted: bool = False


def begin(line: str) -> int:
    """Where the first word stands, after the slash."""
    found = _FIRST.match(line)
    return found.end() if found else 0


def bare(line: str) -> str:
    """The line without the slash and the root word: what the person asked for."""
    said = line[begin(line) :]
    return re.sub(rf"^{commands.ROOT}\s+", "", said, flags=re.IGNORECASE)


def find(line: str) -> tuple[Spec | None, int]:
    """The command with the longest path that the line begins with, and where its arguments begin."""
    if not line[begin(line) :].strip():
        return commands.by_path((commands.ROOT,)), len(line)
    spans = list(_PATH_WORD.finditer(line, begin(line)))
    spec, count = _longest(spans)
    if spans[0].group().lower() == commands.ROOT and len(spans) > 1 and count < 2:
        inner, deep = _longest(spans[1:])
        return (inner, spans[deep].end()) if inner else (None, 0)
    return (spec, spans[count - 1].end()) if spec else (None, 0)


def _longest(spans: Sequence[re.Match[str]]) -> tuple[Spec | None, int]:
    words = [span.group().lower() for span in spans[:_DEEPEST]]
    for count in range(len(words), 0, -1):
        if spec := commands.by_path(tuple(words[:count])):
            return spec, count
    return None, 0


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    name = "|".join(map(re.escape, names)) or r"(?!)"
    quoted = rf"[{_OPEN}](?P<quoted>(?:[^{_OPEN}{_CLOSE}\\]|\\.)*)[{_CLOSE}](?=\s|$)"
    unclosed = rf"[{_OPEN}](?P<unclosed>[^{_OPEN}{_CLOSE}]*)$"
    return re.compile(
        rf"(?:(?P<name>{name})(?:[:=]\s*))?(?P<value>{quoted}|{unclosed}|(?P<bare>\S+)|(?<=[:=])|(?<=[:=]\s))",
        re.IGNORECASE,
    )


def split(spec: Spec, line: str, at: int) -> list[TypedWord]:
    """The words from `at` on; a name before a colon counts only where the command has such an option."""
    words: list[TypedWord] = []
    for found in _pattern(tuple(option.name for option in spec.options)).finditer(line, at):
        if not found.group():
            continue
        raw = next((found[kind] for kind in ("quoted", "unclosed", "bare") if found[kind] is not None), "")
        value = re.sub(r"\\(.)", r"\1", raw) if found["quoted"] is not None else raw
        name = (found["name"] or "").lower()
        words.append(TypedWord(found.start(), found.end(), name, value, found["bare"] is None))
    return words


def last_text(options: Sequence[Parameter]) -> int:
    """The option that takes what is left over, or -1."""
    return max((at for at, option in enumerate(options) if option.kind is ParameterKind.TEXT), default=-1)


def allot(spec: Spec, words: Sequence[TypedWord]) -> dict[str, str]:
    """Which option each word fills."""
    given = {word.name: word.value for word in words if word.name}
    loose = [word for word in words if not word.name]
    while loose and (switch := _switch(spec, loose[-1], given)):
        given[switch.name] = "yes"
        loose.pop()
    options = [option for option in spec.options if option.name not in given]
    rest = last_text(options)
    if rest < 0:
        return given | _in_order(spec, options, loose)
    for option in reversed(options[rest + 1 :]):
        if len(loose) > rest + 1 and _suits(option, loose[-1].value):
            given[option.name] = loose.pop().value
    given |= {option.name: word.value for option, word in zip(options[:rest], loose, strict=False)}
    if left := loose[rest:]:
        given[options[rest].name] = " ".join(word.value for word in left)
    return given


def quote(value: str) -> str:
    """A value as it has to be typed to come back whole."""
    value = text.clean(value)
    if value and not re.search(r"[\s:=\\]|[" + _OPEN + _CLOSE + "]", value):
        return value
    return '"' + re.sub("[" + _OPEN + _CLOSE + "]", r'\\"', value.replace("\\", "\\\\")) + '"'


def _in_order(spec: Spec, options: Sequence[Parameter], loose: Sequence[TypedWord]) -> dict[str, str]:
    if len(loose) > len(options):
        surplus = text.shorten(loose[len(options)].value, 40)
        plain = not any(option.required for option in spec.options)
        raise StudyError(
            f"/{spec.name} has no place for “{surplus}”.",
            commands.usage(spec),
            actions=[Action(f"/{spec.name}", commands.build(spec, {}))] if plain else [],
        )
    return {option.name: word.value for option, word in zip(options, loose, strict=False)}


def _switch(spec: Spec, word: TypedWord, given: Mapping[str, str]) -> Parameter | None:
    """A bare word that is a switch's own name turns it on."""
    if word.quoted:
        return None
    wanted = word.value.lower()
    return next(
        (p for p in spec.options if p.kind is ParameterKind.TOGGLE and p.name == wanted and p.name not in given), None
    )


def _suits(option: Parameter, word: str) -> bool:
    match option.kind:
        case ParameterKind.NUMBER:
            return re.fullmatch(r"[+-]?[0-9]+", word) is not None
        case ParameterKind.TOGGLE:
            return word.lower() in _SWITCHED
        case ParameterKind.CHOICE:
            return word.lower() in option.choices
        case ParameterKind.CHOICES:
            return all(part in option.choices for part in word.lower().split(","))
        case _:
            return False
