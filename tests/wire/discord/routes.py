"""Decides which handler a request goes to: routes are matched step by step, in constant time for a given shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.wire.discord import refusals
from tests.wire.discord.message_rules import Upload
from tests.wire.discord.payload import Payload
from tests.wire.discord.world import World


@dataclass(slots=True)
class Call:
    """One request to the API, taken apart."""

    world: World
    params: dict[str, str]
    query: dict[str, str]
    body: object
    uploads: dict[int, Upload] = field(default_factory=dict)

    def number(self, name: str) -> int:
        value = self.params[name]
        if not value.isdecimal():
            errors: Payload = {
                name: {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{value}" is not snowflake.'}]}
            }
            raise refusals.invalid_form(errors)
        return int(value)

    def asked(self, name: str) -> int | None:
        value = self.query.get(name)
        return int(value) if value is not None and value.isdecimal() else None


Handler: TypeAlias = Callable[[Call], object]  # what it returns is the JSON body; None means 204


@dataclass(frozen=True, slots=True)
class Route:
    steps: tuple[str, ...]
    names: tuple[tuple[int, str], ...]
    fixed: tuple[tuple[int, str], ...]
    handler: Handler
    open_door: bool
    template: str


class Router:
    def __init__(self) -> None:
        self._routes: dict[tuple[str, int], list[Route]] = {}

    def add(self, line: str, handler: Handler, *, open_door: bool = False) -> None:
        """`line` is like `"GET /channels/{channel}"`; an open door asks for no Authorization."""
        method, template = line.split(" ", 1)
        steps = tuple(template.strip("/").split("/"))
        names = tuple((place, step[1:-1]) for place, step in enumerate(steps) if step.startswith("{"))
        fixed = tuple((place, step) for place, step in enumerate(steps) if not step.startswith("{"))
        route = Route(steps, names, fixed, handler, open_door, template)
        self._routes.setdefault((method, len(steps)), []).append(route)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        steps = path.strip("/").split("/")
        for route in self._routes.get((method, len(steps)), ()):
            if all(steps[place] == step for place, step in route.fixed):
                return route, {name: steps[place] for place, name in route.names}
        return None
