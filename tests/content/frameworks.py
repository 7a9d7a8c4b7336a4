"""What the lessons of *Frameworks Under Pressure* say, taken from their files word for word, and a clock to run it."""

from __future__ import annotations

import asyncio
import re
import selectors
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

import yaml

THEME = Path(__file__).parents[2] / "content" / "frameworks-under-pressure"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def lessons() -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text("utf-8")) for path in sorted(THEME.glob("[0-9]*.yaml"))]


def lesson(id: str) -> dict[str, Any]:
    return next(each for each in lessons() if each["id"] == id)


def section(id: str, label: str) -> str:
    """A section's text on one line."""
    found: str = next(each["text"] for each in lesson(id)["sections"] if each["label"] == label)
    return " ".join(found.split())


def samples() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """All fenced code of the theme: language and text, by lesson and section."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for each in lessons():
        for part in each["sections"]:
            if fences := _FENCE.findall(part["text"]):
                found[each["id"], part["label"]] = fences
    return found


def sample(id: str, label: str) -> str:
    ((_, code),) = samples()[id, label]
    return code


def ask(id: str, question: str) -> str:
    return " ".join(_question(id, question)["ask"].split())


def right(id: str, question: str) -> str:
    """The text of the right option."""
    found: str = next(option["text"] for option in _question(id, question)["options"] if option["right"])
    return found


def rights(id: str, question: str) -> set[str]:
    """The ids of the right options."""
    return {option["id"] for option in _question(id, question)["options"] if option["right"]}


def offered(id: str, question: str, option: str) -> str:
    """The text of an option."""
    found: str = next(each["text"] for each in _question(id, question)["options"] if each["id"] == option)
    return found


def why(id: str, question: str, option: str) -> str:
    """What is said to whoever chose an option."""
    found: str = next(each["why"] for each in _question(id, question)["options"] if each["id"] == option)
    return found


def typed(id: str, question: str) -> float:
    """The number that has to be typed."""
    number = _question(id, question)["answer"]["number"]
    return float(number)


def _question(id: str, question: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in lesson(id)["questions"] if each["id"] == question)
    return found


class _Jumping(selectors.BaseSelector):
    """Waits for nothing: says how long it should have waited."""

    def __init__(self, real: selectors.BaseSelector, jump: Callable[[float], None]) -> None:
        self._real, self._jump = real, jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if not ready and timeout is None:
            raise RuntimeError("nobody would ever wake this loop")
        if not ready and timeout:
            self._jump(timeout)
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def get_map(self) -> Any:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class TimeMachine(asyncio.SelectorEventLoop):
    """A loop whose seconds pass only when everybody sleeps, and then at once."""

    def __init__(self) -> None:
        self.now = 0.0
        super().__init__(_Jumping(selectors.DefaultSelector(), self.pass_by))

    def pass_by(self, seconds: float) -> None:
        self.now += seconds

    def time(self) -> float:
        return self.now


def run_timelessly(make: Callable[[TimeMachine], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=TimeMachine) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, TimeMachine)
        runner.run(make(loop))
