"""Every measurement can be run, and the page of figures tells how."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.result import Size

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
SHARED = {"result", "fronts", "databases", "naive", "rival_queue", "discord_bare", "slack_bare"}
"""What benchmarks are made of."""


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_is_there_and_documented(name: str) -> None:
    run = importlib.import_module(BENCHMARKS[name].module).run
    assert (inspect.iscoroutinefunction(run), f"`python -m benchmarks {name}" in PAGE) == (True, True)


def test_no_benchmark_is_left_out_of_the_list() -> None:
    files = {file.stem for file in (ROOT / "benchmarks").glob("[a-z]*.py")}
    measured = {each.module.rpartition(".")[2] for each in BENCHMARKS.values()}
    assert files - SHARED == measured


async def test_a_short_run_of_one_says_what_a_long_one_would(capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module(BENCHMARKS["zones"].module)
    told: list[str] = []
    result = await module.run(told.append, Size(quick=True))
    assert (bool(told), {line.kept for line in result.lines}) == (True, {True, None})
