"""How raw values, typed or carried by a button, become a command; and what is said of those that cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core import text
from bot.core.commands import Command, Parameter, ParameterKind, Spec
from bot.core.errors import StudyError


def build(spec: Spec, given: Mapping[str, object]) -> Command:
    """Make the command from raw values, or say in one sentence which value is wrong and what would do."""
    known = {parameter.name: parameter for parameter in spec.parameters}
    if unknown := [name for name in given if name not in known]:
        raise StudyError(
            f"/{spec.name or spec.verb} takes no “{text.shorten(text.clean(unknown[0]), 40)}”.", usage(spec)
        )
    values = {name: _value(spec, known[name], raw) for name, raw in given.items() if raw is not None and raw != ""}
    for parameter in spec.parameters:
        if parameter.required and parameter.name not in values:
            raise StudyError(f"/{spec.name or spec.verb} needs “{parameter.name}”: {parameter.help}.", usage(spec))
    return spec.build(**values)


def _value(spec: Spec, parameter: Parameter, raw: object) -> object:
    match parameter.kind:
        case ParameterKind.NUMBER:
            return _number(spec, parameter, raw)
        case ParameterKind.TOGGLE:
            return _toggle(spec, parameter, raw)
        case ParameterKind.CHOICE:
            return _choice(spec, parameter, str(raw))
        case ParameterKind.CHOICES:
            parts = raw if isinstance(raw, (tuple, list)) else [part for part in re.split(r"[,\s]+", str(raw)) if part]
            return tuple(dict.fromkeys(_choice(spec, parameter, str(part)) for part in parts))
        case _:
            words = text.clean(str(raw), lines=parameter.lines)
            if len(words) > parameter.longest:
                raise StudyError(
                    f"“{parameter.name}” may be {parameter.longest:,} characters long; this has {len(words):,}.",
                    "Shorten it and try again.",
                )
            return parameter.cast(words)


def _number(spec: Spec, parameter: Parameter, raw: object) -> int:
    low, high = parameter.low, parameter.high
    bounds = f"a whole number from {low} to {high}" if low is not None and high is not None else "a whole number"
    digits = str(raw).strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", digits):
        raise StudyError(f"“{parameter.name}” takes {bounds}.", usage(spec))
    number = int(digits)
    if (low is not None and number < low) or (high is not None and number > high):
        raise StudyError(f"“{parameter.name}” takes {bounds}, not {number}.", usage(spec))
    return number


def _toggle(spec: Spec, parameter: Parameter, raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in {"1", "true", "yes", "on", parameter.name}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise StudyError(f"“{parameter.name}” is yes or no.", usage(spec))


def _choice(spec: Spec, parameter: Parameter, raw: str) -> object:
    word = raw.strip().lower()
    if word not in parameter.choices:
        raise StudyError(f"“{parameter.name}” is one of: {', '.join(parameter.choices)}.", usage(spec))
    return parameter.cast(word)


def usage(spec: Spec) -> str:
    """How the command is typed, in one line; nothing for what is only pressed."""
    if not spec.typed:
        return ""
    words = [p.name if p.required else f"[{p.name}]" for p in spec.options]
    return f"Usage: /{' '.join([spec.name, *words])}"
