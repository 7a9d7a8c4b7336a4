"""Spans of what the process does, for whoever traces it. Nothing is traced until `trace_by` names a tracer.

The tracer itself, and its library, are the process's own (`bot/process/telemetry.py`). No attribute ever holds a
person, a workspace or a text.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Attribute = str | int | float | bool
NOTHING: AbstractContextManager[None] = nullcontext()


class Tracer(Protocol):
    """What makes spans."""

    def span(self, name: str, attributes: dict[str, Attribute]) -> AbstractContextManager[None]: ...

    def add(self, attributes: dict[str, Attribute]) -> None:
        """To the span that is open here, if there is one."""

    def here(self) -> object | None:
        """The place of the span that is open here, to be carried into another task; None if none is."""

    def within(self, place: object) -> AbstractContextManager[None]: ...


_tracer: Tracer | None = None


def trace_by(tracer: Tracer | None) -> None:
    """Use this tracer from now on, in the whole process."""
    global _tracer  # noqa: PLW0603 - one process is traced by one tracer
    _tracer = tracer


def is_on() -> bool:
    return _tracer is not None


def span(name: str, **attributes: Attribute) -> AbstractContextManager[None]:
    """A span around a piece of work; inside another one it is a part of that."""
    return NOTHING if _tracer is None else _tracer.span(name, attributes)


def step(name: str, **attributes: Attribute) -> AbstractContextManager[None]:
    """A span that is worth nothing by itself: only inside another one."""
    return NOTHING if here() is None or _tracer is None else _tracer.span(name, attributes)


def add(**attributes: Attribute) -> None:
    """Tell the open span what is known only now."""
    if _tracer is not None:
        _tracer.add(attributes)


def here() -> object | None:
    return None if _tracer is None else _tracer.here()


def within(place: object | None) -> AbstractContextManager[None]:
    """Go on with the trace of a place that another task was at."""
    return NOTHING if place is None or _tracer is None else _tracer.within(place)
