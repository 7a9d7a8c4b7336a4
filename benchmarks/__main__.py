"""Run the measurements named on the command line, or all of them."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import importlib
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from benchmarks import waiting
from benchmarks.result import Progress, Result, Size


@dataclass(frozen=True, slots=True)
class Benchmark:
    module: str
    sized: bool = True
    """Whether it has a short run."""
    minutes: float = 30
    """How long it may take, on a busy machine too, before it is taken for hung."""

    def limit(self, size: Size) -> float:
        """Seconds; runs of chance take each their time."""
        return self.minutes * 60 * size.seeds


BENCHMARKS = {
    "shelf": Benchmark("benchmarks.shelf"),
    "growth": Benchmark("benchmarks.growth"),
    "hot": Benchmark("benchmarks.hot"),
    "slow_disk": Benchmark("benchmarks.slow_disk"),
    "planning": Benchmark("benchmarks.planning"),
    "beside": Benchmark("benchmarks.beside"),
    "claiming": Benchmark("benchmarks.claiming"),
    "pauses": Benchmark("benchmarks.pauses"),
    "chaos": Benchmark("benchmarks.chaos"),
    "soak": Benchmark("benchmarks.soak"),
    "zones": Benchmark("benchmarks.zones"),
    "pace": Benchmark("benchmarks.pace"),
    "recall": Benchmark("benchmarks.recall"),
    "testing": Benchmark("benchmarks.testing"),
    "migrating": Benchmark("benchmarks.migrating"),
    "discord_front": Benchmark("benchmarks.discord_front", sized=False),
    "slack_front": Benchmark("benchmarks.slack_front", sized=False),
}
STDERR = 2
GRACE = 60.0
"""Seconds for a benchmark that is over time to clean up; then the process shows where it stands and ends."""
VERDICTS = {True: "kept", False: "MISSED", None: ""}

out = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
err = Console(stderr=True, highlight=False)


@contextmanager
def _showing(name: str, steps: int | None) -> Iterator[Progress]:
    """A bar where somebody looks on, plain lines where nobody does."""
    if not err.is_terminal:
        yield lambda what: err.print(f"{name}: {what}")
        return
    columns = (TextColumn("{task.fields[name]}"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=steps, name=name)
        begun: list[str] = []

        def show(what: str) -> None:
            bar.update(task, description=what, completed=len(begun))
            begun.append(what)

        yield show


async def run(name: str, size: Size) -> Result:
    """One benchmark, as its module makes it; one that takes too long ends with what it was at."""
    benchmark = BENCHMARKS[name]
    module = importlib.import_module(benchmark.module)
    at = ["its beginning"]
    with _showing(name, getattr(module, "STEPS", None)) as show:

        def progress(what: str) -> None:
            at.append(what)
            show(what)

        try:
            async with waiting.within(benchmark.limit(size), f"{name} to end"):
                result: Result = await (module.run(progress, size) if benchmark.sized else module.run(progress))
        except waiting.Overdue as overdue:
            raise waiting.Overdue(f"{name}, at “{at[-1]}”: {overdue}") from overdue
    return result


def _show(name: str, result: Result) -> None:
    table = Table(title=f"{name}: {result.title}", title_justify="left", box=None, pad_edge=False)
    for heading in ("what", "ours", "against", "ratio", "promise", ""):
        table.add_column(heading, justify="right" if heading == "ratio" else "left")
    for line in result.lines:
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}×"
        table.add_row(line.what, line.ours, line.against, ratio, line.promise, VERDICTS[line.kept])
    out.print(table)
    out.print()


def _asked(words: list[str]) -> tuple[list[str], Size]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="a few seconds each, to see that they run")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs of chance `chaos` makes")
    asked = parser.parse_args(words)
    if unknown := [name for name in asked.names if name not in BENCHMARKS]:
        parser.error(f"there is no {unknown[0]!r}; there is {', '.join(BENCHMARKS)}")
    size = Size(quick=asked.quick, seeds=asked.seeds)
    return asked.names or [name for name, each in BENCHMARKS.items() if each.sized or not size.quick], size


def _machine() -> str:
    parts = (
        f"{os.cpu_count()} cores",
        f"{platform.system()} {platform.machine()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *(f"{name} {version(name)}" for name in ("SQLAlchemy", "aiosqlite", "asyncpg")),
    )
    return ", ".join(parts)


def main(words: list[str]) -> int:
    names, size = _asked(words)
    out.print(f"{_machine()}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n")
    failed = 0
    for name in names:
        # For what no time-out of the event loop reaches: work that never gives the loop its turn.
        faulthandler.dump_traceback_later(BENCHMARKS[name].limit(size) + GRACE, exit=True, file=STDERR)
        try:
            _show(name, asyncio.run(run(name, size)))
        except waiting.Overdue as overdue:
            err.print(f"Gave up: {overdue}.")
            failed = 1
        faulthandler.cancel_dump_traceback_later()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
