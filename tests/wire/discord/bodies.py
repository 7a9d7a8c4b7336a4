"""Decides how the rules' tests write bodies: one builder a component, and where a refusal points."""

from __future__ import annotations

from collections.abc import Callable

from tests.wire.discord import payload as read
from tests.wire.discord.message_rules import Upload
from tests.wire.discord.payload import Payload
from tests.wire.discord.refusals import Refused

V2 = 1 << 15


def refusal_of(check: Callable[[], object]) -> Refused | None:
    try:
        check()
    except Refused as refused:
        return refused
    return None


def paths_of(tree: Payload, at: str = "") -> set[str]:
    """Where the tree of errors points, as `components.0.label`."""
    found = {at} if "_errors" in tree else set()
    for key in tree:
        if key != "_errors":
            found |= paths_of(read.object_of(tree, key), f"{at}.{key}".lstrip("."))
    return found


def refused_at(check: Callable[[], object]) -> set[str]:
    refused = refusal_of(check)
    return set() if refused is None else paths_of(refused.errors) or {f"{refused.status}/{refused.code}"}


IMAGE = Upload("a.png", b"x")


def button(**changes: object) -> Payload:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go"} | changes


def link(**changes: object) -> Payload:
    return {"type": 2, "style": 5, "label": "Read", "url": "https://example.org/a"} | changes


def option(number: int, **changes: object) -> Payload:
    return {"label": f"l{number}", "value": f"v{number}"} | changes


def select(count: int = 2, **changes: object) -> Payload:
    return {"type": 3, "custom_id": "pick", "options": [option(one) for one in range(count)]} | changes


def row(*children: Payload) -> Payload:
    return {"type": 1, "components": list(children)}


def text(content: str = "x", **changes: object) -> Payload:
    return {"type": 10, "content": content} | changes


def section(*texts: Payload, **changes: object) -> Payload:
    return {"type": 9, "components": list(texts or [text()]), "accessory": button()} | changes


def gallery(count: int = 1, url: str = "https://example.org/a.png", **changes: object) -> Payload:
    return {"type": 12, "items": [{"media": {"url": url}} | changes for _ in range(count)]}


def box(*children: Payload, **changes: object) -> Payload:
    return {"type": 17, "components": list(children)} | changes


def file(url: str = "attachment://a.png") -> Payload:
    return {"type": 13, "file": {"url": url}}


def thumbnail(url: str = "https://example.org/a.png", **changes: object) -> Payload:
    return {"type": 11, "media": {"url": url}} | changes


def v2(*components: Payload, **changes: object) -> Payload:
    return {"flags": V2, "components": list(components)} | changes


def plain(*components: Payload, **changes: object) -> Payload:
    return {"content": "x", "components": list(components)} | changes


def embed(**changes: object) -> Payload:
    return {"embeds": [{"title": "t"} | changes]}
