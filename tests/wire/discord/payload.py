"""Decides how loose JSON is read: every field is asked for by type, and a wrong type reads as absent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

Payload: TypeAlias = dict[str, object]

COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def encode(value: object) -> str:
    return COMPACT(value)


def decode(text: str | bytes) -> object:
    value: object = json.loads(text)
    return value


def as_payload(value: object) -> Payload:
    return value if isinstance(value, dict) else {}


def object_of(data: Mapping[str, object], key: str) -> Payload:
    return as_payload(data.get(key))


def objects_of(data: Mapping[str, object], key: str) -> list[Payload]:
    value = data.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def list_of(data: Mapping[str, object], key: str) -> list[object]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def text_of(data: Mapping[str, object], key: str, default: str = "") -> str:
    value = data.get(key)
    return value if isinstance(value, str) else default


def integer_of(data: Mapping[str, object], key: str, default: int = 0) -> int:
    """Snowflakes and permission sets travel as strings of digits; both forms are read."""
    value = data.get(key)
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else default


def truth_of(data: Mapping[str, object], key: str) -> bool:
    return data.get(key) is True


def timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def walk(components: list[Payload]) -> Iterator[Payload]:
    """Every component with everything nested in it, in the order a reader meets them."""
    for component in components:
        yield component
        yield from walk(objects_of(component, "components"))
        for key in ("component", "accessory"):
            if inner := object_of(component, key):
                yield from walk([inner])
