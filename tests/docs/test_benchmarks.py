"""Every measurement can be run, and the page of figures tells how."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import __main__, waiting
from benchmarks.__main__ import BENCHMARKS, Benchmark
from benchmarks.result import Progress, Result, Size

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
SHARED = {"result", "fronts", "databases", "naive", "rival_queue", "discord_bare", "slack_bare", "waiting"}
"""What benchmarks are made of."""


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_is_there_and_documented(name: str) -> None:
    run = importlib.import_module(BENCHMARKS[name].module).run
    assert (inspect.iscoroutinefunction(run), f"`python -m benchmarks {name}" in PAGE) == (True, True)


def test_no_benchmark_is_left_out_of_the_list() -> None:
    files = {file.stem for file in (ROOT / "benchmarks").glob("[a-z]*.py")}
    measured = {each.module.rpartition(".")[2] for each in BENCHMARKS.values()}
    assert files - SHARED == measured


class Hung(ModuleType):
    """A benchmark that waits for what never comes."""

    async def run(self, progress: Progress, size: Size) -> Result:
        progress("round 1, bare")
        await asyncio.Event().wait()
        raise AssertionError(size)


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of one, with a moment to run in."""
    monkeypatch.setitem(sys.modules, "benchmarks.hung", Hung("hung"))
    monkeypatch.setitem(BENCHMARKS, "hung", Benchmark("benchmarks.hung", minutes=0.001))
    return "hung"


async def test_a_benchmark_that_hangs_is_ended_and_says_what_it_was_at(hung: str) -> None:
    with pytest.raises(waiting.Overdue, match=r"hung, at “round 1, bare”: waited 0.06 s for hung to end"):
        await __main__.run(hung, Size())


def test_one_that_hangs_does_not_hold_up_the_next(hung: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["--quick", hung, "zones"]) == 1
    assert "zones: Recurrence" in capsys.readouterr().out


async def test_a_short_run_of_one_says_what_a_long_one_would(capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module(BENCHMARKS["zones"].module)
    told: list[str] = []
    result = await module.run(told.append, Size(quick=True))
    assert (bool(told), {line.kept for line in result.lines}) == (True, {True, None})
