"""How a rule is written: small checks that compose, and report Slack's own sentence with a JSON pointer."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Rule: TypeAlias = Callable[["Findings", object, str], None]


class Findings:
    """What is wrong with one payload, in the order it was met."""

    __slots__ = ("messages",)

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, path: str, message: str) -> None:
        self.messages.append(f"{message} [json-pointer:{path}]")


def string(*, most: int, least: int = 1, pattern: str = "") -> Rule:
    """Characters, not bytes, are what Slack counts."""
    shape = re.compile(pattern) if pattern else None

    def check(found: Findings, value: object, path: str) -> None:
        if not isinstance(value, str):
            found.add(path, "must provide a string")
        elif len(value) < least:
            found.add(path, f"must be more than {least - 1} characters")
        elif len(value) > most:
            found.add(path, f"must be less than {most + 1} characters")
        elif shape is not None and not shape.fullmatch(value):
            found.add(path, f"does not match the required pattern {pattern}")

    return check


def boolean(found: Findings, value: object, path: str) -> None:
    if not isinstance(value, bool):
        found.add(path, "must provide a boolean")


def integer(*, least: int, most: int) -> Rule:
    def check(found: Findings, value: object, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            found.add(path, "must provide an integer")
        elif not least <= value <= most:
            found.add(path, f"must be between {least} and {most}")

    return check


def choice(*allowed: object) -> Rule:
    def check(found: Findings, value: object, path: str) -> None:
        if value not in allowed:
            found.add(path, "must be a valid enum value")

    return check


def items(rule: Rule, *, least: int = 0, most: int) -> Rule:
    def check(found: Findings, value: object, path: str) -> None:
        if not isinstance(value, list):
            found.add(path, "must provide an array")
            return
        if len(value) > most:
            found.add(path, f"no more than {most} items allowed")
            return
        if len(value) < least:
            found.add(path, f"no fewer than {least} items required")
            return
        for place, item in enumerate(value):
            rule(found, item, f"{path}/{place}")

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *more: Rule) -> Rule:
    """An object with these keys and no others; `more` looks at the object as a whole once its keys are sound."""
    known = {**required, **(optional or {})}
    needed = frozenset(required)

    def check(found: Findings, value: object, path: str) -> None:
        if not isinstance(value, dict):
            found.add(path, "must provide an object")
            return
        before = len(found.messages)
        if not needed <= value.keys():
            for key in sorted(needed - value.keys()):
                found.add(path, f"missing required field: {key}")
        for key, held in value.items():
            rule = known.get(key)
            if rule is None:
                found.add(path, f"invalid additional property: {key}")
            else:
                rule(found, held, f"{path}/{key}")
        if len(found.messages) == before:
            for whole in more:
                whole(found, value, path)

    return check


def by_type(table: Mapping[str, Rule]) -> Rule:
    """Slack tells objects apart by their `type` alone."""

    def check(found: Findings, value: object, path: str) -> None:
        if not isinstance(value, dict):
            found.add(path, "must provide an object")
            return
        kind = value.get("type")
        rule = table.get(kind) if isinstance(kind, str) else None
        if kind is None:
            found.add(path, "missing required field: type")
        elif rule is None:
            found.add(path, f"unsupported type: {kind}")
        else:
            rule(found, value, path)

    return check


def exactly_one(*keys: str) -> Rule:
    """Of these keys an object holds one, neither none nor two."""

    def check(found: Findings, value: object, path: str) -> None:
        if isinstance(value, dict) and sum(key in value for key in keys) != 1:
            found.add(path, f"must provide exactly one of: {', '.join(keys)}")

    return check


def at_least_one(*keys: str) -> Rule:
    def check(found: Findings, value: object, path: str) -> None:
        if isinstance(value, dict) and not any(value.get(key) for key in keys):
            found.add(path, f"must provide at least one of: {', '.join(keys)}")

    return check
